"""SiamFC in lanes: fixed template, scale search, cosine window (docs/siamfc.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from trackers.api import Boxes, Frame, Signal, Step, Tracker, register
from trackers.nets.checkpoint import frozen
from trackers.nets.correlation import correlate
from trackers.nets.crops import context_side, mean_colour, square_crops
from trackers.nets.localise import Peak, scale_search
from trackers.nets.pretrained import load_weights
from trackers.nets.target import Target
from trackers.siamfc.config import PAPER, VARIANTS, SiamFCConfig
from trackers.siamfc.network import SiamFCNet
from trackers.weights.catalog import Weights

STRIDE = 8
"""Pixels of the search crop a response cell, in both trunks."""


@dataclass(frozen=True)
class SiamFCState:
    """What a SiamFC lane carries from frame to frame."""

    target: Target
    template: Tensor
    """(B, C, cells, cells) on the device."""
    colour: Tensor
    """(B, 3) mean colour of the first frame."""


@register(
    "siamfc",
    remembers="the first frame's template, for good",
    paper="Bertinetto et al., Fully-Convolutional Siamese Networks for Object Tracking, 2016 (arXiv 1606.09549)",
    config=SiamFCConfig,
    presets={"paper": PAPER},
    variants=VARIANTS,
)
class SiamFC(Tracker[SiamFCState]):
    """The baseline without a memory that changes."""

    signals = (
        Signal("peak", "highest response of the chosen scale", low=-1, high=1),
        Signal("sidelobe_ratio", "peak against mean and spread of the rest of the map", low=0),
        Signal("decision_margin", "smallest relative lead of a decision over its runner-up", low=0, high=1),
    )

    def __init__(self, config: SiamFCConfig, weights: Weights, device: str) -> None:
        self.config = config
        self.device = torch.device(device)
        net = SiamFCNet(config)
        load_weights(net, weights, ignored=("head.",))
        self._parameters = sum(p.numel() for p in net.parameters())
        self.net = frozen(net, self.device)
        half = config.scales // 2
        self.factors = config.scale_step ** torch.arange(-half, half + 1, dtype=torch.float64)

    def parameters(self) -> int:
        """Return the number of network parameters."""
        return self._parameters

    @torch.inference_mode()
    def start(self, frames: Sequence[Frame], boxes: Boxes, seeds: Sequence[int]) -> SiamFCState:
        """Cut each lane's template from its first frame. SiamFC draws nothing at random: `seeds` are not used."""
        target = Target.from_boxes(boxes, [(frame.shape[1], frame.shape[0]) for frame in frames])
        colour = mean_colour(frames)
        return SiamFCState(target, self._template(frames, target, colour), colour)

    @torch.inference_mode()
    def step(self, state: SiamFCState, frames: Sequence[Frame]) -> tuple[Step, SiamFCState]:
        """Search each lane's frame around its last box at every scale."""
        config, target = self.config, state.target
        sides = context_side(target.size)[:, None] * (config.search_size / config.template_size) * self.factors
        crops = self._crops(frames, target, sides, config.search_size, state.colour)
        response = correlate(self.net.features(crops), state.template) * self.net.gain
        peak = scale_search(
            response,
            penalty=config.scale_penalty,
            window_weight=config.window_weight,
            upsampling=config.upsampling,
        )
        scale = peak.scale.cpu()
        side = sides.gather(1, scale[:, None])
        factor = self.factors[scale][:, None]
        target = target.moved(
            peak.shift.cpu() * STRIDE * side / config.search_size,
            target.size * (1 - config.scale_damping + config.scale_damping * factor),
            config.scale_limits,
        )
        template = state.template
        if config.template_rate > 0:
            newest = self._template(frames, target, state.colour)
            template = (1 - config.template_rate) * template + config.template_rate * newest
        return self._report(target, peak), replace(state, target=target, template=template)

    def _template(self, frames: Sequence[Frame], target: Target, colour: Tensor) -> Tensor:
        sides = context_side(target.size)[:, None]
        return self.net.template(self._crops(frames, target, sides, self.config.template_size, colour))

    def _crops(self, frames: Sequence[Frame], target: Target, sides: Tensor, size: int, colour: Tensor) -> Tensor:
        crops = square_crops(frames, target.centre, sides, size, colour, whole_pixels=self.config.whole_pixels)
        return crops.to(self.device)

    def _report(self, target: Target, peak: Peak) -> Step:
        height = peak.height.double().cpu().numpy()
        # The trunk's own scale: a cosine for lite0, a logit for alexnet.
        score = np.clip(height, 0, 1) if self.config.trunk == "lite0" else 1 / (1 + np.exp(-height))
        telemetry = {}
        if self.recording:
            telemetry = {
                "peak": height,
                "sidelobe_ratio": peak.sidelobe_ratio.double().cpu().numpy(),
                "decision_margin": peak.margin.double().cpu().numpy(),
            }
        return Step(target.boxes(), score, telemetry)
