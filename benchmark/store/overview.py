"""What a list says of each run: its name, its data, and the headline score of every tracker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from benchmark.documents import read_json
from benchmark.store.naming import read_names
from benchmark.store.results import Results
from benchmark.store.runs import Run
from trackers.errors import InputError


@dataclass(frozen=True)
class Overview:
    """One run in a list."""

    run: Run
    name: str
    """What a person called it; ""."""
    profile: str
    """By which it was scored; "" where there are no scores, as in a run that goes on or was cut off."""
    protocol: str
    complete: bool
    """Whether it covers its whole dataset."""
    scores: Mapping[str, float | None]
    """Success AUC of every tracker, imported results among them; None where it has no score."""


def read_overviews(results: Results, runs: list[Run]) -> list[Overview]:
    """Return what a list says of those runs, in that order; scores that cannot be read are none."""
    names = read_names(results)
    return [_overview(run, names.get(run.id, "")) for run in runs]


def _overview(run: Run, name: str) -> Overview:
    none = Overview(run, name, "", "", False, dict.fromkeys(run.trackers))
    try:
        # Not as `RunScores`: a list reads the scores of all runs, and needs one number of each tracker.
        content = read_json(Path(run.folder) / "scores.json", "")
        scores = {one["name"]: _auc(one["summary"]) for one in content["trackers"]}
        return Overview(
            run, name, str(content["profile"]), str(content["protocol"]), content["complete"] is True, scores
        )
    except (InputError, ValueError, KeyError, TypeError, OverflowError):
        return none


def _auc(summary: Mapping[str, Mapping[str, float]] | None) -> float | None:
    value = None if summary is None else float(summary["overall"]["auc"])
    return value if value is not None and isfinite(value) else None
