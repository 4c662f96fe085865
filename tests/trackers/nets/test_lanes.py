from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from trackers.nets.lanes import choose_lanes, finite_lanes


@dataclass(frozen=True)
class Inner:
    flat: Tensor


@dataclass(frozen=True)
class Outer:
    inner: Inner
    deep: Tensor


def test_a_lane_is_finite_where_all_its_values_are() -> None:
    values = torch.zeros(4, 2, 2)
    values[1, 0, 1] = torch.nan
    values[3, 1, 1] = torch.inf
    assert finite_lanes(values).tolist() == [True, False, True, False]


def test_lanes_are_chosen_all_through_a_tree() -> None:
    kept = Outer(Inner(torch.tensor([1, 2])), torch.ones(2, 3))
    other = Outer(Inner(torch.tensor([3, 4])), torch.zeros(2, 3))
    chosen = choose_lanes(torch.tensor([True, False]), kept, other)
    assert chosen.inner.flat.tolist() == [1, 4]
    assert chosen.deep.sum(1).tolist() == [3, 0]
