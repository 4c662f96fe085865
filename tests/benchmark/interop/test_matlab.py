"""Whatever a .mat file does to SciPy, it is one line about that file."""

from __future__ import annotations

import random
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from benchmark.interop import matlab
from benchmark.interop.matlab import format_mat, read_mats
from trackers.errors import InputError

ROWS = np.array([[20.5 + 3 * i, 30 + i, 40, 50] for i in range(30)])
HARMFUL = """
import ctypes, os, sys, time
def loadmat(path, **options):
    what = open(path).read()
    print("SciPy speaks")
    if what == "segfault":
        ctypes.string_at(0)
    if what == "memory":
        kept = [bytearray(1 << 20) for _ in range(1 << 20)]
    if what == "loop":
        while True:
            pass
    if what == "recursion":
        return loadmat(path)
    if what == "exit":
        os._exit(7)
    return {"results": {"res": [[1, 2, 3, 4]]}}
"""


def test_what_ends_the_reading_process_is_one_files_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stub = tmp_path / "stub" / "scipy" / "io"
    stub.mkdir(parents=True)
    (stub.parent / "__init__.py").touch()
    (stub / "__init__.py").write_text(HARMFUL)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "stub"))
    monkeypatch.setattr(matlab, "SECONDS", 1)
    monkeypatch.setattr(matlab, "MEMORY", 64 << 20)
    expected = {
        "sound": None, "segfault": "SIGSEGV", "memory": "more memory than the limit", "fine": None,
        "loop": "more than 1 s", "recursion": "recursion", "exit": "exit code 7", "good": None,
    }  # fmt: skip
    for name in expected:
        (tmp_path / name).write_text(name)
    found = read_mats([tmp_path / name for name in expected])
    assert [path.name for path in found] == list(expected)
    for path, said in zip(found, expected.values(), strict=True):
        if said is None:
            assert np.array_equal(found[path], [[1, 2, 3, 4]])  # type: ignore[arg-type]
        else:
            assert str(found[path]).startswith(f"{path}: no readable .mat file (")
            assert said in str(found[path])


def test_many_files_are_read_by_few_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matlab, "AT_ONCE", 3)
    files = [tmp_path / f"{k}.mat" for k in range(4)]
    for k, file in enumerate(files):
        file.write_bytes(format_mat(ROWS + k, 0))
    for k, rows in enumerate(read_mats(files).values()):
        assert np.array_equal(rows, ROWS + k)  # type: ignore[arg-type]
    assert read_mats([]) == {}


def test_files_that_are_no_boxes(tmp_path: Path) -> None:
    contents = {
        "hdf": (b"MATLAB 7.3 MAT-file".ljust(124) + b"\0\2IM\x89HDF\r\n\x1a\n", "save it again with save(..., '-v7')"),
        "empty": (b"", "no readable .mat file"),
        "cell": (mat({"results": np.empty((0, 0), dtype=object)}), "no OTB results"),
        "escape": (mat({"results": {"res": ROWS, "type": "\x1b[31m" + "long " * 99}}), "holds 30 x 4 '[31mlong long"),
        "complex": (mat({"results": {"res": ROWS * 1j}}), "holds a 30 x 4 array where boxes are N x 4"),
        "scalar": (mat({"results": {"res": 3.0}}), "holds a 0-d array where boxes are N x 4"),
        "names": (mat({f"variable_number_{k}": k for k in range(99)}), "..."),
    }  # fmt: skip
    for name, (content, _) in contents.items():
        (tmp_path / name).write_bytes(content)
    found = read_mats([tmp_path / name for name in (*contents, "missing")])
    for name, (_, said) in contents.items():
        line = str(found[tmp_path / name])
        assert said in line
        assert line.isprintable()
        assert len(line) < 400
    assert "no readable .mat file" in str(found[tmp_path / "missing"])


def mat(content: dict[str, object]) -> bytes:
    file = BytesIO()
    savemat(file, content)
    return file.getvalue()


def spoilt(content: bytes, rng: random.Random) -> bytes:
    """Return bytes with a few of them changed, cut out or doubled, most of them behind the header."""
    changed = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 4))):
        at = rng.randrange(rng.choice((0, 128, 128, 128)), len(changed))
        match rng.randrange(4):
            case 0:
                changed[at] ^= 1 << rng.randrange(8)
            case 1:
                changed[at] = rng.choice((0, 1, 14, 0x7F, 0x80, 0xFF))
            case 2:
                changed[at : at + 4] = rng.choice((0, 1, 0x7FFFFFFF, 0xFFFFFFFF)).to_bytes(4, "little")
            case _:
                del changed[at : at + rng.randrange(1, 40)]
        if len(changed) < 130:
            break
    return bytes(changed)


def check_spoilt(folder: Path, count: int, seed: int) -> None:
    sources = [mat({"results": {"type": "rect", "res": ROWS, "len": 30.0}}), format_mat(ROWS, 0)]
    files = [folder / f"{k}.mat" for k in range(count)]
    rng = random.Random(seed)
    for file in files:
        file.write_bytes(spoilt(rng.choice(sources), rng))
    found = read_mats(files)
    assert list(found) == files
    for rows in found.values():
        if isinstance(rows, InputError):
            assert str(rows).isprintable()
        else:
            assert rows.ndim == 2
            assert rows.shape[1] == 4


def test_spoilt_files_are_boxes_or_one_line(tmp_path: Path) -> None:
    check_spoilt(tmp_path, 100, 0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 11))
def test_thousands_of_spoilt_files(tmp_path: Path, seed: int) -> None:
    check_spoilt(tmp_path, 500, seed)
