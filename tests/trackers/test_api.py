from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from trackers.api import join_lanes, lane_bytes, take_lanes


@dataclass(frozen=True)
class Inner:
    memory: Tensor
    ages: np.ndarray


@dataclass(frozen=True)
class Tree:
    inner: Inner
    pair: tuple[Tensor, Tensor]
    by_name: dict[str, Tensor]
    objects: list[str]


def tree(lanes: int) -> Tree:
    rows = torch.arange(lanes, dtype=torch.float32)
    return Tree(
        Inner(rows[:, None].repeat(1, 3), np.arange(lanes)),
        (rows, rows[:, None] * 2),
        {"usage": rows + 10},
        [f"object {lane}" for lane in range(lanes)],
    )


def facts(state: Tree) -> list[tuple]:
    return [
        (*state.inner.memory[i].tolist(), state.inner.ages[i], state.pair[0][i].item(), *state.pair[1][i].tolist(),
         state.by_name["usage"][i].item(), state.objects[i])
        for i in range(len(state.objects))
    ]  # fmt: skip


@given(st.lists(st.integers(0, 6), min_size=1, max_size=8))
def test_taken_lanes_keep_their_own_values_in_the_order_asked_for(lanes: list[int]) -> None:
    whole = tree(7)
    assert facts(take_lanes(whole, lanes)) == [facts(whole)[lane] for lane in lanes]


@given(st.integers(1, 4), st.integers(1, 4))
def test_joined_lanes_come_first_then_second(first: int, second: int) -> None:
    a, b = tree(first), take_lanes(tree(9), range(9 - second, 9))
    assert facts(join_lanes(a, b)) == facts(a) + facts(b)


def test_joining_what_was_taken_apart_gives_the_whole() -> None:
    whole = tree(5)
    assert facts(join_lanes(take_lanes(whole, [0, 1, 2]), take_lanes(whole, [3, 4]))) == facts(whole)


def test_a_lanes_memory_is_that_of_its_tensors_and_arrays() -> None:
    one = 3 * 4 + 8 + 4 + 4 + 4  # memory, ages, the pair, usage; objects count for nothing
    assert lane_bytes(tree(1)) == one
    assert lane_bytes(tree(5), 5) == one
