"""What images of every kind come out as, and which are refused."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from benchmark.datasets.folder import FolderDataset
from benchmark.datasets.footage import open_footage
from benchmark.datasets.image_header import Header, HeaderError, read_header
from benchmark.datasets.images import MAX_PIXELS, FrameError, check_depth, decode_frame, frame_size, read_frame
from trackers.errors import InputError

COLOUR = (200, 100, 50)
PLAIN = Image.new("RGB", (32, 16), COLOUR)


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def deep(*values: int) -> bytes:
    """Return a PNG of 16 bits a channel; values are grey, or blue, green, red and perhaps alpha."""
    shape = (16, 32) if len(values) == 1 else (16, 32, len(values))
    return cv2.imencode(".png", np.full(shape, values, np.uint16))[1].tobytes()


def with_alpha(mode: str) -> Image.Image:
    image = PLAIN.convert("RGB" if mode == "RGBA" else "L")
    image.putalpha(30)
    return image


KINDS = {
    "RGBA": (encoded(with_alpha("RGBA")), COLOUR),
    "grey with alpha": (encoded(with_alpha("LA")), (124, 124, 124)),
    "palette": (encoded(PLAIN.quantize(4)), COLOUR),
    "transparent palette": (encoded(PLAIN.quantize(4), transparency=0), COLOUR),
    "1 bit": (encoded(Image.new("1", (32, 16), 1)), (255, 255, 255)),
    "interlaced grey": (encoded(Image.new("L", (32, 16), 7)), (7, 7, 7)),
    "animation": (encoded(PLAIN, save_all=True, append_images=[Image.new("RGB", (32, 16))]), COLOUR),
    "16-bit grey": (deep(0xA5FF), (0xA5, 0xA5, 0xA5)),
    "16-bit RGBA": (deep(0x1234, 0x5678, 0x9ABC, 300), (0x9A, 0x56, 0x12)),
    "CMYK JPEG": (encoded(PLAIN.convert("CMYK"), "JPEG", quality=100), COLOUR),
    "progressive JPEG": (encoded(PLAIN, "JPEG", progressive=True, quality=100), COLOUR),
    "grey JPEG": (encoded(Image.new("L", (32, 16), 90), "JPEG"), (90, 90, 90)),
    "JPEG with a comment and a profile": (encoded(PLAIN, "JPEG", quality=100, comment=b"x" * 60_000,
                                                  icc_profile=bytes(120_000)), COLOUR),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_own_colour(tmp_path: Path, kind: str):
    data, colour = KINDS[kind]
    (tmp_path / "a.png").write_bytes(data)
    frame = read_frame(tmp_path / "a.png")
    assert frame.shape == (16, 32, 3)
    assert frame.dtype == np.uint8
    assert np.abs(frame.astype(int) - colour).max() <= 2 * ("JPEG" in kind)
    assert frame_size(tmp_path / "a.png") == (32, 16)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "WebP"])
def test_other_formats_under_a_frames_name_are_named(tmp_path: Path, kind: str):
    (tmp_path / "a.jpg").write_bytes(encoded(PLAIN, kind))
    with pytest.raises(FrameError, match=rf"a\.jpg is a {kind} file, whatever its name says: write frames as"):
        read_frame(tmp_path / "a.jpg")


def test_a_tiff_of_floats_is_refused_too(tmp_path: Path):
    (tmp_path / "a.png").write_bytes(encoded(Image.fromarray(np.full((16, 32), 0.5, np.float32)), "TIFF"))
    with pytest.raises(FrameError, match="is a TIFF file"):
        read_frame(tmp_path / "a.png")


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 15])
def test_16_bits_of_which_fewer_are_used_are_refused_with_the_way_to_mend_it(tmp_path: Path, bits: int):
    for name in ("1.png", "2.png"):
        (tmp_path / name).write_bytes(deep(2**bits - 1))
    with pytest.raises(FrameError, match=rf"uses {bits} of them.*-evaluate multiply {2 ** (16 - bits)} -depth 8"):
        check_depth(tmp_path / "1.png")
    with pytest.raises(InputError, match=rf"1\.png has 16 bits a channel and uses {bits} of them"):
        open_footage(tmp_path)
    (tmp_path / "groundtruth.txt").write_text("1,1,9,9\n1,1,9,9\n")
    dataset = FolderDataset(tmp_path)
    with pytest.raises(InputError, match=rf"1\.png has 16 bits a channel and uses {bits} of them"):
        dataset.load(dataset.inventory().found)


def test_all_16_bits_used_or_8_there_are_fine(tmp_path: Path):
    for data in (deep(0x8000), encoded(Image.new("L", (32, 16), 1)), b"no image"):
        (tmp_path / "a.png").write_bytes(data)
        check_depth(tmp_path / "a.png")
    check_depth(tmp_path / "none.png")


def bomb(width: int, height: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(10_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def huge_jpeg() -> bytes:
    data = bytearray(encoded(PLAIN, "JPEG"))
    place = data.index(b"\xff\xc0") + 5
    data[place : place + 4] = struct.pack(">HH", 65_000, 65_000)
    return bytes(data)


@pytest.mark.parametrize("data", [bomb(60_000, 60_000), bomb(20_000, 20_000), bomb(2**31 - 1, 1), huge_jpeg()])
def test_a_bomb_is_refused_by_its_header_in_little_memory(tmp_path: Path, data: bytes):
    path = tmp_path / "a.png"
    path.write_bytes(data)
    tracemalloc.start()
    with pytest.raises(FrameError, match=r"a\.png is \d+x\d+ pixels large, beyond the 64 megapixels of a frame"):
        read_frame(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**20  # NumPy's and Python's memory; the decoder is not called
    assert frame_size(path) == frame_size(path)


def test_a_file_too_large_to_be_a_frame_is_not_read(tmp_path: Path):
    with (tmp_path / "a.png").open("wb") as file:
        file.truncate(2**28 + 1)
    with pytest.raises(FrameError, match="is larger than 256 MB"):
        read_frame(tmp_path / "a.png")


def test_the_largest_frame_is_larger_than_any_videos():
    assert MAX_PIXELS >= 2 * 7680 * 4320


def test_headers_are_read_with_fill_bytes_and_bare_markers_before_the_size():
    start = b"\xff\xd8\xff\xff\xff\xe0\0\4xx\xff\x01\xff\xc2\0\x0b\x08\0\x10\0\x20"
    assert read_header(io.BytesIO(start)) == Header(32, 16, 8)


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8", b"\xff\xd8\xff\xda\0\4", b"\xff\xd8\0\0\0\0", b"\x89PNG\r\n\x1a\n\0"]
)
def test_a_header_that_is_none_is_an_error_of_its_own(data: bytes):
    with pytest.raises(HeaderError):
        read_header(io.BytesIO(data))
    with pytest.raises(FrameError, match=r"frame a\.jpg "):
        decode_frame(Path("a.jpg"), data)
