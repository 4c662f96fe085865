"""From a run and a baseline to the gate's result."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from benchmark.gate import accuracy, speed
from benchmark.gate.baseline import Baseline
from benchmark.gate.measuring import Measured
from benchmark.gate.snapshot import Snapshot
from benchmark.gate.verdict import GateResult, Verdict


def judge_accuracy(old: Snapshot, new: Snapshot, intended: Collection[str] = ()) -> list[Verdict]:
    """Return the verdict on the boxes of every tracker that both have."""
    return [
        accuracy.judge(before, new.trackers[name], accuracy.find_changes(old, new, name), name in intended)
        for name, before in old.trackers.items()
        if name in new.trackers
    ]


def judge_speed(
    old: Snapshot, measured: Mapping[str, list[Measured]], doubts: Mapping[str, str], effect: float
) -> list[Verdict]:
    """Return the verdicts on the speed of every measured tracker.

    `measured` holds one side a tracker, judged by the baseline's timings, or two that were timed in turns, the other
    revision first.
    """
    verdicts = []
    for name, sides in measured.items():
        in_turns = len(sides) == 2
        then = sides[0].timings if in_turns else old.trackers[name].speed
        if then is not None:
            verdicts += speed.judge(
                name, then, sides[-1].timings, in_turns=in_turns, effect=effect, doubt=doubts.get(name, "")
            )
    return verdicts


def conclude(
    run: str, new: Snapshot, file: str, baseline: Baseline, machine: str, verdicts: list[Verdict], remarks: list[str]
) -> GateResult:
    """Return the result of one gate."""
    old = baseline.snapshot
    return GateResult(
        run=run,
        baseline=file,
        blessed=f"{baseline.date}" + (f" at {old.commit[:12]}" if old.commit else ""),
        date=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        commit=new.commit,
        coverage=new.coverage,
        profile=new.profile,
        machine=machine,
        verdicts=tuple(verdicts),
        remarks=tuple(remarks),
    )
