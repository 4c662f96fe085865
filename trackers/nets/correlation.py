"""Dense cross-correlation of each lane's template with its own search features."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor


def correlate(search: Tensor, template: Tensor) -> Tensor:
    """Return the (B, S, H-h+1, W-w+1) response of search (B, S, C, H, W) to template (B, C, h, w).

    Valid correlation; lanes are the groups of one convolution and scales its batch.
    """
    lanes, scales, channels, height, width = search.shape
    if lanes == 1:
        return F.conv2d(search[0], template)[None, :, 0]
    stacked = search.transpose(0, 1).reshape(scales, lanes * channels, height, width)
    return F.conv2d(stacked, template, groups=lanes).transpose(0, 1)
