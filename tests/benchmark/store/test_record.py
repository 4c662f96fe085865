from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark.store.record import Record, read_record, reason_of, write_record

RECORD = Record(
    key="ab" * 32, dataset="demo", tracker="siamfc", sequence="plain", start=5, repeat=0, status="failed",
    boxes=np.array([[1.5, 2.25, np.nan, 4.0], [1 / 3, 2e-300, -5.0, 0.0]]), scores=np.array([1.0, 0.1]),
    seconds=1.5, lanes=4, error="Traceback\nValueError: a reason", times=np.array([1.25, 0.25]),
)  # fmt: skip
ARRAYS = ("boxes", "scores", "times")


def test_a_record_comes_back_bit_for_bit(tmp_path: Path) -> None:
    write_record(tmp_path / "deep" / "r.npz", RECORD)
    read = read_record(tmp_path / "deep" / "r.npz", RECORD.key)
    assert read is not None
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(read, name), getattr(RECORD, name))
    facts = {k: v for k, v in vars(RECORD).items() if k not in ARRAYS}
    assert {k: v for k, v in vars(read).items() if k not in ARRAYS} == facts
    assert read.reason == "ValueError: a reason"
    assert [file.name for file in (tmp_path / "deep").iterdir()] == ["r.npz"]


def test_records_without_times_are_as_good(tmp_path: Path) -> None:
    file = tmp_path / "r.npz"
    write_record(file, RECORD)
    with np.load(file) as content:
        np.savez(file.with_name("old.npz"), **{name: content[name] for name in content.files if name != "times"})
    read = read_record(tmp_path / "old.npz", RECORD.key)
    assert read is not None
    assert read.times.shape == (0,)
    write_record(file, replace(RECORD, times=np.ones(5)))
    assert read_record(file, RECORD.key) is None


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    file = tmp_path_factory.mktemp("record") / "r.npz"
    write_record(file, RECORD)
    return file.read_bytes()


@given(share=st.floats(0, 1, exclude_max=True))
def test_a_truncated_record_counts_as_missing(stored: bytes, tmp_path_factory, share: float) -> None:
    file = tmp_path_factory.mktemp("cut") / "r.npz"
    file.write_bytes(stored[: int(len(stored) * share)])
    assert read_record(file, RECORD.key) is None


@given(place=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_a_damaged_record_is_never_another_record(stored: bytes, tmp_path_factory, place: float, flip: int) -> None:
    file = tmp_path_factory.mktemp("flip") / "r.npz"
    damaged = bytearray(stored)
    damaged[int(len(stored) * place)] ^= flip
    file.write_bytes(damaged)
    read = read_record(file, RECORD.key)
    if read is not None:  # the damage hit what carries no content, such as a time stamp
        np.testing.assert_array_equal(read.boxes, RECORD.boxes)
        assert read.error == RECORD.error


def test_another_key_or_a_missing_file_is_no_record(tmp_path: Path) -> None:
    write_record(tmp_path / "r.npz", RECORD)
    assert read_record(tmp_path / "r.npz", "cd" * 32) is None
    assert read_record(tmp_path / "none.npz", RECORD.key) is None


def test_what_pickles_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "r.npz").open("wb") as file:
        np.savez(file, facts=np.array({"key": RECORD.key}, dtype=object))
    assert read_record(tmp_path / "r.npz", RECORD.key) is None


def test_an_interrupted_write_leaves_the_old_record_and_no_litter(tmp_path: Path, monkeypatch) -> None:
    write_record(tmp_path / "r.npz", RECORD)

    def interrupted(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("benchmark.store.record.os.replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_record(tmp_path / "r.npz", replace(RECORD, status="done"))
    read = read_record(tmp_path / "r.npz", RECORD.key)
    assert read is not None
    assert read.status == "failed"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("", ""),
        ("timeout: 3 s in the tracker", "timeout: 3 s in the tracker"),
        ("Traceback\n  File \"x.py\", line 3, in f\n    f(x)\n    ^^^^\nValueError: wrong\n", "ValueError: wrong"),
        ("Traceback\n  File \"x.py\", line 3, in f\nRuntimeError: CUDA error: x\nCompile with y\n\n",
         "RuntimeError: CUDA error: x"),
        ("Traceback\n  File \"x.py\", line 3\nKeyError: 1\n\nThe above was the cause:\n\nTraceback\n"
         "  File \"y.py\", line 3\n    z\na.b.Ended: it called sys.exit(1)\n", "Ended: it called sys.exit(1)"),
        ("Traceback\n  File \"x.py\", line 3\nKeyboardInterrupt\n", "KeyboardInterrupt"),
        ("Traceback\n  File \"x.py\", line 3\nValueError: " + "x" * 9999, "ValueError: " + "x" * 488),
    ],
)  # fmt: skip
def test_a_reason_is_what_the_exception_says_first(error: str, reason: str) -> None:
    assert reason_of(error) == reason
