from __future__ import annotations

import pytest
import torch

from trackers.nets.correlation import correlate


@pytest.mark.parametrize("lanes", [1, 3])
def test_every_lane_is_correlated_with_its_own_template(lanes: int) -> None:
    generator = torch.Generator().manual_seed(lanes)
    search = torch.randn(lanes, 2, 5, 7, 8, generator=generator)
    template = torch.randn(lanes, 5, 3, 3, generator=generator)
    found = correlate(search, template)
    assert found.shape == (lanes, 2, 5, 6)
    for lane in range(lanes):
        for scale in range(2):
            for row in range(5):
                for column in range(6):
                    window = search[lane, scale, :, row : row + 3, column : column + 3]
                    torch.testing.assert_close(
                        found[lane, scale, row, column], (window * template[lane]).sum(), rtol=1e-4, atol=1e-4
                    )
