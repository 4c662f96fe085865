"""Did it get slower? Only where a rank test, a minimal effect and runs that do not overlap agree.

Times are divided by those of a reference workload just before and after, so that a machine that is slower today, or at
this moment, is not mistaken for slower code. No reference slows as every tracker does: on one machine the undivided
times must agree.
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
from benchmark.signed import signed

Values = NDArray[np.float64]
EFFECT = 0.05
"""The smallest slowdown of the median that counts, as a part of the old time."""
ALPHA = 0.01
"""The rank test's level."""
STRAY = 1
"""Processes of each side that may lie among the other's: one in a while is disturbed."""
BUSIER = 0.3
"""Cores that others keep busy beyond what they did at the baseline, from which on a slowdown is no evidence."""
DRAWS = 500
"""Bootstrap draws of the ratio's interval."""


@dataclass(frozen=True)
class Measure:
    """One figure of a visit."""

    name: str
    unit: str
    rounds: Callable[[Visit], list[float]]
    """Its values in one process: one a round, or one alone."""
    timed: bool = True
    """Whether the reference workload's times divide it."""
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
    """Whether the processes of the new side are worse than those of the old, but for `STRAY` of each."""


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
    basis = (
        "calibrated; timed in turns on this machine"
        if in_turns
        else "calibrated; the baseline's timings are of this machine"
        if same
        else f"calibrated; the baseline is of another machine ({old.machine.processor}), sure to a factor of {factor:g}"
    )
    loads = [round(float(np.median([visit.busy_cores for visit in one.visits])), 2) for one in (old, new)]
    verdicts = []
    for measure in MEASURES:
        if not same and measure.name == "memory" and old.machine.device != new.machine.device:
            continue  # of a GPU and of a process are two things
        found = compare(old.visits, new.visits, measure)
        before, now = (_level(one.visits, measure) for one in (old, new))
        needed = effect * measure.effect
        small = same and abs(now - before) < measure.least
        status, words = _decide(
            found,
            needed,
            factor if measure.timed else 1.0,
            small,
            loads[1] - loads[0] if measure.timed else 0.0,
            by_clock=now / before if same else found.ratio,
        )
        if doubt:
            status, words = "unsure", doubt
        says = f"{_change(found.ratio)} [{_change(found.low)}, {_change(found.high)}]: {words}"
        facts: dict[str, Any] = {**vars(found), "unit": measure.unit, "effect": needed, "in_turns": in_turns}
        facts["calibrated"] = _level(new.visits, measure, calibrated=measure.timed)
        facts["busy_cores"] = loads
        verdicts.append(Verdict(tracker, measure.name, status, basis, says, before, now, facts))
    return verdicts


def compare(old: tuple[Visit, ...], new: tuple[Visit, ...], measure: Measure) -> Comparison:
    """Return how the visits of two sides differ by one measure, in units of the reference workload."""
    sides = [_values(visits, measure, calibrated=measure.timed) for visits in (old, new)]
    before, now = (np.array([np.median(rounds) for rounds in side]) for side in sides)
    flat = [np.concatenate(side) for side in sides]
    alike = bool(np.all(np.concatenate(flat) == flat[0][0]))
    p = 1.0 if alike else float(mannwhitneyu(flat[1], flat[0], alternative="greater").pvalue)
    low, high = _interval(before, now)
    stray = STRAY if min(len(before), len(now)) > 3 * STRAY else 0
    apart = bool(np.sort(now)[stray] > np.sort(before)[-1 - stray])
    return Comparison(float(np.median(now) / np.median(before)), low, high, p, apart)


def _values(visits: tuple[Visit, ...], measure: Measure, calibrated: bool = False) -> list[Values]:
    """Return the rounds of every visit."""
    found = []
    for visit in visits:
        values = np.array(measure.rounds(visit), np.float64)
        references = np.array([one.calibration_ms for one in visit.rounds])
        if calibrated:
            values = values / (references if len(values) == len(references) else np.median(references))
        found.append(values)
    return found


def _level(visits: tuple[Visit, ...], measure: Measure, calibrated: bool = False) -> float:
    """Return the median over processes of the median over rounds."""
    return float(np.median([np.median(rounds) for rounds in _values(visits, measure, calibrated)]))


def _interval(before: Values, now: Values) -> tuple[float, float]:
    rng = np.random.default_rng(0)
    medians = [np.median(rng.choice(side, (DRAWS, len(side))), axis=1) for side in (before, now)]
    low, high = np.quantile(medians[1] / medians[0], [0.025, 0.975])
    return float(low), float(high)


def _decide(
    found: Comparison, needed: float, factor: float, small: bool, busier: float, by_clock: float
) -> tuple[Status, str]:
    if small or found.ratio * factor <= 1 + needed:
        return "pass", "no slower than counts"
    if factor > 1 and found.ratio <= factor * (1 + needed):
        return "unsure", "two machines may differ by that much: compare on one machine, or with --against"
    if found.p >= ALPHA or not found.apart:
        return "unsure", "the processes overlap: measure again on a quieter machine, or with --against"
    if busier > BUSIER:
        return "unsure", f"others kept {busier:.1f} cores more busy than at the baseline: repeat it, or use --against"
    if by_clock <= 1 + needed:
        return (
            "unsure",
            f"by the clock alone {_change(by_clock)}: the reference changed too; repeat it, or use --against",
        )
    return "fail", f"worse by more than {needed:.0%}, and in process after process"


def _change(ratio: float) -> str:
    return signed(ratio - 1, ".1%")
