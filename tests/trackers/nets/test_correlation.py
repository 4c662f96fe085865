from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from trackers.nets.correlation import correlate, correlate_all


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


@pytest.mark.parametrize(("lanes", "scales"), [(1, 1), (1, 3), (3, 1), (2, 3)])
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_it_is_a_convolution_with_a_group_a_lane_in_any_layout_and_backwards(lanes, scales, layout) -> None:
    torch.manual_seed(0)
    search = torch.randn(lanes * scales, 6, 12, 11).contiguous(memory_format=layout).reshape(lanes, scales, 6, 12, 11)
    template = torch.randn(lanes, 6, 4, 3)
    ours, theirs = (
        [search.clone().requires_grad_(), template.clone().requires_grad_()] for _ in range(2)
    )  # fmt: skip
    found = correlate(*ours)
    stacked = theirs[0].transpose(0, 1).reshape(scales, lanes * 6, 12, 11)
    wanted = F.conv2d(stacked, theirs[1], groups=lanes).transpose(0, 1)
    torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-4)
    for response in (found, wanted):
        response.square().sum().backward()
    for own, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(own.grad, other.grad, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_many_templates_share_one_search_region(layout) -> None:
    torch.manual_seed(0)
    search = torch.randn(2, 6, 12, 11).contiguous(memory_format=layout)
    templates = torch.randn(2, 3, 6, 4, 3)
    wanted = torch.cat([correlate(search[:, None], template) for template in templates.unbind(1)], 1)
    torch.testing.assert_close(correlate_all(search, templates), wanted, rtol=1e-4, atol=1e-4)
