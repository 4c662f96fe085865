from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import paint, write_folder
from filming import filmed

from benchmark.datasets.images import FrameError
from benchmark.training.data import read_tracks
from benchmark.training.readers import READERS
from benchmark.training.recipe import SourceEntry, read_recipe
from benchmark.training.sources import CANVAS, EXTENT, VideoFrame, portrait
from trackers.errors import InputError

ROWS = ["11,21,30,24", "12,21,30,24", "13,21,30,24"]


def pictures(folder: Path, names: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for index, name in enumerate(names):
        cv2.imwrite(str(folder / name), np.full((60, 80, 3), 40 * index, np.uint8))


def test_crops_become_stills_and_videos_in_the_order_of_time(crops: Path) -> None:
    tracks = {(t.source, t.name): t for t in READERS["crops"](crops)}
    assert len(tracks) == 13
    assert not tracks["still", "still/0.png"].exact
    assert tracks["still", "still/1.png"].masked
    video = tracks["video", "v0"]
    assert (len(video.shots), video.exact, video.masked) == (4, True, False)
    assert [shot.box[0] for shot in video.shots] == sorted((s.box[0] for s in video.shots), reverse=True)


def test_a_portrait_centres_its_target_at_the_standard_size(crops: Path) -> None:
    track = next(t for t in READERS["crops"](crops) if t.masked)
    made = portrait(track.shots[0])
    assert made.pixels.shape == (CANVAS, CANVAS, 3)
    assert np.sqrt(made.size[0] * made.size[1]) == pytest.approx(EXTENT)
    x, y, w, h = cv2.boundingRect(made.mask)
    assert (x + w / 2, y + h / 2) == pytest.approx((CANVAS / 2, CANVAS / 2), abs=2)
    assert (w, h) == pytest.approx(made.size, abs=4)


def test_got10k_leaves_out_frames_without_the_target(tmp_path: Path) -> None:
    sequence = tmp_path / "train" / "GOT-10k_Train_000001"
    pictures(sequence, [f"{i:08d}.jpg" for i in (1, 2, 3)])
    (sequence / "groundtruth.txt").write_text("\n".join(ROWS))
    (sequence / "absence.label").write_text("0\n1\n0\n")
    (track,) = READERS["got10k"](tmp_path / "train")
    assert [shot.box for shot in track.shots] == [(10.0, 20.0, 30.0, 24.0), (12.0, 20.0, 30.0, 24.0)]
    assert [shot.picture.path.name for shot in track.shots] == ["00000001.jpg", "00000003.jpg"]


def test_lasot_leaves_out_what_is_hidden_or_out_of_view(tmp_path: Path) -> None:
    sequence = tmp_path / "cup" / "cup-1"
    pictures(sequence / "img", [f"{i:08d}.jpg" for i in (1, 2, 3)])
    (sequence / "groundtruth.txt").write_text("\n".join(ROWS))
    (sequence / "full_occlusion.txt").write_text("1,0,0")
    (sequence / "out_of_view.txt").write_text("0,0,1")
    (track,) = READERS["lasot"](tmp_path)
    assert (track.name, [shot.box[0] for shot in track.shots]) == ("cup-1", [11.0])


def test_trackingnet_boxes_are_0_based_and_not_exact(tmp_path: Path) -> None:
    pictures(tmp_path / "TRAIN_0" / "frames" / "abc", ["0.jpg", "1.jpg", "2.jpg"])
    (tmp_path / "TRAIN_0" / "anno").mkdir()
    (tmp_path / "TRAIN_0" / "anno" / "abc.txt").write_text("\n".join(ROWS))
    (track,) = READERS["trackingnet"](tmp_path)
    assert (track.exact, track.shots[0].box) == (False, (11.0, 21.0, 30.0, 24.0))


def test_vid_makes_a_track_of_each_target(tmp_path: Path) -> None:
    pictures(tmp_path / "Data" / "VID" / "train" / "v1", ["000000.JPEG", "000001.JPEG"])
    folder = tmp_path / "Annotations" / "VID" / "train" / "v1"
    folder.mkdir(parents=True)
    corners = "<bndbox><xmin>{}</xmin><ymin>5</ymin><xmax>40</xmax><ymax>35</ymax></bndbox>"
    thing = f"<object><trackid>{{}}</trackid>{corners}</object>"
    for index in (0, 1):
        both = thing.format(0, 10 + index) + thing.format(1, 20)
        (folder / f"00000{index}.xml").write_text(f"<annotation>{both}</annotation>")
    first, second = READERS["vid"](tmp_path)
    assert (first.name, [shot.box[0] for shot in first.shots]) == ("train/v1/0", [10.0, 11.0])
    assert second.shots[1].box == (20.0, 5.0, 20.0, 30.0)
    assert portrait(first.shots[1]).pixels.shape == (CANVAS, CANVAS, 3)


def test_coco_outlines_can_be_cut_out_and_crowds_are_left_out(tmp_path: Path) -> None:
    pictures(tmp_path / "val2017", ["1.jpg"])
    ring = [10, 10, 50, 10, 50, 40, 10, 40]
    usual = {"image_id": 1, "bbox": [10, 10, 40, 30], "segmentation": [ring], "iscrowd": 0}
    document = {
        "images": [{"id": 1, "file_name": "1.jpg", "width": 80, "height": 60}],
        "annotations": [
            {"id": 5, **usual},
            {**usual, "id": 6, "iscrowd": 1, "segmentation": {"counts": []}},
            {**usual, "id": 7, "bbox": [10, 10, 5, 5]},
        ],
    }
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations" / "instances_val2017.json").write_text(json.dumps(document))
    (track,) = READERS["coco"](tmp_path)
    assert track.masked
    silhouette = track.shots[0].silhouette
    assert silhouette is not None
    assert (silhouette.mask() > 0).sum() == pytest.approx(40 * 30, rel=0.06)


def test_plain_folders_are_read_as_for_evaluation(tmp_path: Path) -> None:
    write_folder(tmp_path / "mine", frames=4)
    (track,) = READERS["folder"](tmp_path)
    assert track.shots[1].box == (42.0, 40.0, 30.0, 24.0)


@pytest.mark.parametrize("reader", sorted(READERS))
def test_a_folder_that_is_laid_out_otherwise_is_refused_in_one_line(reader: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        READERS[reader](tmp_path)
    assert str(tmp_path) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_damaged_index_names_its_line(tmp_path: Path) -> None:
    (tmp_path / "index.jsonl").write_text('{"set": "x"}\n')
    with pytest.raises(InputError, match="line 1"):
        READERS["crops"](tmp_path)


def test_windows_are_tracks_of_a_videos_frames(tmp_path: Path) -> None:
    filmed(tmp_path, {"windows": [{"box": [40 + 2 * i, 40, 30, 24]} for i in range(9)]})
    (track,) = READERS["windows"](tmp_path)
    assert (track.source, track.name, len(track.shots), track.exact) == ("windows", "walk", 9, True)
    assert track.shots[3].box == (46.0, 40.0, 30.0, 24.0)
    seen = track.shots[3].picture.picture().astype(int)
    assert np.abs(seen - paint(10)[3]).mean() < np.abs(seen - paint(10)[6]).mean()
    with pytest.raises(FrameError, match="no frame 12"):
        VideoFrame(tmp_path / "walk.mp4", 12).picture()


def test_whole_frames_are_tracks_without_the_frames_in_which_there_is_no_target(tmp_path: Path) -> None:
    filmed(tmp_path, {"boxes": [[40 + 2 * i, 40, 30, 24 if i else 0] for i in range(9)]})
    (track,) = READERS["whole"](tmp_path)
    assert (track.source, track.name, len(track.shots)) == ("whole", "walk", 8)
    assert (track.shots[0].picture.index, track.shots[0].box) == (1, (42, 40, 30, 24))
    with pytest.raises(InputError, match="not the windows of a video"):
        READERS["windows"](tmp_path)


@pytest.mark.parametrize(
    ("notes", "message"),
    [({"boxes": []}, "not the windows of a video"), ({"windows": [{"box": [1, 2, 3]}]}, "not the windows of a video")],
)
def test_windows_laid_out_otherwise_are_one_line(tmp_path: Path, notes: object, message: str) -> None:
    with pytest.raises(InputError, match="has no videos"):
        READERS["windows"](tmp_path)
    filmed(tmp_path, notes)
    with pytest.raises(InputError, match=message):
        READERS["windows"](tmp_path)
    (tmp_path / "walk.mp4").unlink()
    with pytest.raises(InputError, match="stands alone"):
        READERS["windows"](tmp_path)


def test_what_is_left_out_by_name_is_not_drawn(crops: Path) -> None:
    recipe = read_recipe("memtrack-video")
    mixture = replace(recipe.mixture, sources=(SourceEntry("crops"),), weights={}, leave_out=("v1",))
    assert {t.name for t in read_tracks(replace(recipe, mixture=mixture), crops) if t.source == "video"} == {"v0", "v2"}
