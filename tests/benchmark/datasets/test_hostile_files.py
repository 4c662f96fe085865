"""Whatever lies in a file of ground truth, flags or pixels, it is right values or one line."""

from __future__ import annotations

import math
import warnings
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from benchmark.datasets.box_text import parse_boxes, read_boxes, read_flags
from benchmark.datasets.folder import FolderDataset
from benchmark.datasets.images import FrameError, frame_size, read_frame
from trackers.errors import InputError

WORDS = ["nan", "NaN", "inf", "-Infinity", "1e999", "-1e308", "9" * 400, "1_0", "0x1", "1e", "+5", "\u0661", "\0", "x",
         "1.5", "-3", "0", "", "1,5", '"1"', "\ufeff1", "--1", "1e-400"]  # fmt: skip
DELIMITERS = [",", "\t", " ", ";", ", ", "\x0c", "\xa0"]
ENDS = ["\n", "\r\n", "\r", "\n\n", "\x85", "\u2028"]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "latin-1"]
word = st.sampled_from(WORDS) | st.floats().map(repr) | st.integers(-(10**30), 10**30).map(str)
row = st.tuples(st.lists(word, max_size=6), st.sampled_from(DELIMITERS)).map(lambda one: one[1].join(one[0]))
texts = st.lists(st.tuples(row, st.sampled_from(ENDS)).map("".join), max_size=6).map("".join) | st.text(max_size=60)
contents = st.binary(max_size=200) | st.tuples(texts, st.sampled_from(ENCODINGS)).map(
    lambda one: one[0].encode(one[1], errors="replace")
)
few = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
many = settings(
    max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def is_one_line(error: Exception, *named: str) -> None:
    assert len(str(error).splitlines()) == 1
    assert len(str(error)) < 1000
    assert all(name in str(error) for name in named)


def box_file_is_boxes_or_one_line(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    try:
        rows = read_boxes(file)
    except InputError as error:
        is_one_line(error, file.name)
    else:
        assert rows.dtype == np.float64
        assert rows.ndim == 2
        assert rows.shape[1] == 4


def flags_are_flags_or_one_line(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    try:
        assert read_flags(file).dtype == np.bool_
    except InputError as error:
        is_one_line(error)


def folder_is_a_sequence_or_one_line(folder: Path, content: bytes) -> None:
    for number in range(1, 4):
        if not (frame := folder / f"{number}.png").exists():
            cv2.imwrite(str(frame), np.zeros((48, 64, 3), np.uint8))
    (folder / "groundtruth.txt").write_bytes(content)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            (sequence,) = FolderDataset(folder).load(FolderDataset(folder).inventory().found)
        except InputError as error:
            is_one_line(error)
            return
    boxes, valid = sequence.annotation.boxes, sequence.annotation.valid
    assert boxes.shape == (3, 4)
    assert valid[0]
    assert (boxes[valid, 2:] > 0).all()
    assert (np.abs(boxes[valid]) <= 1e7 + 1).all()


@few
@given(content=contents)
def test_any_box_file(tmp_path: Path, content: bytes):
    box_file_is_boxes_or_one_line(tmp_path / "boxes.txt", content)
    flags_are_flags_or_one_line(tmp_path / "flags.txt", content)


@few
@given(first=st.sampled_from([b"", b"1,1,9,9\n", b"1,1,9,9\n5,5,9,9\n"]), content=contents)
def test_any_ground_truth_of_a_folder(tmp_path: Path, first: bytes, content: bytes):
    folder_is_a_sequence_or_one_line(tmp_path, first + content)


@pytest.mark.slow
@many
@given(content=contents)
def test_very_many_box_files(tmp_path: Path, content: bytes):
    box_file_is_boxes_or_one_line(tmp_path / "boxes.txt", content)
    flags_are_flags_or_one_line(tmp_path / "flags.txt", content)


@pytest.mark.slow
@many
@given(first=st.sampled_from([b"", b"1,1,9,9\n", b"1,1,9,9\n5,5,9,9\n"]), content=contents)
def test_very_many_ground_truths_of_a_folder(tmp_path: Path, first: bytes, content: bytes):
    folder_is_a_sequence_or_one_line(tmp_path, first + content)


@few
@given(
    rows=st.lists(st.lists(st.floats(-1e6, 1e6), min_size=4, max_size=4), min_size=1, max_size=5),
    gap=st.sampled_from(DELIMITERS),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(ENCODINGS),
)
def test_boxes_are_the_same_in_every_encoding_line_end_and_delimiter(tmp_path: Path, rows, gap, end, encoding):
    file = tmp_path / "boxes.txt"
    file.write_bytes((end.join(gap.join(map(repr, one)) for one in rows) + end + end).encode(encoding))
    if encoding == "latin-1" and gap == "\xa0":
        assume(False)  # not UTF-8: no number
    assert np.array_equal(read_boxes(file), np.array(rows))


@pytest.mark.parametrize("value", ["1_0", "0x1F", "1e", "one", "\0"])
def test_what_is_no_number_elsewhere_is_none_here(value: str):
    with pytest.raises(InputError, match="is not a box of 4 numbers"):
        parse_boxes(f"{value},2,3,4", "boxes")


def test_a_million_columns_are_one_line_of_text():
    with pytest.raises(InputError, match="1,000,000 values where a box has 4") as error:
        parse_boxes(",".join(["1"] * 1_000_000), "boxes")
    is_one_line(error.value)


def test_a_text_too_large_is_not_read(tmp_path: Path):
    with (tmp_path / "boxes.txt").open("wb") as file:
        file.truncate(2**28 + 1)
    with pytest.raises(InputError, match="larger than 256 MB"):
        read_boxes(tmp_path / "boxes.txt")


@pytest.mark.parametrize("wild", ["1,1,inf,5", "1e999,1,5,5", "1,1,1e300,5", "1,-1e8,5,5"])
def test_a_box_beyond_any_image_is_named(write_video, wild: str):
    root = write_video("clip", rows=["11,11,20,16", wild, *["11,11,20,16"] * 3])
    with pytest.raises(InputError, match=r"clip: .* is no box in pixels \(.*, row 2\)"):
        FolderDataset(root).load(["clip"])


@pytest.mark.parametrize(
    ("content", "flags"), [("0\n1\n0\n", [0, 1, 0]), ("0,1,1", [0, 1, 1]), ("\ufeff1\r\n", [1]), ("", [])]
)
def test_flags_by_line_or_comma(tmp_path: Path, content: str, flags: list[int]):
    (tmp_path / "absence.label").write_text(content)
    assert read_flags(tmp_path / "absence.label").tolist() == flags
    assert read_flags(tmp_path / "none").tolist() == []


def spoilt(data: bytes, place: float, change: bytes, kept: float) -> bytes:
    at = int(place * len(data))
    return (data[:at] + change + data[at + len(change) :])[: math.ceil(kept * len(data))]


def image_is_a_frame_or_one_line(file: Path, data: bytes) -> None:
    file.write_bytes(data)
    for read in (read_frame, frame_size):
        try:
            found = read(file)
        except FrameError as error:
            is_one_line(error, file.name)
        else:
            if isinstance(found, np.ndarray):
                assert found.dtype == np.uint8
                assert found.shape[2] == 3


PICTURE = np.random.default_rng(0).integers(0, 255, (24, 32, 3), np.uint8)
SOUND = [cv2.imencode(suffix, PICTURE)[1].tobytes() for suffix in (".jpg", ".png")]
images = st.binary(max_size=100) | st.builds(
    spoilt,
    st.sampled_from(SOUND),
    st.floats(0, 0.999),
    st.binary(max_size=8),
    st.sampled_from([1.0, 1.0, 0.99, 0.5, 0.1]),
)


@few
@given(data=images)
def test_any_image_file(tmp_path: Path, data: bytes):
    image_is_a_frame_or_one_line(tmp_path / "1.png", data)


@pytest.mark.slow
@many
@given(data=images)
def test_very_many_image_files(tmp_path: Path, data: bytes):
    image_is_a_frame_or_one_line(tmp_path / "1.png", data)
