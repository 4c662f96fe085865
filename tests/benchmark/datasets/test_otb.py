from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from benchmark.datasets.otb import OTBDataset
from trackers.errors import InputError

REAL = [
    "Bird2", "Bolt2", "Car1", "CarDark", "Couple", "Crossing", "Diving", "Dog1",
    "DragonBaby", "FaceOcc1", "Human9", "Jumping", "Man", "Surfer",
]  # fmt: skip


def failure(dataset: OTBDataset, *names: str) -> str:
    with pytest.raises(InputError) as error:
        dataset.load(names)
    return str(error.value)


def test_boxes_become_0_based_once_and_validity_is_the_files_own(write_video, tmp_path: Path):
    rows = ["1,1,20,16", "2,3,4,5", "0,3,4,5", "3,-1,4,5", "3,3,0,5", "NaN,NaN,NaN,NaN"] + ["11\t11\t20\t16"] * 75
    write_video("Skiing", range(1, 82), rows=rows)
    annotation = OTBDataset("OTB100", tmp_path).load(["Skiing"])[0].annotation
    assert annotation.boxes[:4].tolist() == [[0, 0, 20, 16], [1, 2, 4, 5], [-1, 2, 4, 5], [2, -2, 4, 5]]
    assert annotation.valid.tolist() == [True, True, False, False, False, False] + [True] * 75
    assert annotation.boxes.dtype == np.float64
    assert annotation.name == "Skiing"
    assert annotation.attributes == ("IV", "OPR", "SV", "DEF", "IPR", "LR")


@pytest.mark.parametrize("parent", ["OTB100", "OTB-2015", "tb_100", "otb", "TB-50"])
def test_the_root_may_hold_the_dataset_by_a_usual_name(write_video, tmp_path: Path, parent):
    write_video(f"{parent}/Skiing", range(1, 82))
    dataset = OTBDataset("OTB100", tmp_path)
    assert dataset.inventory().found == ("Skiing",)
    assert len(dataset.load(["Skiing"])[0]) == 81


def test_the_root_may_hold_the_dataset_in_two_parts(write_video, tmp_path: Path):
    write_video("TB-50/Skiing", range(1, 82))
    write_video("TB-100/KiteSurf", range(1, 85), suffix=".png")
    write_video("photographs/Deer", range(1, 72))
    assert OTBDataset("OTB100", tmp_path).inventory().found == ("KiteSurf", "Skiing")


def test_lower_case_folders_other_suffixes_and_more_digits(write_video, tmp_path: Path):
    write_video("kitesurf", range(1, 85), suffix=".JPEG", digits=5)
    assert len(OTBDataset("OTB100", tmp_path).load(["KiteSurf"])[0]) == 84


def test_second_targets_share_their_videos_frames(write_video, tmp_path: Path):
    write_video("Jogging", range(1, 308), boxes="groundtruth_rect.1.txt")
    write_video("Jogging", [], boxes="groundtruth_rect.2.txt", rows=["31,11,20,16"] * 307)
    first, second = OTBDataset("OTB2013", tmp_path).load(["Jogging-1", "Jogging-2"])
    assert first.frames == second.frames
    assert (first.annotation.boxes[0, 0], second.annotation.boxes[0, 0]) == (10, 30)


def test_second_targets_may_have_folders_of_their_own(write_video, tmp_path: Path):
    write_video("Jogging_2", range(1, 308))
    dataset = OTBDataset("OTB100", tmp_path)
    assert dataset.inventory().found == ("Jogging-2",)
    assert len(dataset.load(["Jogging-2"])[0]) == 307


def test_a_shared_folder_with_one_unnumbered_box_file_is_not_guessed_at(write_video, tmp_path: Path):
    write_video("Jogging", range(1, 308))
    said = failure(OTBDataset("OTB100", tmp_path), "Jogging-1")
    assert said == f"Jogging-1: no ground truth: {tmp_path / 'Jogging' / 'groundtruth_rect.1.txt'} is missing"


@pytest.mark.parametrize("boxes", ["groundtruth_rect.2.txt", "groundtruth_rect.txt"])
def test_human4_is_its_second_box_file(write_video, tmp_path: Path, boxes):
    write_video("Human4", range(1, 668), boxes=boxes)
    (tmp_path / "Human4" / "groundtruth_rect.1.txt").touch()
    assert len(OTBDataset("OTB100", tmp_path).load(["Human4"])[0]) == 667


def test_images_are_found_by_their_numbers(write_video, tmp_path: Path):
    write_video("David", range(1, 771), rows=["11,11,20,16"] * 471)
    write_video("BlurCar3", range(3, 360))
    david, car = OTBDataset("OTB100", tmp_path).load(["David", "BlurCar3"])
    assert (david.frames[0].name, david.frames[-1].name, len(david)) == ("0300.jpg", "0770.jpg", 471)
    assert (car.frames[0].name, car.frames[-1].name, len(car)) == ("0003.jpg", "0359.jpg", 357)


def test_tiger1_starts_officially_at_its_sixth_frame(write_video, tmp_path: Path):
    write_video("Tiger1", range(1, 355))
    sequence = OTBDataset("OTB100", tmp_path).load(["Tiger1"])[0]
    assert (sequence.annotation.start, len(sequence)) == (5, 354)


@pytest.mark.parametrize("count", [80, 82])
def test_fewer_or_more_rows_than_frames(write_video, tmp_path: Path, count):
    place = write_video("Skiing", range(1, 82), rows=["11,11,20,16"] * count)
    assert failure(OTBDataset("OTB100", tmp_path), "Skiing") == (
        f"Skiing: {place / 'groundtruth_rect.txt'} has {count} rows, but the sequence has 81 annotated frames"
        " (images 1-81): put the original file back"
    )


def test_missing_images_are_counted_and_the_first_is_named(write_video, tmp_path: Path):
    place = write_video("Skiing", [n for n in range(1, 82) if n not in (7, 9)], rows=["11,11,20,16"] * 81)
    assert failure(OTBDataset("OTB100", tmp_path), "Skiing") == (
        f"Skiing: {place / 'img'} lacks image 7: 2 of the sequence's images 1-81 are missing; unpack it again"
    )


def test_a_sequence_without_a_folder_of_images(write_video, tmp_path: Path):
    place = write_video("Skiing", [], rows=["11,11,20,16"] * 81)
    shutil.rmtree(place / "img")
    said = failure(OTBDataset("OTB100", tmp_path), "Skiing")
    assert said == f"Skiing: the folder of its images, {tmp_path / 'Skiing' / 'img'}, is missing: unpack it again"


def test_the_same_frame_twice_is_not_guessed_at(write_video, tmp_path: Path):
    write_video("Skiing", range(1, 82))
    write_video("Skiing", [5], digits=6, rows=["11,11,20,16"] * 81)
    assert "are the same frame twice: remove one of them" in failure(OTBDataset("OTB100", tmp_path), "Skiing")


def test_a_missing_box_file_and_a_missing_folder_are_named(write_video, tmp_path: Path):
    place = write_video("Skiing", range(1, 82))
    (place / "groundtruth_rect.txt").unlink()
    dataset = OTBDataset("OTB100", tmp_path)
    assert failure(dataset, "Skiing") == f"Skiing: no ground truth: {place / 'groundtruth_rect.txt'} is missing"
    assert failure(dataset, "Deer") == f"Deer: no folder Deer in {tmp_path}"
    assert failure(dataset, "Skiing", "Deer", "Dog").endswith("is missing (and 2 more such sequences)")


def test_nothing_is_found_where_there_is_no_folder(tmp_path: Path):
    inventory = OTBDataset("OTB50", tmp_path / "none").inventory()
    assert (inventory.found, len(inventory.missing), inventory.place) == ((), 50, str(tmp_path / "none"))


def test_the_real_sequences_load_complete(shared_data: Path):
    root = shared_data / "data" / "otb"
    dataset = OTBDataset("OTB100", root)
    inventory = dataset.inventory()
    assert list(inventory.found) == REAL
    assert len(inventory.missing) == 86
    lengths = {sequence.name: len(sequence) for sequence in dataset.load(inventory.found)}
    assert (lengths["Diving"], lengths["Couple"], sum(lengths.values())) == (215, 140, 5763)


def test_the_real_ground_truth_is_the_published_one(shared_data: Path):
    golden = shared_data / "golden" / "otb100" / "annotations"
    for sequence in OTBDataset("OTB100", shared_data / "data").load(REAL):
        published = np.loadtxt(golden / f"{sequence.name}.txt", delimiter=",")
        assert np.array_equal(sequence.annotation.boxes, published - [1, 1, 0, 0])
        assert sequence.annotation.valid.all()


def test_a_row_lost_from_real_ground_truth_is_noticed(shared_data: Path, tmp_path: Path):
    original = shared_data / "data" / "otb" / "Couple"
    place = tmp_path / "Couple"
    place.mkdir()
    (place / "img").symlink_to(original / "img")
    rows = (original / "groundtruth_rect.txt").read_text().splitlines()
    (place / "groundtruth_rect.txt").write_text("\n".join(rows[:-1]))
    assert "has 139 rows, but the sequence has 140 annotated frames" in failure(
        OTBDataset("OTB100", tmp_path), "Couple"
    )
