"""MemTrack in training."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from benchmark.training.batches import Batch
from benchmark.training.learners.common import STRIDE, hits, see_crops
from benchmark.training.recipe import Recipe
from trackers.memtrack.config import MemTrackConfig
from trackers.memtrack.initial import initialise
from trackers.memtrack.losses import memtrack_loss
from trackers.memtrack.network import MemTrackNet
from trackers.names import TrackerSpec, resolve
from trackers.nets.pretrained import load_weights
from trackers.siamfc.network import SiamFCNet
from trackers.weights.catalog import find_weights


class MemTrackLearner:
    """Whole clips, step by step: the template of one frame is written before the next is searched."""

    def __init__(self, config: MemTrackConfig, spec: TrackerSpec, recipe: Recipe) -> None:
        self.net = MemTrackNet(config)
        initialise(self.net, config)
        self._begin(spec, recipe)
        self.extra = nn.Identity()
        self.choice = recipe.options.get("choice", 0.0)
        self.neck_is_fixed = not recipe.trains("neck")
        self.trunk_is_fixed = recipe.trunk_is_fixed
        self.own_templates = recipe.options.get("own_templates", 0.0)

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
        if not self.trunk_is_fixed:
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

    def loss(self, batch: Batch, generator: torch.Generator | None) -> tuple[Tensor, Mapping[str, Tensor]]:
        """Return the mean loss over all steps of all clips."""
        logits = self._follow(batch, self.own_templates, generator).flatten(0, 1)
        positions, sizes = batch.positions.flatten(0, 1), batch.sizes.flatten(0, 1)
        loss = memtrack_loss(logits, positions, sizes, batch.weight.flatten(), STRIDE, self.choice)
        found = hits(logits.detach(), positions).float()
        return loss.total, {"logistic": loss.logistic, "choice": loss.choice, "found": found.mean()}

    def correct(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return (B, T) hits and weights, every template but the first where the network itself found the target."""
        logits = self._follow(batch, 1.0, None).flatten(0, 1)
        return hits(logits, batch.positions.flatten(0, 1)).reshape(batch.weight.shape), batch.weight

    def _follow(self, batch: Batch, own_templates: float, generator: torch.Generator | None) -> Tensor:
        """Return the (B, T, m, m) logits of clips followed from their first template on.

        In a share `own_templates` of the clips, what is written is the window of the search region in which the
        network itself placed the target, as in tracking; in the others, the template at the true box.
        """
        clips, frames = batch.weight.shape
        own = torch.rand(clips, generator=generator) < own_templates
        carried, maps, found = None, [], None
        for t in range(frames):
            with torch.set_grad_enabled(torch.is_grad_enabled() and not self.neck_is_fixed):
                template = self.net.neck(batch.templates[:, t])
                search = self.net.neck(batch.searches[:, t])
            if found is not None:
                template = torch.where(own.to(template.device)[:, None, None, None], found, template)
            carried = self.net.begin(template) if carried is None else carried
            outcome = self.net.step(carried, template, search[:, None])
            logits = self.net.logits(outcome.response)[:, 0]
            maps.append(logits)
            found = windows(search, logits.detach(), self.net.config.template_cells)
            carried = outcome.carried(torch.zeros(clips, dtype=torch.long, device=template.device))
        return torch.stack(maps, dim=1)


def windows(search: Tensor, logits: Tensor, cells: int) -> Tensor:
    """Return the (B, C, cells, cells) windows of search features (B, C, H, W) where logits (B, m, m) are highest."""
    side = logits.shape[-1]
    best = logits.flatten(1).argmax(1).tolist()
    corners = [(index // side, index % side) for index in best]
    return torch.stack(
        [features[:, r : r + cells, c : c + cells] for features, (r, c) in zip(search, corners, strict=True)]
    )
