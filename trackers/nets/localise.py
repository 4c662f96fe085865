"""From response maps at several scales to a peak: SiamFC's scale choice, up-sampling and cosine window."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from trackers.nets.enlarge import enlarge


@dataclass(frozen=True)
class Peak:
    """What was found in each of B lanes."""

    scale: Tensor
    """(B,) index of the chosen scale."""
    shift: Tensor
    """(B, 2) x, y of the peak from the map's centre, in response cells."""
    height: Tensor
    """(B,) the response at its highest, before penalty and window."""
    sidelobe_ratio: Tensor
    """(B,) (peak - mean) / standard deviation of the chosen map outside the peak's neighbourhood."""
    margin: Tensor
    """(B,) how near the decisions (scale, cell) were to another: the smaller relative lead over the runner-up."""


@lru_cache(maxsize=8)
def hann_window(size: int, device: torch.device) -> Tensor:
    """Return the (size, size) Hann window that sums to 1."""
    line = torch.hann_window(size, periodic=False, device=device)
    window = torch.outer(line, line)
    return window / window.sum()


def scale_search(
    response: Tensor,
    *,
    penalty: float,
    window_weight: float,
    upsampling: int,
    centre_quirk: float = 0.0,
    corner_aligned: bool = False,
    sizing: Tensor | None = None,
) -> Peak:
    """Find each lane's peak over scales and cells.

    Args:
        response: (B, S, h, h) raw responses; the middle scale is the current one.
        penalty: Multiplies the responses of the other scales.
        window_weight: Weight of the Hann window against the map, both summing to 1.
        upsampling: Bicubic enlargement of the map before the peak is read.
        centre_quirk: Up-sampled cells by which the authors' centre differs from the true one (paper presets).
        corner_aligned: Enlarge so that the corners' centres coincide, yet read shifts as if they did not, as
            MemTrack's authors do (docs/memtrack.md): they come out (h upsampling - 1) / ((h - 1) upsampling) long.
        sizing: (B, S, h, h) other responses by which the scale is chosen; None: by the same.
    """
    lanes, scales, height, _ = response.shape
    side = height * upsampling
    fine = enlarge(response, upsampling, corner_aligned)
    weights = torch.full((scales,), penalty, device=response.device)
    weights[scales // 2] = 1.0
    tops = fine if sizing is None else enlarge(sizing, upsampling, corner_aligned)
    tops = tops.flatten(2).amax(2) * weights
    scale = tops.argmax(1)
    lane = torch.arange(lanes, device=response.device)
    chosen = fine[lane, scale].flatten(1)
    top = chosen.amax(1)
    flat = chosen - chosen.amin(1, keepdim=True)
    flat = flat / (flat.sum(1, keepdim=True) + 1e-16)
    flat = (1 - window_weight) * flat + window_weight * hann_window(side, response.device).flatten()
    best = flat.argmax(1)
    cells = torch.stack([best % side, best // side], dim=1).to(response.dtype)
    shift = (cells - (side - 1) / 2 - centre_quirk) / upsampling
    coarse = response[lane, scale]
    return Peak(
        scale=scale,
        shift=shift,
        height=top,
        sidelobe_ratio=_sidelobe_ratio(coarse, shift),
        margin=torch.minimum(relative_lead(tops), relative_lead(flat)),
    )


def relative_lead(values: Tensor) -> Tensor:
    """Return (B,), the relative lead of the largest of values (B, N) over the second largest; 1 where N = 1."""
    if values.shape[1] == 1:
        return values.new_ones(len(values))
    first, second = values.topk(2, dim=1).values.unbind(1)
    return (first - second) / first.abs().clamp_min(1e-12)


def lead(first: Tensor, second: Tensor | float) -> Tensor:
    """Return (B,), how far first (B,) and second, (B,) or one number, are apart, relative to the larger."""
    other = torch.zeros_like(first) + second  # on the device from the start
    return (first - other).abs() / torch.maximum(first.abs(), other.abs()).clamp_min(1e-12)


def _sidelobe_ratio(response: Tensor, shift: Tensor, radius: float = 2.0) -> Tensor:
    """Return (B,), the peak of response (B, h, w) against mean and spread beyond `radius` cells from it."""
    _, height, width = response.shape
    rows = torch.arange(height, device=response.device) - (height - 1) / 2
    columns = torch.arange(width, device=response.device) - (width - 1) / 2
    far = (rows[None, :, None] - shift[:, 1, None, None]).abs() > radius
    far = far | ((columns[None, None, :] - shift[:, 0, None, None]).abs() > radius)
    weight = far.to(response.dtype)
    count = weight.sum((1, 2)).clamp_min(1)
    mean = (response * weight).sum((1, 2)) / count
    spread = (((response - mean[:, None, None]) ** 2 * weight).sum((1, 2)) / count).sqrt()
    return (response.flatten(1).amax(1) - mean) / spread.clamp_min(1e-12)
