"""Runs that are refused in one line, and runs of which a part fails."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import write_folder


def error(done) -> str:
    """Return the one line of a refused command."""
    assert done.returncode == 2, done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert done.stdout == ""
    return lines[0]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("-t", "siamfcc"), "no tracker named 'siamfcc'. Did you mean 'siamfc'?"),
        (("-d", "OTB10"), "unknown dataset 'OTB10'. Did you mean"),
        (("-d", "OTB100", "--data-root", "/nowhere"), "--data-root /nowhere: no such folder"),
        (("--device", "cuda:77"), "--device cuda:77"),
        (("--profile", "otp"), "there is no evaluation profile 'otp'. Did you mean 'otb'?"),
        (("-t", "siamfc:paper"), "no trained weights ship for siamfc:paper"),
        (("-t", "none"), "say with --imported which results to score"),
        (("-t", ","), "no tracker is named"),
        (("-t", "none", "--imported", "all"), "no results were imported for demo, and --trackers none runs no tracker"),
        (("-t", "cv2:kcf", "--imported", ","), "--imported names no results"),
        (("-t", "none,cv2:kcf", "--imported", "all"), "does not go with other names"),
        (("--protocol", "tre", "--imported", "all"), "--imported does not go with --protocol tre"),
        (("--workers", "2", "--executor", "ray"), "it does not go with --workers"),
        (("--ray-address", "auto"), "--ray-address needs --executor ray"),
        (("--name", "../up"), "'../up' cannot be a run's name"),
    ],
)
def test_misuse_is_one_line_and_exit_code_2(run_bench, words: tuple[str, ...], line: str) -> None:
    assert line in error(run_bench(*words))


@pytest.mark.parametrize("option", ["--lanes", "--workers"])
@pytest.mark.parametrize("number", ["many", "0"])
def test_lanes_and_workers_are_a_number_or_auto(run_bench, option: str, number: str) -> None:
    done = run_bench(option, number)
    assert done.returncode == 2
    assert f"'{number}' is neither auto nor a number from 1 on" in done.stderr


def test_a_partial_dataset_must_be_asked_for(run_bench, otb: Path) -> None:
    assert "86 of its 100 sequences are missing" in (line := error(run_bench("-d", "OTB100", "--data-root", otb)))
    assert "--subset available" in line


@pytest.mark.parametrize(
    ("row", "text", "line"),
    [
        (0, "nan,41,30,24", "1"),
        (0, "41,41,0,24", "1"),
        (0, "500,41,30,24", "outside"),
        (3, None, "5"),
        (3, "43,41,30,24\n43,41,30,24", "7"),
    ],
    ids=["NaN", "empty", "outside", "row missing", "row too many"],
)
def test_bad_ground_truth_stops_before_work_starts(run_bench, tmp_path: Path, row: int, text: str, line: str) -> None:
    folder = write_folder(tmp_path / "videos" / "bad", 6)
    file = folder / "groundtruth_rect.txt"
    rows = file.read_text().splitlines()
    rows[row : row + 1] = [] if text is None else [text]
    file.write_text("\n".join(rows) + "\n")
    message = error(run_bench("-t", "cv2:kcf", "-d", "folder", "--data-root", tmp_path / "videos"))
    assert "groundtruth_rect.txt" in message
    assert line in message


def test_a_corrupt_checkpoint_stops_before_work_starts(run_bench, picture_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "net.pth").write_bytes(b"PK\x03\x04 not a checkpoint")
    words = ("-t", f"cv2:kcf,siamfc:paper@{tmp_path / 'net.pth'}", "-d", "folder", "--data-root", picture_folder)
    assert "corrupt" in error(run_bench(*words))
    assert not list((tmp_path / "results" / "records").rglob("*.npz"))


def test_an_unreadable_frame_fails_its_pair_and_the_others_finish(run_bench, picture_folder: Path) -> None:
    (picture_folder / "second" / "img" / "0004.png").write_bytes(b"no picture")
    done = run_bench("-t", "siamfc-s1,cv2:kcf", "-d", "folder", "--data-root", picture_folder, "--json", "-")
    assert done.returncode == 1
    for tracker in json.loads(done.stdout)["trackers"]:
        assert list(tracker["failed"]) == ["second"]
        assert "0004.png" in tracker["failed"]["second"]
        assert sorted(tracker["sequences"]) == ["first", "third"]
    assert "failed on second" in done.stderr


FAILING = """
from trackers.api import register
@register("nervous", remembers="nothing")
class Nervous:
    def init(self, image, box): self.box, self.age = box, 0
    def update(self, image):
        self.age += 1
        if self.age == 7: raise ValueError("too <b>many</b> frames")
        return self.box
"""


def test_an_exception_in_one_tracker_is_shown_with_its_reason(run_bench, picture_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "nervous.py").write_text(FAILING)
    words = (
        "-t",
        f"py:{tmp_path / 'nervous.py'},cv2:kcf",
        "-d",
        "folder",
        "--data-root",
        picture_folder,
        "--json",
        "-",
    )
    done = run_bench(*words)
    assert done.returncode == 1
    nervous, kcf = json.loads(done.stdout)["trackers"]
    assert set(nervous["failed"].values()) == {"ValueError: too <b>many</b> frames"}
    assert sorted(nervous["sequences"]) == ["first"]
    assert not kcf["failed"]


def test_an_address_without_ray_is_misuse(run_bench) -> None:
    assert error(run_bench("--ray-address", "127.0.0.1:6379")) == "run_bench: --ray-address needs --executor ray"


def test_a_json_file_that_cannot_be_written_is_one_clear_line(run_bench, picture_folder: Path, tmp_path: Path) -> None:
    words = ("-t", "cv2:kcf", "-d", "folder", "--data-root", picture_folder, "--quiet")
    done = run_bench(*words, "--json", tmp_path / "none" / "scores.json")
    assert done.returncode == 2
    assert f"cannot write --json {tmp_path / 'none' / 'scores.json'} (No such file or directory)" in done.stderr
