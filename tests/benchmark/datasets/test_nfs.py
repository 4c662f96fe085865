from __future__ import annotations

from pathlib import Path

import layouts
import numpy as np
import pytest

from benchmark.datasets.lookup import open_dataset
from benchmark.datasets.nfs import read_vatic
from trackers.errors import InputError


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize(("rows", "frames"), [(169, 22), (176, 22), (177, 22), (169, 21)])
def test_at_30_frames_every_eighth_row_is_taken_as_by_got10k(tmp_path: Path, rows, frames, inside):
    from got10k.datasets import NfS

    layouts.nfs(tmp_path, "car_jumping", layouts.boxes(rows, 0), 30, frames, inside=inside)
    sequence = open_dataset("NfS/30", tmp_path).load(["car_jumping"])[0]
    if not inside:
        theirs, truth = NfS(str(tmp_path), fps=30)["car_jumping"]
        assert [str(frame) for frame in sequence.frames] == theirs
        assert np.array_equal(sequence.annotation.boxes, truth)
    assert np.array_equal(sequence.annotation.boxes, layouts.boxes(rows, 0)[::8][: len(sequence)])


def test_at_240_frames_every_row_is_taken(tmp_path: Path):
    from got10k.datasets import NfS

    layouts.nfs(tmp_path, "car_jumping", layouts.boxes(176, 0), 240, 175)
    sequence = open_dataset("NfS/240", tmp_path).load(["car_jumping"])[0]
    frames, truth = NfS(str(tmp_path), fps=240)["car_jumping"]
    assert [str(frame) for frame in sequence.frames] == frames
    assert np.array_equal(sequence.annotation.boxes, truth)


def test_letter_case_does_not_matter(tmp_path: Path):
    layouts.nfs(tmp_path, "Car_Jumping", layouts.boxes(176, 0), 30, 22)
    dataset = open_dataset("NfS/30", tmp_path)
    assert dataset.inventory().found == ("car_jumping",)
    assert len(dataset.load(["car_jumping"])[0]) == 22


def test_a_copy_whose_cut_differs_is_refused(tmp_path: Path):
    """dog_2, as distributed: its images and its rows are not the same cut."""
    layouts.nfs(tmp_path, "dog_2", layouts.boxes(400, 0), 30, 55)
    with pytest.raises(
        InputError, match=r"dog_2.txt has rows for 50 frames, one of 8 at 240 a second, but .*dog_2 has 55"
    ):
        open_dataset("NfS/30", tmp_path).load(["dog_2"])


@pytest.mark.parametrize(("rate", "rows", "frames"), [(30, 176, 24), (30, 176, 20), (240, 24, 26), (240, 26, 24)])
def test_two_rows_or_images_too_many_are_refused(tmp_path: Path, rate: int, rows: int, frames: int):
    """One at the end is left out."""
    layouts.nfs(tmp_path, "car_jumping", layouts.boxes(rows, 0), rate, frames)
    with pytest.raises(InputError, match=r"put the original files? back"):
        open_dataset(f"NfS/{rate}", tmp_path).load(["car_jumping"])


def test_pytrackings_packing_is_read_too(tmp_path: Path):
    rows = layouts.boxes(22, 0)
    layouts.images(tmp_path / "NFS" / "sequences" / "car_jumping", range(1, 25), 5)
    layouts.write(tmp_path / "NFS" / "anno" / "nfs_car_jumping.txt", layouts.text(rows, "\t"))
    sequence = open_dataset("NfS/30", tmp_path).load(["car_jumping"])[0]
    assert len(sequence) == 22
    assert np.array_equal(sequence.annotation.boxes, rows)
    assert sequence.annotation.attributes[-1] == "class car"
    assert open_dataset("NfS/240", tmp_path).inventory().found == ()


@pytest.mark.parametrize("line", ["0 1 2 3 4", "0 a 2 3 4 0 0 0 0 x", "1,2,3,4"])
def test_a_row_that_is_not_vatics_is_refused_with_its_line(tmp_path: Path, line):
    file = layouts.write(tmp_path / "a.txt", f'0 1 2 3 4 0 0 0 0 "car"\n{line}\n')
    with pytest.raises(InputError, match=r"a.txt, line 2: .* is not a row of NfS"):
        read_vatic(file)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda lines: lines.pop(10), "line 11: frame 11 follows frame 9: a row is missing or stands twice"),
        (lambda lines: lines.insert(10, lines[9]), "line 11: frame 9 follows frame 9"),
        (lambda lines: lines.__setitem__(10, lines[50]), "line 11: frame 50 follows frame 9"),
        (lambda lines: lines.__setitem__(10, lines[10].replace(" 10 ", " 1_0 ", 1)), "line 11: .* is not a row of NfS"),
        (lambda lines: lines.__setitem__(10, "0 50 50 40 60 10 0 0 0 x"), "line 11: .* is not a row of NfS"),
    ],
)
def test_a_row_that_is_missing_twice_there_or_no_box_is_told(tmp_path: Path, change, said: str):
    layouts.nfs(tmp_path, "car_jumping", layouts.boxes(176, 0), 240, 176)
    (file,) = tmp_path.rglob("car_jumping.txt")
    lines = file.read_text().splitlines()
    change(lines)
    file.write_text("\n".join(lines))
    with pytest.raises(InputError, match=said):
        open_dataset("NfS/240", tmp_path).load(["car_jumping"])
