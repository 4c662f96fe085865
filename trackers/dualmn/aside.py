"""Where a lost target is looked for, and when what is seen there is believed.

Where both branches have been unsure for some frames, every other search crop lies aside of the last place, in eight
directions by turns: all around is seen in 16 frames, at one crop a frame, and in the next 16 what lies farther off.
Nearness counts for nothing there, and nothing is believed but what the long branch, whose first frame is true, and the
short branch see in the same place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import torch
from torch import Tensor

from trackers.dualmn.config import DualMNConfig
from trackers.dualmn.decision import Decider, Decision, Reason
from trackers.dualmn.view import View
from trackers.nets.localise import lead
from trackers.nets.target import Target
from trackers.nets.transfer import precise

DIRECTIONS = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1), (1, -1), (-1, 1))
RINGS = 4
"""So many rounds go farther and farther off; then they begin anew."""


class Aside:
    """Looks aside, by a config's numbers."""

    def __init__(self, config: DualMNConfig, device: torch.device) -> None:
        self.config = config
        self.directions = torch.tensor(DIRECTIONS, dtype=precise(device), device=device)

    def offsets(self, target: Target, sides: Tensor, lost: Tensor) -> Tensor:
        """Return (B, 2), frame pixels from each target's last place to the middle of its search crop, in the frame.

        Args:
            target: Where the targets were last.
            sides: (B,) of the search crops, in frame pixels.
            lost: (B,) frames in a row, up to now, in which the target was lost.
        """
        waited = lost - self.config.look_aside
        turn = torch.div(waited, 2, rounding_mode="floor")
        ring = 1 + torch.div(turn, len(DIRECTIONS), rounding_mode="floor") % RINGS
        way = self.directions[turn % len(DIRECTIONS)] * ring[:, None]
        there = target.centre + way * sides[:, None] * self.config.aside_step
        there = torch.minimum(there.clamp_min(0), target.frame_size)
        looks = (waited >= 0) & (waited % 2 == 0)
        return torch.where(looks[:, None], there - target.centre, torch.zeros_like(there))

    def believed(self, decision: Decision, size: Tensor, looked: Tensor, views: Mapping[str, View]) -> Decision:
        """Return the decision with the target still lost in lanes that looked aside and are not sure of what they saw.

        Args:
            decision: What follows from what was seen.
            size: (B, 2) the targets' last size.
            looked: (B,) who looked aside.
            views: ``long`` and ``short``, what each branch saw.
        """
        long, short = views["long"].confidence, views["short"].confidence
        sure = (long >= self.config.long_aside) & (short >= self.config.short_aside)
        doubted = looked & ~(sure & (decision.reason == int(Reason.AGREE)))
        nearest = torch.minimum(lead(long, self.config.long_aside), lead(short, self.config.short_aside))
        margin = torch.minimum(decision.margin, nearest.to(decision.margin))
        return replace(
            decision,
            shift=torch.where(doubted[:, None], torch.zeros_like(decision.shift), decision.shift),
            size=torch.where(doubted[:, None], size, decision.size),
            decider=torch.where(doubted, int(Decider.NEITHER), decision.decider),
            reason=torch.where(doubted, int(Reason.LOST), decision.reason),
            margin=torch.where(looked, margin, decision.margin),
        )
