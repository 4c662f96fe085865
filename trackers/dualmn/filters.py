"""A filter applied to many samples, and the transpose of that: the two linear maps of the online optimiser.

Both are matrix products with a sum of shifted maps, which for one filter of few cells and many channels costs less
than a general convolution. A filter of k cells over h cells gives h + 2 (k // 2) - k + 1 cells: h for odd k, h + 1 for
even k.
"""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor


def apply_filter(features: Tensor, filters: Tensor) -> Tensor:
    """Return the (B, N, h', w') correlation of each lane's N samples (B, N, C, h, w) with its filter (B, C, k, k)."""
    lanes, samples, channels, height, width = features.shape
    size = filters.shape[-1]
    border = size - 1 - size // 2
    # Each cell's product with every filter cell; then what falls on the same output cell is summed.
    flipped = filters.flip(2, 3).reshape(lanes, 1, channels, size * size).transpose(2, 3)
    products = (flipped @ features.flatten(3)).reshape(lanes * samples, size * size, height * width)
    out = (height + size - 1 - 2 * border, width + size - 1 - 2 * border)
    return F.fold(products, out, size, padding=border).reshape(lanes, samples, *out)


def filter_gradient(features: Tensor, residual: Tensor, size: int) -> Tensor:
    """Return the (B, C, k, k) transpose of `apply_filter`: the gradient of sum(residual * scores) by the filter.

    Args:
        features: (B, N, C, h, w).
        residual: (B, N, h', w').
        size: k, the filter's side in cells.
    """
    lanes, samples, channels = features.shape[:3]
    border = size - 1 - size // 2
    shifted = F.unfold(residual.flatten(0, 1)[:, None], size, padding=border)
    shifted = shifted.reshape(lanes, samples, size * size, -1).transpose(2, 3)
    gradient = (features.flatten(3) @ shifted).sum(1)
    return gradient.reshape(lanes, channels, size, size).flip(2, 3)
