from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NotRequired, TypedDict

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmark.shapes import Count, Least1, NotNegative, Positive, Share, check


@dataclass(frozen=True)
class Inner:
    count: int
    kind: Literal["a", "b"] = "a"


@dataclass(frozen=True)
class Outer:
    share: float
    inner: Inner | None
    rows: tuple[tuple[float, float], ...]
    curve: NDArray[np.float64]


class Keys(TypedDict):
    name: str
    parts: list[Inner]
    late: NotRequired[int]


SOUND: list[tuple[Any, Any]] = [
    (1, int), (1.5, float), (2, float), ("a", str), (None, int | None), (True, bool), ([], list[str]),
    ([1, 2], tuple[int, ...]), ((1, "a"), tuple[int, str]), (["a"], Sequence[str]), ({"a": 1}, Mapping[str, int]),
    ({"a": {"b": None}}, dict[str, Any]), ("b", Literal["a", "b"]), (np.ones(3), NDArray[np.float64]),
    ({"name": "x", "parts": [], "more": object()}, Keys), ({"name": "x", "parts": [Inner(1)], "late": 2}, Keys),
    (Outer(0.5, None, ((1.0, 2.0),), np.ones(2)), Outer), (1e15, float), (2**64 - 1, int), (1e-9, Positive),
    (0, NotNegative), (0, Count), (1, Least1), (1.0, Share), (None, Positive | None),
    ([0.0, 2], tuple[NotNegative, ...]),
]  # fmt: skip


@pytest.mark.parametrize(("value", "wanted"), SOUND)
def test_what_fits_passes(value: Any, wanted: Any) -> None:
    check(value, wanted)


@pytest.mark.parametrize(
    ("value", "wanted", "reason"),
    [
        (True, int, "it is not a whole number"),
        (1.0, int, "it is not a whole number"),
        (1, bool, "it is not true or false"),
        ("1", float, "it is not a number"),
        (float("nan"), float, "it is not a number"),
        (1e16, float, "it is not a number"),
        (10**400, float, "it is not a number"),
        (-(2**64), int, "it is not a whole number"),
        (0.0, Positive, "it is not a measurable number above 0"),
        (5e-324, Positive, "it is not a measurable number above 0"),
        (-1, Positive | None, "it is not a measurable number above 0"),
        (float("nan"), NotNegative, "it is not a number"),
        (True, Count, "it is not a whole number"),
        (0, Least1, "it is not 1 or more"),
        (1.1, Share, "it is not from 0 to 1"),
        ({"a": -1.0}, Mapping[str, NotNegative], r"\['a'\] is not 0 or more"),
        (float("inf"), float, "it is not a number"),
        (None, str, "it is not a text"),
        ("a", int | None, "it is not a whole number"),
        ("ab", list[str], "it is not a list"),
        ([1, "a"], list[int], r"\[1\] is not a whole number"),
        ((1,), tuple[int, str], "it is not a list of 2"),
        ({1: 1}, Mapping[str, int], "it is not an object"),
        ({"a": "b"}, Mapping[str, int], r"\['a'\] is not a whole number"),
        ("c", Literal["a", "b"], "it is not one of 'a', 'b'"),
        (["a"], Literal["a"], "it is not one of 'a'"),
        (np.array(["a"]), NDArray[np.float64], "it is not an array of numbers"),
        ([1.0], NDArray[np.float64], "it is not an array of numbers"),
        ({"parts": []}, Keys, "it has no 'name'"),
        ({"name": "x", "parts": [], "late": None}, Keys, "late is not a whole number"),
        ([], Keys, "it is not an object"),
        (Outer(0.5, Inner("1"), (), np.ones(1)), Outer, "inner.count is not a whole number"),  # type: ignore[arg-type]
        (Outer(0.5, Inner(1, "c"), (), np.ones(1)), Outer, "inner.kind is not one of"),  # type: ignore[arg-type]
        (Outer(0.5, None, ((1.0,),), np.ones(1)), Outer, r"rows\[0\] is not a list of 2"),  # type: ignore[arg-type]
        ({}, Outer, "it is not a Outer"),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(value: Any, wanted: Any, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        check(value, wanted)
