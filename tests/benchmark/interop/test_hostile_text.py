"""Whatever is in a text of results, it is boxes or one line."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmark.datasets.sequence import Annotation
from benchmark.interop import text
from benchmark.interop.dialects import detect_dialect, read_dialect
from benchmark.interop.importing import import_results
from benchmark.interop.text import read_rows, read_times
from trackers.errors import InputError

FRAMES = 4
TRUTH = {"Couple": Annotation("Couple", np.tile([[20.0, 30, 40, 50]], (FRAMES, 1)), np.ones(FRAMES, bool))}

numbers = st.one_of(
    st.floats().map(repr),
    st.integers(-(10**30), 10**30).map(str),
    st.sampled_from(
        ["1e999", "-1e999", "NaN", "nan", "inf", "-Infinity", "1e308", "-0", "", "1_0", "0x1", "\x1b[31m", "#", "é"]
    ),
)
between = st.sampled_from([",", "\t", " ", ";", ", ", ",,"])
lines = st.builds(lambda values, sign: sign.join(values), st.lists(numbers, max_size=6), between)
rows = st.builds(lambda values, sign: sign.join(values), st.lists(numbers, min_size=4, max_size=4), between)
ends = st.sampled_from(["\n", "\r\n", "\r", "\n\n", "\x0b", "\u2028"])
texts = st.one_of(
    st.binary(max_size=200),
    st.builds(
        lambda first, body, end: (first + end.join(body)).encode("utf-8", "replace"),
        st.sampled_from(["", "1\n", "\ufeff", "x,y,w,h\n"]),
        st.one_of(st.lists(rows, min_size=FRAMES - 1, max_size=FRAMES), st.lists(lines, max_size=6)),
        ends,
    ),
)


def check(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "T")
        for name in ("Couple.txt", "Couple_time.txt", "times/Couple_time.txt", "Couple/Couple_001.txt"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        for read in (lambda: read_rows(folder / "Couple.txt"), lambda: read_times(folder / "Couple.txt", FRAMES)):
            try:
                values = read()
            except InputError as error:
                assert_one_line(error)
            else:
                assert values.dtype == np.float64
                assert values.shape[1:] in ((4,), ())
        detect_dialect(folder)
        for name in ("otb", "got10k", "got10k-server", "pytracking", "vot"):
            try:
                found, _ = import_results(folder, read_dialect(name), "T", "folder", TRUTH)
            except InputError as error:
                assert_one_line(error)
            else:
                assert found.boxes["Couple"].shape in ((FRAMES, 4), (FRAMES - 1, 4))
                times = found.times.get("Couple", np.zeros(FRAMES))
                assert (times >= 0).all()
                assert np.isfinite(times).all()


def assert_one_line(error: InputError) -> None:
    assert str(error).isprintable(), str(error)
    assert len(str(error)) < 500


@settings(deadline=None, max_examples=100)
@given(texts)
@example(b"1,2,3,4\n" * 3 + b"inf,2,3,4\n")
@example(b"1e308,1e308,1e308,1e308\n" * 4)
@example(b",")
@example(b"\x1c")
@example(b"1\n" + b"1e999,2,3,4\n" * 3)
def test_any_text_is_boxes_or_one_line(content: bytes) -> None:
    check(content)


@pytest.mark.slow
@settings(deadline=None, max_examples=2000)
@given(texts)
def test_thousands_of_texts(content: bytes) -> None:
    check(content)


def test_a_text_longer_than_any_sequence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "LARGEST", 1 << 20)
    (tmp_path / "Couple.txt").write_bytes(b"1" * (1 << 20) + b"\n")
    with pytest.raises(InputError, match="more than 1 MiB: no text of one sequence's results"):
        read_rows(tmp_path / "Couple.txt")


def test_times_of_repeated_runs_and_times_that_are_none(tmp_path: Path) -> None:
    file = tmp_path / "Couple_time.txt"
    file.write_text("0.5,0.6,0.7\n0.25,0.2,0.1\n\n")
    assert read_times(file, 2, repeats=True).tolist() == [0.5, 0.25]
    with pytest.raises(InputError, match=r"not a text of one time a line \('0\.5,0\.6,0\.7'\)"):
        read_times(file, 2)
    file.write_text("nan\n0.25\n")
    assert read_times(file, 2).tolist() == [0.0, 0.25]
    file.write_text("1_0\n0.25\n")
    with pytest.raises(InputError, match="not a text of one time a line"):
        read_times(file, 2)
    for wrong in ("-0.5", "inf", "1e999"):
        file.write_text(f"0.5\n{wrong}\n")
        with pytest.raises(InputError, match="is no time in seconds"):
            read_times(file, 2)


def test_boxes_that_are_not_finite_are_taken_and_told(tmp_path: Path) -> None:
    for name, row in (("Couple", "inf,31,40,50"), ("Deer", "1e999,nan,40,50"), ("Doll", "22,31,40.5,50")):
        (tmp_path / f"{name}.txt").write_text("21,31,40,50.5\n" * (FRAMES - 1) + row + "\n")
    truths = {
        name: Annotation(name, TRUTH["Couple"].boxes, np.ones(FRAMES, bool)) for name in ("Couple", "Deer", "Doll")
    }
    found, _ = import_results(tmp_path, read_dialect("otb"), "T", "folder", truths)
    said = "some boxes are not finite, or beyond 1e+09 px, and are scored as misses: 2 of 3 sequences (Couple, Deer)"
    assert found.boxes["Couple"][-1].tolist() == [np.inf, 30, 40, 50]
    assert found.remarks[0] == said


def test_results_may_be_utf_16_that_says_so_as_some_shells_write_it(tmp_path: Path) -> None:
    rows = [[21.0, 31.0, 40.0, 50.5], [22.0, 31.0, 40.0, 50.5]]
    for name, encoding in (("a.txt", "utf-16"), ("b.txt", "utf-8-sig")):
        (tmp_path / name).write_bytes("".join(f"{x},{y},{w},{h}\r\n" for x, y, w, h in rows).encode(encoding))
        assert read_rows(tmp_path / name).tolist() == rows
    (tmp_path / "time.txt").write_bytes("0.5\r\n0.25\r\n".encode("utf-16"))
    assert read_times(tmp_path / "time.txt", 2).tolist() == [0.5, 0.25]
