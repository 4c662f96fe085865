"""SiamFC in training."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from benchmark.training.batches import Batch
from benchmark.training.learners.common import STRIDE, fixed_trunk, hits, see_crops
from benchmark.training.learners.sizes import SizeLoss
from benchmark.training.recipe import Recipe
from trackers.names import TrackerSpec
from trackers.nets.correlation import correlate
from trackers.nets.pretrained import load_weights
from trackers.siamfc.config import SiamFCConfig
from trackers.siamfc.losses import Calibration, siamfc_loss
from trackers.siamfc.network import SiamFCNet
from trackers.weights.catalog import find_weights


class SiamFCLearner:
    """Pairs out of clips: any frame's template, searches after it, and other clips' searches as rivals.

    Options: `searches` a template, the number of other clips whose searches are `rivals`, `choice`, `tether`, the pull
    of the neck towards the identity, and `sizing`, the weight of how far off a size is told (`SizeLoss`), for which the
    first template is cut at the sizes that tracking cuts it at.
    """

    def __init__(self, config: SiamFCConfig, spec: TrackerSpec, recipe: Recipe) -> None:
        self.net = SiamFCNet(config)
        load_weights(self.net, find_weights(spec.family.name, spec.preset, recipe.start))
        compact = config.trunk == "lite0"
        # lite0's responses are cosines, the target's about .6 above the rest's .2
        self.extra = Calibration(20.0, 0.45) if compact else Calibration(1.0, 0.0)
        self.choice = recipe.options.get("choice", 0.0)
        self.tether = recipe.options.get("tether", 0.0)
        self.rivals = int(recipe.options.get("rivals", 1))
        self.searches = int(recipe.options.get("searches", 4))
        self.sizing = recipe.options.get("sizing", 0.0)
        self.sizes = SizeLoss(config, recipe.cut) if self.sizing else None
        self.stays = fixed_trunk(recipe)

    def see(self, batch: Batch) -> Batch:
        """Return the batch in features; templates are not turned by the neck yet."""
        return see_crops(self.net, batch)

    def template(self, seen: Tensor) -> Tensor:
        """Return templates (B, C, cells, cells), before the neck, of what `see` gave of them (B, ...)."""
        return seen

    def search(self, seen: Tensor) -> Tensor:
        """Return the features (B, S, C, h, w) of searches as `see` gave them (B, S, ...)."""
        return seen

    def loss(
        self, batch: Batch, generator: torch.Generator | None, along: float = 1.0
    ) -> tuple[Tensor, Mapping[str, Tensor]]:
        """Return the loss of one template a clip against several of its searches."""
        clips, frames = batch.weight.shape
        count = min(self.searches, frames)
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
        template = self.net.ready(self.template(batch.templates[lane, first]))
        search = self.search(batch.searches[lane[:, None], chosen])
        response = correlate(search, template) * self.net.gain
        logits = self.extra(response).flatten(0, 1)
        elsewhere = []
        for turn in range(1, min(self.rivals + 1, clips)):  # in the searches of the next clip, and so on
            other = correlate(search, template.roll(turn, 0)) * self.net.gain
            elsewhere.append(self.extra(other).roll(-turn, 0).flatten(0, 1))
        foreign = torch.cat(elsewhere, 1) if elsewhere else None
        positions, weight = batch.positions[lane[:, None], chosen], batch.weight[lane[:, None], chosen]
        loss = siamfc_loss(logits, positions.flatten(0, 1), weight.flatten(), STRIDE, foreign, self.choice)
        total = loss.total
        if self.tether and isinstance(self.net.neck, nn.Conv2d):
            weights = self.net.neck.weight[:, :, 0, 0]
            total = total + self.tether * (weights - torch.eye(len(weights), device=weights.device)).square().sum()
        shown = {"logistic": loss.logistic, "choice": loss.choice}
        if self.sizes is not None:
            first_ones = torch.stack([batch.templates[:, index] for index in self.sizes.order(frames)], 1)
            features = self.template(first_ones.flatten(0, 1))
            pyramid = features.reshape(clips, -1, *features.shape[1:])
            sizes = batch.sizes[lane[:, None], chosen]
            shown["size"] = self.sizes(self.net, pyramid, search, positions, sizes, weight)
            total = total + self.sizing * shown["size"]
        found = hits(logits.detach(), positions.flatten(0, 1)).float()
        return total, {**shown, "found": found.mean()}

    def correct(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return, for the clip's first template in all its searches, (B, T) hits and weights."""
        response = correlate(self.search(batch.searches), self.net.ready(self.template(batch.templates[:, 0])))
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
