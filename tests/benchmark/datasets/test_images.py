from __future__ import annotations

import pickle
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from benchmark.datasets.images import FrameError, frame_size, list_images, read_frame


@pytest.fixture
def picture() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 255, (48, 64, 3), np.uint8)


def test_images_come_in_numeric_order_whatever_else_lies_there(tmp_path: Path):
    names = ["10.jpg", "9.JPEG", "0011.png", "8.jpg"]
    for name in [*names, "groundtruth.txt", "._8.jpg", ".hidden.png", "Thumbs.db"]:
        (tmp_path / name).touch()
    (tmp_path / "7.jpg").mkdir()
    assert [image.name for image in list_images(tmp_path)] == ["8.jpg", "9.JPEG", "10.jpg", "0011.png"]


def test_numbers_within_names_are_numbers_too(tmp_path: Path):
    for name in ["frame10.jpg", "frame9.jpg", "frame100.jpg"]:
        (tmp_path / name).touch()
    assert [image.name for image in list_images(tmp_path)] == ["frame9.jpg", "frame10.jpg", "frame100.jpg"]


def test_a_frame_is_red_green_blue(tmp_path: Path, picture: np.ndarray):
    Image.fromarray(picture).save(tmp_path / "a.png")
    frame = read_frame(tmp_path / "a.png")
    assert frame.dtype == np.uint8
    assert np.array_equal(frame, picture)


def test_a_grey_frame_has_three_equal_channels(tmp_path: Path, picture: np.ndarray):
    Image.fromarray(picture[..., 0]).save(tmp_path / "a.png")
    assert np.array_equal(read_frame(tmp_path / "a.png"), np.repeat(picture[..., :1], 3, axis=2))


def test_an_orientation_tag_changes_neither_pixels_nor_size(tmp_path: Path, picture: np.ndarray):
    tags = Image.Exif()
    tags[0x0112] = 6  # rotate by 90 degrees to show
    Image.fromarray(picture).save(tmp_path / "a.jpg", exif=tags)
    assert read_frame(tmp_path / "a.jpg").shape == (48, 64, 3)
    assert frame_size(tmp_path / "a.jpg") == (64, 48)


@pytest.mark.parametrize("kept", [2, 100, 0.5, 0.9, -1, -2])
def test_a_jpeg_cut_short_is_an_error_and_never_a_half_grey_picture(tmp_path: Path, picture: np.ndarray, kept: float):
    data = cv2.imencode(".jpg", picture)[1].tobytes()
    cut = int(len(data) * kept) if isinstance(kept, float) else kept
    (tmp_path / "a.jpg").write_bytes(data[:cut])
    with pytest.raises(FrameError, match=r"a\.jpg (is cut short|cannot be decoded)"):
        read_frame(tmp_path / "a.jpg")


def test_a_cut_jpeg_is_known_even_where_its_thumbnail_is_whole(tmp_path: Path, picture: np.ndarray):
    data = cv2.imencode(".jpg", picture)[1].tobytes()
    comment = b"\xff\xfe" + (len(data) + 2).to_bytes(2, "big") + data  # a picture within the picture's header
    whole = data[:2] + comment + data[2:]
    (tmp_path / "a.jpg").write_bytes(whole)
    assert read_frame(tmp_path / "a.jpg").shape == (48, 64, 3)
    (tmp_path / "a.jpg").write_bytes(whole[:-200])
    with pytest.raises(FrameError, match="is cut short"):
        read_frame(tmp_path / "a.jpg")


def test_bytes_after_a_jpegs_end_do_no_harm(tmp_path: Path, picture: np.ndarray):
    (tmp_path / "a.jpg").write_bytes(cv2.imencode(".jpg", picture)[1].tobytes() + b"\0" * 20)
    assert read_frame(tmp_path / "a.jpg").shape == (48, 64, 3)


def test_a_png_cut_short_is_an_error(tmp_path: Path, picture: np.ndarray):
    data = cv2.imencode(".png", picture)[1].tobytes()
    (tmp_path / "a.png").write_bytes(data[: len(data) // 2])
    with pytest.raises(FrameError, match="is cut short"):
        read_frame(tmp_path / "a.png")


@pytest.mark.parametrize("read", [read_frame, frame_size])
def test_missing_empty_and_foreign_files_say_so(tmp_path: Path, read):
    with pytest.raises(FrameError, match=r"frame .*none\.jpg is missing"):
        read(tmp_path / "none.jpg")
    (tmp_path / "empty.jpg").touch()
    with pytest.raises(FrameError, match=r"is empty|is no image"):
        read(tmp_path / "empty.jpg")
    (tmp_path / "text.jpg").write_text("not found")
    with pytest.raises(FrameError, match=r"cannot be decoded|is no image"):
        read(tmp_path / "text.jpg")
    (tmp_path / "folder.jpg").mkdir()
    with pytest.raises(FrameError, match="cannot be read"):
        read(tmp_path / "folder.jpg")


def test_the_size_is_width_then_height(tmp_path: Path, picture: np.ndarray):
    for name in ("a.png", "a.jpg"):
        Image.fromarray(picture).save(tmp_path / name)
        assert frame_size(tmp_path / name) == (64, 48)


def test_the_size_needs_no_more_than_the_header(tmp_path: Path, picture: np.ndarray):
    data = cv2.imencode(".jpg", picture)[1].tobytes()
    (tmp_path / "a.jpg").write_bytes(data[: data.index(b"\xff\xda") + 20])
    assert frame_size(tmp_path / "a.jpg") == (64, 48)


def test_a_frames_error_crosses_processes_whole():
    error = pickle.loads(pickle.dumps(FrameError(Path("a.jpg"), "is missing")))  # noqa: S301
    assert (error.path, error.reason, str(error)) == (Path("a.jpg"), "is missing", "frame a.jpg is missing")


def test_real_frames_decode_to_their_headers_size(shared_data: Path):
    grey = set()
    for folder in sorted((shared_data / "data" / "otb").iterdir()):
        frame = list_images(folder / "img")[0]
        pixels = read_frame(frame)
        assert (pixels.shape[1], pixels.shape[0]) == frame_size(frame)
        if (pixels == pixels[..., :1]).all():
            grey.add(folder.name)
    assert grey == {"Car1", "Dog1", "Jumping"}
