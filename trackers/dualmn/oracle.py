"""A decision that knows the truth: how good any decision between the branches could be. A bound, not a tracker."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from trackers.api import Boxes
from trackers.dualmn.config import DualMNConfig
from trackers.dualmn.decision import Decision, Found, decide
from trackers.nets.target import Target

__all__ = ["decide_by_truth"]


def decide_by_truth(
    config: DualMNConfig, before: Target, found: dict[str, Found], truth: Boxes | None, disagreement: Tensor
) -> Decision:
    """Return the decisions for the branch whose box overlaps more with `truth` (B, 4), in this very frame.

    Where a lane's truth is not finite, its branches' own confidences decide. Raises ValueError without any truth:
    whoever runs the tracker has to set it before each step.
    """
    if truth is None:
        raise ValueError("an oracle must be shown the ground truth: it runs in runs and studies alone")
    true = torch.as_tensor(truth, dtype=before.centre.dtype, device=before.centre.device)
    judged = {name: _judged(one, before, true, config) for name, one in found.items()}
    largest = replace(config, decision="max", long_lost=0.0, short_lost=0.0)
    return decide(largest, before.size, judged["long"], judged["short"], disagreement)


def _judged(found: Found, before: Target, true: Tensor, config: DualMNConfig) -> Found:
    """Return what a branch found, its confidence the overlap (B,) of its box with the true one."""
    boxes = before.moved(found.shift, found.size, config.scale_limits).table()
    low = torch.maximum(boxes[:, :2], true[:, :2])
    high = torch.minimum(boxes[:, :2] + boxes[:, 2:], true[:, :2] + true[:, 2:])
    shared = (high - low).clamp_min(0).prod(1)
    overlap = shared / (boxes[:, 2:].prod(1) + true[:, 2:].prod(1) - shared).clamp_min(1e-12)
    return replace(found, confidence=torch.where(true.isfinite().all(1), overlap, found.confidence))
