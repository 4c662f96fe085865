"""Two runs, or trackers of one, paired sequence by sequence, as frames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from benchmark.commands.lists import Words, names_among
from benchmark.notebook.loading import LoadedRun, checked
from benchmark.notebook.page import page
from benchmark.pairing import Matched, between, differences, within
from benchmark.plurals import counted
from benchmark.profiles import Profile, load_profile
from benchmark.statistics.paired import PairedDifference
from benchmark.statistics.uncertainty import MEASURES
from trackers.errors import InputError

__all__ = ["Compared", "compare"]


class Compared:
    """What is paired, and how it differs: B minus A."""

    def __init__(
        self, title: str, about: str, pairs: Sequence[Matched], left_out: Sequence[str], measures: Sequence[str],
        profile: Profile,
    ) -> None:  # fmt: skip
        """Take the differences of the pairs by each measure."""
        self.profile = profile
        """By which both were scored."""
        self._title, self._about, self._pairs, self._measures = title, about, tuple(pairs), tuple(measures)
        self.left_out = tuple(left_out)
        """What could not be compared, and why."""

    @property
    def table(self) -> pd.DataFrame:
        """A row a pair and measure: the mean difference over sequences, and whether it is more than chance.

        Columns: a, b, measure, difference, low, high (95 %, Student's), p (sign flips), p_holm (Holm's correction over
        the pairs), significant, better, alike, worse (sequences that differ by more than .01), detectable (in 80 of 100
        experiments), sequences.
        """
        rows = [
            _row(pair, measure, found)
            for measure in self._measures
            for pair, found in zip(self._pairs, differences(self._pairs, measure), strict=True)
        ]
        return pd.DataFrame(rows)

    @property
    def sequences(self) -> pd.DataFrame:
        """A row a pair, measure and sequence: a, b, measure, sequence, value_a, value_b, difference."""
        rows = [
            {"a": pair.a.name, "b": pair.b.name, "measure": measure, "sequence": name,
             "value_a": getattr(pair.a.sequences[name], measure), "value_b": getattr(pair.b.sequences[name], measure)}
            for measure in self._measures for pair in self._pairs for name in pair.sequences
        ]  # fmt: skip
        frame = pd.DataFrame(rows)
        return frame.assign(difference=frame["value_b"] - frame["value_a"])

    def _repr_html_(self) -> str:
        shown = self.table.drop(columns=["detectable", "p"]).round(3)
        return page(self._title, self._about, shown, self.left_out)

    def __repr__(self) -> str:
        return f"<{self._title}: {counted(len(self._pairs), 'pair')}, {', '.join(self._measures)}>"


def compare(
    a: LoadedRun,
    b: LoadedRun | None = None,
    *,
    trackers: Words = (),
    measures: Words = ("auc", "precision"),
) -> Compared:
    """Return run `b` compared with run `a`, or trackers of `a` with the first of them where there is no `b`.

    `trackers` are the names of those to compare, in one text with commas or one by one: all that both runs have by
    default; of one run all, held against its first. Only sequences that both have on the same frames count. Raises
    InputError where nothing can be compared, and for a measure that there is not.
    """
    chosen, names = names_among(measures, MEASURES), names_among(trackers, checked(a).trackers)
    for measure in chosen:
        if measure not in MEASURES:
            raise InputError(f"there is no measure {measure!r}: {', '.join(MEASURES)}")
    if not chosen:
        raise InputError(f"name a measure to compare by: {', '.join(MEASURES)}")
    first = a.kept
    if b is None:
        scored = [one.name for one in first.scores.trackers if one.summary]
        pairs, left_out = within(first, names or scored)
        title = f"Trackers of run {a.id}"
    else:
        pairs, left_out = between(first, checked(b).kept, names)
        title = f"Run {b.id} (b) minus run {a.id} (a)"
    profile = load_profile(first.scores.profile, first.scores.dataset)
    return Compared(title, first.scores.said, pairs, left_out, chosen, profile)


def _row(pair: Matched, measure: str, found: PairedDifference) -> dict[str, Any]:
    interval = found.interval
    return {
        "a": pair.a.name,
        "b": pair.b.name,
        "measure": measure,
        "difference": found.difference,
        "low": interval.low if interval else np.nan,
        "high": interval.high if interval else np.nan,
        "p": np.nan if found.p is None else found.p,
        "p_holm": np.nan if found.p_holm is None else found.p_holm,
        "significant": found.significant,
        "better": found.wins,
        "alike": found.ties,
        "worse": found.losses,
        "detectable": np.nan if found.detectable is None else found.detectable,
        "sequences": found.sequences,
    }
