from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark.datasets.box_text import all_positive, from_one_based, parse_boxes, read_boxes, row_text, usual_rows
from trackers.errors import InputError

VALUES = st.floats(-1e6, 1e6) | st.integers(-1000, 1000).map(float) | st.just(float("nan"))
DELIMITERS = st.sampled_from([",", "\t", " ", ", ", " ,\t", ";", "  "])


@given(
    st.lists(st.lists(VALUES, min_size=4, max_size=4), min_size=1, max_size=6),
    st.lists(DELIMITERS, min_size=18, max_size=18),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", "\n", "\r\n\r\n", " \n"]),
)
def test_values_survive_any_mixture_of_delimiters(rows, delimiters, newline, end):
    lines = [
        "".join(f"{value!r}{gap}" for value, gap in zip(row, [*delimiters[3 * i : 3 * i + 3], ""]))
        for i, row in enumerate(rows)
    ]
    assert np.array_equal(parse_boxes(newline.join(lines) + end, "boxes"), np.array(rows), equal_nan=True)


def test_a_byte_order_mark_and_a_trailing_comma_do_no_harm(tmp_path: Path):
    file = tmp_path / "boxes.txt"
    file.write_bytes(b"\xef\xbb\xbf1,2,3,4,\r\n5,6,7,8,\r\n")
    assert read_boxes(file).tolist() == [[1, 2, 3, 4], [5, 6, 7, 8]]


@pytest.mark.parametrize("last", ["40", "040", "40.5", "-40", "1e2", "NaN", "9" * 15, "9" * 16, "9" * 40])
def test_whole_numbers_of_any_length_are_the_numbers_that_they_say(tmp_path: Path, last: str):
    file = tmp_path / "boxes.txt"
    file.write_text(f"1,2,3,4\n10,20,30,{last}\n")
    rows = read_boxes(file)
    assert rows.dtype == np.float64
    assert np.array_equal(rows, [[1, 2, 3, 4], [10, 20, 30, float(last)]], equal_nan=True)


def test_an_empty_line_between_rows_is_a_frame_without_a_box():
    rows = parse_boxes("\n1 2 3 4\n\n5 6 7 8\n\n", "boxes")
    assert rows.shape == (4, 4)
    assert np.isnan(rows[[0, 2]]).all()


def test_an_empty_text_has_no_rows():
    assert parse_boxes(" \n\n", "boxes").shape == (0, 4)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1,2,3,4\n1,2,3\n", "boxes, line 2: 3 values where a box has 4 (x, y, width, height)"),
        ("1,2,3,4,5,6,7,8", "boxes, line 1: 8 values where a box has 4 (x, y, width, height)"),
        ("x,y,w,h\n", "boxes, line 1: 'x,y,w,h' is not a box of 4 numbers"),
        ("1,2,3,4\n10,,20,30,40", "boxes, line 2: '10,,20,30,40' has nothing between two delimiters"),
        ("10, ;20,30,40", "boxes, line 1: '10, ;20,30,40' has nothing between two delimiters"),
    ],
)
def test_what_is_no_box_is_named_by_its_line(text, said):
    with pytest.raises(InputError) as error:
        parse_boxes(text, "boxes")
    assert str(error.value) == said
    assert usual_rows(text.encode()) is None


def test_a_file_that_is_not_there_or_not_text_is_bad_input(tmp_path: Path):
    with pytest.raises(InputError, match="No such file"):
        read_boxes(tmp_path / "none.txt")
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)))
    with pytest.raises(InputError, match=r"binary\.txt, line 1"):
        read_boxes(tmp_path / "binary.txt")


def test_the_first_pixel_goes_from_1_to_0_and_sizes_stay():
    assert from_one_based(np.array([[1.0, 1.0, 10.0, 20.0], [0.5, 3.0, 1.0, 2.0]])).tolist() == [
        [0, 0, 10, 20],
        [-0.5, 2, 1, 2],
    ]


def test_zero_negative_and_no_number_are_not_positive():
    rows = np.array([[1, 1, 1, 1], [0, 1, 1, 1], [1, -3, 1, 1], [1, 1, np.nan, 1], [1, 1, 1, np.inf]])
    assert all_positive(rows).tolist() == [True, False, False, False, False]


def test_a_row_reads_as_a_person_writes_it():
    assert row_text(np.array([10.0, 20.5, np.nan, 1e6])) == "10,20.5,nan,1e+06"
