"""Accuracy, robustness and expected average overlap of runs with restarts (VOT2013-2019), by either toolkit's rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmark.metrics.vot import Code
from benchmark.metrics.vot.measures import Measures, Sums, curve_of, read_curve, shares_of
from benchmark.profiles.vot import VOTProfile

__all__ = ["Restarted", "counted", "supervised_measures"]

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Restarted:
    """One run of a sequence with restarts, as its measures see it."""

    overlaps: Values
    """(N,), 0 where the code is not TRACKED."""
    codes: NDArray[np.int8]
    """(N,) `Code`."""

    @property
    def failures(self) -> int:
        """How often the target was lost."""
        return int(np.count_nonzero(self.codes == Code.FAILED))


def supervised_measures(
    runs: Mapping[str, Sequence[Restarted]], profile: VOTProfile, span: tuple[int, int]
) -> Measures:
    """Return the measures of one tracker: of every sequence one run or several, which have its length.

    `span` are the first and the last length, in frames, over which the expected average overlap is averaged.
    """
    lengths = np.array([len(own[0].codes) for own in runs.values()], np.float64)
    failures = np.array([np.mean([run.failures for run in own]) for own in runs.values()])
    parts = {name: [part for run in own for part in _fragments(run, profile)] for name, own in runs.items()}
    longest = int(lengths.max())
    if profile.fragments == "failure":
        longest = max(len(overlaps) for own in parts.values() for overlaps, _ in own)
    sums = {name: _sums(own, longest) for name, own in parts.items()}
    curve = curve_of(sums.values())
    if profile.accuracy == "frames":
        frames = np.concatenate([_per_frame(own, profile.burn_in) for own in runs.values()])
        accuracy = float(np.nanmean(frames)) if not np.isnan(frames).all() else 0.0
        robustness = float(100 * failures.sum() / lengths.sum())
    else:
        own_means = [np.mean([_mean(run, profile.burn_in) for run in own]) for own in runs.values()]
        accuracy = float(np.average(own_means, weights=lengths))
        robustness = float(np.average(failures, weights=lengths))
    return Measures(
        profile=profile.name,
        accuracy=accuracy,
        robustness=robustness,
        failures=float(failures.sum()),
        eao=read_curve(curve, span, profile.first),
        curve=curve,
        span=span,
        shares=shares_of(sums, span, profile.first),
    )


def counted(codes: NDArray[np.int8], burn_in: int) -> NDArray[np.bool_]:
    """Return (N,): which frames accuracy counts: those tracked that lie `burn_in` frames or more after a start."""
    wanted: NDArray[np.bool_] = codes == Code.TRACKED
    for begin in np.flatnonzero(codes == Code.INITIALISED):
        wanted[begin : begin + burn_in] = False
    return wanted


def _mean(run: Restarted, burn_in: int) -> float:
    """Return a run's mean overlap; 0 where no frame counts."""
    wanted = counted(run.codes, burn_in)
    return float(run.overlaps[wanted].mean()) if wanted.any() else 0.0


def _per_frame(runs: Sequence[Restarted], burn_in: int) -> Values:
    """Return a sequence's (N,) overlaps, each over the runs that count the frame; NaN where none does."""
    wanted = np.array([counted(run.codes, burn_in) for run in runs])
    total = np.where(wanted, [run.overlaps for run in runs], 0.0).sum(axis=0)
    count = wanted.sum(axis=0)
    frames: Values = np.divide(total, count, out=np.full(len(count), np.nan), where=count > 0)
    return frames


def _fragments(run: Restarted, profile: VOTProfile) -> Iterator[tuple[Values, bool]]:
    """Yield the overlaps from each start on, and whether the target was lost at their end.

    They end before the frame of the failure; by pysot's rules with the frame of the next start, which is taken to lie
    a fixed number of frames after the failure.
    """
    if profile.fragments == "failure":
        begins = np.flatnonzero(run.codes == Code.INITIALISED)
        for begin, following in zip(begins, [*begins[1:], len(run.codes)], strict=True):
            lost = np.flatnonzero(run.codes[begin:following] == Code.FAILED)
            yield (run.overlaps[begin : begin + lost[0]], True) if len(lost) else (run.overlaps[begin:], False)
        return
    failed = np.flatnonzero(run.codes == Code.FAILED) + profile.skip
    points = [0, *failed[failed <= len(run.codes)].tolist()]
    for begin, following in zip(points, [*points[1:], None], strict=True):
        yield run.overlaps[begin : None if following is None else following + 1], following is not None


def _sums(fragments: Sequence[tuple[Values, bool]], longest: int) -> Sums:
    """Return a sequence's part of the curve: (longest,), entry j that of j frames after a start.

    A fragment without a failure is no evidence beyond its end; one with a failure goes on with overlaps of 0.
    """
    total, count = np.zeros(longest), np.zeros(longest)
    lengths = np.arange(1, longest)
    for overlaps, lost in fragments:
        sums = np.zeros(longest - 1)
        after = overlaps[1:]
        sums[: len(after)] = np.cumsum(after)
        sums[len(after) :] = after.sum()
        end = longest - 1 if lost else len(after)
        total[1 : end + 1] += sums[:end] / lengths[:end]
        count[1 : end + 1] += 1
    return total, count
