"""What a killed ``data get`` leaves, told and cleared by the next one; one that runs is let be."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import layouts
import pytest
from web_server import Page, serving

from benchmark.datasets import catalogue
from benchmark.datasets.download import get_dataset, leftovers, read_source
from benchmark.datasets.download.leftovers import ARCHIVES, fetching
from benchmark.datasets.lookup import open_dataset
from trackers.errors import InputError

NAMES = ("Motor2", "Car2")


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """DTB70 as if it had two sequences."""
    read = catalogue.read_catalogue
    full = read("dtb70")
    two = replace(full, targets=tuple(target for target in full.targets if target.name in NAMES))
    monkeypatch.setattr(
        "benchmark.datasets.published.read_catalogue", lambda name: two if name == "dtb70" else read(name)
    )


@pytest.fixture
def pages(tmp_path: Path) -> dict[str, Page]:
    for name, frames in zip(NAMES, (68, 74), strict=True):
        layouts.dtb70(tmp_path / "theirs", name, layouts.boxes(frames))
        with zipfile.ZipFile(tmp_path / f"{name}.zip", "w") as archive:
            for file in sorted((tmp_path / "theirs" / name).rglob("*.*")):
                archive.write(file, file.relative_to(tmp_path / "theirs").as_posix())
    return {f"/{name}.zip": Page((tmp_path / f"{name}.zip").read_bytes()) for name in NAMES}


@pytest.fixture
def words(tmp_path: Path, pages: dict[str, Page]) -> Iterator[tuple[Any, ...]]:
    (tmp_path / "data").mkdir()
    with serving(pages) as at:
        file = tmp_path / "s.toml"
        facts = {"sets": ["DTB70"], "page": "p", "terms": "t", "folder": "DTB70", "files": [f"{at}/{{folder}}.zip"]}
        file.write_text("[one]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in facts.items()))
        yield ("data", "get", "DTB70", "--data-root", tmp_path / "data", "--sources", file, "--yes")


def dotted(root: Path) -> list[str]:
    return [p.name for p in root.rglob("*") if p.name.startswith(".unpacking-") or ".part" in p.name]


def test_what_was_half_unpacked_is_told_and_cleared(run_bench: Any, tmp_path: Path, few: None, words: Any) -> None:
    data = tmp_path / "data"
    half = layouts.write(data / "DTB70" / ".unpacking-0123abcd" / "Car2" / "img" / "1.jpg", "x" * 2_000_000).parents[2]
    told = run_bench("doctor", "--data-root", data, "--results", tmp_path / "r")
    assert (
        f"note: {half} was left where unpacking was stopped (2 MB): `run_bench data get DTB70` clears it" in told.stdout
    )
    done = run_bench(*words)
    assert done.returncode == 0, done.stderr
    assert "1 cleared (2.0 MB): an earlier call that was stopped had left it" in done.stderr
    assert "2 files fetched; 2 of 2 sequences are there" in done.stdout
    assert not dotted(data)
    assert "left" not in run_bench("doctor", "--data-root", data, "--results", tmp_path / "r").stdout


@pytest.mark.parametrize("by_hand", [False, True])
def test_it_is_cleared_where_nothing_is_fetched_any_more(run_bench: Any, tmp_path: Path, by_hand: bool) -> None:
    layouts.write(tmp_path / "VOT2022" / ".unpacking-0123abcd" / "a.jpg", "x")
    name = "vot2022" if by_hand else "vot2021"
    layouts.write(tmp_path / "VOT2021" / "agility" / "color" / ".unpacking-0123abcd" / "a.jpg", "x")
    done = run_bench("data", "get", name, "--data-root", tmp_path)
    assert "1 cleared (1 B)" in done.stderr
    assert len(dotted(tmp_path)) == 1


def test_a_download_goes_on_though_others_were_finished_since(
    run_bench: Any, tmp_path: Path, few: None, pages: dict[str, Page], words: Any
) -> None:
    """The second zip breaks off for good after the first is unpacked: it is then the first that is missing."""
    whole = pages["/Car2.zip"]
    whole.breaks = [400] * 5
    whole.ranges = True
    assert "the connection broke off, 5 times" in run_bench(*words).stderr
    assert [name for name in dotted(tmp_path / "data") if name.endswith(".part")]
    told = run_bench("doctor", "-d", "DTB70", "--data-root", tmp_path / "data", "--results", tmp_path / "r").stdout
    assert "Car2.zip.part and 1 beside it was left where fetching was stopped (0 MB)" in told
    assert "`run_bench data get DTB70` goes on with it" in told
    whole.asked.clear()
    assert run_bench(*words).returncode == 0
    assert whole.asked == ["bytes=2000-"]
    assert not dotted(tmp_path / "data")


def test_a_download_that_nothing_needs_is_cleared_and_zips_are_told(
    run_bench: Any, tmp_path: Path, few: None, words: Any
) -> None:
    assert run_bench(*words, "--keep-archives").returncode == 0
    archives = tmp_path / "data" / ARCHIVES / "DTB70"
    layouts.write(archives / "0123abcd-Car2.zip.part", "x")
    told = run_bench("doctor", "-d", "DTB70", "--data-root", tmp_path / "data", "--results", tmp_path / "r").stdout
    assert (
        "0123abcd-Car2.zip.part was left where fetching was stopped (0 MB): `run_bench data get DTB70` clears" in told
    )
    assert "and 1 beside it is no longer needed (1 MB)\n" in told
    done = run_bench(*words)
    assert "1 cleared" in done.stderr
    assert "all 2 sequences are there" in done.stdout
    assert len([one for one in archives.iterdir() if one.suffix == ".zip"]) == 2


def test_two_at_once_are_kept_apart(run_bench: Any, tmp_path: Path, few: None, pages: Any, words: Any) -> None:
    data = tmp_path / "data"
    layouts.write(data / "DTB70" / ".unpacking-0123abcd" / "a.jpg", "x")
    with fetching(data / ARCHIVES / "DTB70"):
        assert leftovers(open_dataset("DTB70", data), read_source("DTB70"), data).running
        told = run_bench("doctor", "--data-root", data, "--results", tmp_path / "r").stdout
        assert f"note: `run_bench data get` is fetching into {data / 'DTB70'} now" in told
        done = run_bench(*words)
    assert done.returncode == 2
    assert "another `run_bench data get` is fetching into" in done.stderr
    assert dotted(data)
    assert not pages["/Car2.zip"].asked
    assert run_bench(*words).returncode == 0


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path, few: None) -> None:
    (tmp_path / ARCHIVES).write_text("mine")
    with pytest.raises(InputError, match=r"cannot write .*: name another --data-root"):
        get_dataset(open_dataset("DTB70", tmp_path), read_source("DTB70"), tmp_path)


def test_killed_while_unpacking_the_next_call_clears_and_goes_on(tmp_path: Path) -> None:
    """By a process of its own, which leaves a lock that nobody holds."""
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for k in range(6_000):
            archive.writestr(f"Temple-color-128/Ball_ce1/img/{k:05d}.jpg", b"x")
    with serving({"/many.zip": Page((tmp_path / "many.zip").read_bytes())}) as at:
        (tmp_path / "s.toml").write_text(
            f'[one]\nsets = ["TColor128"]\npage = "p"\nterms = "t"\nfolder = ""\nfiles = ["{at}/many.zip"]\n'
        )
        data = tmp_path / "data"
        command = [
            sys.executable, "-m", "run_bench", "data", "get", "TColor128", "--yes", "--data-root", str(data),
            "--sources", str(tmp_path / "s.toml"),
        ]  # fmt: skip
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            while process.poll() is None and not list(data.glob(".unpacking-*/*/*/*/00010.jpg")):
                time.sleep(0.005)
            process.send_signal(signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL
        assert len(dotted(data)) == 1
        again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "1 cleared" in again.stderr
    assert not dotted(data)
    assert len(list((data / "Temple-color-128" / "Ball_ce1" / "img").iterdir())) == 6_000
