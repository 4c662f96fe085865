"""MemTrack in training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from benchmark.training.batches import Batch
from benchmark.training.learners.common import STRIDE, fixed_trunk, highest, hits, see_crops, window_overlap
from benchmark.training.recipe import Recipe
from trackers.memtrack.config import MemTrackConfig
from trackers.memtrack.initial import initialise
from trackers.memtrack.losses import memtrack_loss
from trackers.memtrack.network import MemTrackNet
from trackers.memtrack.writing import worth_writing
from trackers.names import TrackerSpec, resolve
from trackers.nets.pretrained import load_weights
from trackers.siamfc.network import SiamFCNet
from trackers.weights.catalog import find_weights

OVERLAP = 0.6
"""What overlaps the truth by less is not worth writing."""
VISIBLE = 0.5
"""Nor is a target of which less than this can be seen."""


class MemTrackLearner:
    """Whole clips, step by step: the template of one frame is written before the next is searched."""

    def __init__(self, config: MemTrackConfig, spec: TrackerSpec, recipe: Recipe) -> None:
        self.net = MemTrackNet(config)
        initialise(self.net, config)
        self._begin(spec, recipe)
        self.extra = nn.Identity()
        self.choice = recipe.options.get("choice", 0.0)
        self.neck_is_fixed = not recipe.trains("neck")
        self.neck_is_left_out = self.neck_is_fixed and is_identity(self.net.neck)
        self.stays = fixed_trunk(recipe)
        self.own_templates = recipe.options.get("own_templates", 0.0)
        self.own_from = recipe.options.get("own_from", 0.0)
        self.writing = recipe.options.get("writing", 0.0)

    def _begin(self, spec: TrackerSpec, recipe: Recipe) -> None:
        """Take the weights to start from; those of a SiamFC (``siamfc``, ``siamfc@FILE``) are trunk and neck."""
        if not recipe.start.startswith("siamfc"):
            load_weights(self.net, find_weights(spec.family.name, spec.preset, recipe.start))
            return
        siamfc = resolve(recipe.start)
        other = SiamFCNet(siamfc.config)
        load_weights(other, siamfc.weights)
        self.net.load_state_dict(other.state_dict(), strict=False)

    @torch.no_grad()
    def prepare(self, batch: Batch) -> None:
        """Set the response's averages to those of the first templates alone, where batch norm keeps to them."""
        norm = self.net.response_norm
        if not self.stays:
            return
        assert norm.running_mean is not None
        assert norm.running_var is not None
        search, template = self.net.neck(batch.searches[:, 0]), self.net.neck(batch.templates[:, 0])
        response = self.net.correlate(search[:, None], template[:, None])
        norm.running_mean.fill_(float(response.mean()))
        norm.running_var.fill_(float(response.var()))

    def shipped(self) -> dict[str, Tensor]:
        """Return the network's tensors."""
        return self.net.state_dict()

    def see(self, batch: Batch) -> Batch:
        """Return the batch in features, before the neck."""
        return see_crops(self.net, batch)

    def loss(
        self, batch: Batch, generator: torch.Generator | None, along: float = 1.0
    ) -> tuple[Tensor, Mapping[str, Tensor]]:
        """Return the mean loss over all steps of all clips; own templates are written from `own_from` of the way on."""
        followed = self._follow(batch, self.own_templates if along >= self.own_from else 0.0, generator)
        logits = followed.logits.flatten(0, 1)
        positions, sizes = batch.positions.flatten(0, 1), batch.sizes.flatten(0, 1)
        loss = memtrack_loss(logits, positions, sizes, batch.weight.flatten(), STRIDE, self.choice)
        writing = writing_loss(followed.writing, followed.worth)
        found = hits(logits.detach(), positions).float()
        shown = {
            "logistic": loss.logistic, "choice": loss.choice, "writing": writing, "found": found.mean(),
            "residual": followed.residual.mean(), "written": followed.writing.detach().mean(),
        }  # fmt: skip
        return loss.total + self.writing * writing, shown

    def correct(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return (B, T) hits and weights, every template but the first where the network itself found the target."""
        logits = self._follow(batch, 1.0, None).logits.flatten(0, 1)
        return hits(logits, batch.positions.flatten(0, 1)).reshape(batch.weight.shape), batch.weight

    def _follow(self, batch: Batch, own_templates: float, generator: torch.Generator | None) -> Followed:
        """Follow clips from their first template on.

        In a share `own_templates` of the clips, what is written is the window of the search region in which the
        network itself placed the target, where the first template agrees, as in tracking; in the others, the template
        at the true box.
        """
        clips, frames = batch.weight.shape
        own = (torch.rand(clips, generator=generator) < own_templates).to(batch.weight.device)
        carried, found = None, None
        maps, writing, worth, residual = [], [], [], []
        for t in range(frames):
            template, search = self._neck(batch.templates[:, t]), self._neck(batch.searches[:, t])
            if found is not None:
                template = torch.where(own[:, None, None, None], found, template)
            carried = self.net.begin(template) if carried is None else carried
            outcome = self.net.step(carried, template, search[:, None])
            logits = self.net.logits(outcome.response)[:, 0]
            maps.append(logits)
            found = windows(search, logits.detach(), self.net.config.template_cells)
            carried = outcome.carried(torch.zeros(clips, dtype=torch.long, device=template.device))
            if own_templates > 0:
                carried = carried.writing_where(~own | self._agreed(search, carried.first, logits))
            writing.append(outcome.controls.gates[:, 0, 1:].sum(1))
            residual.append(outcome.controls.residual.detach().mean())
            overlap = window_overlap(logits.detach(), batch.positions[:, t], batch.sizes[:, t])
            worth.append((~own | (overlap >= OVERLAP)) & (batch.visible[:, t] >= VISIBLE))
        return Followed(
            torch.stack(residual), torch.stack(writing, dim=1), torch.stack(worth, dim=1), torch.stack(maps, dim=1)
        )

    def _neck(self, features: Tensor) -> Tensor:
        """Return features behind the neck; one that stays the identity, a quarter of a step's work, is left out."""
        if self.neck_is_left_out:
            return features
        with torch.set_grad_enabled(torch.is_grad_enabled() and not self.neck_is_fixed):
            return self.net.neck(features)  # type: ignore[no-any-return]

    @torch.no_grad()
    def _agreed(self, search: Tensor, first: Tensor, logits: Tensor) -> Tensor:
        """Return (B,), whether the first template agrees with where logits (B, m, m) are highest."""
        response = self.net.correlate(search[:, None], first[:, None])[:, 0]
        side = logits.shape[-1]
        return worth_writing(response, highest(logits) - (side - 1) / 2, self.net.config.write_agreement)[0]


def is_identity(neck: nn.Module) -> bool:
    """Tell whether a neck gives back what it is given."""
    if not isinstance(neck, nn.Conv2d):
        return isinstance(neck, nn.Identity)
    weight = neck.weight[:, :, 0, 0]
    return torch.equal(weight, torch.eye(*weight.shape)) and (neck.bias is None or not neck.bias.any())


@dataclass(frozen=True)
class Followed:
    """What B clips of T searches gave."""

    residual: Tensor
    """(T,) the mean residual gate."""
    writing: Tensor
    """(B, T) in (0, 1): the gates' share for writing what was found, refreshing or allocating."""
    worth: Tensor
    """(B, T) bool: whether it is the target that would be written."""
    logits: Tensor
    """(B, T, m, m)."""


def writing_loss(writing: Tensor, worth: Tensor) -> Tensor:
    """Return the cross-entropy of the gates (B, T) for what is worth being written (B, T), both classes alike."""
    writing = writing.clamp(1e-4, 1 - 1e-4)
    right, wrong = -writing.log(), -(1 - writing).log()

    def mean(values: Tensor, mask: Tensor) -> Tensor:
        return (values * mask).sum() / mask.sum().clamp_min(1)

    return mean(right, worth) + mean(wrong, ~worth)


def windows(search: Tensor, logits: Tensor, cells: int) -> Tensor:
    """Return the (B, C, cells, cells) windows of search features (B, C, H, W) where logits (B, m, m) are highest."""
    corners = highest(logits).tolist()
    return torch.stack(
        [features[:, r : r + cells, c : c + cells] for features, (c, r) in zip(search, corners, strict=True)]
    )
