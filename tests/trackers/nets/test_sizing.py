from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from trackers.nets.size_rules import SizeRules
from trackers.nets.sizing import scale_factors, size_change

CPU = torch.device("cpu")
RULES = SizeRules(size_share=1.0, size_tolerance=0.0, size_sure=0.1, size_most=1.0)
UPSAMPLING = 8


def answers(seen: float, count: int = 3, height: float = 0.6, at: tuple[float, float] = (2.0, -1.0)) -> Tensor:
    """Return (1, T, 25, 25) responses with mean 0, as a target does whose size is exp(seen) times the one held."""
    line = torch.arange(25) - 12.0
    bump = torch.exp(-((line[None, :] - at[0]) ** 2 + (line[:, None] - at[1]) ** 2) / 8)
    sizes = scale_factors(count, RULES.size_step, CPU).log()
    heights = height * torch.exp(-((sizes - seen) ** 2) / (2 * RULES.size_width**2))
    maps = heights.float()[:, None, None] * bump
    return (maps - maps.mean((1, 2), keepdim=True))[None] / (1 - bump.mean())


def change(responses: Tensor, rules: SizeRules = RULES, at: tuple[float, float] = (2.0, -1.0)) -> float:
    factors = scale_factors(responses.shape[1], rules.size_step, CPU)
    return math.log(size_change(responses, torch.tensor([at]), factors, UPSAMPLING, rules).item())


def test_factors_are_powers_of_the_step_around_1() -> None:
    torch.testing.assert_close(scale_factors(3, 1.5, CPU), torch.tensor([1 / 1.5, 1, 1.5], dtype=torch.float64))


@pytest.mark.parametrize("count", [3, 5])
@pytest.mark.parametrize("seen", [-0.3, -0.05, 0.0, 0.1, 0.25])
def test_the_size_seen_is_read_whatever_the_height_of_the_answers(seen: float, count: int) -> None:
    for height in (0.3, 0.9):
        assert change(answers(seen, count, height)) == pytest.approx(seen, abs=2e-3)


def test_only_what_is_found_within_a_cell_of_the_place_counts() -> None:
    elsewhere = torch.zeros(1, 3, 25, 25)
    elsewhere[0, :, 20, 4] = torch.tensor([0.5, 0.8, 0.9])
    elsewhere -= elsewhere.mean((2, 3), keepdim=True)
    assert change(answers(-0.2) + elsewhere) == pytest.approx(-0.2, abs=0.01)


def test_a_small_difference_changes_nothing_and_of_a_larger_one_counts_what_is_beyond() -> None:
    rules = SizeRules(size_share=1.0, size_tolerance=0.05, size_sure=0.1, size_most=1.0)
    assert change(answers(-0.04), rules) == pytest.approx(0, abs=1e-6)
    assert change(answers(0.04), rules) == pytest.approx(0, abs=1e-6)
    assert change(answers(-0.2), rules) == pytest.approx(-0.15, abs=2e-3)
    assert change(answers(0.15), rules) == pytest.approx(0.1, abs=2e-3)


def test_a_size_that_something_else_changed_is_compared_with_the_one_seen() -> None:
    responses, factors = answers(0.2), scale_factors(3, RULES.size_step, CPU)
    held = size_change(responses, torch.tensor([[2.0, -1.0]]), factors, UPSAMPLING, RULES, torch.tensor([0.15]))
    assert held.log().item() == pytest.approx(0.05, abs=2e-3)


def test_the_share_falls_with_the_answer_and_a_change_has_its_limit() -> None:
    rules = SizeRules(size_share=0.2, size_tolerance=0.0, size_sure=0.5, size_most=0.06)
    assert change(answers(0.1, height=0.8), rules) == pytest.approx(0.02, abs=1e-3)
    unsure = change(answers(0.1, height=0.25), rules)
    assert 0.005 < unsure < 0.0105
    assert change(answers(-0.9, height=4.0), rules) == pytest.approx(-0.06)


def test_one_size_alone_changes_nothing_and_lanes_are_read_apart() -> None:
    assert change(answers(0.3, count=1)) == 0
    lanes = torch.cat([answers(-0.1), answers(0.2, at=(0.0, 0.0))])
    places = torch.tensor([[2.0, -1.0], [0.0, 0.0]])
    together = size_change(lanes, places, scale_factors(3, RULES.size_step, CPU), UPSAMPLING, RULES).log()
    torch.testing.assert_close(together, torch.tensor([-0.1, 0.2]), atol=2e-3, rtol=0)


def test_a_response_that_is_not_finite_is_no_size() -> None:
    broken = answers(0.1)
    broken[0, 2] = torch.nan
    assert math.isnan(size_change(broken, torch.zeros(1, 2), scale_factors(3, 1.12, CPU), UPSAMPLING, RULES).item())
