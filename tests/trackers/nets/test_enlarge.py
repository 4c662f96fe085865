from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from trackers.nets.enlarge import enlarge, enlarge_near


@pytest.mark.parametrize("corner_aligned", [False, True])
@pytest.mark.parametrize(("size", "upsampling"), [(25, 8), (17, 16), (5, 4)])
def test_two_matrix_products_enlarge_as_bicubic_interpolation_does(
    size: int, upsampling: int, corner_aligned: bool
) -> None:
    maps = torch.randn(2, 3, size, size, generator=torch.Generator().manual_seed(size))
    wanted = F.interpolate(maps, scale_factor=upsampling, mode="bicubic", align_corners=corner_aligned)
    torch.testing.assert_close(enlarge(maps, upsampling, corner_aligned), wanted, rtol=1e-4, atol=1e-5)


@given(x=st.integers(0, 71), y=st.integers(0, 71), seed=st.integers(0, 99))
def test_around_a_place_it_is_the_whole_maps_enlargement_with_its_edge_repeated(x: int, y: int, seed: int) -> None:
    size, upsampling = 9, 8
    maps = torch.randn(1, 2, size, size, generator=torch.Generator().manual_seed(seed))
    whole = F.interpolate(maps, scale_factor=upsampling, mode="bicubic", align_corners=False)
    padded = F.pad(whole, (upsampling,) * 4, mode="replicate")
    wanted = padded[..., y : y + 2 * upsampling + 1, x : x + 2 * upsampling + 1]
    shift = (torch.tensor([[float(x), float(y)]]) - (size * upsampling - 1) / 2) / upsampling
    torch.testing.assert_close(enlarge_near(maps, shift, upsampling), wanted, rtol=1e-4, atol=1e-5)
