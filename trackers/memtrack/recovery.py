"""What happens to a lane whose numbers stop being finite: it falls back to its first template and starts afresh."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from trackers.memtrack.network import Carried, MemoryNet, Outcome
from trackers.nets.lanes import choose_lanes, finite_lanes, surely_all


@dataclass(frozen=True)
class Soundness:
    """Which of B lanes can go on as they are."""

    sound: Tensor
    """(B,), false where something the lane computed is not finite: its memory begins afresh."""
    seeing: Tensor
    """(B,), false where even the first template gives no finite response: the lane stays where it is."""


def sound_response(net: MemoryNet, outcome: Outcome, search: Tensor) -> tuple[Tensor, Soundness]:
    """Return the (B, S, m, m) response, of unsound lanes to their first template alone, and who is sound.

    Only what follows from the memory is looked at: what is not finite in it stays so at any read weight.
    """
    computed = (outcome.response, outcome.cell, outcome.hidden, outcome.usage, outcome.write_weight)
    sound = torch.stack([finite_lanes(values) for values in computed]).all(0)
    if surely_all(sound):
        return outcome.response, Soundness(sound, sound)
    fallback = net.correlate(search, outcome.first[:, None])
    seeing = sound | finite_lanes(fallback)
    response = choose_lanes(sound, outcome.response, choose_lanes(seeing, fallback, torch.zeros_like(fallback)))
    return response, Soundness(sound, seeing)


def sound_state(net: MemoryNet, carried: Carried, newest: Tensor, sound: Tensor) -> tuple[Carried, Tensor]:
    """Return the carried state and the newest template (B, C, h, w), of unsound lanes as they were at the start."""
    if surely_all(sound):
        return carried, newest
    first = carried.first
    return choose_lanes(sound, carried, net.begin(first)), choose_lanes(sound, newest, first)
