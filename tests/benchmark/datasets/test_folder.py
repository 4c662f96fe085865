from __future__ import annotations

from pathlib import Path

import pytest

from benchmark.datasets.folder import FolderDataset
from benchmark.datasets.sequence import Sequence
from trackers.errors import InputError


def load_all(path: Path) -> list[Sequence]:
    dataset = FolderDataset(path)
    return dataset.load(dataset.inventory().found)


def failure(path: Path) -> str:
    with pytest.raises(InputError) as error:
        load_all(path)
    return str(error.value)


@pytest.mark.parametrize("inner", ["img", ""])
@pytest.mark.parametrize("boxes", ["groundtruth.txt", "groundtruth_rect.txt", "mine.TXT"])
def test_images_and_a_box_file_are_all_it_takes(write_video, inner, boxes):
    dataset = FolderDataset(write_video("my clip", inner=inner, boxes=boxes, digits=1, numbers=range(8, 12)))
    assert dataset.inventory().found == ("my_clip",)
    assert (dataset.name, dataset.total) == ("folder", 1)
    sequence = dataset.load(["my_clip"])[0]
    assert [frame.name for frame in sequence.frames] == ["8.jpg", "9.jpg", "10.jpg", "11.jpg"]
    assert sequence.annotation.boxes[0].tolist() == [10, 10, 20, 16]
    assert sequence.annotation.attributes == ()


def test_a_parent_holds_several(write_video, tmp_path: Path):
    write_video("b")
    write_video("a", inner="", suffix=".png")
    write_video(".trash")
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "readme.txt").write_text("nothing to track")
    (tmp_path / "preview.png").touch()
    dataset = FolderDataset(tmp_path)
    assert dataset.inventory().found == ("a", "b")
    assert [sequence.name for sequence in dataset.load(["b", "a"])] == ["b", "a"]


def test_the_working_folder_has_a_name_too(write_video, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(write_video("clip"))
    assert FolderDataset(Path()).inventory().found == ("clip",)
    monkeypatch.chdir("img")
    assert FolderDataset(Path("..")).inventory().found == ("clip",)


def test_a_box_at_the_left_edge_is_a_box(write_video):
    place = write_video("clip", rows=["0,-2,20,16"] * 4 + ["0,0,0,0"])
    sequence = FolderDataset(place).load(["clip"])[0]
    assert sequence.annotation.valid.tolist() == [True] * 4 + [False]
    assert sequence.annotation.boxes[0].tolist() == [-1, -3, 20, 16]


@pytest.mark.parametrize("count", [4, 6])
def test_fewer_or_more_rows_than_images(write_video, count):
    place = write_video("clip", rows=["11,11,20,16"] * count)
    assert failure(place) == (
        f"clip: {place / 'groundtruth_rect.txt'} has {count} rows, but {place / 'img'} has 5 images:"
        " give one row an image, 0,0,0,0 where no target is seen"
    )


def test_no_box_file(write_video):
    place = write_video("clip")
    (place / "groundtruth_rect.txt").unlink()
    assert failure(place) == (
        f"clip: no box file in {place}: a sequence is a folder with images (in it or in its img/) and groundtruth.txt,"
        " one 1-based x,y,width,height row an image"
    )


def test_a_sequence_in_a_parent_without_box_file_or_images(write_video, tmp_path: Path):
    write_video("good")
    (write_video("lost boxes") / "groundtruth_rect.txt").unlink()
    assert failure(tmp_path).startswith("lost_boxes: no box file in ")
    write_video("empty", [], rows=["1,1,2,2"])
    assert failure(tmp_path).startswith(f"empty: no images in {tmp_path / 'empty' / 'img'}")
    assert failure(tmp_path).endswith("(and 1 more such sequence)")


def test_two_text_files_are_not_guessed_at(write_video):
    place = write_video("clip", boxes="a.txt")
    write_video("clip", [], boxes="b.txt")
    assert failure(place) == f"{place}: which of a.txt, b.txt has the boxes? Name it groundtruth.txt"
    write_video("clip", [], boxes="groundtruth.txt", rows=["11,11,20,16"] * 5)
    assert len(FolderDataset(place).load(["clip"])[0]) == 5


def test_nothing_to_run(tmp_path: Path):
    assert failure(tmp_path).startswith(f"no sequence in {tmp_path}: a sequence is a folder with images")


def test_a_name_is_safe_to_file_results_under(write_video):
    for folder, name in [("..evil", "evil"), ("a b?*", "a_b_"), ("straße", "straße"), ("x" * 120, "x" * 100)]:
        assert FolderDataset(write_video(folder)).inventory().found == (name,)


def test_two_folders_of_one_name_are_told_apart_by_the_user(write_video, tmp_path: Path):
    write_video("a b")
    write_video("a_b")
    assert (
        failure(tmp_path) == f"{tmp_path / 'a b'} and {tmp_path / 'a_b'} would both be called a_b: rename one of them"
    )


def test_a_real_sequence_is_a_plain_folder_too(shared_data: Path):
    sequence = FolderDataset(shared_data / "data" / "otb" / "FaceOcc1").load(["FaceOcc1"])[0]
    assert len(sequence) == 892
    assert sequence.annotation.boxes[0].tolist() == [117, 68, 114, 162]
