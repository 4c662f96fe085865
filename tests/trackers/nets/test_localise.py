from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from trackers.nets.localise import hann_window, scale_search


def bump(x: float, y: float, height: float = 1.0, size: int = 17) -> Tensor:
    """A smooth peak at (x, y) cells from the middle."""
    line = torch.arange(size) - (size - 1) / 2
    return height * torch.exp(-((line[None, :] - x) ** 2 + (line[:, None] - y) ** 2) / 8)


@pytest.mark.parametrize(("x", "y"), [(0.0, 0.0), (3.0, -2.0), (-4.5, 1.25)])
def test_the_peak_is_found_at_its_place_to_a_fraction_of_a_cell(x: float, y: float) -> None:
    peak = scale_search(bump(x, y)[None, None], penalty=1.0, window_weight=0.0, upsampling=16)
    np.testing.assert_allclose(peak.shift[0], [x, y], atol=0.1)


def test_corner_alignment_stretches_shifts_and_the_quirk_moves_the_centre() -> None:
    # 16 cells from corner to corner become 271 steps, read as 16 a cell: 3 cells come out as 3 * 271 / 256
    peak = scale_search(bump(3, -2)[None, None], penalty=1.0, window_weight=0.0, upsampling=16, corner_aligned=True)
    np.testing.assert_allclose(peak.shift[0], [3 * 271 / 256, -2 * 271 / 256], atol=0.5 / 16 + 1e-3)
    moved = scale_search(
        bump(3, -2)[None, None],
        penalty=1.0,
        window_weight=0.0,
        upsampling=16,
        corner_aligned=True,
        centre_quirk=0.5,
    )
    np.testing.assert_allclose(moved.shift, peak.shift - 0.5 / 16)


def test_a_flat_map_gives_the_windows_middle_whatever_the_upsampling() -> None:
    for upsampling in (8, 16):
        peak = scale_search(torch.zeros(1, 1, 17, 17), penalty=1.0, window_weight=0.3, upsampling=upsampling)
        assert (peak.shift.abs() <= 0.5 / upsampling + 1e-6).all()


def test_another_scale_must_win_by_more_than_its_penalty() -> None:
    def chosen(height: float) -> int:
        maps = torch.stack([bump(0, 0, 0.5), bump(0, 0, 1.0), bump(0, 0, height)])[None]
        return int(scale_search(maps, penalty=0.97, window_weight=0.1, upsampling=8).scale)

    assert chosen(1.02) == 1
    assert chosen(1.05) == 2


def test_other_responses_may_choose_the_scale_and_the_place_stays_the_responses() -> None:
    response = torch.stack([bump(2, 0), bump(-3, 1)])[None]
    sizing = torch.stack([bump(0, 0, 0.5), bump(4, 4, 0.9)])[None]
    own = scale_search(response * torch.tensor([1.0, 0.5])[:, None, None], penalty=1.0, window_weight=0.0, upsampling=8)
    other = scale_search(response, penalty=1.0, window_weight=0.0, upsampling=8, sizing=sizing)
    assert own.scale.tolist() == [0]
    assert other.scale.tolist() == [1]
    np.testing.assert_allclose(other.shift[0], [-3, 1], atol=0.1)


def test_the_window_prefers_the_nearer_of_two_peaks() -> None:
    maps = (bump(0, 0, 0.95) + bump(7, 0, 1.0))[None, None]
    far = scale_search(maps, penalty=1.0, window_weight=0.0, upsampling=8).shift[0, 0]
    near = scale_search(maps, penalty=1.0, window_weight=0.3, upsampling=8).shift[0, 0]
    assert far > 6
    assert abs(near) < 1


def test_lanes_do_not_see_each_other() -> None:
    maps = torch.stack([bump(2, 1)[None].repeat(3, 1, 1), bump(-3, 4, 5.0)[None].repeat(3, 1, 1)])
    together = scale_search(maps, penalty=0.98, window_weight=0.2, upsampling=8)
    for lane in range(2):
        alone = scale_search(maps[lane : lane + 1], penalty=0.98, window_weight=0.2, upsampling=8)
        for field in ("scale", "shift", "height", "sidelobe_ratio", "margin"):
            torch.testing.assert_close(getattr(together, field)[lane : lane + 1], getattr(alone, field))


def test_a_tie_has_no_margin_and_a_clear_peak_has_one() -> None:
    tie = (bump(-4, 0) + bump(4, 0))[None, None]
    assert scale_search(tie, penalty=1.0, window_weight=0.0, upsampling=1).margin.item() < 1e-6
    single = torch.zeros(1, 1, 17, 17)
    single[..., 8, 8] = 1
    assert scale_search(single, penalty=1.0, window_weight=0.0, upsampling=1).margin.item() == pytest.approx(1.0)


def test_the_sidelobe_ratio_is_peak_against_mean_and_spread_of_the_rest() -> None:
    rest = torch.tensor([0.0, 1.0]).repeat(145)[:289].reshape(17, 17).clone()
    rest[6:11, 6:11] = 0
    rest[8, 8] = 9
    peak = scale_search(rest[None, None], penalty=1.0, window_weight=0.0, upsampling=1)
    outside = torch.ones(17, 17, dtype=torch.bool)
    outside[6:11, 6:11] = False
    values = rest[outside]
    expected = (9 - values.mean()) / values.std(correction=0)
    assert peak.sidelobe_ratio.item() == pytest.approx(expected.item(), rel=1e-5)


def test_the_window_sums_to_one_and_vanishes_at_the_border() -> None:
    window = hann_window(17, torch.device("cpu"))
    assert window.sum().item() == pytest.approx(1.0)
    assert window[0].abs().max() < 1e-9
    assert window.argmax() == 17 * 8 + 8
