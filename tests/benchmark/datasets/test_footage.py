from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import paint, write_folder

from benchmark.datasets.footage import open_footage
from trackers.errors import InputError


def write_video(file: Path, frames: int, size: tuple[int, int] = (160, 120), fps: float = 12.0) -> Path:
    writer = cv2.VideoWriter(str(file), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"mp4v"), fps, size)
    for picture in paint(frames, size=size):
        writer.write(picture[..., ::-1])
    writer.release()
    return file


@pytest.fixture
def video(tmp_path: Path) -> Path:
    return write_video(tmp_path / "a walk%02d.mp4", frames=8)


def test_a_video_file_gives_its_frames_as_often_as_asked(video: Path) -> None:
    footage = open_footage(video)
    assert (footage.name, footage.size, footage.fps, footage.announced) == ("a_walk_02d", (160, 120), 12.0, 8)
    first, second = list(footage.frames()), list(footage.frames())
    assert len(first) == 8
    np.testing.assert_array_equal(first, second)
    assert np.abs(first[3].astype(int) - paint(8)[3]).mean() < 8  # RGB, up to what the codec loses


def test_a_folder_gives_its_images_bit_for_bit(tmp_path: Path) -> None:
    for folder in (write_folder(tmp_path / "one", 5), tmp_path / "one" / "img"):
        footage = open_footage(folder)
        assert footage.announced == 5
        np.testing.assert_array_equal(list(footage.frames()), paint(5))


def test_a_video_that_is_cut_short_or_damaged_ends_early_or_is_refused(video: Path, tmp_path: Path) -> None:
    data = video.read_bytes()
    (tmp_path / "short.mp4").write_bytes(data[: len(data) // 2])
    (tmp_path / "noise.mp4").write_bytes(np.random.default_rng(0).bytes(5000))
    (tmp_path / "empty.mp4").write_bytes(b"")
    (tmp_path / "words.mp4").write_text("no video")
    for name, line in (
        ("short", "no video that can be decoded"), ("noise", "no video that can be decoded"),
        ("empty", "is empty"), ("words", "no video that can be decoded"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=line):
            open_footage(tmp_path / f"{name}.mp4")


def test_what_is_no_video_is_said(tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    write_folder(tmp_path / "single", 1)
    for path, line in (
        ("nowhere.mp4", "no such video file"), ("none", "has no images"), ("single", "has one image"),
        ("single/img/0001.png", "is one image"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=line):
            open_footage(tmp_path / path)


def test_an_image_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "one", 5)
    (folder / "img" / "0003.png").write_bytes(b"")
    frames = open_footage(folder).frames()
    assert len([next(frames), next(frames)]) == 2
    with pytest.raises(InputError, match=r"0003\.png is empty: take it out"):
        next(frames)
