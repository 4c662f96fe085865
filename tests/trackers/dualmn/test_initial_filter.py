"""Region pooling against a plain numerical integral, and the filter's start."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from trackers.dualmn.initial_filter import FilterInitialiser, region_pool


def test_region_pooling_is_the_mean_of_the_interpolated_map_over_each_bin() -> None:
    generator = torch.Generator().manual_seed(0)
    features = torch.randn(2, 3, 8, 9, dtype=torch.double, generator=generator)
    boxes = torch.tensor([[-2.3, -1.2, 2.6, 3.1], [-1.0, -3.9, 0.7, 1.4]], dtype=torch.double)
    pooled = region_pool(features, boxes, 3)
    fine = 200
    for index, (left, top, right, bottom) in enumerate(boxes.tolist()):
        x = left + (right - left) * (torch.arange(3 * fine, dtype=torch.double) + 0.5) / (3 * fine)
        y = top + (bottom - top) * (torch.arange(3 * fine, dtype=torch.double) + 0.5) / (3 * fine)
        grid = torch.stack(torch.meshgrid(x / 4, y / 3.5, indexing="xy"), -1)  # half extents between outer centres
        sampled = F.grid_sample(features[index][None], grid[None], align_corners=True, padding_mode="zeros")
        expected = F.avg_pool2d(sampled, fine)[0]
        torch.testing.assert_close(pooled[index], expected, rtol=0, atol=2e-4)


def test_a_whole_cell_is_pooled_to_its_neighbourhoods_hat_mean() -> None:
    features = torch.zeros(1, 1, 5, 5)
    features[0, 0, 2, 2] = 1.0
    # Over [-1/2, 1/2] the hat max(0, 1 - |t|) has the mean 3/4, in both directions.
    pooled = region_pool(features, torch.tensor([[-0.5, -0.5, 0.5, 0.5]]), 1)
    assert abs(pooled.item() - 0.75**2) < 1e-6


def test_the_filter_starts_as_the_samples_mean_target_of_length_gain() -> None:
    generator = torch.Generator().manual_seed(1)
    features = torch.randn(2, 3, 4, 8, 8, generator=generator)
    boxes = torch.tensor([-2.0, -2.0, 2.0, 2.0]).expand(2, 3, 4)
    initialiser = FilterInitialiser(4, 5)
    filters = initialiser(features, boxes)
    pooled = torch.stack([region_pool(features[lane], boxes[lane], 5).mean(0) for lane in range(2)])
    expected = initialiser.gain * pooled / pooled.flatten(1).norm(dim=1)[:, None, None, None]
    torch.testing.assert_close(filters, expected)
    torch.testing.assert_close(filters[1:], initialiser(features[1:], boxes[1:]))
