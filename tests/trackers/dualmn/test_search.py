"""Peaks of a map, and DiMP's flags for every case."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from trackers.dualmn.search import Flag, Peaks, enlarged, find_peaks, flags


def peaks(first: tuple[float, float], height: float, second: tuple[float, float], second_height: float) -> Peaks:
    def one(value: float | tuple[float, float]) -> Tensor:
        return torch.tensor([value], dtype=torch.float)

    return Peaks(one(first), one(second), one(height), one(second_height), one(1.0))


def flag_of(found: Peaks) -> tuple[Flag, list[float]]:
    # 19 cells: 0.8 * 19 / 2 = 7.6 cells is far.
    said = flags(found, 19, not_found=0.25, distractor=0.8, hard=0.5)
    assert said.height.item() == (found.height if torch.equal(said.place, found.first) else found.second_height).item()
    return Flag(int(said.flag[0])), said.place[0].tolist()


@pytest.mark.parametrize(
    ("found", "flag", "place"),
    [
        (peaks((1, 0), 0.9, (5, 5), 0.2), Flag.NORMAL, [1, 0]),
        (peaks((1, 0), 0.24, (5, 5), 0.2), Flag.NOT_FOUND, [1, 0]),
        (peaks((1, 0), 0.9, (5, 5), 0.6), Flag.HARD_NEGATIVE, [1, 0]),  # more than half as high
        (peaks((1, 0), 0.4, (5, 5), 0.22), Flag.NORMAL, [1, 0]),  # that too, but itself too low to count
        (peaks((1, 0), 0.9, (8, 0), 0.8), Flag.HARD_NEGATIVE, [1, 0]),  # alike: near is right, far is not
        (peaks((0, 8), 0.9, (2, 0), 0.8), Flag.HARD_NEGATIVE, [2, 0]),  # alike: the second is the near one
        (peaks((1, 0), 0.9, (-5, 0), 0.8), Flag.UNCERTAIN, [1, 0]),  # alike and both near
        (peaks((0, 8), 0.9, (0, -8), 0.8), Flag.UNCERTAIN, [0, 8]),  # alike and both far
    ],
)
def test_flags(found: Peaks, flag: Flag, place: list[float]) -> None:
    assert flag_of(found) == (flag, place)


@pytest.mark.parametrize("height", [0.25, 0.8, 1.6])
def test_the_margin_is_small_where_another_flag_is_near(height: float) -> None:
    # Not found below 0.25; against a second peak of 0.4, alike below 0.5 and a hard negative below 0.8.
    found = peaks((1, 0), height, (5, 5), 0.4 if height > 0.25 else 0.1)
    said = flags(found, 19, not_found=0.25, distractor=0.8, hard=0.5)
    assert said.margin.item() == pytest.approx(0.5 if height == 1.6 else 0.0, abs=1e-6)


def test_both_peaks_are_found_in_cells_from_the_centre() -> None:
    coarse = torch.zeros(1, 16, 16)
    coarse[0, 4, 11] = 1.0  # x = 3.5, y = -3.5
    coarse[0, 12, 2] = 0.6  # x = -5.5, y = 4.5
    fine = enlarged(coarse, 16, 8)
    found = find_peaks(fine, torch.tensor([[4.0, 4.0]]), window_weight=0.0, upsampling=8)
    assert found.first[0].tolist() == pytest.approx([3.5, -3.5], abs=1 / 8)
    assert found.second[0].tolist() == pytest.approx([-5.5, 4.5], abs=1 / 8)
    assert found.ratio().item() == pytest.approx(1 / 0.6, rel=0.01)


def test_no_second_peak_is_looked_for_in_the_targets_own_neighbourhood() -> None:
    coarse = torch.zeros(1, 16, 16)
    coarse[0, 8, 8], coarse[0, 8, 11] = 1.0, 0.9
    fine = enlarged(coarse, 16, 8)
    close = find_peaks(fine, torch.tensor([[6.0, 6.0]]), window_weight=0.0, upsampling=8)
    assert close.second_height.item() < 0.2
    apart = find_peaks(fine, torch.tensor([[2.0, 2.0]]), window_weight=0.0, upsampling=8)
    assert apart.second_height.item() == pytest.approx(0.9, abs=0.05)


def test_a_target_as_large_as_the_map_has_no_second_peak() -> None:
    found = find_peaks(torch.rand(1, 16, 16), torch.tensor([[40.0, 40.0]]), window_weight=0.0, upsampling=1)
    assert found.second_height.item() == 0
    assert found.ratio().item() == 1000


def test_the_window_prefers_the_middle_but_heights_are_the_maps_own() -> None:
    coarse = torch.zeros(1, 9, 9)
    coarse[0, 4, 4], coarse[0, 0, 0] = 0.9, 1.0
    fine = enlarged(coarse, 9, 4)
    far = find_peaks(fine, torch.tensor([[1.0, 1.0]]), window_weight=0.0, upsampling=4)
    near = find_peaks(fine, torch.tensor([[1.0, 1.0]]), window_weight=0.5, upsampling=4)
    assert far.first[0].tolist() == pytest.approx([-4, -4], abs=0.5)
    assert near.first[0].tolist() == pytest.approx([0, 0], abs=0.25)
    assert near.height.item() == pytest.approx(fine[0, 14:22, 14:22].max().item())


def test_a_larger_map_is_cut_to_the_same_grid() -> None:
    generator = torch.Generator().manual_seed(0)
    line = torch.randn(1, 10, 10, generator=generator)
    fine = enlarged(line, 9, 8)
    whole = torch.nn.functional.interpolate(line[:, None], size=(80, 80), mode="bicubic", align_corners=False)[:, 0]
    assert fine.shape == (1, 72, 72)
    torch.testing.assert_close(fine, whole[:, 4:-4, 4:-4])
