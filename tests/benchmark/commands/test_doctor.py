from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import layouts
import pytest

NAME = "Motor2"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """DTB70 with one of its sequences."""
    layouts.dtb70(tmp_path / "data" / "DTB70", NAME, layouts.boxes(68))
    return tmp_path / "data"


@pytest.fixture
def ask(run_bench: Any, tmp_path: Path, root: Path):
    """What the doctor says of a dataset, and its exit code."""

    def run(dataset: str = "DTB70", *options: object, place: Path = root) -> tuple[int, str]:
        words = ("doctor", "-d", dataset, "--data-root", place, "--results", tmp_path / "results", *options)
        done = run_bench(*words)
        return done.returncode, " ".join(done.stdout.split())

    return run


def test_what_is_there_and_what_is_missing(ask, root: Path, tmp_path: Path) -> None:
    code, said = ask("DTB70", "--json", tmp_path / "d.json")
    assert code == 1  # named, and not all there
    assert f"DTB70: partly, 1 of 70 sequences in {root}" in said
    assert "missing: 69 of 70 sequences: Animal1, Animal2," in said
    assert "68 frames" in said
    assert "<Sequence>/groundtruth_rect.txt" in said  # how to lay it out
    (one,) = json.loads((tmp_path / "d.json").read_text())
    assert (one["state"], one["sound"], one["frames"], one["found"]) == ("partly", True, 68, 1)
    assert one["size"] == sum(file.stat().st_size for file in (root / "DTB70" / NAME / "img").iterdir())
    assert one["five_trackers_seconds"] is None


def test_without_a_name_all_that_is_found_is_looked_at(run_bench: Any, root: Path, tmp_path: Path) -> None:
    layouts.uav(root / "UAV123", "uav6", "uav6", range(1, 110), layouts.boxes(109))
    done = run_bench("doctor", "--data-root", root, "--results", tmp_path / "results")
    assert done.returncode == 0, done.stdout
    assert [line.split(":")[0] for line in done.stdout.splitlines() if line[0] != " "] == ["UAV123", "DTB70"]
    assert (
        "no published dataset is found" in run_bench("doctor", "--data-root", tmp_path / "data" / "DTB70" / NAME).stdout
    )


@pytest.mark.parametrize("place", ["sequences", "DTB70"])
def test_sequences_of_one_benchmark_are_none_of_anothers_that_has_their_names(
    run_bench: Any, tmp_path: Path, place: str
) -> None:
    """OTB, TColor-128, DTB70 and VOT share names: whose a folder is, is told by its name, else by its ground truth."""
    for name, frames in (("Basketball", 427), ("Car2", 74)):  # both are OTB's too, of 725 and 913 frames
        layouts.dtb70(tmp_path / place, name, layouts.boxes(frames))
    for words in (("doctor",), ("doctor", "--deep")):
        done = run_bench(*words, "--data-root", tmp_path / place, "--results", tmp_path / "results")
        assert done.returncode == 0, done.stdout
        assert [line.split(":")[0] for line in done.stdout.splitlines() if line[0] != " "] == ["DTB70"]
    listed = run_bench("list", "--data-root", tmp_path / place, "--json")
    rows = {row["name"]: row["found"] for row in json.loads(listed.stdout)["datasets"]}
    assert rows["DTB70"] == 2
    assert {name for name, found in rows.items() if found and "demo" not in name} == {"DTB70", "folder"}


@pytest.mark.parametrize("ending", [b"", b"\0" * 8000])
def test_a_jpeg_without_its_end_is_found_without_decoding(ask, root: Path, ending: bytes) -> None:
    frame = root / "DTB70" / NAME / "img" / "00007.jpg"
    data = frame.read_bytes()
    frame.unlink()  # a link to the others' bytes
    frame.write_bytes(data[: len(data) // 2] + ending)
    code, said = ask()
    assert code == 1
    assert "damaged: Motor2: frame" in said
    assert "00007.jpg is cut short (a JPEG without its end): unpack it again" in said


def test_only_deep_decodes(ask, root: Path) -> None:
    frame = root / "DTB70" / NAME / "img" / "00007.jpg"
    data = bytearray(frame.read_bytes())
    frame.unlink()
    data[data.index(b"\xff\xc0") + 9] = 200  # components: a header and an end, and no picture between
    frame.write_bytes(bytes(data))
    assert "damaged" not in ask()[1]
    assert "00007.jpg" in ask("DTB70", "--deep")[1]


def test_rows_that_do_not_fit_are_told(ask, root: Path) -> None:
    layouts.write(root / "DTB70" / NAME / "groundtruth_rect.txt", layouts.text(layouts.boxes(67)))
    assert "has 67 rows, but the sequence has 68 annotated frames" in ask()[1]


def test_another_letter_case_is_told_with_its_mend(ask, root: Path) -> None:
    folder = root / "DTB70" / NAME
    (folder / "img").rename(folder / "Img")
    assert f"{folder}/Img is there: call it img" in ask()[1]
    (folder / "Img").rename(folder / "img")
    (folder / "groundtruth_rect.txt").rename(folder / "GroundTruth_rect.txt")
    assert f"{folder}/GroundTruth_rect.txt is there: call it groundtruth_rect.txt" in ask()[1]


def test_a_folder_too_deep_is_found(ask, root: Path) -> None:
    deep = root / "downloads" / "DTB70-master"
    deep.parent.mkdir()
    (root / "DTB70").rename(deep)
    code, said = ask()
    assert code == 1
    assert f"mend: 1 of the missing sequences is in {deep}: move it up, or say --data-root {deep}" in said
    shutil.move(deep, root / "DTB70")


def test_archives_are_told_from_what_they_hold(ask, root: Path) -> None:
    (root / "DTB70" / "DTB70.zip").write_bytes(b"x" * 2_000_000)
    assert "note: " in ask()[1]
    assert "DTB70.zip may have what is missing (2 MB): unpack it again" in ask()[1]
    shutil.rmtree(root / "DTB70" / NAME)
    assert "mend: " in ask()[1]
    assert "DTB70.zip is not unpacked (2 MB)" in ask()[1]


def test_the_wrong_split_is_told(ask, root: Path) -> None:
    layouts.got10k(root / "GOT-10k", "test", "GOT-10k_Test_000033", layouts.boxes(1, 0), frames=51)
    code, said = ask("GOT-10k/val")
    assert code == 1
    assert "mend: here is GOT-10k/test (1 of 180 sequences), and not GOT-10k/val" in said


def test_how_long_the_five_take_is_what_runs_here_have_shown(ask, monkeypatch: pytest.MonkeyPatch) -> None:
    from benchmark.commands import doctor

    monkeypatch.setattr(doctor, "known_speeds", lambda results: dict.fromkeys(
        ("siamfc", "memtrack", "dualmn-short", "dualmn-long", "dualmn"), 0.5))  # fmt: skip
    assert "the five trackers take about 11 minutes" in ask()[1]  # 5 x 68 frames / .5 a second


def test_speeds_come_from_the_newest_runs(tmp_path: Path, run_bench: Any, picture_folder: Path) -> None:
    from benchmark.commands.doctor import known_speeds

    assert known_speeds(tmp_path / "results") == {}
    done = run_bench("-t", "siamfc", "-d", "folder", "--data-root", picture_folder, "--sequences", "first")
    assert done.returncode == 0, done.stderr
    speeds = known_speeds(tmp_path / "results")
    assert list(speeds) == ["siamfc"]
    assert speeds["siamfc"] > 0
