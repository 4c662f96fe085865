"""What a family learns from a batch of clips: its network in training, and the loss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import torch
from torch import Tensor, nn

from benchmark.training.batches import Batch
from benchmark.training.recipe import Recipe
from trackers.errors import InputError
from trackers.memtrack.config import MemTrackConfig
from trackers.memtrack.initial import initialise
from trackers.memtrack.losses import memtrack_loss
from trackers.memtrack.network import MemTrackNet
from trackers.names import TrackerSpec, resolve
from trackers.nets.correlation import correlate
from trackers.nets.pretrained import load_weights
from trackers.siamfc.config import SiamFCConfig
from trackers.siamfc.losses import Calibration, siamfc_loss
from trackers.siamfc.network import SiamFCNet
from trackers.weights.catalog import find_weights

STRIDE = 8
"""Pixels of the search crop a response cell, in all trunks."""


class Learner(Protocol):
    """One family in training."""

    @property
    def net(self) -> nn.Module:
        """What ships; it keeps its trunk under ``backbone``."""

    @property
    def extra(self) -> nn.Module:
        """What is trained beside it and does not ship."""

    def see(self, batch: Batch) -> Batch:
        """Return the batch as the trunk sees it."""

    def loss(self, batch: Batch, generator: torch.Generator | None) -> tuple[Tensor, Mapping[str, Tensor]]:
        """Return the loss of a seen batch and what to show of it; a generator draws pairs, None takes fixed ones."""

    def correct(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return (B, T): whether the highest cell lies within `NEAR` pixels of the target; and the maps' weights."""

    def prepare(self, batch: Batch) -> None:
        """Fit to a seen batch what is not learnt by steps, once before the first."""

    def shipped(self) -> dict[str, Tensor]:
        """Return the network's tensors as they are to be used."""


NEAR = 12.0
"""Pixels of the search crop."""


def make_learner(recipe: Recipe) -> Learner:
    """Return the learner of a recipe's tracker, holding the weights it starts from."""
    spec = resolve(f"{recipe.tracker}@random")
    if isinstance(spec.config, SiamFCConfig):
        return SiamFCLearner(spec.config, spec, recipe)
    if isinstance(spec.config, MemTrackConfig):
        return MemTrackLearner(spec.config, spec, recipe)
    raise InputError(f"{recipe.tracker} has no learner; siamfc and memtrack have")


def hits(logits: Tensor, positions: Tensor) -> Tensor:
    """Return (N,), whether the highest cell of (N, m, m) lies within `NEAR` pixels of positions (N, 2)."""
    side = logits.shape[-1]
    best = logits.flatten(1).argmax(1)
    cell = torch.stack([best % side, best // side], dim=1) - (side - 1) / 2
    gap: Tensor = cell * STRIDE - positions
    return gap.square().sum(1) <= NEAR**2


class SiamFCLearner:
    """Pairs out of clips: any frame's template, searches after it, and another clip's searches as rivals."""

    SEARCHES = 4

    def __init__(self, config: SiamFCConfig, spec: TrackerSpec, recipe: Recipe) -> None:
        self.net = SiamFCNet(config)
        load_weights(self.net, find_weights(spec.family.name, spec.preset, recipe.start))
        compact = config.trunk == "lite0"
        # lite0's responses are cosines, the target's about .6 above the rest's .2
        self.extra = Calibration(20.0, 0.45) if compact else Calibration(1.0, 0.0)
        self.choice = recipe.options.get("choice", 0.0)
        self.tether = recipe.options.get("tether", 0.0)
        self.rivals = recipe.options.get("rivals", 1.0) > 0

    def see(self, batch: Batch) -> Batch:
        """Return the batch in features; templates are not turned by the neck yet."""
        return _see(self.net, batch)

    def loss(self, batch: Batch, generator: torch.Generator | None) -> tuple[Tensor, Mapping[str, Tensor]]:
        """Return the loss of one template a clip against several of its searches."""
        clips, frames = batch.weight.shape
        count = min(self.SEARCHES, frames)
        if generator is None:
            first = torch.zeros(clips, dtype=torch.long)
            chosen = torch.linspace(0, frames - 1, count).long().expand(clips, count)
        else:
            # half of the templates are the clip's first, as in tracking; searches follow the template
            first = torch.randint(0, frames, (clips,), generator=generator)
            first = first * torch.randint(0, 2, (clips,), generator=generator)
            draws = torch.rand(clips, count, generator=generator)
            chosen = (first[:, None] + draws * (frames - first)[:, None]).long().clamp_max(frames - 1)
        lane = torch.arange(clips)
        template = self.net.ready(batch.templates[lane, first])
        search = batch.searches[lane[:, None], chosen]
        response = correlate(search, template) * self.net.gain
        logits = self.extra(response).flatten(0, 1)
        foreign = None
        if self.rivals and clips > 1:
            other = correlate(search, template.roll(1, 0)) * self.net.gain
            foreign = self.extra(other).roll(-1, 0).flatten(0, 1)
        positions, weight = batch.positions[lane[:, None], chosen], batch.weight[lane[:, None], chosen]
        loss = siamfc_loss(logits, positions.flatten(0, 1), weight.flatten(), STRIDE, foreign, self.choice)
        total = loss.total
        if self.tether and isinstance(self.net.neck, nn.Conv2d):
            weights = self.net.neck.weight[:, :, 0, 0]
            total = total + self.tether * (weights - torch.eye(len(weights), device=weights.device)).square().sum()
        found = hits(logits.detach(), positions.flatten(0, 1)).float()
        return total, {"logistic": loss.logistic, "choice": loss.choice, "found": found.mean()}

    def correct(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return, for the clip's first template in all its searches, (B, T) hits and weights."""
        response = correlate(batch.searches, self.net.ready(batch.templates[:, 0]))
        return hits(response.flatten(0, 1), batch.positions.flatten(0, 1)).reshape(batch.weight.shape), batch.weight

    def prepare(self, batch: Batch) -> None:
        """Nothing is to be fitted."""

    def shipped(self) -> dict[str, Tensor]:
        """Return the tensors, the neck brought to the identity's norm: responses keep about the range of a cosine."""
        tensors = self.net.state_dict()
        if isinstance(self.net.neck, nn.Conv2d):
            neck = tensors["neck.weight"]
            tensors["neck.weight"] = neck * (len(neck) ** 0.5 / neck.norm())
        return tensors


class _ShiftingNet(MemTrackNet):
    """The same network, correlating in the way that is fast to train."""

    def correlate(self, search: Tensor, template: Tensor) -> Tensor:
        return correlate(search, template[:, 0])


class MemTrackLearner:
    """Whole clips, step by step: the template of one frame is written before the next is searched."""

    def __init__(self, config: MemTrackConfig, spec: TrackerSpec, recipe: Recipe) -> None:
        self.net: MemTrackNet = _ShiftingNet(config) if not config.control_per_scale else MemTrackNet(config)
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
        return _see(self.net, batch)

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


def _see(net: SiamFCNet | MemTrackNet, batch: Batch) -> Batch:
    """Return a batch of crops as the trunk's features; templates are its inner cells."""
    if batch.seen:
        return batch

    def trunk(crops: Tensor) -> Tensor:
        image = crops.flatten(0, 1).float()
        if isinstance(net, MemTrackNet) and net.config.trunk == "alexnet":
            image = image / 255  # the authors' input
        flat: Tensor = net.backbone(image)
        return flat.reshape(*crops.shape[:2], *flat.shape[1:])

    cells = net.cells if isinstance(net, SiamFCNet) else net.config.template_cells
    templates = trunk(batch.templates)
    border = (templates.shape[-1] - cells) // 2
    inner = templates[..., border : border + cells, border : border + cells]
    return Batch(inner, trunk(batch.searches), batch.positions, batch.sizes, batch.weight, seen=True)
