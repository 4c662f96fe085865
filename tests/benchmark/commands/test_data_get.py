from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from importlib.resources import files
from pathlib import Path
from typing import Any

import layouts
import pytest
from conftest import REPOSITORY
from web_server import Page, serving

from benchmark.datasets.catalogue import CATALOGUES, read_head
from benchmark.datasets.download import read_source
from benchmark.datasets.download.sources import Source
from benchmark.documents import read_toml
from trackers.errors import InputError


def packed(folder: Path, prefix: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, prefix + file.relative_to(folder).as_posix())
    return out.getvalue()


def sources(file: Path, **facts: object) -> Path:
    lines = [f"{key} = {json.dumps(value)}" for key, value in facts.items()]
    file.write_text("\n".join(["[one]", 'page = "https://example.org"', 'terms = "for research use"', *lines]) + "\n")
    return file


def test_every_published_set_says_where_it_is_had() -> None:
    for catalogue in CATALOGUES:
        for name in read_head(catalogue).sets:
            source = read_source(name)
            assert source.by_hand or source.files or source.description(name)
            assert source.terms


def test_the_toolkits_stacks_that_are_named_are_its_own() -> None:
    """By the names of vot-toolkit 0.7.4, of that dataset."""
    stacks = read_toml(Path(str(files("benchmark.vot") / "stacks.toml")), "")["runs"]
    (named,) = re.findall(r"`vot initialize (\S+) --workspace VOT2022`", read_source("VOT2022").by_hand)
    assert stacks[named] == "VOT2022"
    assert f"vot initialize {named} --workspace VOT2022" in (REPOSITORY / "docs" / "datasets" / "vot.md").read_text()


def test_a_set_behind_a_drive_says_what_to_put_where(run_bench: Any, tmp_path: Path) -> None:
    done = run_bench("data", "get", "uav20l", "--data-root", tmp_path)
    assert done.returncode == 1
    said = " ".join(done.stdout.split())
    assert "UAV20L cannot be fetched by a program: https://cemse.kaust.edu.sa/ivul/uav123" in said
    assert f"so that anno/ and data_seq/ lie in UAV123/ ({tmp_path}/UAV123)" in said
    assert "Terms: for research use" in said


def test_nothing_is_fetched_before_the_terms_are_accepted(run_bench: Any, tmp_path: Path) -> None:
    page = Page(b"x")
    with serving({"/TC.zip": page}) as at:
        file = sources(tmp_path / "s.toml", sets=["TColor128"], folder="", files=[f"{at}/TC.zip"])
        done = run_bench("data", "get", "TColor128", "--data-root", tmp_path / "data", "--sources", file)
    assert done.returncode == 2
    assert "accept the terms of TColor128 with --yes" in done.stderr
    assert not page.asked
    assert not list((tmp_path / "data").iterdir())


def test_a_zip_a_video_and_going_on_where_it_was_stopped(run_bench: Any, tmp_path: Path) -> None:
    """DTB70, as if it were had so; the second zip is damaged at first."""
    names = ["Motor2", "Car2"]
    for index, (name, frames) in enumerate(zip(names, (68, 74), strict=True)):
        layouts.dtb70(tmp_path / "theirs", name, layouts.boxes(frames, seed=index))
    zips = {f"/{n}.zip": Page(packed(tmp_path / "theirs" / n, f"{n}/"), breaks=[500]) for n in names}
    sound = zips["/Motor2.zip"].content
    zips["/Motor2.zip"] = Page(sound[: len(sound) // 2])
    with serving(zips) as at:
        file = sources(tmp_path / "s.toml", sets=["DTB70"], folder="DTB70", files=[f"{at}/{{folder}}.zip"])
        words = ("data", "get", "DTB70", "--data-root", tmp_path / "data", "--sources", file, "--yes")
        first = run_bench(*words)
        assert first.returncode == 2  # Animal1 is not on this server
        assert "Animal1.zip: the server says 404" in first.stderr
        (tmp_path / "few").mkdir()
        dataset = "benchmark.datasets.published.read_catalogue"
        from benchmark.datasets import catalogue

        full = catalogue.read_catalogue("dtb70")
        few = catalogue.Catalogue(**{**vars(full), "targets": tuple(t for t in full.targets if t.name in names)})
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(dataset, lambda name: few)
            second = run_bench(*words)
            assert second.returncode == 2
            assert "Motor2.zip: cannot be unpacked" in second.stderr
            assert (tmp_path / "data" / "DTB70" / "Car2" / "img" / "00074.jpg").is_file()
            zips["/Motor2.zip"].content = sound
            for broken in (tmp_path / "data" / ".archives").rglob("*Motor2.zip"):
                broken.unlink()
            third = run_bench(*words)
            assert third.returncode == 0, third.stderr
            assert "1 file fetched; 2 of 2 sequences are there" in third.stdout
            assert "all 2 sequences are there" in run_bench(*words).stdout
    assert not list((tmp_path / "data").rglob("*.zip"))


def test_vots_own_list_with_its_checksums(run_bench: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from benchmark.datasets import catalogue

    full = catalogue.read_catalogue("vot")
    few = catalogue.Catalogue(**{**vars(full), "targets": tuple(t for t in full.targets if t.name == "agility")})
    monkeypatch.setattr("benchmark.datasets.published.read_catalogue", lambda name: few)
    folder = layouts.vot(tmp_path / "theirs", "agility", ["10,10,20,20"] * 4)
    colour = packed(folder / "color")
    (tmp_path / "truth").mkdir()
    (folder / "groundtruth.txt").rename(tmp_path / "truth" / "groundtruth.txt")
    truth = packed(tmp_path / "truth")
    listed = {"sequences": [{
        "name": "agility",
        "channels": {"color": {"url": "../../sequences/agility.zip", "checksum": hashlib.sha1(colour).hexdigest()}},
        "annotations": {"checksum": hashlib.md5(truth).hexdigest()},
    }]}  # fmt: skip
    pages = {
        "/vot2019/main/description.json": Page(json.dumps(listed).encode(), kind="application/json"),
        "/sequences/agility.zip": Page(colour), "/vot2019/main/agility.zip": Page(truth),
    }  # fmt: skip
    with serving(pages) as at:
        file = sources(
            tmp_path / "s.toml", sets=["VOT2019"], folder="{set}", manifest=f"{at}/{{set}}/main/description.json"
        )
        words = ("data", "get", "VOT2019", "--data-root", tmp_path / "data", "--sources", file, "--yes")
        pages["/vot2019/main/agility.zip"].content = truth + b"changed"
        done = run_bench(*words)
        assert done.returncode == 2
        assert "its checksum is" in done.stderr
        pages["/vot2019/main/agility.zip"].content = truth
        done = run_bench(*words)
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "data" / "VOT2019" / "agility" / "color").iterdir())) == 4
    assert (tmp_path / "data" / "VOT2019" / "agility" / "groundtruth.txt").is_file()


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"files": ["file:///etc/passwd"]}, "no address of the web"),
        ({"files": ["http://[::1"]}, "no address of the web"),
        ({"files": ["http://a:x/b.zip"]}, "no address of the web"),
        ({"files": ["http:///b.zip"]}, "no address of the web"),
        ({"files": ["http://a/b c.zip"]}, "no address of the web"),
        ({"files": ["http://a/ü.zip"]}, "no address of the web"),
        ({"manifest": "http://a/\n{set}"}, "no address of the web"),
        ({"folder": "../elsewhere"}, "no folder in the data root"),
        ({"files": "http://a"}, "not a file of sources"),
        ({"unknown": 1}, "not a file of sources"),
        ({"files": ["http://a/{folder.x}"]}, "not a file of sources"),
        ({"manifest": "http://a/{}"}, "not a file of sources"),
    ],
)
def test_a_file_of_sources_is_read_strictly(tmp_path: Path, facts: dict[str, object], said: str) -> None:
    file = sources(tmp_path / "s.toml", **{"sets": ["DTB70"], "folder": "", **facts})
    with pytest.raises(InputError, match=said):
        read_source("DTB70", file)


@pytest.mark.parametrize("text", ["a = " + "[" * 5000, "a = 1", "a = nan", "[a", b"\xff"])
def test_a_damaged_file_of_sources_is_one_line(tmp_path: Path, text: str | bytes) -> None:
    (tmp_path / "s.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError, match=r"s\.toml") as told:
        read_source("DTB70", tmp_path / "s.toml")
    assert len(str(told.value).splitlines()) == 1


def test_a_source_knows_its_folders() -> None:
    source = Source(["A", "B"], "", "", "x/{set}", ["http://h/{folder}.zip", "http://h/all.zip"])
    addresses = [one.address for one in source.zips("A", ["1", "2"])]
    assert addresses == ["http://h/1.zip", "http://h/2.zip", "http://h/all.zip"]
    assert source.place("B") == "x/B"
