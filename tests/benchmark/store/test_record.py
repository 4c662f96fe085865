from __future__ import annotations

import io
import tracemalloc
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark.store.record import Record, read_arrays, read_record, reason_of, write_arrays, write_record

RECORD = Record(
    key="ab" * 32, dataset="demo", tracker="siamfc", sequence="plain", start=5, repeat=0, status="failed",
    boxes=np.array([[1.5, 2.25, np.nan, 4.0], [1 / 3, 2e-300, -5.0, 0.0]]), scores=np.array([1.0, 0.1]),
    seconds=1.5, lanes=4, error="Traceback\nValueError: a reason", times=np.array([1.25, 0.25]),
)  # fmt: skip
ARRAYS = ("boxes", "scores", "times", "codes")


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


def test_codes_come_back_and_are_not_written_where_there_are_none(tmp_path: Path) -> None:
    write_record(tmp_path / "r.npz", replace(RECORD, codes=np.array([1, 2], np.int8)))
    read = read_record(tmp_path / "r.npz", RECORD.key)
    assert read is not None
    assert read.codes.tolist() == [1, 2]
    write_record(tmp_path / "r.npz", RECORD)
    assert "codes.npy" not in zipfile.ZipFile(tmp_path / "r.npz").namelist()


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


def write_npz(file: Path, *, compress: int = zipfile.ZIP_DEFLATED, **members: bytes | np.ndarray) -> Path:
    """Write a zip of arrays, or of bytes in their place."""
    with zipfile.ZipFile(file, "w", compress) as archive:
        for name, content in members.items():
            if isinstance(content, np.ndarray):
                held = io.BytesIO()
                np.lib.format.write_array(held, content)
                content = held.getvalue()
            archive.writestr(f"{name}.npy", content)
    return file


def header(shape: tuple[int, ...], descr: str = "<f8") -> bytes:
    """Return the header of an array, without the array."""
    held = io.BytesIO()
    np.lib.format.write_array_header_1_0(held, {"descr": descr, "fortran_order": False, "shape": shape})
    return held.getvalue()


FACTS = np.array('{"schema": 1}')


@pytest.mark.parametrize(
    "members",
    [
        {"boxes": header((10**12, 4))},
        {"boxes": header((10**12, 4)) + b"\0" * 64},
        {"boxes": header((2**62, 2**62))},
        {"boxes": header((3,)) + b"\0" * 16},
        {"boxes": header((1,)) + b"\0" * 16},
        {"boxes": header((-1, 4))},
        {"boxes": header((1,), "|O") + b"\0" * 8},
        {"boxes": header((1,), "|V8") + b"\0" * 8},
        {"boxes": b"\x93NUMPY\x01\x00\x76\x00{'descr': " + b"(" * 500},
        {"boxes": b""},
        {"boxes": b"no array"},
        {"facts": np.array("[]")},
        {"facts": np.array('{"a": NaN}')},
        {"facts": np.array("[" * 10_000)},
    ],
    ids=range(14),
)
def test_an_array_that_is_not_what_it_claims_is_no_record(tmp_path: Path, members: dict) -> None:
    assert read_arrays(write_npz(tmp_path / "r.npz", **{"facts": FACTS, **members})) is None


def test_arrays_are_read_as_they_were_written(tmp_path: Path) -> None:
    arrays = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.array([True]), "c": np.empty((0, 4))}
    write_arrays(tmp_path / "r.npz", {"x": [1]}, arrays)
    facts, read = read_arrays(tmp_path / "r.npz") or ({}, {})
    assert facts == {"x": [1]}
    assert read.keys() == arrays.keys()
    for name, values in arrays.items():
        np.testing.assert_array_equal(read[name], values, strict=True)


def test_headers_that_are_alike_are_parsed_once(tmp_path: Path, monkeypatch) -> None:
    """Trackers' records of one sequence differ in their values alone, and a large set has thousands."""
    for number in range(3):
        write_record(
            tmp_path / f"{number}.npz", replace(RECORD, boxes=RECORD.boxes + number, codes=np.ones(2, np.int8))
        )
    parse, parsed = np.lib.format.read_array_header_1_0, []
    monkeypatch.setattr(np.lib.format, "read_array_header_1_0", lambda file: parsed.append(parse(file)) or parsed[-1])
    first, *others = (read_record(tmp_path / f"{number}.npz", RECORD.key) for number in range(3))
    assert len(parsed) <= 4  # facts, boxes, scores and times, codes
    first.boxes[0] = 7  # what is read is one's own
    assert [one.boxes[0, 0] for one in others] == [2.5, 3.5]


def test_a_bomb_is_refused_before_room_is_made_for_it(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("benchmark.store.record.LARGEST", 2**20)
    zeros = header((2**24,)) + bytes(8 * 2**24)
    bomb = write_npz(tmp_path / "r.npz", facts=FACTS, boxes=zeros)
    assert bomb.stat().st_size < 2**18
    del zeros
    tracemalloc.start()
    assert read_arrays(bomb) is None
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**20


@pytest.mark.parametrize("compress", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_packing_are_refused(tmp_path: Path, compress: int) -> None:
    assert read_arrays(write_npz(tmp_path / "r.npz", facts=FACTS, compress=compress)) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"start": -1}, {"start": "0"}, {"repeat": True}, {"status": "fine"}, {"tracker": None}, {"seconds": "1"},
        {"error": 3}, {"lanes": 1.5}, {"unknown": 1}, {"begun": []},
    ],
    ids=str,
)  # fmt: skip
def test_a_record_of_other_types_counts_as_missing(tmp_path: Path, changes: dict) -> None:
    facts = {k: v for k, v in vars(RECORD).items() if k not in ARRAYS}
    arrays = {"boxes": RECORD.boxes, "scores": RECORD.scores, "times": RECORD.times}
    write_arrays(tmp_path / "r.npz", {"schema": 1, **facts, **changes}, arrays)
    assert read_record(tmp_path / "r.npz", RECORD.key) is None


@pytest.mark.parametrize(
    "changes",
    [{"boxes": np.ones((2, 3))}, {"boxes": np.ones((2, 4), np.float32)}, {"scores": np.ones(3)},
     {"scores": np.ones((2, 1))}, {"times": np.ones(1)}, {"boxes": np.ones((2, 4), int)},
     {"codes": np.ones(1, np.int8)}, {"codes": np.ones(2)}],
    ids=range(8),
)  # fmt: skip
def test_a_record_of_other_shapes_counts_as_missing(tmp_path: Path, changes: dict) -> None:
    facts = {k: v for k, v in vars(RECORD).items() if k not in ARRAYS}
    arrays = {"boxes": RECORD.boxes, "scores": RECORD.scores, "times": RECORD.times}
    write_arrays(tmp_path / "r.npz", {"schema": 1, **facts}, {**arrays, **changes})
    assert read_record(tmp_path / "r.npz", RECORD.key) is None
