"""Which branch is right: the "Decision" of DualMN's figure, whose inside was never published (docs/dualmn.md).

The rules are a reconstruction: agree, disagree, lost, and patience. They weigh a few numbers a lane, float64 where the
device has it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

import torch
from torch import Tensor

from trackers.dualmn.config import DualMNConfig
from trackers.nets.localise import lead

SHARPEST = 2.0
"""A first peak counts as at most so many times its second."""
PARTS = 8
"""What is decided on, a move and a change of size, is rounded to this part of a crop pixel.

That is finer than what a branch knows and coarser than what another order of sums changes: boxes are the same at other
lane counts, and so are the crops that they lead to.
"""


class Decider(IntEnum):
    """Who decided a frame: where they agree, whose confidence weighed more."""

    NEITHER = 0
    SHORT = 1
    LONG = 2
    BOTH = 3
    """One box from fused maps."""


class Reason(IntEnum):
    """Why."""

    ALONE = 0
    """There is one branch."""
    AGREE = 1
    LOST = 2
    """Nobody is sure: the box stays."""
    QUALITY = 3
    """They disagree; the better of confidence, nearness and sharpness of the peak."""
    PATIENCE = 4
    """They have disagreed for long: against drift, the long branch."""
    CONFIDENCE = 5
    """``max``: the larger confidence."""
    FUSED = 6
    """``soft``: one box from both maps."""


@dataclass(frozen=True)
class Found:
    """What one branch found in each of B lanes, in frame pixels."""

    shift: Tensor
    """(B, 2) x, y from the target's last centre."""
    size: Tensor
    """(B, 2)."""
    confidence: Tensor
    """(B,) in [0, 1]."""
    ratio: Tensor
    """(B,) first peak over second."""
    usable: Tensor
    """(B,), false where the branch found nothing finite, or says itself that the target is not there."""
    margin: Tensor
    """(B,) relative lead of its peak."""


@dataclass(frozen=True)
class Decision:
    """What is done in each of B lanes."""

    shift: Tensor
    """(B, 2)."""
    size: Tensor
    """(B, 2)."""
    score: Tensor
    """(B,) in [0, 1]."""
    decider: Tensor
    """(B,) of `Decider`."""
    reason: Tensor
    """(B,) of `Reason`."""
    disagreement: Tensor
    """(B,) frames of disagreement in a row, this one counted."""
    margin: Tensor
    """(B,) how near the decision was to another: the smallest relative lead, or crop pixels to the next rounding."""

    def rounded(self, size: Tensor, scale: Tensor) -> Decision:
        """Return the same in whole `PARTS` of crop pixels.

        Args:
            size: (B, 2) the target's last size: no change is a whole number too.
            scale: (B,) frame pixels a crop pixel.
        """
        unit = scale[:, None] / PARTS
        exact = torch.cat([self.shift, self.size - size], 1) / unit
        whole = exact.round()
        to_next = (0.5 - (exact - whole).abs()).amin(1) / PARTS
        return replace(
            self,
            shift=whole[:, :2] * unit,
            size=size + whole[:, 2:] * unit,
            margin=torch.minimum(self.margin, to_next),
        )

    def by(self, decider: Decider) -> Tensor:
        """Return (B,), whether that one decided."""
        return self.decider == int(decider)

    def trusts(self, decider: Decider) -> Tensor:
        """Return (B,), whether that branch decided or agreed: whether its memory may learn of the frame."""
        return self.by(decider) | (self.reason == int(Reason.AGREE)) | (self.reason == int(Reason.FUSED))


def alone(found: Found, size: Tensor, decider: Decider, lost_below: float, disagreement: Tensor) -> Decision:
    """Return the decisions of a tracker that has one branch: its own, or none where it is not sure enough."""
    sure = found.usable & (found.confidence >= lost_below)
    found = replace(found, margin=torch.minimum(found.margin, lead(found.confidence, lost_below)))
    return _settled(found, size, sure, _both(sure, decider, Reason.ALONE), disagreement)


def decide(config: DualMNConfig, size: Tensor, long: Found, short: Found, disagreement: Tensor) -> Decision:
    """Return the decisions of both branches together, by rules or by the larger confidence.

    Args:
        config: Thresholds.
        size: (B, 2) the target's last size: what displacements are measured by.
        long: What the long branch found.
        short: What the short branch found.
        disagreement: (B,) frames of disagreement in a row so far.
    """
    long_sure = long.confidence * long.usable
    short_sure = short.confidence * short.usable
    lost = (~long.usable | (long.confidence < config.long_lost)) & (
        ~short.usable | (short.confidence < config.short_lost)
    )
    overlap = _overlap(long, short)
    agree = ~lost & long.usable & short.usable & (overlap >= config.agree_overlap)
    streak = torch.where(lost, disagreement, torch.where(agree, 0, disagreement + 1))
    margin = _smallest(long.margin, short.margin, *_to_lost(config, long, short))
    if config.decision == "max":
        prefer_long = long_sure >= short_sure
        margin = torch.minimum(margin, lead(long_sure, short_sure))
        decider = torch.where(prefer_long, int(Decider.LONG), int(Decider.SHORT))
        why = torch.full_like(decider, int(Reason.CONFIDENCE))
        mixed = prefer_long.to(size.dtype)
    else:
        long_quality, short_quality = _quality(long, long_sure, size), _quality(short, short_sure, size)
        impatient = (streak > config.patience) & long.usable & (long.confidence >= config.long_lost)
        prefer_long = impatient | (long_quality >= short_quality)
        between = torch.where(agree, 1.0, lead(long_quality, short_quality))
        margin = _smallest(margin, between, lead(overlap, config.agree_overlap))
        leads_long = torch.where(agree, long_sure >= short_sure, prefer_long)
        decider = torch.where(leads_long, int(Decider.LONG), int(Decider.SHORT))
        why = torch.where(impatient, int(Reason.PATIENCE), int(Reason.QUALITY))
        why = torch.where(agree, int(Reason.AGREE), why)
        mixed = torch.where(agree, long_sure / (long_sure + short_sure).clamp_min(1e-12), prefer_long.to(size.dtype))
    decider = torch.where(lost, int(Decider.NEITHER), decider)
    why = torch.where(lost, int(Reason.LOST), why)
    # Agreed boxes take the long branch's size: it has the better head. Without heads both are the last size.
    from_long = torch.where(agree, 1.0, prefer_long.to(size.dtype))
    chosen = Found(
        _mix(mixed, long.shift, short.shift),
        _mix(from_long, long.size, short.size),
        _mix(mixed, long_sure, short_sure),
        long.ratio,
        ~lost,
        margin,
    )
    return _settled(chosen, size, ~lost, (decider, why), streak)


def fused(config: DualMNConfig, size: Tensor, both: Found, long: Found, short: Found, disagreement: Tensor) -> Decision:
    """Return the decisions by fused maps: `both` is what their weighted sum shows."""
    lost = (long.confidence < config.long_lost) & (short.confidence < config.short_lost)
    sure = both.usable & ~lost
    both = replace(both, margin=_smallest(both.margin, *_to_lost(config, long, short)))
    return _settled(both, size, sure, _both(sure, Decider.BOTH, Reason.FUSED), disagreement)


def _both(sure: Tensor, decider: Decider, reason: Reason) -> tuple[Tensor, Tensor]:
    """Return who decides (B,) and why (B,) where `sure`, and that the target is lost elsewhere."""
    return (
        torch.where(sure, int(decider), int(Decider.NEITHER)),
        torch.where(sure, int(reason), int(Reason.LOST)),
    )


def _settled(found: Found, size: Tensor, sure: Tensor, who: tuple[Tensor, Tensor], streak: Tensor) -> Decision:
    """Return the decision to go to `found` where `sure`, else to stay with the last size (B, 2)."""
    held = sure[:, None]
    return Decision(
        torch.where(held, found.shift, torch.zeros_like(found.shift)),
        torch.where(held, found.size, size),
        found.confidence.clamp(0, 1),
        *who,
        streak,
        found.margin,
    )


def _quality(found: Found, confidence: Tensor, size: Tensor) -> Tensor:
    """Return (B,): confidence, less for a far jump (in target sides), more for a peak without a rival."""
    jump = found.shift.norm(dim=1) / size.prod(1).sqrt()
    return confidence * torch.exp(-jump) * found.ratio.clamp(max=SHARPEST)


def _overlap(first: Found, second: Found) -> Tensor:
    """Return (B,), the IoU of both boxes."""
    low = torch.maximum(first.shift - first.size / 2, second.shift - second.size / 2)
    high = torch.minimum(first.shift + first.size / 2, second.shift + second.size / 2)
    shared = (high - low).clamp_min(0).prod(1)
    return shared / (first.size.prod(1) + second.size.prod(1) - shared).clamp_min(1e-12)


def _to_lost(config: DualMNConfig, long: Found, short: Found) -> tuple[Tensor, Tensor]:
    """Return how near each branch's confidence is to where it counts as lost, twice (B,)."""
    return lead(long.confidence, config.long_lost), lead(short.confidence, config.short_lost)


def _smallest(*margins: Tensor) -> Tensor:
    return torch.stack(margins).amin(0)


def _mix(share: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """Return share (B,) of `first` (B, ...) and the rest of `second`; with a share of 1 or 0 exactly one of them."""
    share = share.reshape(-1, *(1,) * (first.dim() - 1))
    blend = share * first + (1 - share) * second
    return torch.where(share >= 1, first, torch.where(share <= 0, second, blend))
