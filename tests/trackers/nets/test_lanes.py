from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from pretend_device import NAME, UPLOAD
from torch import Tensor

from trackers.nets.lanes import choose_lanes, finite_lanes, surely_all, where_needed


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


@pytest.mark.parametrize("needed", [[True, False, True], [False] * 3, [True] * 3])
def test_work_is_done_for_the_lanes_that_need_it_on_a_cpu_and_for_all_on_a_device(pretend, needed: list[bool]) -> None:
    given = Outer(Inner(torch.tensor([1.0, 2.0, 3.0])), torch.arange(6.0).reshape(3, 2))
    worked: list[int] = []

    def work(of: Callable[[Any], Any]) -> Outer:
        part = of(given)
        worked.append(len(part.deep))
        return Outer(Inner(part.inner.flat + 10), -part.deep)

    mask = torch.tensor(needed)
    here = where_needed(mask, work, given)
    assert here.inner.flat.tolist() == [value + 10 * need for value, need in zip((1, 2, 3), needed, strict=True)]
    assert given.inner.flat.tolist() == [1, 2, 3]
    assert worked == ([sum(needed)] if any(needed) else [])
    given = Outer(Inner(given.inner.flat.to(NAME)), given.deep.to(NAME))
    pretend.clear()
    there = where_needed(mask.to(NAME), work, given)
    assert worked[-1] == 3
    assert pretend == {UPLOAD: 1}, "the mask"
    assert torch.equal(there.inner.flat.cpu(), here.inner.flat)
    assert torch.equal(there.deep.cpu(), here.deep)


def test_the_host_knows_a_mask_only_where_it_waits_for_nothing(pretend) -> None:
    assert surely_all(torch.ones(2, dtype=torch.bool))
    assert not surely_all(torch.tensor([True, False]))
    assert not surely_all(torch.ones(2, dtype=torch.bool, device=NAME))
    assert not pretend
