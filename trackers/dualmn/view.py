"""What a branch makes of one search crop, in the crop's own units, before anything is decided."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import torch
from torch import Tensor

from trackers.dualmn.decision import Found
from trackers.dualmn.head import Chosen, choose_box
from trackers.dualmn.search import Peaks

MOST_BIASED = 2.0
"""Factor by which a side of the first box may differ from what a head says of it and be believed."""


@dataclass(frozen=True)
class View:
    """One branch's look at the search crops of B lanes, on the device."""

    fine: Tensor
    """(B, F, F) enlarged map: the centre is the target's last place."""
    peaks: Peaks
    place: Tensor
    """(B, 2) x, y of the target from the crop's centre, in crop pixels."""
    size: Tensor
    """(B, 2) width and height in crop pixels."""
    confidence: Tensor
    """(B,) in [0, 1]."""
    sound: Tensor
    """(B,), false where the memory gave nothing finite, or held nothing: it begins afresh."""
    usable: Tensor
    """(B,), false where it is not sound, or says itself that the target is not there."""
    margin: Tensor
    """(B,) the smallest relative lead of what it chose; not finite where there was nothing to choose from."""

    def measured_by(self, other: Tensor, own: Tensor, offset: Tensor) -> Self:
        """Return the same look with place and size in pixels of another crop, centred on the target.

        Args:
            other: (B,) frame pixels a pixel of that crop.
            own: (B,) the same of the crop that was looked at.
            offset: (B, 2) frame pixels from the target's centre to that crop's middle.
        """
        place = (self.place * own[:, None] + offset) / other[:, None]
        return replace(self, place=place, size=self.size * (own / other)[:, None])

    def beside(self, offset: Tensor) -> Self:
        """Return the same look from the target's centre, the crop's middle being offset (B, 2) crop pixels from it."""
        return replace(self, place=self.place + offset.to(self.place))

    def found(self, scale: Tensor) -> Found:
        """Return the same in frame pixels, as precise as scale (B,), the frame pixels a crop pixel."""
        place, size, confidence, ratio, margin = (
            value.to(scale.dtype) for value in (self.place, self.size, self.confidence, self.peaks.ratio(), self.margin)
        )
        usable = self.usable
        nothing = torch.zeros_like(scale)
        return Found(
            torch.where(usable[:, None], place, nothing[:, None]) * scale[:, None],
            torch.where(usable[:, None], size, size.nan_to_num(0)) * scale[:, None],
            torch.where(usable, confidence, nothing),
            torch.where(usable, ratio, nothing),
            usable,
            margin.nan_to_num(1.0),
        )


@dataclass(frozen=True)
class HeadRules:
    """How a head's maps become one box."""

    penalty: float
    """Of changed size and shape."""
    window_weight: float
    rate: float
    """Share of the new size that is taken over, times the box's score."""


def head_box(scores: Tensor, boxes: Tensor, size: Tensor, window: Tensor, rules: HeadRules) -> tuple[Chosen, Tensor]:
    """Return the chosen box of every lane and its smoothed size (B, 2), in crop pixels.

    Args:
        scores: (B, h, w) of the head.
        boxes: (B, 4, h, w) of the head, centre and size in crop pixels.
        size: (B, 2) the target's last size in crop pixels.
        window: (h, w), 1 at the centre.
        rules: Penalty, window, rate.
    """
    chosen = choose_box(
        scores, boxes, size, penalty=rules.penalty, window_weight=rules.window_weight, window=window
    )  # fmt: skip
    rate = (rules.rate * chosen.penalised)[:, None]
    return chosen, size * (1 - rate) + chosen.box[:, 2:] * rate


def size_bias(boxes: Tensor, size: Tensor) -> Tensor:
    """Return (B, 2): a target's width and height over what a head says of them in the middle of the first frame's crop.

    A target's boxes may follow another custom than those the head was trained on.

    Args:
        boxes: (B, 4, h, w) of the head, centre and size in crop pixels, the target in the middle.
        size: (B, 2) the target's true size in crop pixels.
    """
    low, high = (boxes.shape[-1] - 1) // 2, boxes.shape[-1] // 2 + 1
    said = boxes[:, 2:, low:high, low:high].mean((2, 3))
    return (size / said).clamp(1 / MOST_BIASED, MOST_BIASED)


def unbiased(boxes: Tensor, bias: Tensor) -> Tensor:
    """Return boxes (B, 4, h, w), centre and size, with their sizes times bias (B, 2)."""
    return torch.cat([boxes[:, :2], boxes[:, 2:] * bias[:, :, None, None]], 1)
