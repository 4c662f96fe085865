"""What DualMN can report of every frame; the table is in docs/dualmn.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from trackers.api import Signal
from trackers.dualmn.config import DualMNConfig
from trackers.dualmn.decision import Decision
from trackers.dualmn.long import LongView
from trackers.dualmn.memory import LongMemory
from trackers.dualmn.short import ShortState, ShortView
from trackers.dualmn.view import View

_LONG = (
    Signal("long_confidence", "of the long branch", low=0, high=1),
    Signal("long_peak", "highest value of the long branch's map, before any window"),
    Signal("long_ratio", "its first peak over its second", low=0, high=1000),
    Signal("long_stored", "1 where the frame entered the long memory", low=0, high=1),
)
_SHORT = (
    Signal("short_confidence", "of the short branch", low=0, high=1),
    Signal("short_peak", "highest value of the filter's scores"),
    Signal("short_ratio", "its first peak over its second", low=0, high=1000),
    Signal("short_flag", "0 clear, 1 hard negative, 2 uncertain, 3 not found", low=0, high=3),
    Signal("short_stored", "1 where the frame became a sample of the short memory", low=0, high=1),
    Signal("short_frozen", "1 where the short branch learnt nothing of the frame", low=0, high=1),
    Signal("filter_loss", "the online loss before the last step taken", low=0),
    Signal("filter_step", "exact length of the last step taken", low=0),
    Signal("first_share", "share of the first frame's samples in the online loss", low=0, high=1),
)
_BOXES = (
    Signal("long_box", "x, y, w, h that the long branch would have given", (4,)),
    Signal("short_box", "the same of the short branch", (4,)),
)
_COMMON = (
    Signal("decider", "who decided, or weighed more in agreement: 0 neither, 1 short, 2 long, 3 both", low=0, high=3),
    Signal(
        "reason",
        "why: 0 alone, 1 agree, 2 lost, 3 quality, 4 patience, 5 confidence, 6 fused",
        low=0,
        high=6,
    ),
    Signal("disagreement", "frames in a row in which the branches disagreed", low=0),
    Signal("aside", "1 where a lost target was looked for aside of its last place", low=0, high=1),
    Signal("decision_margin", "smallest relative lead of a decision over its runner-up", low=0, high=1),
    Signal("recovered", "1 where the lane's memory was empty or not finite and began afresh", low=0, high=1),
)


def _slot_age(slots: int) -> Signal:
    return Signal("slot_age", "age in frames of what each slot holds; -1 where it is empty", (slots,), -1)


def signals(config: DualMNConfig) -> tuple[Signal, ...]:
    """Return what a tracker of this configuration reports."""
    read = (config.segments + 2,)
    found: tuple[Signal, ...] = ()
    if config.branches in ("both", "long"):
        found += (
            *_LONG,
            *(() if config.keep_all else (_slot_age(config.slots),)),
            Signal("read_age", "the same of the frames read: first, segments, newest; -1: not read", read, -1),
            Signal(
                "read_cosine", "likeness of what the target's cells read to the first frame's target", low=-1, high=1
            ),
            Signal("read_mass", "share of each of these in what the target's cells read", read, 0, 1),
        )
    if config.branches == "both":
        found += _BOXES
    if config.branches in ("both", "short"):
        found += (
            *_SHORT,
            Signal("sample_age", "age in frames of each latest sample; -1 where there is none", (config.samples,), -1),
        )
    return found + _COMMON


@dataclass(frozen=True)
class Account:
    """What happened in one step of B lanes."""

    views: Mapping[str, View]
    boxes: Mapping[str, Tensor]
    """(B, 4) what each branch would have given."""
    kept: Mapping[str, Any]
    """The branches' states after the step."""
    stored: Mapping[str, Tensor]
    """(B,) whether each branch's memory took the frame in."""
    decision: Decision
    margin: Tensor
    """(B,)."""
    age: Tensor
    """(B,)."""
    aside: Tensor
    """(B,) whether it was looked for aside of its last place."""


def report(account: Account) -> Mapping[str, Tensor]:
    """Return the values of `signals` for one step, float32 on the device."""
    values: dict[str, Tensor] = {}
    age = account.age
    for name, view in account.views.items():
        values[f"{name}_confidence"] = view.confidence
        values[f"{name}_peak"] = view.peaks.height
        values[f"{name}_ratio"] = view.peaks.ratio()
        values[f"{name}_stored"] = account.stored[name]
        if len(account.views) > 1:
            values[f"{name}_box"] = account.boxes[name]
        if isinstance(view, LongView):
            if isinstance(state := account.kept[name], LongMemory):
                values["slot_age"] = _ages(age, state.slots.born, state.slots.born >= 0)
            values["read_age"] = _ages(age, view.reading.frames.born, view.reading.valid)
            values["read_mass"] = view.mass()
            values["read_cosine"] = view.likeness(state.first)
        if isinstance(view, ShortView):
            learnt: ShortState = account.kept[name]
            weights = learnt.memory.weights
            values["short_flag"] = view.flag
            values["short_frozen"] = ~account.stored[name]
            values["filter_loss"] = learnt.loss
            values["filter_step"] = learnt.length
            values["first_share"] = weights[:, : learnt.memory.initial].sum(1)
            values["sample_age"] = _ages(age, learnt.memory.born, learnt.memory.born >= 0)
    values["decider"] = account.decision.decider
    values["reason"] = account.decision.reason
    values["disagreement"] = account.decision.disagreement
    values["aside"] = account.aside
    values["decision_margin"] = account.margin
    values["recovered"] = ~torch.stack([view.sound for view in account.views.values()]).all(0)
    return {name: value.float() for name, value in values.items()}


def _ages(age: Tensor, born: Tensor, valid: Tensor) -> Tensor:
    return torch.where(valid, age[:, None] - born, -1)
