"""Every operation on the memory against values worked out by hand."""

from __future__ import annotations

from math import e, sqrt

import pytest
import torch
from torch import Tensor, tensor

from trackers.memtrack.memory import (
    Memory,
    allocation,
    allocation_margin,
    empty_memory,
    enqueue,
    read_weights,
    retrieve,
    similarity,
    write,
    write_amount,
)

YES = tensor([True])


def template(*values: float) -> Tensor:
    """One lane, one channel a value, one cell."""
    return tensor(values).reshape(1, -1, 1, 1)


def memory(slots: list[list[float]], occupancy: list[float], age: list[float]) -> Memory:
    return Memory(tensor(slots)[None, :, :, None, None], tensor([occupancy]), tensor([age]))


def content(held: Memory) -> list[list[float]]:
    table: list[list[float]] = held.slots[0, :, :, 0, 0].tolist()
    return table


def close(actual: Tensor, expected: object) -> None:
    torch.testing.assert_close(actual, torch.as_tensor(expected, dtype=actual.dtype), atol=1e-6, rtol=1e-6)


def test_write_amount_is_weight_times_decayed_refresh_plus_allocation() -> None:
    # erased share: .5 * .2 + .3 = .4
    amount = write_amount(tensor([[0.25, 0.75]]), tensor([[0.5, 0.2, 0.3]]), tensor([[0.5]]))
    close(amount, [[0.1, 0.3]])


def test_closed_gates_write_nothing() -> None:
    amount = write_amount(tensor([[0.25, 0.75]]), tensor([[1.0, 0.0, 0.0]]), tensor([[0.9]]))
    close(amount, [[0.0, 0.0]])


def test_write_keeps_what_it_does_not_replace() -> None:
    held = write(memory([[4.0, 8.0], [0.0, 0.0]], [1.0, 0.0], [3.0, 0.0]), template(8.0, 0.0), tensor([[0.25, 0.5]]))
    assert content(held) == [[5.0, 6.0], [4.0, 0.0]]
    close(held.occupancy, [[1.0, 0.5]])
    # first slot: three quarters are 4 frames old now, one quarter 1 frame; second: all it holds is 1 frame old
    close(held.age, [[0.75 * 4 + 0.25, 1.0]])


def test_writing_twice_forgets_geometrically() -> None:
    held = empty_memory(template(0.0), 1)
    for value in (2.0, 4.0):
        held = write(held, template(value), tensor([[0.5]]))
    assert content(held) == [[0.5 * (0.5 * 2.0) + 0.5 * 4.0]]
    close(held.occupancy, [[0.75]])
    close(held.age, [[(0.25 * 2 + 0.5 * 1) / 0.75]])


def test_queue_moves_on_and_drops_the_oldest() -> None:
    held = empty_memory(template(0.0), 2)
    for value in (1.0, 2.0, 3.0):
        held = enqueue(held, template(value), YES)
    assert content(held) == [[3.0], [2.0]]
    close(held.age, [[1.0, 2.0]])
    close(held.occupancy, [[1.0, 1.0]])


def test_queue_leaves_empty_slots_without_age() -> None:
    held = enqueue(empty_memory(template(0.0), 3), template(1.0), YES)
    close(held.age, [[1.0, 0.0, 0.0]])
    close(held.occupancy, [[1.0, 0.0, 0.0]])


def test_queue_that_is_not_to_take_a_template_grows_older() -> None:
    held = enqueue(empty_memory(template(0.0), 3), template(1.0), YES)
    held = enqueue(held, template(2.0), ~YES)
    assert content(held) == [[1.0], [0.0], [0.0]]
    close(held.age, [[2.0, 0.0, 0.0]])


def test_similarity_is_the_cosine_with_the_slots_means() -> None:
    slots = tensor([[3.0, 5.0], [0.0, 2.0], [0.0, 0.0], [-2.0, -6.0]])  # two cells each, of one channel ...
    slots = torch.stack([slots, slots.flip(0)], dim=1).reshape(1, 4, 2, 1, 2)  # ... and of another
    # means: (4, -4), (1, 0), (0, 1), (-4, 4); key (1, 1): cosines 0, 1/sqrt 2, 1/sqrt 2, 0
    actual = similarity(tensor([[[1.0, 1.0]]]), slots)
    close(actual, [[[0.0, 1 / sqrt(2), 1 / sqrt(2), 0.0]]])


def test_an_empty_slot_is_similar_to_nothing() -> None:
    close(similarity(tensor([[[3.0, 4.0]]]), torch.zeros(1, 1, 2, 1, 1)), [[[0.0]]])


def test_epsilons_of_the_cosine() -> None:
    # 1e-3 long vectors: sqrt(1e-6 + 1e-6) each, and 1e-6 more in the denominator: 1e-6 / (2e-6 + 1e-6)
    close(similarity(tensor([[[1e-3]]]), tensor([1e-3]).reshape(1, 1, 1, 1, 1)), [[[1 / 3]]])


def test_authors_read_gives_empty_slots_a_share() -> None:
    weights = read_weights(tensor([[[1.0, 0.0, 0.0]]]), None, hard=False)
    close(weights, [[[e / (e + 2), 1 / (e + 2), 1 / (e + 2)]]])


def test_empty_slots_take_no_share_and_half_written_ones_half() -> None:
    weights = read_weights(tensor([[[1.0, 0.0, 5.0]]]), tensor([[1.0, 0.5, 0.0]]), hard=False)
    close(weights, [[[e / (e + 0.5), 0.5 / (e + 0.5), 0.0]]])


def test_reading_a_memory_nothing_was_written_to_gives_nothing() -> None:
    held = empty_memory(template(0.0, 0.0), 3)
    weights = read_weights(torch.zeros(1, 1, 3), held.occupancy, hard=False)
    assert torch.equal(retrieve(held, weights, whole=True), torch.zeros(1, 1, 2, 1, 1))


def test_hard_read_takes_the_largest_alone() -> None:
    weights = read_weights(tensor([[[0.2, 0.9, 0.3]], [[4.0, 1.0, 2.0]]]), None, hard=True)
    close(weights, [[[0.0, 1.0, 0.0]], [[1.0, 0.0, 0.0]]])


def test_hard_read_passes_the_soft_gradient() -> None:
    scores = tensor([[[0.2, 0.9]]], requires_grad=True)
    hard = read_weights(scores, None, hard=True)
    close(hard.detach(), [[[0.0, 1.0]]])
    hard[0, 0, 1].backward()
    share = e**0.9 / (e**0.9 + e**0.2)
    assert scores.grad is not None
    close(scores.grad, [[[-share * (1 - share), share * (1 - share)]]])


def test_retrieved_is_the_weighted_sum() -> None:
    held = memory([[2.0, 0.0], [0.0, 4.0]], [1.0, 0.5], [1.0, 1.0])
    weights = tensor([[[0.5, 0.5], [1.0, 0.0]]])  # two scales
    assert retrieve(held, weights, whole=False)[0, :, :, 0, 0].tolist() == [[1.0, 2.0], [2.0, 0.0]]
    # the second slot is half zeros: whole, it holds (0, 8)
    assert retrieve(held, weights, whole=True)[0, :, :, 0, 0].tolist() == [[1.0, 4.0], [2.0, 0.0]]


def test_allocation_is_the_least_used_the_first_of_equals() -> None:
    close(allocation(tensor([[3.0, 1.0, 2.0], [1.0, 0.0, 0.0]])), [[0.0, 1.0, 0.0], [0.0, 1.0, 0.0]])


def test_allocation_has_no_gradient() -> None:
    assert not allocation(tensor([[3.0, 1.0]], requires_grad=True)).requires_grad


def test_allocation_margin_ignores_exact_ties() -> None:
    # (1.5 - 1) / 4; zeros tie for good, the next is 2 above; all alike: no decision is near
    usage = tensor([[4.0, 1.0, 1.5], [0.0, 0.0, 2.0], [1.0, 1.0, 1.0]])
    close(allocation_margin(usage), [0.125, 1.0, 1.0])


@pytest.mark.parametrize("slots", [1, 16])
def test_memory_has_the_slots_asked_for(slots: int) -> None:
    held = empty_memory(torch.zeros(2, 3, 4, 4), slots)
    assert held.slots.shape == (2, slots, 3, 4, 4)
    assert held.occupancy.shape == held.age.shape == (2, slots)
