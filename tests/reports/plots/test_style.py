"""Trackers are told apart by colour and line, by colour-blind readers too, on white and on the dark page."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from reports.plots.style import PALETTE, colours, styles
from trackers.registry import PAPERS_FIVE

SIGHTS = {
    "full": np.eye(3),
    "without red": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "without green": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "without blue": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}
"""Linear RGB as it is seen (Machado, Oliveira and Fernandes 2009)."""
TO_CONES = [
    [0.41222147, 0.53633254, 0.05144599], [0.2119035, 0.68069955, 0.10739696], [0.08830246, 0.28171884, 0.6299787],
]  # fmt: skip
TO_LAB = [
    [0.21045426, 0.79361779, -0.00407205], [1.9779985, -2.42859221, 0.45059371], [0.025904, 0.78277177, -0.80867577],
]  # fmt: skip


def linear(colour: str) -> np.ndarray:
    values = np.array([int(colour[start : start + 2], 16) for start in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def distance(one: str, other: str, sight: str) -> float:
    """In OKLab (Ottosson 2020), where black and white are 1 apart."""
    a, b = (
        TO_LAB @ np.cbrt(np.array(TO_CONES) @ np.clip(np.array(SIGHTS[sight]) @ linear(colour), 0, 1))
        for colour in (one, other)
    )
    return float(np.linalg.norm(a - b))


def contrast(one: str, other: str) -> float:
    """As WCAG 2 has it."""
    low, high = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def test_the_papers_trackers_keep_their_colours_whoever_else_is_there() -> None:
    alone, among = colours(["memtrack"]), colours(["other", *PAPERS_FIVE, "siamfc-s1"])
    assert among["memtrack"] == alone["memtrack"]
    assert len(set(among.values())) == 7


def test_sixteen_trackers_have_a_colour_each_and_more_a_line() -> None:
    strangers = [*map(str, range(55))]
    for first in (PAPERS_FIVE, ("dualmn",), ()):
        many = [*first, *strangers]
        assert len(set(colours(many[:16]).values())) == 16
        assert len(set(styles(many).values())) == len(many)


@pytest.mark.parametrize("sight", SIGHTS)
def test_who_has_the_same_line_has_another_colour_for_every_eye(sight: str) -> None:
    given = styles([*PAPERS_FIVE, *map(str, range(11))]).values()
    for one, other in combinations(given, 2):
        if one.dash == other.dash:
            assert distance(one.colour, other.colour, sight) > 0.08


@pytest.mark.parametrize("page", ["#fcfcfb", "#ffffff", "#14171a", "#1a1e22"])
def test_every_colour_stands_out_from_the_page(page: str) -> None:
    assert min(contrast(colour, page) for colour in PALETTE) >= 3
