"""DualMN in lanes: both branches look at one search crop, one box is decided on, both memories learn of it.

What is the paper's and what is ours, item by item, is in docs/dualmn.md. In short: two branches, what each remembers,
an optimiser in the short one, a decision at the end are the paper's; everything inside them is reconstructed from
STMTrack and DiMP, which the authors name as their bases. The printed abstract says that the long-term memory holds the
difference from the surroundings and the short-term one the essential feature; the authors' figure and README say the
opposite, and it is they that are followed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from trackers.api import Boxes, Frame, Step, Tracker
from trackers.dualmn.aside import Aside
from trackers.dualmn.augment import first_crops, generators
from trackers.dualmn.config import DualMNConfig
from trackers.dualmn.decision import Decider, Decision, Found, alone, decide, fused
from trackers.dualmn.dimp import DimpBranch
from trackers.dualmn.dimp_network import DimpNet
from trackers.dualmn.eyes import Eyes
from trackers.dualmn.family import FAMILY
from trackers.dualmn.fusion import fused_view
from trackers.dualmn.long import LongBranch
from trackers.dualmn.network import DualMNNet, ShortNet
from trackers.dualmn.oracle import decide_by_truth
from trackers.dualmn.ruler import CropRuler, FirstLook, Measured, Scene, TemplateRuler
from trackers.dualmn.search import Flag
from trackers.dualmn.short import Lesson, ShortBranch, ShortState, ShortView
from trackers.dualmn.sight import Sight
from trackers.dualmn.telemetry import Account, report, signals
from trackers.dualmn.view import View
from trackers.errors import InputError
from trackers.nets.checkpoint import frozen
from trackers.nets.crops import mean_colour
from trackers.nets.lanes import where_needed
from trackers.nets.localise import lead
from trackers.nets.pretrained import load_weights
from trackers.nets.target import OTB_FIRST_PIXEL, Target
from trackers.nets.transfer import downloaded, placed
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
    lost: Tensor
    """(B,) frames in a row in which neither was sure."""
    first: dict[str, FirstLook | Tensor]
    """``ruler``: what it measures against; nothing where it never does."""
    branches: dict[str, Any]
    """``long``: `LongMemory`, ``short``: `ShortState`; those that there are."""


SMALLEST_SIDE = 10.0
"""Pixels, of a target in STMTrack and in DiMP."""


class DualMN(Tracker[DualMNState]):
    """The dual-branch memory network; ``dualmn-short`` and ``dualmn-long`` are its branches alone."""

    __engram_family__ = FAMILY
    signals = signals(DualMNConfig())

    def __init__(self, config: DualMNConfig, weights: Weights, device: str) -> None:
        self.config = config
        self.oracle = config.oracle
        self.truth: Boxes | None = None
        """(B, 4) of the frames that come next, for an oracle; NaN where there is none."""
        self.device = torch.device(device)
        self.signals = signals(config)  # type: ignore[misc]  # their shapes are the config's
        net = DualMNNet(config)
        absent: tuple[str, ...] = {"both": (), "long": ("short.",), "short": ("long.",)}[config.branches]
        if config.branches == "short" and isinstance(net.short, DimpNet):
            absent = ("long.", "backbone.", "memory_backbone.")
        load_weights(net, weights, ignored=absent)
        self._parameters = sum(p.numel() for p in net.parameters())
        self.net = frozen(net, self.device)
        ruler: type[CropRuler | TemplateRuler] = CropRuler if config.by_crops else TemplateRuler
        self.ruler = ruler(net, config, self.device)
        if config.branches == "both" and config.decision == "soft" and isinstance(net.short, DimpNet):
            raise InputError("maps of two crops cannot be fused: of preset paper choose dualmn, dualmn-max")
        heads = config.long_head or net.long is None
        heads = heads and (config.short_head or not isinstance(net.short, ShortNet))
        self.measures = config.ruled or not heads  # else a head has measured, whoever decides
        self.offset = np.array(OTB_FIRST_PIXEL if config.authors_boxes else (0.0,) * 4)
        self.long = None if net.long is None else LongBranch(net.long, config, net.stride)
        self.short: ShortBranch | None = None
        if net.short is not None:
            self.short = (
                DimpBranch(net.short, config)
                if isinstance(net.short, DimpNet)
                else ShortBranch(net.short, config, net.stride)
            )
        self.eyes = Eyes(net, config, self.short if isinstance(self.short, DimpBranch) else None)
        self.aside = Aside(config, self.device) if config.looks_aside else None

    def parameters(self) -> int:
        """Return the number of network parameters."""
        return self._parameters

    @torch.inference_mode()
    def start(self, frames: Sequence[Frame], boxes: Boxes, seeds: Sequence[int]) -> DualMNState:
        """Fill both memories from the first frame; a lane's augmentations are drawn by its seed."""
        boxes = boxes + self.offset
        target = Target.from_boxes(boxes, [(frame.shape[1], frame.shape[0]) for frame in frames], self.device)
        there = placed(frames, self.device)
        colour = mean_colour(there)
        first = {"ruler": self.ruler.first_look(there, target, colour)} if self.measures else {}
        age = torch.zeros(len(frames), dtype=torch.long, device=self.device)
        branches: dict[str, Any] = {}
        if self.long is not None:
            remembered = self.eyes.remember(there, target, colour, age)
            branches["long"] = self.long.begin(remembered, lambda: self.eyes.search(there, target, colour)["long"])
        if self.short is not None:
            branches["short"] = (
                self.short.begin(frames, target, seeds)
                if isinstance(self.short, DimpBranch)
                else self._first_lesson(self.short, frames, target, colour, seeds)
            )
        return DualMNState(target, colour, age, age.clone(), age.clone(), first, branches)

    @torch.inference_mode()
    def step(self, state: DualMNState, frames: Sequence[Frame]) -> tuple[Step, DualMNState]:
        """Look, decide, measure; then, knowing what was decided, learn."""
        before, age, there = state.target, state.age + 1, placed(frames, self.device)
        aside = torch.zeros_like(before.centre)
        if self.aside is not None:
            aside = self.aside.offsets(before, self.eyes.sides(before), state.lost)
        sights = self.eyes.search(there, before, state.colour, aside)
        first = next(iter(sights.values()))
        scale, looked = first.scale, (aside != 0).any(1)
        views: dict[str, View] = {}
        if self.long is not None:
            one = sights["long"]
            views["long"] = self.long.look(one.features, state.branches["long"], one.size, (~looked).float())
        if self.short is not None:
            one = sights["short"]
            views["short"] = self.short.look(one.features, state.branches["short"], one.size, age)
            if self.eyes.dimp is not None:  # its crop is its own
                views["short"] = views["short"].measured_by(scale, one.scale, one.offset)
        if self.aside is not None:
            views = {name: view.beside(aside / scale[:, None]) for name, view in views.items()}
        decision = self._decide(views, scale, before, first.size, state.disagreement)
        if self.aside is not None:
            decision = self.aside.believed(decision, before.size, looked, views)
        if self.config.rounded:
            decision = decision.rounded(before.size, scale)
        target = self._moved(before, decision.shift, decision.size)
        scene = Scene(there, state.colour, first, before, target)
        target, margin = self._measured(scene, state.first, decision)
        lesson = self._lesson(views, decision, sights.get("short"), target.centre - before.centre, age)
        stored = {"long": self._long_stores(decision), "short": lesson.stored}
        stored = {name: stored[name] for name in views}
        steps = self.short.steps(lesson) if self.short is not None else torch.zeros_like(age)
        # The only look at what was decided: work that no lane needs is left out, and nothing more is waited for.
        seen = {"boxes": target.table(), "score": decision.score, "steps": steps.float()}
        seen |= {f"{name} stored": mask.float() for name, mask in stored.items()}
        seen |= {f"{name} sound": view.sound.float() for name, view in views.items()}
        known = downloaded(seen)
        kept = dict(state.branches)
        for name, branch in (("long", self.long), ("short", self.short)):
            if branch is not None and not known[f"{name} sound"].all():
                kept[name] = branch.recovered(kept[name], views[name].sound)
        if self.long is not None and known["long stored"].any():
            score = views["long"].rank if self.config.newest_by_rank else decision.score  # type: ignore[attr-defined]
            remember = partial(self.eyes.remember_some, frames=there, target=target, colour=state.colour, age=age)
            new, taken = where_needed(stored["long"], remember, kept["long"].newest), known["long stored"] > 0
            kept["long"] = self.long.written(kept["long"], stored["long"], taken.tolist(), new, score.float())
        if self.short is not None and known["short stored"].any():
            kept["short"] = self.short.learn(kept["short"], lesson, steps, int(known["steps"].max()))
        lost = torch.where(decision.by(Decider.NEITHER), state.lost + 1, 0)
        after = DualMNState(target, state.colour, age, decision.disagreement, lost, state.first, kept)
        telemetry: Mapping[str, NDArray[Any]] = {}
        if self.recording:
            margins = [decision.margin, margin, lead(decision.score, self.config.store_score)]
            margin = torch.stack(margins).amin(0)
            boxes = {name: self._box(view.found(scale), before) for name, view in views.items()}
            telemetry = downloaded(report(Account(views, boxes, kept, stored, decision, margin, age, looked)))
        boxes_here = known["boxes"].astype(np.float64) - self.offset
        return Step(boxes_here, known["score"].astype(np.float64), telemetry), after

    def _box(self, found: Found, before: Target) -> Tensor:
        """Return (B, 4), the boxes that a branch would have given."""
        return self._moved(before, found.shift, found.size).table()

    def _moved(self, target: Target, shift: Tensor, size: Tensor) -> Target:
        """Return the targets moved by shift (B, 2) with the new size (B, 2), within the config's limits."""
        if not self.config.authors_limits:
            return target.moved(shift, size, self.config.scale_limits)
        # STMTrack's, whose centre is a pixel's index
        size = torch.minimum(size.clamp_min(SMALLEST_SIDE), target.frame_size)
        centre = torch.minimum((target.centre + shift - 0.5).clamp_min(0), target.frame_size) + 0.5
        return target.moved(centre - target.centre, size, None)

    def _first_lesson(
        self, short: ShortBranch, frames: Sequence[Frame], target: Target, colour: Tensor, seeds: Sequence[int]
    ) -> ShortState:
        """Return the short branch as it has learnt from the first frame, which is changed on the host."""
        config, sides, random = self.config, self.eyes.sides(target), generators(seeds)
        here = (target.centre.cpu(), sides.cpu(), config.search_size, colour.cpu())
        first = first_crops(frames, *here, config.augmentations, random)
        features = self.net.features(first.crops.to(self.device))
        cells = config.search_size / self.net.stride
        sizes = (target.size / sides[:, None] * cells).float()
        return short.start(features, (first.shifts / self.net.stride).to(self.device), sizes, random)

    def _decide(
        self, views: dict[str, View], scale: Tensor, before: Target, pixels: Tensor, disagreement: Tensor
    ) -> Decision:
        config = self.config
        found = {name: view.found(scale) for name, view in views.items()}
        if config.branches == "long":
            lost_below = config.long_lost if config.lost_alone else 0.0
            return alone(found["long"], before.size, Decider.LONG, lost_below, disagreement)
        if config.branches == "short":
            lost_below = config.short_lost if config.lost_alone else 0.0
            return alone(found["short"], before.size, Decider.SHORT, lost_below, disagreement)
        if config.decision == "soft":
            both = fused_view(config, views["long"], views["short"], pixels, self.net.stride).found(scale)
            return fused(config, before.size, both, found["long"], found["short"], disagreement)
        if config.oracle:
            return decide_by_truth(config, before, found, self.truth, disagreement)
        return decide(config, before.size, found["long"], found["short"], disagreement)

    def _measured(
        self, scene: Scene, first: Mapping[str, FirstLook | Tensor], decision: Decision
    ) -> tuple[Target, Tensor]:
        """Return the targets with the sizes that the ruler finds, and its margins (B,)."""
        config, unmeasured = self.config, Measured(scene.target, torch.ones_like(decision.score))
        if not self.measures:
            return scene.target, unmeasured.margin
        settled = decision.by(Decider.NEITHER)
        if not config.ruled:
            by_long = decision.trusts(Decider.LONG)
            settled = settled | (by_long & config.long_head)
            settled = settled | (decision.by(Decider.SHORT) & ~by_long & config.short_head)

        def measure(of: Callable[[Any], Any]) -> Measured:
            return self.ruler.measure(of(scene), of(first["ruler"]))

        measured = where_needed(~settled, measure, unmeasured)
        return measured.target, measured.margin

    def _long_stores(self, decision: Decision) -> Tensor:
        """Return (B,), whether the long memory takes the frame in."""
        if not self.config.gated:
            return torch.ones_like(decision.decider, dtype=torch.bool)
        return decision.trusts(Decider.LONG) & (decision.score > self.config.store_score)

    def _lesson(
        self, views: Mapping[str, View], decision: Decision, sight: Sight | None, moved: Tensor, age: Tensor
    ) -> Lesson:
        """Return what the short branch is to learn of targets moved by (B, 2) pixels; nothing where there is none."""
        if sight is None or self.short is None:
            nothing = torch.zeros_like(decision.decider, dtype=torch.bool)
            return Lesson(moved, moved, nothing, nothing, nothing, age)
        features, centres = sight.features, ((moved - sight.offset) / sight.scale[:, None] / self.short.stride).float()
        view = views["short"]
        assert isinstance(view, ShortView)
        clear = (view.flag == int(Flag.NORMAL)) | (view.flag == int(Flag.HARD_NEGATIVE))
        restarted = torch.zeros_like(clear)
        if self.config.branches == "both" and self.config.decision == "rules":
            restarted = ~decision.trusts(Decider.SHORT) & decision.by(Decider.LONG)
            restarted = restarted & (decision.score > self.config.restart_score)
        stored = (clear & decision.trusts(Decider.SHORT)) | restarted
        if not self.config.gated:
            stored = torch.ones_like(stored)
        hard = (view.flag == int(Flag.HARD_NEGATIVE)) & ~restarted
        return Lesson(features, centres, stored, hard, restarted, age)
