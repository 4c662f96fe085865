"""MemTrack in lanes: a template made anew every frame from what the memory holds (docs/memtrack.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from trackers.api import Boxes, Frame, Step, Tracker
from trackers.memtrack.authors_crops import authors_crops
from trackers.memtrack.config import MemTrackConfig
from trackers.memtrack.family import FAMILY
from trackers.memtrack.initial import initialise
from trackers.memtrack.network import Carried, MemTrackNet
from trackers.memtrack.recovery import sound_response, sound_state
from trackers.memtrack.telemetry import report, signals
from trackers.memtrack.writing import worth_writing
from trackers.nets.checkpoint import frozen
from trackers.nets.correlation import correlate_all
from trackers.nets.crops import context_side, mean_colour, square_crops
from trackers.nets.localise import Peak, scale_search
from trackers.nets.pretrained import load_weights
from trackers.nets.sizing import scale_factors, size_change
from trackers.nets.target import OTB_FIRST_PIXEL, Target
from trackers.nets.transfer import Frames, placed, told
from trackers.weights.catalog import Weights

STRIDE = 8
"""Pixels of the search crop a response cell, in both trunks."""


@dataclass(frozen=True)
class MemTrackState:
    """What a MemTrack lane carries from frame to frame."""

    target: Target
    carried: Carried
    newest: Tensor
    """(B, C, cells, cells) the template at the last frame's box, still to be written."""
    sizes: Tensor
    """(B, T, C, cells, cells) the first template cut at T sizes, by which sizes are read; T is 0 for search crops."""


class MemTrack(Tracker[MemTrackState]):
    """The template of every frame is the first one plus what the memory answers, gated channel by channel."""

    __engram_family__ = FAMILY
    signals = signals(MemTrackConfig())

    def __init__(self, config: MemTrackConfig, weights: Weights, device: str) -> None:
        self.config = config
        self.device = torch.device(device)
        self.signals = signals(config)  # type: ignore[misc]  # their shapes are the config's
        net = MemTrackNet(config)
        initialise(net, config)
        # what ships was trained without a second memory
        load_weights(net, weights, fresh=("cancelling.",) if config.trunk == "lite0" else ())
        self._parameters = sum(p.numel() for p in net.parameters())
        self.net = frozen(net, self.device)
        self.offset = np.array(OTB_FIRST_PIXEL if config.authors_boxes else (0.0,) * 4)
        self.factors = scale_factors(config.scales if config.by_crops else 1, config.scale_step, self.device)
        self.shown = scale_factors(config.scales, config.size_step, self.device)

    def parameters(self) -> int:
        """Return the number of network parameters."""
        return self._parameters

    @torch.inference_mode()
    def start(self, frames: Sequence[Frame], boxes: Boxes, seeds: Sequence[int]) -> MemTrackState:
        """Take each lane's first template from its first frame. Nothing is drawn at random: `seeds` are not used."""
        boxes = boxes + self.offset
        target = Target.from_boxes(boxes, [(frame.shape[1], frame.shape[0]) for frame in frames], self.device)
        there = placed(frames, self.device)
        colour = mean_colour(there)
        if self.config.by_crops:
            template = self._template(there, target, colour)
            return MemTrackState(target, self.net.begin(template), template, template[:, None][:, :0])
        sides = context_side(target.size)[:, None] / self.shown
        templates = self.net.templates(self._crops(there, target, sides, self.config.template_size, colour))
        first = templates[:, len(self.shown) // 2].contiguous()
        own = first.square().sum((1, 2, 3)).clamp_min(1e-6)
        return MemTrackState(target, self.net.begin(first), first, templates / own[:, None, None, None, None])

    @torch.inference_mode()
    def step(self, state: MemTrackState, frames: Sequence[Frame]) -> tuple[Step, MemTrackState]:
        """Search each lane's frame around its last box by the template its memory makes; see which size answers."""
        config, target, there = self.config, state.target, placed(frames, self.device)
        colour = mean_colour(there)
        sides = context_side(target.size)[:, None] * (config.search_size / config.template_size) * self.factors
        if config.authors_grid:
            sides = sides.round()
        search = self.net.features(self._crops(there, target, sides, config.search_size, colour))
        outcome = self.net.step(state.carried, state.newest, search)
        response, soundness = sound_response(self.net, outcome, search)
        logits = self.net.logits(response)
        shift = self.net.response_norm.bias if config.penalise_from_mean else logits.new_zeros(1)
        find = self._by_crops if config.by_crops else self._by_templates
        peak, growth, first = find(state, search, logits, shift)
        # a lane that sees nothing stays: `Target.moved` does not take what is not finite
        cells = torch.where(soundness.seeing[:, None], peak.shift, torch.nan)
        target = target.moved(
            cells * STRIDE * sides.gather(1, peak.scale[:, None]) / config.search_size,
            target.size * growth[:, None],
            config.scale_limits,
        )
        newest = self._template(there, target, colour)
        height = peak.height + shift
        carried = outcome.carried(peak.scale)
        if config.write_agreement > 0:
            worth, nearness = worth_writing(first, peak.shift, config.write_agreement)
            carried = carried.writing_where(worth)
            peak = replace(peak, margin=torch.minimum(peak.margin, nearness))
        carried, newest = sound_state(self.net, carried, newest, soundness.sound)
        telemetry = report(config, state.carried, outcome, peak, height, soundness.sound) if self.recording else {}
        after = replace(state, target=target, carried=carried, newest=newest)
        step = told(target.table(), torch.sigmoid(height), telemetry)
        return replace(step, boxes=step.boxes - self.offset), after

    def _by_templates(
        self, state: MemTrackState, search: Tensor, logits: Tensor, shift: Tensor
    ) -> tuple[Peak, Tensor, Tensor]:
        """Return what one search region (B, 1, C, H, W) shows.

        That is the peak, by what each lane's size is multiplied (B,), and the first template's response (B, m, m).
        """
        config = self.config
        peak = scale_search(
            logits - shift, penalty=1.0, window_weight=config.window_weight, upsampling=config.upsampling
        )
        answers = correlate_all(search[:, 0], state.sizes)
        growth = size_change(answers, peak.shift, self.shown, config.upsampling, config)
        return peak, growth, answers[:, len(self.shown) // 2]

    def _by_crops(
        self, state: MemTrackState, search: Tensor, logits: Tensor, shift: Tensor
    ) -> tuple[Peak, Tensor, Tensor]:
        """Return the same by search regions of several scales (B, S, C, H, W), as in the paper."""
        config = self.config
        first = self.net.correlate(search, state.carried.first[:, None])
        peak = scale_search(
            logits - shift,
            penalty=config.scale_penalty,
            window_weight=config.window_weight,
            upsampling=config.upsampling,
            centre_quirk=0.5 if config.authors_grid else 0.0,
            corner_aligned=config.authors_grid,
            sizing=self.net.logits(first) - shift if config.scale_by_first else None,
        )
        growth = 1 - config.scale_damping + config.scale_damping * self.factors[peak.scale]
        return peak, growth, first[torch.arange(len(first), device=self.device), peak.scale]

    def _template(self, frames: Frames, target: Target, colour: Tensor) -> Tensor:
        sides = context_side(target.size)[:, None]
        return self.net.template(self._crops(frames, target, sides, self.config.template_size, colour))

    def _crops(self, frames: Frames, target: Target, sides: Tensor, size: int, colour: Tensor) -> Tensor:
        if self.config.authors_grid:
            return authors_crops(frames, target.centre, sides, size, colour)
        return square_crops(frames, target.centre, sides, size, colour)
