"""The box head's decoding and the choice of a cell, worked out by hand."""

from __future__ import annotations

import math

import pytest
import torch

from trackers.dualmn.head import AnchorFreeHead, HeadMaps, choose_box


def test_distances_from_a_cell_become_a_box_around_the_crops_centre() -> None:
    distances = torch.zeros(1, 4, 3, 3)
    distances[0, :, 0, 2] = torch.tensor([10.0, 20.0, 30.0, 40.0])  # left, top, right, bottom
    box = HeadMaps(torch.zeros(1, 3, 3), torch.zeros(1, 3, 3), distances).boxes(8)[0, :, 0, 2]
    # The cell lies at (8, -8); the box reaches from x = -2 to 38 and from y = -28 to 32.
    assert box.tolist() == [18, 2, 40, 60]


def test_stmtracks_cells_lie_at_48_and_every_8_pixels_of_289() -> None:
    maps = HeadMaps(torch.zeros(1, 25, 25), torch.zeros(1, 25, 25), torch.ones(1, 4, 25, 25))
    centres = maps.boxes(8)[0, 0, 0] + (289 - 1) / 2
    assert centres.tolist() == [48 + 8 * i for i in range(25)]


def test_the_score_is_class_times_centreness() -> None:
    maps = HeadMaps(torch.full((1, 1, 1), 2.0), torch.full((1, 1, 1), -1.0), torch.ones(1, 4, 1, 1))
    assert maps.scores().item() == pytest.approx(1 / (1 + math.exp(-2)) / (1 + math.e))


def test_a_new_head_sees_the_target_nowhere_and_a_cells_extent_everywhere() -> None:
    head = AnchorFreeHead(6, 4, 7, 8, separable=False).eval()
    maps = head(torch.zeros(1, 6, 5, 5))
    assert maps.distances.shape == (1, 4, 5, 5)
    assert torch.sigmoid(maps.classes).mean().item() == pytest.approx(0.01, abs=0.003)
    assert maps.distances.mean().item() == pytest.approx(8, rel=0.7)


def chosen(scores: list[float], boxes: list[list[float]], size: tuple[float, float], **given: float):  # type: ignore[no-untyped-def]
    count = len(scores)
    settings = {"penalty": 0.0, "window_weight": 0.0} | given
    return choose_box(
        torch.tensor(scores).reshape(1, 1, count),
        torch.tensor(boxes).T.reshape(1, 4, 1, count),
        torch.tensor([size]),
        window=torch.tensor([1.0] + [0.0] * (count - 1)).reshape(1, count),
        **settings,
    )


def test_the_best_score_wins_without_penalty() -> None:
    box = chosen([0.5, 0.6], [[0, 0, 10, 10], [8, 0, 30, 10]], (10, 10))
    assert box.box.tolist() == [[8, 0, 30, 10]]
    assert box.score.item() == pytest.approx(0.6)
    assert box.margin.item() == pytest.approx(0.1 / 0.6)


def test_a_changed_size_and_shape_are_penalised() -> None:
    # Three times as wide: shape 3; side sqrt(50 * 30) against sqrt(20 * 20): size sqrt(3.75).
    box = chosen([0.0, 0.6], [[0, 0, 10, 10], [8, 0, 30, 10]], (10, 10), penalty=0.1)
    factor = math.exp(-(3 * math.sqrt(3.75) - 1) * 0.1)
    assert box.penalised.item() == pytest.approx(0.6 * factor)
    same = chosen([0.5, 0.6], [[0, 0, 10, 10], [8, 0, 30, 10]], (10, 10), penalty=0.1)
    assert same.box.tolist() == [[0, 0, 10, 10]]
    assert same.penalised.item() == pytest.approx(0.5)


def test_the_window_prefers_the_middle() -> None:
    box = chosen([0.5, 0.6], [[0, 0, 10, 10], [8, 0, 30, 10]], (10, 10), window_weight=0.3)
    assert box.box.tolist() == [[0, 0, 10, 10]]
    assert box.score.item() == pytest.approx(0.5)
