"""Did the boxes get worse? One of three rules judges each tracker, chosen by what changed since the baseline.

- *equal*: weights and environment are the same, so the boxes must be, whatever was done to the code. A refactoring
  keeps them; a change that is meant to move them is named as intended and judged by the third rule.
- *near*: the same weights on another device, thread count, library or lane count. Sums are taken in another order, a
  decision between near-ties may fall the other way, and limits say how far that may lead.
- *retrained*: other weights. The paired difference over the sequences, and what equally good checkpoints differ by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from benchmark.datasets.sequence import Boxes
from benchmark.gate.limits import Limits, limits
from benchmark.gate.snapshot import Snapshot, TrackerSnapshot
from benchmark.gate.verdict import Verdict
from benchmark.metrics.overlap import overlap
from benchmark.plurals import counted
from benchmark.signed import signed
from benchmark.statistics.paired import student_interval

ROUNDING = 1e-3
"""Pixels by which boxes may differ and still be called equal; the file keeps a tenth of that."""

Rule = Literal["equal", "near", "retrained"]


@dataclass(frozen=True)
class Changes:
    """What is not as it was at the baseline, for one tracker."""

    weights: bool
    code: bool
    """Code or configuration."""
    environment: tuple[str, ...]
    """In words: ``threads 2, was 1``."""

    def rule(self, intended: bool) -> Rule:
        """Return the rule that these changes are judged by."""
        if self.weights or (intended and self.code):
            return "retrained"
        return "near" if self.environment else "equal"

    def words(self, intended: bool) -> str:
        """Return the rule and why it is that one."""
        rule = self.rule(intended)
        parts = [
            *(["other weights"] if self.weights else ["same weights"]),
            *(["code or configuration changed" + (", as intended" if intended else "")] if self.code else []),
            *(self.environment if rule != "retrained" else ()),
            *(["same environment"] if not self.environment and rule == "equal" else []),
        ]
        return f"{rule}: {', '.join(parts)}"


@dataclass(frozen=True)
class Parting:
    """Where two trajectories of one sequence part."""

    sequence: str
    frame: int
    """Index of the first frame whose boxes differ by more than rounding."""
    pixels: float | None
    """The largest difference of x, y, w or h over all frames; None where a box is no number."""


def find_changes(old: Snapshot, new: Snapshot, tracker: str) -> Changes:
    """Return what changed for one tracker."""
    before, now = old.trackers[tracker], new.trackers[tracker]
    keys = sorted({*old.environment, *new.environment})
    environment = [
        f"{key} {new.environment.get(key)}, was {old.environment.get(key)}"
        for key in keys
        if old.environment.get(key) != new.environment.get(key)
    ]
    shared = [name for name in before.sequences if name in now.sequences]
    for name in shared:
        if (then := before.sequences[name].lanes) != (lanes := now.sequences[name].lanes):
            environment.append(f"lanes {lanes}, were {then}")
            break
    if any(before.sequences[name].sequence_digest != now.sequences[name].sequence_digest for name in shared):
        environment.append("frames were rendered anew")  # of other datasets, others are refused
    return Changes(
        weights=before.weights_sha256 != now.weights_sha256 or before.weights != now.weights,
        code=before.code != now.code or _plain(before.config) != _plain(now.config),
        environment=tuple(environment),
    )


def judge(
    before: TrackerSnapshot, now: TrackerSnapshot, changes: Changes, intended: bool, bounds: Limits | None = None
) -> Verdict:
    """Return the verdict on one tracker over the sequences that both have."""
    bounds = bounds or limits()
    basis = changes.words(intended)
    shared = [name for name in before.sequences if name in now.sequences]
    lost = {name: reason for name, reason in now.failed.items() if name in before.sequences}
    if lost:
        name, reason = next(iter(lost.items()))
        says = f"failed on {len(lost)} of {len(before.sequences)} sequences that it could do: {name}: {reason}"
        return Verdict(now.name, "accuracy", "fail", basis, says, before.auc, now.auc, {"failed": lost})
    if before.weights_sha256 and not now.weights_sha256:
        says = f"its weights are {now.weights}: nothing trained is loaded, as {before.weights} was"
        return Verdict(now.name, "accuracy", "fail", basis, says, before.auc, now.auc, {"weights": now.weights})
    differences = np.array([now.sequences[name].auc - before.sequences[name].auc for name in shared])
    facts: dict[str, Any] = {
        "rule": changes.rule(intended),
        "by_sequence": {name: [before.sequences[name].auc, now.sequences[name].auc] for name in shared},
        "sequences": len(shared),
        "difference": float(differences.mean()),
    }
    old, new = (float(np.mean([one.sequences[name].auc for name in shared])) for one in (before, now))
    rule = {"equal": _equal, "near": _near, "retrained": _retrained}[changes.rule(intended)]
    status, says = rule(before, now, shared, differences, bounds, facts)
    if status == "fail" and changes.code and changes.rule(intended) == "equal":
        says += f"; a refactoring keeps boxes equal: if they were meant to move, judge with --intended {now.name}"
    return Verdict(now.name, "accuracy", status, basis, says, old, new, facts)  # type: ignore[arg-type]


def _equal(
    before: TrackerSnapshot, now: TrackerSnapshot, shared: list[str], differences: Any, bounds: Limits, facts: Any
) -> tuple[str, str]:
    parted = partings(before, now, shared)
    exact = sum(before.sequences[n].boxes_digest == now.sequences[n].boxes_digest for n in shared)
    facts |= {"equal_bit_for_bit": exact, "parted": [vars(one) for one in parted]}
    if not parted:
        bits = "bit for bit" if exact == len(shared) else f"to {ROUNDING:g} px, {exact} of them bit for bit"
        return "pass", f"boxes of {'all ' * (len(shared) > 1)}{counted(len(shared), 'sequence')} are equal {bits}"
    return "fail", f"boxes differ {_where(parted, shared)}, AUC by {signed(differences.mean(), '.4f')}"


def _near(
    before: TrackerSnapshot, now: TrackerSnapshot, shared: list[str], differences: Any, bounds: Limits, facts: Any
) -> tuple[str, str]:
    iou = float(np.mean([_iou(before, now, name) for name in shared]))
    parted = partings(before, now, shared)
    apart = [np.abs(before.sequences[name].boxes - now.sequences[name].boxes) for name in shared]
    facts |= {"mean_iou": iou, "pixels": float(max(np.nanmax(one, initial=0.0) for one in apart))}
    facts["parted"] = [vars(one) for one in parted]
    where = f"; boxes part {_where(parted, shared)}" if parted else ""
    says = f"mean IoU with the stored boxes {iou:.4f} (at least {bounds.mean_iou:g}), AUC"
    says += f" {signed(differences.mean(), '.4f')} (within {bounds.auc:g}){where}"
    sound = iou >= bounds.mean_iou and abs(float(differences.mean())) <= bounds.auc
    return ("pass" if sound else "fail"), says


def _retrained(
    before: TrackerSnapshot, now: TrackerSnapshot, shared: list[str], differences: Any, bounds: Limits, facts: Any
) -> tuple[str, str]:
    mean, tolerance = float(differences.mean()), bounds.tolerance(len(shared))
    interval = student_interval(differences) if len(shared) > 1 else None
    facts |= {"tolerance": tolerance, "interval": [interval.low, interval.high] if interval else None}
    says = f"AUC {signed(mean, '.4f')}"
    says += f" [{signed(interval.low, '.4f')}, {signed(interval.high, '.4f')}]" if interval else ""
    says += f" over {counted(len(shared), 'sequence')}; {tolerance:.3f} is what equally good checkpoints differ by"
    if mean >= -tolerance:
        return "pass", says
    if interval is not None and interval.high < 0:
        return "fail", says
    return "unsure", f"{says}; more is lost than that, but its interval holds 0: judge on more sequences"


def partings(before: TrackerSnapshot, now: TrackerSnapshot, names: list[str]) -> list[Parting]:
    """Return where boxes differ by more than rounding, one a sequence that does."""
    found = []
    for name in names:
        old, new = before.sequences[name], now.sequences[name]
        apart = np.abs(old.boxes - new.boxes).max(axis=1)
        apart[np.isnan(old.boxes).any(axis=1) & np.isnan(new.boxes).any(axis=1)] = 0
        rows = np.flatnonzero(~(apart <= ROUNDING))
        if len(rows):
            largest = float(apart.max())
            found.append(Parting(name, new.start + int(rows[0]), None if np.isnan(largest) else largest))
    return found


def _iou(before: TrackerSnapshot, now: TrackerSnapshot, name: str) -> float:
    return likeness(before.sequences[name].boxes, now.sequences[name].boxes)


def likeness(one: Boxes, other: Boxes) -> float:
    """Return the mean overlap of two runs' (N, 4) boxes; where both have the same box, or both none, it is 1."""
    none = ~np.isfinite(one).all(1) & ~np.isfinite(other).all(1)
    same = none | (one == other).all(1)
    return float(np.where(same, 1.0, overlap(one, other)).mean())


def _where(parted: list[Parting], shared: list[str]) -> str:
    first = min(parted, key=lambda one: one.frame)
    many = f"on {len(parted)} of {len(shared)} sequences, first on {first.sequence} from frame {first.frame}"
    return f"{many} on, by up to {max(one.pixels or 0 for one in parted):.3g} px"


def _plain(config: Mapping[str, Any] | None) -> Any:
    """Return a config as JSON would give it back: tuples are lists there."""
    if config is None:
        return None
    return {key: list(value) if isinstance(value, tuple) else value for key, value in config.items()}
