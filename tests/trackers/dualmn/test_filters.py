"""The filter's two linear maps against PyTorch's convolution and its derivative."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from trackers.dualmn.filters import apply_filter, filter_gradient


@pytest.mark.parametrize("size", [3, 4, 5])
def test_a_filter_is_a_padded_correlation_of_each_lanes_own_samples(size: int) -> None:
    generator = torch.Generator().manual_seed(0)
    features = torch.randn(2, 3, 7, 9, 8, dtype=torch.double, generator=generator)
    filters = torch.randn(2, 7, size, size, dtype=torch.double, generator=generator)
    expected = [F.conv2d(x, f[None], padding=size // 2)[:, 0] for x, f in zip(features, filters, strict=True)]
    torch.testing.assert_close(apply_filter(features, filters), torch.stack(expected))


@pytest.mark.parametrize("size", [3, 4, 5])
def test_the_gradient_is_the_transpose(size: int) -> None:
    generator = torch.Generator().manual_seed(1)
    features = torch.randn(2, 3, 7, 9, 8, dtype=torch.double, generator=generator)
    filters = torch.randn(2, 7, size, size, dtype=torch.double, generator=generator, requires_grad=True)
    scores = apply_filter(features, filters)
    residual = torch.randn(scores.shape, dtype=torch.double, generator=generator)
    (expected,) = torch.autograd.grad((scores * residual).sum(), filters)
    torch.testing.assert_close(filter_gradient(features, residual, size), expected)
