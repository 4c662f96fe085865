"""What MemTrack can report of every frame; the table is in docs/memtrack.md."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from trackers.api import Signal
from trackers.memtrack.config import MemTrackConfig
from trackers.memtrack.memory import allocation_margin, read_weights, retrieve, similarity
from trackers.memtrack.network import Carried, Outcome
from trackers.nets.localise import Peak, relative_lead


def response_cells(config: MemTrackConfig) -> int:
    """Return the side of the response and of the attention map in cells."""
    search = -(-config.search_size // 8) if config.trunk == "lite0" else (config.search_size - 87) // 8 + 1
    return search - config.template_cells + 1


def signals(config: MemTrackConfig) -> tuple[Signal, ...]:
    """Return what a tracker of this configuration reports."""
    cells, slots = response_cells(config), (config.slots,)
    return (
        Signal("attention_entropy", "of the attention map, relative to an even one", low=0, high=1),
        Signal("attention_map", "attention to candidate windows, rows by columns", (cells, cells), 0, 1),
        Signal("read_weights", "share of each slot in what was read", slots, 0, 1),
        Signal("read_cosine", "cosine of what was read, before its gate, to the first template", low=-1, high=1),
        Signal("read_strength", "how sharply the most similar slot is preferred", low=0),
        Signal("residual_mean", "mean over channels of the residual gate", low=0, high=1),
        Signal("residual_spread", "standard deviation over channels of the residual gate", low=0, high=0.5),
        Signal("write_gates", "leave alone, refresh the slots read, allocate the least used", (3,), 0, 1),
        Signal("decay", "how much of a refreshed slot is replaced", low=0, high=1),
        Signal("usage", "decaying sum of each slot's reads and writes", slots, 0),
        Signal("slot_age", "mean age in frames of what a slot holds", slots, 0),
        Signal("peak", "highest logit of the chosen scale"),
        Signal("sidelobe_ratio", "peak against mean and spread of the rest of the map", low=0),
        Signal("decision_margin", "smallest relative lead of a decision over its runner-up", low=0, high=1),
        Signal("recovered", "1 where the lane's memory was not finite and began afresh", low=0, high=1),
    )


def report(
    config: MemTrackConfig, before: Carried, outcome: Outcome, peak: Peak, height: Tensor, sound: Tensor
) -> Mapping[str, Tensor]:
    """Return the values of `signals` for one step, float32 on the device.

    Args:
        config: The tracker's.
        before: The state before the step.
        outcome: The step.
        peak: What was found in it.
        height: (B,) the chosen scale's highest logit.
        sound: (B,), false where the lane had to recover.
    """
    attention, gates, residual, read = (
        outcome.of(values, peak.scale)
        for values in (
            outcome.attention,
            outcome.controls.gates,
            outcome.controls.residual,
            outcome.read_weight,
        )
    )
    even = math.log(max(attention[0].numel(), 2))
    margin = peak.margin
    if config.memory == "gated":
        margin = torch.minimum(margin, allocation_margin(before.usage))
    if config.read == "hard":
        margin = torch.minimum(margin, outcome.of(_read_lead(config, outcome), peak.scale))
    values = {
        "attention_entropy": torch.special.entr(attention).sum((1, 2)) / even,
        "attention_map": attention,
        "read_weights": read,
        "read_cosine": _likeness(config, outcome, read),
        "read_strength": outcome.of(outcome.controls.strength, peak.scale)[:, 0],
        "residual_mean": residual.mean(1),
        "residual_spread": residual.std(1, correction=0),
        "write_gates": gates,
        "decay": outcome.of(outcome.controls.decay, peak.scale)[:, 0],
        "usage": outcome.of(outcome.usage, peak.scale),
        "slot_age": outcome.memory.age,
        "peak": height,
        "sidelobe_ratio": peak.sidelobe_ratio,
        "decision_margin": margin,
        "recovered": (~sound).float(),
    }
    return {name: value.float() for name, value in values.items()}


def _likeness(config: MemTrackConfig, outcome: Outcome, read: Tensor) -> Tensor:
    """Return (B,), the cosine of what was read by the weights `read` (B, N) to the first template."""
    content = retrieve(outcome.memory, read[:, None], whole=not config.empty_slots_read)
    return torch.cosine_similarity(content.flatten(1), outcome.first.flatten(1))


def _read_lead(config: MemTrackConfig, outcome: Outcome) -> Tensor:
    """Return (B, K), by how much the slot a hard read takes leads the next."""
    scores = similarity(outcome.controls.key, outcome.memory.slots) * outcome.controls.strength
    written = None if config.empty_slots_read else outcome.memory.occupancy
    weights = read_weights(scores, written, hard=False)
    return relative_lead(weights.flatten(0, 1)).reshape(weights.shape[:2])
