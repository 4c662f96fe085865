from __future__ import annotations

from pathlib import Path

import layouts
import numpy as np
import pytest

from benchmark.datasets.checks import check_boxes, load_each, seem_corners
from benchmark.datasets.folder import FolderDataset
from benchmark.datasets.sequence import Annotation, Sequence
from trackers.errors import InputError


def load(path) -> Sequence:
    return FolderDataset(path).load([path.name])[0]


def failure(path) -> str:
    with pytest.raises(InputError) as error:
        load(path)
    return str(error.value)


GOOD = "11,11,20,16"


@pytest.mark.parametrize("first", ["NaN,NaN,NaN,NaN", "11,11,nan,16", "", "inf,1,1,1"])
def test_a_first_box_that_is_nan_or_empty(write_video, first):
    place = write_video("clip", rows=[first] + [GOOD] * 4)
    file = place / "groundtruth_rect.txt"
    assert failure(place) == f"clip: the first box is NaN or empty ({file}, row 1): it must show the target"


def test_a_first_box_without_area(write_video):
    place = write_video("clip", rows=["0,0,0,0"] + [GOOD] * 4)
    assert "clip: the first box, 0,0,0,0, has no area (" in failure(place)


@pytest.mark.parametrize("box", ["65,1,10,10", "1,49,10,10", "-30,5,20,10", "5,-30,20,30"])
@pytest.mark.parametrize("row", [0, 3])
def test_a_box_outside_the_image(write_video, box, row):
    rows = [GOOD] * 5
    rows[row] = box
    place = write_video("clip", rows=rows)
    assert failure(place) == (
        f"clip: the box {box} lies outside its image of 64x48 pixels ({place / 'groundtruth_rect.txt'}, row {row + 1}):"
        " rows are x,y,width,height, 1-based, and 0,0,0,0 where no target is seen"
    )


@pytest.mark.parametrize("box", ["64,48,10,10", "-8,-8,10,10", "1,1,64,48", "-20,-20,500,500"])
def test_a_box_that_shares_a_pixel_with_the_image_is_fine(write_video, box):
    assert len(load(write_video("clip", rows=[box] * 5))) == 5


def test_later_frames_without_a_target_are_fine(write_video):
    sequence = load(write_video("clip", rows=[GOOD, "0,0,0,0", "NaN,NaN,NaN,NaN", "", GOOD]))
    assert sequence.annotation.valid.tolist() == [True, False, False, False, True]


def test_a_frame_of_another_size_is_judged_by_its_own(write_video):
    write_video("clip", [1, 2])
    place = write_video("clip", [3], size=(200, 100), rows=[GOOD, GOOD, "120,60,20,16"])
    assert len(load(place)) == 3
    place = write_video("clip", [3], size=(200, 100), rows=[GOOD, GOOD, "220,60,20,16"])
    assert "outside its image of 200x100 pixels" in failure(place)


def test_one_frame_is_too_few(write_video):
    assert failure(write_video("clip", [1])) == "clip: 1 frame to run; tracking needs at least 2"


def test_an_unreadable_frame_is_left_to_the_run(write_video):
    place = write_video("clip")
    (place / "img" / "0001.jpg").write_bytes(b"nothing")
    assert len(load(place)) == 5


def test_the_first_box_is_that_of_the_official_start(write_video):
    place = write_video("clip")
    rows = np.array([[np.nan] * 4] * 2 + [[11.0, 11, 20, 16]] * 3)
    annotation = Annotation("clip", rows - [1, 1, 0, 0], np.isfinite(rows[:, 0]), start=2)
    frames = tuple(sorted((place / "img").iterdir()))
    check_boxes(Sequence(annotation, frames), rows, place)
    rows[2] = np.nan
    with pytest.raises(InputError, match="row 3"):
        check_boxes(Sequence(annotation, frames), rows, place)


def test_the_first_problem_is_told_in_full_and_the_others_are_counted():
    def load_one(name: str) -> Sequence:
        if name != "good":
            raise InputError(f"{name} is bad")
        return Sequence(Annotation(name, np.zeros((2, 4)), np.ones(2, bool)), ())

    seen: list[tuple[int, int]] = []
    assert [s.name for s in load_each(["good", "good"], load_one, lambda *at: seen.append(at))] == ["good", "good"]
    assert seen == [(1, 2), (2, 2)]
    for names, said in [
        (["good", "b"], "b is bad"),
        (["b", "good", "c"], "b is bad (and 1 more such sequence)"),
        (["b", "c", "d"], "b is bad (and 2 more such sequences)"),
    ]:
        with pytest.raises(InputError) as error:
            load_each(names, load_one, None)
        assert str(error.value) == said


@pytest.mark.parametrize(
    ("row", "corners"),
    [
        ("30,20,62,46", True),  # of a target of 32x26 in an image of 64x48
        ("1,1,64,48", False),  # the whole image, either way
        ("11,11,20,16", False),
        ("40,30,30,25", False),  # leaves the image, and is no pair of corners
        ("30,20,70,46", False),  # beyond the image either way
    ],
)
def test_boxes_that_seem_to_be_corners_are_known(write_video, row: str, corners: bool):
    (sequence,) = FolderDataset(write_video("clip", rows=[row] * 5)).load(["clip"])
    assert seem_corners(sequence) is corners


def test_a_target_that_leaves_the_image_in_a_few_frames_is_none(write_video):
    rows = ["10,10,40,30"] * 4 + ["30,20,40,40"] * 3
    (sequence,) = FolderDataset(write_video("clip", range(7), rows=rows)).load(["clip"])
    assert not seem_corners(sequence)


def test_a_run_says_so_and_goes_on(write_video, run_bench, tmp_path: Path):
    folder = write_video("clip", rows=["30,20,62,46"] * 5)
    (tmp_path / "stay.py").write_text(layouts.STAY)
    done = run_bench("-d", "folder", "--data-root", folder, "-t", f"py:{tmp_path}/stay.py")
    assert done.returncode == 0, done.stderr
    assert "clip: its boxes seem to be corners, x1,y1,x2,y2" in done.stderr
