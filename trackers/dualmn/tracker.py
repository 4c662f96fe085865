"""DualMN in lanes: both branches look at one search crop, one box is decided on, both memories learn of it.

What is the paper's and what is ours, item by item, is in docs/dualmn.md. In short: two branches, what each remembers,
an optimiser in the short one, a decision at the end are the paper's; everything inside them is reconstructed from
STMTrack and DiMP, which the authors name as their bases. The printed abstract says that the long-term memory holds the
difference from the surroundings and the short-term one the essential feature; the authors' figure and README say the
opposite, and it is they that are followed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from trackers.api import Boxes, Frame, Step, Tracker, register, take_lanes
from trackers.dualmn import memory
from trackers.dualmn.augment import first_crops, generators
from trackers.dualmn.config import PAPER, VARIANTS, DualMNConfig
from trackers.dualmn.decision import Decider, Decision, alone, decide, fused
from trackers.dualmn.fusion import fused_view
from trackers.dualmn.long import LongBranch
from trackers.dualmn.memory import LongMemory, Stored
from trackers.dualmn.network import DualMNNet
from trackers.dualmn.ruler import FirstLook, Ruler, merged
from trackers.dualmn.search import Flag
from trackers.dualmn.short import Lesson, ShortBranch, ShortState, ShortView
from trackers.dualmn.telemetry import Account, report, signals
from trackers.dualmn.view import View
from trackers.nets.checkpoint import frozen
from trackers.nets.crops import context_side, mean_colour, square_crops
from trackers.nets.localise import lead
from trackers.nets.pretrained import load_weights
from trackers.nets.target import Target
from trackers.weights.catalog import Weights


@dataclass(frozen=True)
class DualMNState:
    """What a DualMN lane carries from frame to frame."""

    target: Target
    colour: Tensor
    """(B, 3) mean colour of the first frame."""
    age: Tensor
    """(B,) frames followed so far."""
    disagreement: Tensor
    """(B,) frames in a row in which the branches disagreed."""
    first: FirstLook
    """What the ruler measures against, and what an empty memory begins afresh from."""
    branches: dict[str, Any]
    """``long``: `LongMemory`, ``short``: `ShortState`; those that there are."""


LONG = "what the target is: frames spread over its past"
SHORT = "how the target differs from what is around it: a filter learnt online"


def remembered(config: DualMNConfig) -> str:
    """Return in one line what the branches of a config remember."""
    return {"long": LONG, "short": SHORT, "both": f"{LONG}; and {SHORT}"}[config.branches]


@register(
    "dualmn",
    remembers=remembered,
    paper="Wang et al., Dual-Branch Memory Network for Visual Object Tracking, PRCV 2022; "
    "a reconstruction: the authors released no code",
    config=DualMNConfig,
    presets={"paper": PAPER},
    variants=VARIANTS,
)
class DualMN(Tracker[DualMNState]):
    """The dual-branch memory network; ``dualmn-short`` and ``dualmn-long`` are its branches alone."""

    signals = signals(DualMNConfig())

    def __init__(self, config: DualMNConfig, weights: Weights, device: str) -> None:
        self.config = config
        self.device = torch.device(device)
        self.signals = signals(config)  # type: ignore[misc]  # their shapes are the config's
        net = DualMNNet(config)
        absent = {"both": (), "long": ("short.",), "short": ("long.",)}[config.branches]
        load_weights(net, weights, ignored=absent)
        self._parameters = sum(p.numel() for p in net.parameters())
        self.net = frozen(net, self.device)
        self.ruler = Ruler(net, config, self.device)
        self.long = None if net.long is None else LongBranch(net.long, config, net.stride)
        self.short = None if net.short is None else ShortBranch(net.short, config, net.stride)

    def parameters(self) -> int:
        """Return the number of network parameters."""
        return self._parameters

    @torch.inference_mode()
    def start(self, frames: Sequence[Frame], boxes: Boxes, seeds: Sequence[int]) -> DualMNState:
        """Fill both memories from the first frame; a lane's augmentations are drawn by its seed."""
        target = Target.from_boxes(boxes, [(frame.shape[1], frame.shape[0]) for frame in frames])
        colour = mean_colour(frames)
        crops, sides = self.ruler.crops(frames, target, torch.ones(1, dtype=torch.float64), colour)
        features = self.net.features(crops)[:, 0]
        first = self.ruler.first_look(features, target, sides[:, 0])
        age = torch.zeros(len(frames), dtype=torch.long)
        branches: dict[str, Any] = {}
        if self.long is not None:
            remembered = self._remembered(crops[:, 0], target, sides[:, 0], age)
            branches["long"] = (
                self.long.begin(remembered, *self._searched(frames, target, colour))
                if self.config.long_head
                else memory.begin(remembered, self.config.slots, torch.ones(len(frames), 2, device=self.device))
            )
        if self.short is not None:
            branches["short"] = self._first_lesson(self.short, frames, target, colour, seeds)
        return DualMNState(target, colour, age, age.clone(), first, branches)

    @torch.inference_mode()
    def step(self, state: DualMNState, frames: Sequence[Frame]) -> tuple[Step, DualMNState]:
        """Look, decide, measure, learn."""
        before, age = state.target, state.age + 1
        branches = dict(state.branches)
        sides = self._search_sides(before)
        features, pixels = self._searched(frames, before, state.colour)
        views: dict[str, View] = {}
        if self.long is not None:
            views["long"] = self.long.look(features, branches["long"], pixels)
            branches["long"] = self.long.recovered(branches["long"], views["long"].sound)
        if self.short is not None:
            views["short"] = self.short.look(features, branches["short"], pixels)
            branches["short"] = self.short.recovered(branches["short"], views["short"].sound)
        scale = sides / self.config.search_size
        decision = self._decide(views, scale, before, pixels, state.disagreement).rounded(before.size, scale)
        target = before.moved(decision.shift, decision.size, self.config.scale_limits)
        target, margin = self._measured(frames, target, state, decision)
        kept: dict[str, Any] = {}
        stored: dict[str, Tensor] = {}
        if self.long is not None:
            stored["long"] = self._long_stores(decision)
            kept["long"] = self._keep(frames, target, state.colour, branches["long"], stored["long"], decision, age)
        if self.short is not None:
            centres = (target.centre - before.centre) / scale[:, None] / self.net.stride
            stored["short"], lesson = self._lesson(views["short"], decision, features, centres, age)
            kept["short"] = self.short.learn(branches["short"], lesson)
        after = DualMNState(target, state.colour, age, decision.disagreement, state.first, kept)
        telemetry: Mapping[str, NDArray[Any]] = {}
        if self.recording:
            margins = [decision.margin, margin, lead(decision.score, self.config.store_score)]
            margin = torch.stack(margins).amin(0)
            telemetry = report(Account(views, kept, stored, decision, margin, age))
        return Step(target.boxes(), decision.score.numpy(), telemetry), after

    def _searched(self, frames: Sequence[Frame], target: Target, colour: Tensor) -> tuple[Tensor, Tensor]:
        """Return trunk features (B, C', h, h) of the targets' search crops, and the targets' sizes (B, 2) there."""
        sides = self._search_sides(target)
        crops = square_crops(frames, target.centre, sides[:, None], self.config.search_size, colour)
        pixels = (target.size / sides[:, None] * self.config.search_size).float()
        return self.net.features(crops.to(self.device))[:, 0], pixels.to(self.device)

    def _search_sides(self, target: Target) -> Tensor:
        return context_side(target.size, self.config.context) * self.config.search_area

    def _first_lesson(
        self, short: ShortBranch, frames: Sequence[Frame], target: Target, colour: Tensor, seeds: Sequence[int]
    ) -> ShortState:
        """Return the short branch as it has learnt from the first frame."""
        config, sides, random = self.config, self._search_sides(target), generators(seeds)
        first = first_crops(frames, target.centre, sides, config.search_size, colour, config.augmentations, random)
        features = self.net.features(first.crops.to(self.device))
        cells = config.search_size / self.net.stride
        sizes = (target.size / sides[:, None] * cells).float().to(self.device)
        return short.start(features, (first.shifts / self.net.stride).to(self.device), sizes, random)

    def _decide(
        self, views: dict[str, View], scale: Tensor, before: Target, pixels: Tensor, disagreement: Tensor
    ) -> Decision:
        config = self.config
        found = {name: view.found(scale) for name, view in views.items()}
        if config.branches == "long":
            return alone(found["long"], before.size, Decider.LONG, config.long_lost, disagreement)
        if config.branches == "short":
            return alone(found["short"], before.size, Decider.SHORT, config.short_lost, disagreement)
        if config.decision == "soft":
            both = fused_view(config, views["long"], views["short"], pixels, self.net.stride).found(scale)
            return fused(config, before.size, both, found["long"], found["short"], disagreement)
        return decide(config, before.size, found["long"], found["short"], disagreement)

    def _measured(
        self, frames: Sequence[Frame], target: Target, state: DualMNState, decision: Decision
    ) -> tuple[Target, Tensor]:
        """Return the targets with the sizes that the ruler finds, and its margins (B,)."""
        settled = decision.by(Decider.NEITHER)
        if not self.config.ruled:
            by_long = decision.trusts(Decider.LONG)
            settled = settled | (by_long & self.config.long_head)
            settled = settled | (decision.by(Decider.SHORT) & ~by_long & self.config.short_head)
        rows = (~settled).nonzero()[:, 0]
        margin = torch.ones(len(frames), dtype=torch.float64)
        if len(rows) == 0:
            return target, margin
        lanes = rows.tolist()
        measured = self.ruler.measure(
            [frames[lane] for lane in lanes],
            take_lanes(target, lanes),
            take_lanes(state.first, lanes),
            state.colour[rows],
        )
        margin[rows] = measured.margin
        return merged(target, rows, measured.target), margin

    def _remembered(self, crops: Tensor, target: Target, sides: Tensor, age: Tensor) -> Stored:
        """Return what the long memory makes of crops (B, 3, H, W) of sides (B,), centred on the targets."""
        pixels = (target.size / sides[:, None] * self.config.memory_size).float().to(self.device)
        remembered = self.net.remember(crops, torch.zeros_like(pixels), pixels)
        return Stored(remembered.features, remembered.ballots, age.to(self.device))

    def _long_stores(self, decision: Decision) -> Tensor:
        """Return (B,), whether the long memory takes the frame in."""
        if not self.config.gated:
            return torch.ones_like(decision.decider, dtype=torch.bool)
        return decision.trusts(Decider.LONG) & (decision.score > self.config.store_score)

    def _keep(
        self,
        frames: Sequence[Frame],
        target: Target,
        colour: Tensor,
        kept: LongMemory,
        stored: Tensor,
        decision: Decision,
        age: Tensor,
    ) -> LongMemory:
        """Return the long memory after some lanes, a mask (B,), stored their frame."""
        rows = stored.nonzero()[:, 0]
        if len(rows) == 0:
            return kept
        lanes = rows.tolist()
        part = take_lanes(target, lanes)
        one = torch.ones(1, dtype=torch.float64)
        crops, sides = self.ruler.crops([frames[lane] for lane in lanes], part, one, colour[rows])
        new = self._remembered(crops[:, 0], part, sides[:, 0], age[rows])
        place = torch.zeros(len(stored), dtype=torch.long)
        place[rows] = torch.arange(len(rows))  # lanes that store nothing are given any frame; they do not take it
        assert self.long is not None
        return self.long.written(
            kept, stored.to(self.device), take_lanes(new, place.tolist()), decision.score.float().to(self.device)
        )

    def _lesson(
        self, view: View, decision: Decision, features: Tensor, centres: Tensor, age: Tensor
    ) -> tuple[Tensor, Lesson]:
        """Return what the short branch is to learn, and (B,) whether its memory takes the frame in."""
        assert isinstance(view, ShortView)
        flag = view.flag.cpu()
        clear = (flag == int(Flag.NORMAL)) | (flag == int(Flag.HARD_NEGATIVE))
        restarted = torch.zeros_like(clear)
        if self.config.branches == "both" and self.config.decision == "rules":
            restarted = ~decision.trusts(Decider.SHORT) & decision.by(Decider.LONG)
            restarted = restarted & (decision.score > self.config.store_score)
        stored = (clear & decision.trusts(Decider.SHORT)) | restarted
        if not self.config.gated:
            stored = torch.ones_like(stored)
        hard = (flag == int(Flag.HARD_NEGATIVE)) & ~restarted
        on_device = (each.to(self.device) for each in (centres.float(), stored, hard, restarted, age))
        return stored, Lesson(features, *on_device)
