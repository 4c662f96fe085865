"""MemDTC's second memory: templates of what resembles the target, and a gate that cancels them (arXiv 1907.07613).

Yang and Chan, Visual Tracking via Dynamic Memory Networks, TPAMI 2019; the steps are in docs/memtrack.md. ``B`` lanes,
``K`` scales with a controller, ``M`` slots, ``W`` templates a frame; a template is (C, h, w).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trackers.memtrack.config import MemTrackConfig
from trackers.memtrack.memory import similarity
from trackers.nets.pointwise import Pointwise


@dataclass(frozen=True)
class Distractors:
    """What the slots of B lanes hold; without any slot where the tracker has no such memory."""

    slots: Tensor
    """(B, M, C, h, w), zero where nothing was written; within a step (B, K, M, C, h, w)."""
    usage: Tensor
    """(B, M) how much each slot was read and written, decaying."""
    write_weight: Tensor
    """(B, W, M), one slot a template, by which the next step writes."""
    templates: Tensor
    """(B, K, W, C, h, w) what the next step writes for a controller each; zero where nothing resembled the target."""


def no_distractors(template: Tensor, config: MemTrackConfig) -> Distractors:
    """Return the memory of lanes whose first templates are (B, C, h, w), before anything was seen."""
    lanes, slots = len(template), config.distractor_slots
    writes = config.distractor_writes if slots else 0
    controllers = config.scales if config.control_per_scale and config.by_crops else 1
    return Distractors(
        template.new_zeros(lanes, slots, *template.shape[1:]),
        template.new_zeros(lanes, slots),
        template.new_zeros(lanes, writes, slots),
        template.new_zeros(lanes, controllers, writes, *template.shape[1:]),
    )


def written(memory: Distractors, controllers: int) -> Distractors:
    """Return the memory with the last frame's templates in the slots chosen for them.

    Each of K controllers writes those that it found itself, as in the authors' code.
    """
    weight = memory.write_weight[:, None]
    kept = (1 - weight).prod(2)[..., None, None, None]
    templates = memory.templates[:, :controllers]
    templates = templates.expand(-1, controllers, *templates.shape[2:])  # at the start they are alike
    fresh = weight.transpose(2, 3) @ templates.flatten(3)
    slots = memory.slots[:, None] * kept
    return replace(memory, slots=slots + fresh.reshape(slots.shape[0], controllers, *slots.shape[2:]))


def least_used(usage: Tensor, writes: int) -> Tensor:
    """Return (B, W, M), the one-hot choices of the slots used least, the first of equals; no gradient."""
    order = usage.detach().argsort(dim=1, stable=True)[:, :writes]
    return F.one_hot(order, usage.shape[1]).to(usage.dtype)


def find_distractors(
    response: Tensor, search: Tensor, cells: int, *, count: int, distance: float, ratio: float
) -> Tensor:
    """Return the (B, W, C, cells, cells) windows of search features that answer nearly as the target does.

    Those are the highest cells of a response beyond `distance` from its peak, if they exceed `ratio` times the peak;
    zero where there are fewer. No gradient passes the choice.

    Args:
        response: (B, m, m), before any normalisation.
        search: (B, C, H, W) the features that it was made of.
        cells: Side of a template.
        count: W.
        distance: Cells.
        ratio: Share of the peak.
    """
    side = response.shape[-1]
    flat = response.detach().flatten(1)
    peak, place = flat.max(1)
    line = torch.arange(side, device=response.device)
    away = (line[None, :, None] - (place // side)[:, None, None]) ** 2
    away = away + (line[None, None, :] - (place % side)[:, None, None]) ** 2
    rest = flat.masked_fill(away.flatten(1) <= distance**2, -torch.inf)
    top, where = rest.topk(count, 1)
    windows = search.unfold(2, cells, 1).unfold(3, cells, 1)
    lane = torch.arange(len(where), device=where.device)[:, None]
    found = windows[lane, :, where // side, where % side]
    return found * (top > ratio * peak[:, None]).to(search.dtype)[..., None, None, None]


class Cancelling(nn.Module):
    """Reads the distractors by the controller's hidden state and takes of a template what it shares with them."""

    def __init__(self, config: MemTrackConfig) -> None:
        super().__init__()
        channels = config.channels
        self.key = nn.Linear(config.hidden, channels)
        self.strength = nn.Linear(config.hidden, 1)
        nn.init.ones_(self.strength.bias)
        self.target = Pointwise(channels, channels, bias=False)
        self.distractor = Pointwise(channels, channels)
        self.gate = nn.Conv2d(channels, channels, config.template_cells, bias=False)

    def read(self, memory: Distractors, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Return read weights (B, K, M) of all slots, and what is read (B, K, C, h, w), for hidden (B, K, H).

        The slots are each controller's own, (B, K, M, C, h, w).
        """
        rows, slots = hidden.flatten(0, 1)[:, None], memory.slots.flatten(0, 1)
        weights = (similarity(self.key(rows), slots) * F.softplus(self.strength(rows))).softmax(-1)
        read = (weights @ slots.flatten(2)).reshape(*hidden.shape[:2], *slots.shape[2:])
        return weights.reshape(*hidden.shape[:2], -1), read

    def forward(self, template: Tensor, distractor: Tensor) -> Tensor:
        """Return the template (B, K, C, h, w) less what a gate, a channel, lets of the distractor (B, K, C, h, w)."""
        flat, other = template.flatten(0, 1), distractor.flatten(0, 1)
        gate = torch.sigmoid(self.gate(torch.tanh(self.target(flat) + self.distractor(other))))
        return (flat - gate * other).reshape(template.shape)
