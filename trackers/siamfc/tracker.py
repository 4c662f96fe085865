"""SiamFC in lanes: fixed template, scale search, cosine window (docs/siamfc.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from trackers.api import Boxes, Frame, Signal, Step, Tracker
from trackers.nets.alexnet import AlexNet
from trackers.nets.checkpoint import frozen
from trackers.nets.correlation import correlate_all
from trackers.nets.crops import context_side, mean_colour, square_crops
from trackers.nets.localise import Peak, scale_search
from trackers.nets.pretrained import load_weights
from trackers.nets.sizing import scale_factors, size_change
from trackers.nets.target import Target
from trackers.nets.transfer import Frames, placed, told
from trackers.siamfc.config import SiamFCConfig
from trackers.siamfc.family import FAMILY
from trackers.siamfc.network import SiamFCNet
from trackers.siamfc.winograd import quicken
from trackers.weights.catalog import Weights

STRIDE = 8
"""Pixels of the search crop a response cell, in both trunks."""


@dataclass(frozen=True)
class SiamFCState:
    """What a SiamFC lane carries from frame to frame."""

    target: Target
    templates: Tensor
    """(B, T, C, cells, cells) on the device, of the target shown at T sizes; the middle one as it is."""
    colour: Tensor
    """(B, 3) mean colour of the first frame."""


class SiamFC(Tracker[SiamFCState]):
    """The baseline without a memory that changes."""

    __engram_family__ = FAMILY
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
        if isinstance(self.net.backbone, AlexNet) and self.device.type == "cpu":
            quicken(self.net.backbone)
        self.factors = scale_factors(config.scales if config.by_crops else 1, config.scale_step, self.device)
        self.shown = scale_factors(1 if config.by_crops else config.scales, config.size_step, self.device)

    def parameters(self) -> int:
        """Return the number of network parameters."""
        return self._parameters

    @torch.inference_mode()
    def start(self, frames: Sequence[Frame], boxes: Boxes, seeds: Sequence[int]) -> SiamFCState:
        """Cut each lane's templates from its first frame. SiamFC draws nothing at random: `seeds` are not used."""
        target = Target.from_boxes(boxes, [(frame.shape[1], frame.shape[0]) for frame in frames], self.device)
        there = placed(frames, self.device)
        colour = mean_colour(there)
        return SiamFCState(target, self._templates(there, target, colour, self.shown), colour)

    @torch.inference_mode()
    def step(self, state: SiamFCState, frames: Sequence[Frame]) -> tuple[Step, SiamFCState]:
        """Search each lane's frame around its last box, and see which size answers."""
        config, target, there = self.config, state.target, placed(frames, self.device)
        sides = context_side(target.size)[:, None] * (config.search_size / config.template_size) * self.factors
        search = self.net.features(self._crops(there, target, sides, config.search_size, state.colour))
        peak, growth = (self._by_crops if config.by_crops else self._by_templates)(search, state.templates)
        side = sides.gather(1, peak.scale[:, None])
        shift = peak.shift * STRIDE * side / config.search_size
        target = target.moved(shift, target.size * growth[:, None], config.scale_limits)
        templates = state.templates
        if config.template_rate > 0:
            middle = templates.shape[1] // 2
            newest = self._templates(there, target, state.colour, self.shown[middle, None])
            average = (1 - config.template_rate) * templates[:, middle, None] + config.template_rate * newest
            templates = torch.cat([templates[:, :middle], average, templates[:, middle + 1 :]], 1)
        return self._report(target, peak), replace(state, target=target, templates=templates)

    def _by_templates(self, search: Tensor, templates: Tensor) -> tuple[Peak, Tensor]:
        """Return what is found in one search crop (B, 1, C, H, W), and by what each lane's size is multiplied (B,)."""
        config = self.config
        responses = correlate_all(search[:, 0], templates)
        middle = responses[:, responses.shape[1] // 2, None]
        peak = scale_search(middle, penalty=1.0, window_weight=config.window_weight, upsampling=config.upsampling)
        return peak, size_change(responses, peak.shift, self.shown, config.upsampling, config)

    def _by_crops(self, search: Tensor, templates: Tensor) -> tuple[Peak, Tensor]:
        """Return what is found in search crops of several scales (B, S, C, H, W), as the paper does."""
        config = self.config
        peak = scale_search(
            self.net.response(search, templates[:, 0]),
            penalty=config.scale_penalty,
            window_weight=config.window_weight,
            upsampling=config.upsampling,
        )
        return peak, 1 - config.scale_damping + config.scale_damping * self.factors[peak.scale]

    def _templates(self, frames: Frames, target: Target, colour: Tensor, shown: Tensor) -> Tensor:
        """Return (B, T, C, cells, cells) templates that show the targets larger by the factors `shown` (T,).

        For a pyramid of templates they are scaled so that 1 is the middle one's response to itself.
        """
        sides = context_side(target.size)[:, None] / shown
        templates, own = self.net.templates(self._crops(frames, target, sides, self.config.template_size, colour))
        if self.config.by_crops:
            return templates
        return templates / own[:, len(shown) // 2, None, None, None, None].clamp_min(1e-6)

    def _crops(self, frames: Frames, target: Target, sides: Tensor, size: int, colour: Tensor) -> Tensor:
        return square_crops(frames, target.centre, sides, size, colour, whole_pixels=self.config.whole_pixels)

    def _report(self, target: Target, peak: Peak) -> Step:
        # The trunk's own scale: a cosine for lite0, a logit for alexnet.
        height = peak.height.double()
        score = height.clamp(0, 1) if self.config.trunk == "lite0" else torch.sigmoid(height)
        telemetry = {}
        if self.recording:
            telemetry = {"peak": height, "sidelobe_ratio": peak.sidelobe_ratio, "decision_margin": peak.margin}
        return told(target.table(), score, telemetry)
