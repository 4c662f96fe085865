"""From a branch's map to where its target is, where a second one might be, and what that means (DiMP's flags)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import torch
from torch import Tensor

from trackers.nets.enlarge import enlarge
from trackers.nets.localise import hann_window, lead, relative_lead

NEIGHBOURHOOD = 2.2
"""Side in target sides around the first peak in which no second one is looked for."""
FAR = 0.8
"""Displacement in half map sides from which on a peak is far from where the target was."""


class Flag(IntEnum):
    """What the short branch's map says of itself."""

    NORMAL = 0
    HARD_NEGATIVE = 1
    """A distractor shows; the target is told apart from it."""
    UNCERTAIN = 2
    """A distractor shows; they cannot be told apart. Nothing is learnt."""
    NOT_FOUND = 3
    """The target is not seen. It is left where it was and nothing is learnt."""


@dataclass(frozen=True)
class Peaks:
    """The two highest places of each of B maps."""

    first: Tensor
    """(B, 2) x, y from the map's centre, in cells."""
    second: Tensor
    """(B, 2) the same, outside the first one's neighbourhood."""
    height: Tensor
    """(B,) the map's value at the first, before any window."""
    second_height: Tensor
    """(B,) and at the second."""
    margin: Tensor
    """(B,) relative lead of the first cell over any other."""

    def ratio(self) -> Tensor:
        """Return (B,), first height over second, in [0, 1e3]."""
        return (self.height.clamp_min(0) / self.second_height.clamp_min(1e-6)).clamp(max=1e3)


@dataclass(frozen=True)
class Flags:
    """What the peaks of each of B maps mean."""

    flag: Tensor
    """(B,) of `Flag`."""
    place: Tensor
    """(B, 2) x, y of the peak to go by, from the map's centre, in cells."""
    height: Tensor
    """(B,) the map's value there."""
    margin: Tensor
    """(B,) the smallest relative lead of what was decided: the first peak, the flag."""


def enlarged(maps: Tensor, cells: int, upsampling: int) -> Tensor:
    """Return the (B, n u, n u) bicubic enlargement of maps (B, m, m), m >= n, cut to the n cells around its centre."""
    side = maps.shape[-1] * upsampling
    fine = enlarge(maps[:, None], upsampling)[:, 0]
    border = (side - cells * upsampling) // 2
    return fine[:, border : side - border, border : side - border]


def find_peaks(
    fine: Tensor, size: Tensor, *, window_weight: float, upsampling: int, near: Tensor | None = None
) -> Peaks:
    """Find both peaks.

    Args:
        fine: (B, F, F) enlarged maps.
        size: (B, 2) the target's width and height in cells.
        window_weight: Weight of the Hann window against the map, both summing to 1, in the choice of the peaks.
        upsampling: Fine cells a cell.
        near: (B,) 1 where the map's middle is the last place, and 0 where it is not: nearness counts for nothing there.
    """
    side = fine.shape[-1]
    flat = fine.flatten(1)
    window = hann_window(side, fine.device).flatten()
    window = window if near is None else window * near[:, None]
    ranked = flat - flat.amin(1, keepdim=True)
    ranked = ranked / (ranked.sum(1, keepdim=True) + 1e-16)
    ranked = (1 - window_weight) * ranked + window_weight * window
    best = ranked.argmax(1)
    first = _place(best, side, upsampling)
    line = (torch.arange(side, device=fine.device) - (side - 1) / 2) / upsampling
    close = (line[None, None, :] - first[:, 0, None, None]).abs() < size[:, 0, None, None] * (NEIGHBOURHOOD / 2)
    close = close & (
        (line[None, :, None] - first[:, 1, None, None]).abs() < size[:, 1, None, None] * (NEIGHBOURHOOD / 2)
    )
    rest = ranked.masked_fill(close.flatten(1), -1.0)
    next_best = rest.argmax(1)
    lane = torch.arange(len(fine), device=fine.device)
    # A target so large that its neighbourhood is all of the map has no second peak.
    second_height = torch.where(close.flatten(1).all(1), flat.new_zeros(()), flat[lane, next_best])
    return Peaks(first, _place(next_best, side, upsampling), flat[lane, best], second_height, relative_lead(ranked))


def _place(index: Tensor, side: int, upsampling: int) -> Tensor:
    cells = torch.stack([index % side, index // side], 1).float()
    return (cells - (side - 1) / 2) / upsampling


def flags(peaks: Peaks, cells: int, *, not_found: float, distractor: float, hard: float) -> Flags:
    """Return what the peaks mean.

    A second peak nearly as high as the first: where one is near the target's last place and the other far, the near one
    is taken and the other is a hard negative; otherwise which is which is uncertain and the first is kept.

    Args:
        peaks: Of maps centred on the target's last place.
        cells: Side of the map.
        not_found: Height below which the target is not there.
        distractor: Second height, as a share of the first, above which they are alike.
        hard: The same above which the second is a hard negative.
    """
    far = FAR * cells / 2
    first_far = peaks.first.norm(dim=1) > far
    second_far = peaks.second.norm(dim=1) > far
    alike = peaks.second_height > distractor * peaks.height
    rival = (peaks.second_height > hard * peaks.height) & (peaks.second_height > not_found)
    flag = torch.where(rival, int(Flag.HARD_NEGATIVE), int(Flag.NORMAL))
    told = first_far != second_far
    flag = torch.where(alike, torch.where(told, int(Flag.HARD_NEGATIVE), int(Flag.UNCERTAIN)), flag)
    flag = torch.where(peaks.height < not_found, int(Flag.NOT_FOUND), flag)
    take_second = alike & first_far & ~second_far
    margins = [
        peaks.margin,
        lead(peaks.height, not_found),
        lead(peaks.second_height, distractor * peaks.height),
        lead(peaks.second_height, hard * peaks.height),
    ]
    return Flags(
        flag,
        torch.where(take_second[:, None], peaks.second, peaks.first),
        torch.where(take_second, peaks.second_height, peaks.height),
        torch.stack(margins).amin(0),
    )
