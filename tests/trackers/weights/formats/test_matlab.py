"""MATLAB's files against SciPy, which writes them."""

from __future__ import annotations

import random
import zlib
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from trackers.weights.formats.matlab import Structures, read_variable

VALUES = {
    "single": np.float32([[1.5, 2], [3, 4], [5, -6]]),
    "four": np.arange(120.0).reshape(2, 3, 4, 5),
    "bytes": np.uint8([[1, 2, 3]]),
    "empty": np.zeros((0, 3)),
    "text": "a name",
}
DAMAGED = (ValueError, LookupError, StopIteration, zlib.error)


def written(file: Path, *, packed: bool, **more: object) -> bytes:
    savemat(file, {**more, "net": {"first": 1.0, **VALUES}}, do_compression=packed)
    return file.read_bytes()


def fields(content: bytes) -> dict[str, object]:
    net = read_variable(content, "net").value()
    assert isinstance(net, Structures)
    return {name: net.column(name)[0].value() for name in net.fields}


@pytest.mark.parametrize("packed", [False, True])
def test_what_scipy_writes_is_read(tmp_path: Path, packed: bool) -> None:
    others = {"cells": np.array([[1, "a"]], dtype=object), "before": np.zeros((4, 4))}
    found = fields(written(tmp_path / "a.mat", packed=packed, **others))
    assert list(found) == ["first", *VALUES]
    for name, value in VALUES.items():
        assert type(found[name]) is type(value)
        np.testing.assert_array_equal(found[name], value)
        assert getattr(found[name], "dtype", None) == getattr(value, "dtype", None)


def test_an_array_of_structures_is_read_by_its_columns(tmp_path: Path) -> None:
    rows = np.array([[("a", 1.0), ("b", 2.0)]], dtype=[("name", object), ("value", object)])
    savemat(tmp_path / "a.mat", {"net": rows})
    net = read_variable((tmp_path / "a.mat").read_bytes(), "net").value()
    assert isinstance(net, Structures)
    assert [one.value() for one in net.column("name")] == ["a", "b"]
    np.testing.assert_array_equal([one.value() for one in net.column("value")], [[[1]], [[2]]])
    with pytest.raises(ValueError, match="without a field 'layers'"):
        net.column("layers")


def test_the_other_byte_order_is_read(tmp_path: Path) -> None:
    def element(kind: int, content: bytes) -> bytes:
        return kind.to_bytes(4, "big") + len(content).to_bytes(4, "big") + content + b"\0" * (-len(content) % 8)

    def number(*values: int) -> bytes:
        return b"".join(value.to_bytes(4, "big") for value in values)

    values = np.array([1.5, 2, 3], ">f8").tobytes()
    array = element(6, number(6, 0)) + element(5, number(1, 3)) + element(1, b"net") + element(9, values)
    content = b"MATLAB 5.0 MAT-file".ljust(124) + b"\x01\x00MI" + element(14, array)
    np.testing.assert_array_equal(read_variable(content, "net").value(), [[1.5, 2, 3]])


@pytest.mark.parametrize("value", [np.array([[1 + 2j]]), np.array([[1, "a"]], dtype=object)])
def test_what_is_of_another_class_is_refused(tmp_path: Path, value: object) -> None:
    savemat(tmp_path / "a.mat", {"net": value})
    with pytest.raises(ValueError, match="of a class"):
        read_variable((tmp_path / "a.mat").read_bytes(), "net").value()


@pytest.mark.parametrize("packed", [False, True])
def test_damage_is_an_error_and_never_the_end(tmp_path: Path, packed: bool) -> None:
    whole = written(tmp_path / "a.mat", packed=packed)
    chance = random.Random(4)
    for _ in range(300):
        content = bytearray(whole)
        content[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        try:
            found = fields(bytes(content[: chance.choice([len(whole), chance.randrange(len(whole))])]))
        except DAMAGED:
            continue
        if packed:  # whose checksum is compared
            assert all(np.array_equal(found[name], value) for name, value in VALUES.items())
