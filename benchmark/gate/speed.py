"""Did it get slower? Only where a rank test, a minimal effect and runs that do not overlap agree.

Times are divided by the reference workload of the same process where the two sides were timed apart, so that a machine
that is slower today, or another one, is not mistaken for slower code. Sides that were timed in turns need no division.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import mannwhitneyu

from benchmark.gate.limits import Limits, limits
from benchmark.gate.timings import Timings, Visit
from benchmark.gate.verdict import Status, Verdict

Values = NDArray[np.float64]
EFFECT = 0.05
"""The smallest slowdown of the median that counts, as a part of the old time."""
ALPHA = 0.02
"""The rank test's level; four processes a side cannot do better than .014."""
DRAWS = 2000
"""Bootstrap draws of the ratio's interval."""


@dataclass(frozen=True)
class Measure:
    """One figure of a visit."""

    name: str
    unit: str
    rounds: Callable[[Visit], list[float]]
    """Its values in one process: one a round, or one alone."""
    timed: bool = True
    """Whether the reference workload's time can divide it."""
    effect: float = 1.0
    """Multiple of `EFFECT` that counts: what scatters more needs more."""
    least: float = 0.0
    """A difference below this, in the measure's unit, never counts."""


MEASURES = (
    Measure("median", "ms", lambda visit: [one.median_ms for one in visit.rounds]),
    Measure("p95", "ms", lambda visit: [one.p95_ms for one in visit.rounds], effect=2.0),
    Measure("start-up", "s", lambda visit: [visit.start_up_s], effect=4.0, least=0.1),
    Measure("memory", "MB", lambda visit: [visit.memory_mb], timed=False, effect=2.0, least=16.0),
)


@dataclass(frozen=True)
class Comparison:
    """Old against new by one measure; `ratio` above 1 is worse."""

    ratio: float
    low: float
    high: float
    """The ratio's 95 % interval, drawn over processes."""
    p: float
    """One-sided, of the Mann-Whitney test on all rounds."""
    apart: bool
    """Whether every process of the new side is worse than every one of the old."""


def judge(
    tracker: str,
    old: Timings,
    new: Timings,
    *,
    in_turns: bool,
    effect: float = EFFECT,
    doubt: str = "",
    bounds: Limits | None = None,
) -> list[Verdict]:
    """Return a verdict a measure.

    Args:
        tracker: Its name.
        old: The baseline's timings, or the other revision's.
        new: Those of the code that is judged.
        in_turns: Whether both were timed now, one after the other.
        effect: The smallest slowdown of the median that counts.
        doubt: Why the new timings are no evidence, whatever they say; "" where they are.
        bounds: The limits; those that ship by default.
    """
    same = old.machine == new.machine
    factor = 1.0 if same else (bounds or limits()).other_machine
    calibrated = not in_turns
    basis = (
        "timed in turns on this machine"
        if in_turns
        else "calibrated against the baseline of this machine"
        if same
        else f"calibrated; the baseline is of another machine ({old.machine.processor}), sure to a factor of {factor:g}"
    )
    verdicts = []
    for measure in MEASURES:
        if not same and measure.name == "memory" and old.machine.device != new.machine.device:
            continue  # of a GPU and of a process are two things
        found = compare(old.visits, new.visits, measure, calibrated=calibrated and measure.timed)
        before, now = (_level(one.visits, measure) for one in (old, new))
        needed = effect * measure.effect
        small = same and abs(now - before) < measure.least
        status, words = _decide(found, needed, factor if measure.timed else 1.0, small)
        if doubt:
            status, words = "unsure", doubt
        units = " in calibrated units" if calibrated and measure.timed else ""
        says = f"{_change(found.ratio)} [{_change(found.low)}, {_change(found.high)}]{units}: {words}"
        facts: dict[str, Any] = {**vars(found), "unit": measure.unit, "effect": needed, "in_turns": in_turns}
        facts["calibrated"] = _level(new.visits, measure, calibrated=measure.timed)
        facts["busy_cores"] = [round(float(np.median([v.busy_cores for v in one.visits])), 2) for one in (old, new)]
        verdicts.append(Verdict(tracker, measure.name, status, basis, says, before, now, facts))
    return verdicts


def compare(old: tuple[Visit, ...], new: tuple[Visit, ...], measure: Measure, *, calibrated: bool) -> Comparison:
    """Return how the visits of two sides differ by one measure."""
    sides = [_values(visits, measure, calibrated) for visits in (old, new)]
    before, now = (np.array([np.median(rounds) for rounds in side]) for side in sides)
    flat = [np.concatenate(side) for side in sides]
    alike = bool(np.all(np.concatenate(flat) == flat[0][0]))
    p = 1.0 if alike else float(mannwhitneyu(flat[1], flat[0], alternative="greater").pvalue)
    low, high = _interval(before, now)
    return Comparison(float(np.median(now) / np.median(before)), low, high, p, bool(now.min() > before.max()))


def _values(visits: tuple[Visit, ...], measure: Measure, calibrated: bool = False) -> list[Values]:
    """Return the rounds of every visit."""
    return [
        np.array(measure.rounds(visit), np.float64) / (visit.calibration_ms if calibrated else 1.0) for visit in visits
    ]


def _level(visits: tuple[Visit, ...], measure: Measure, calibrated: bool = False) -> float:
    """Return the median over processes of the median over rounds."""
    return float(np.median([np.median(rounds) for rounds in _values(visits, measure, calibrated)]))


def _interval(before: Values, now: Values) -> tuple[float, float]:
    rng = np.random.default_rng(0)
    medians = [np.median(rng.choice(side, (DRAWS, len(side))), axis=1) for side in (before, now)]
    low, high = np.quantile(medians[1] / medians[0], [0.025, 0.975])
    return float(low), float(high)


def _decide(found: Comparison, needed: float, factor: float, small: bool) -> tuple[Status, str]:
    if small or found.ratio * factor <= 1 + needed:
        return "pass", "no slower than counts"
    if found.ratio <= factor * (1 + needed) and factor > 1:
        return "unsure", "two machines may differ by that much: compare on one machine, or with --against"
    if found.p < ALPHA and found.apart:
        return "fail", f"worse by more than {needed:.0%}, in every process"
    if found.ratio <= 1 + needed:
        return "pass", "no slower than counts"
    return "unsure", "the processes overlap: measure again on a quieter machine, or with --against"


def _change(ratio: float) -> str:
    return f"{ratio - 1:+.1%}"
