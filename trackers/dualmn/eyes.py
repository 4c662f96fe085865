"""What the branches look at: one crop for both, or each its own as the authors of their bases cut it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from trackers.dualmn.config import DualMNConfig
from trackers.dualmn.dimp import DimpBranch
from trackers.dualmn.memory import Stored
from trackers.dualmn.network import DualMNNet
from trackers.dualmn.ruler import memory_crops
from trackers.dualmn.sight import Cut, Sight, continuous_cut, whole_cut
from trackers.nets.crops import context_side
from trackers.nets.target import Target
from trackers.nets.transfer import Frames


class Eyes:
    """Cuts and sees for the branches that a config asks for."""

    def __init__(self, net: DualMNNet, config: DualMNConfig, dimp: DimpBranch | None) -> None:
        self.net, self.config, self.dimp = net, config, dimp

    def search(self, frames: Frames, target: Target, colour: Tensor, aside: Tensor | None = None) -> dict[str, Sight]:
        """Return what each branch sees around the targets, or around places (B, 2) frame pixels aside of them."""
        sights = {}
        if self.net.long is not None or self.dimp is None:
            cut = self._cut(frames, target, colour, aside)
            sight = Sight.of(cut, self.net.features(cut.crops[:, None])[:, 0])
            branches = {"long": self.net.long, "short": self.net.short}
            sights = {name: sight for name, branch in branches.items() if branch is not None}
        if self.dimp is not None:
            sights["short"] = Sight(*self.dimp.sight(frames, target))
        return sights

    def sides(self, target: Target) -> Tensor:
        """Return (B,), the sides of the search crops in frame pixels, where they are continuous."""
        return context_side(target.size, self.config.context) * self.config.search_area

    def _cut(self, frames: Frames, target: Target, colour: Tensor, aside: Tensor | None) -> Cut:
        config = self.config
        if config.whole_crops:
            return whole_cut(frames, target, colour, config.search_area, config.search_size)
        offset = torch.zeros_like(target.centre) if aside is None else aside
        return continuous_cut(frames, target, colour, self.sides(target), config.search_size, offset)

    def remember(self, frames: Frames, target: Target, colour: Tensor, age: Tensor) -> Stored:
        """Return what the long memory makes of the frames, the targets in the middle of its crops."""
        config = self.config
        if config.whole_crops:
            cut = whole_cut(frames, target, colour, config.search_area, config.memory_size)
            return self._stored(cut.crops, cut.size, age)
        crops, sides = memory_crops(config, frames, target, target.size.new_ones(1), colour)
        return self._stored(crops[:, 0], (target.size / sides * config.memory_size).float(), age)

    def _stored(self, crops: Tensor, size: Tensor, age: Tensor) -> Stored:
        remembered = self.net.remember(crops, torch.zeros_like(size), size)
        return Stored(remembered.features, remembered.ballots, age)

    def remember_some(
        self, of: Callable[[Any], Any], frames: Frames, target: Target, colour: Tensor, age: Tensor
    ) -> Stored:
        """Return the same of the lanes that `of` picks."""
        return self.remember(of(frames), of(target), of(colour), of(age))
