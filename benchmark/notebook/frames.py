"""From the scores of a run to tidy frames: a row an observation, a column a variable.

A number that is not there is NaN, a text that is not there "". Trackers stand in the order of the run.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from benchmark.metrics.summary import Averages
from benchmark.profiles import load_profile
from benchmark.runs import Run
from benchmark.scores import RunScores, TrackerScores
from benchmark.statistics.intervals import Band, Interval
from benchmark.statistics.uncertainty import CURVES, MEASURES

__all__ = ["attribute_frame", "curve_frame", "score_frame", "sequence_frame", "speed_frame", "telemetry_frame",
           "typed"]  # fmt: skip

_TEXTS = (
    "attribute", "curve", "marks", "measure", "notes", "sequence", "signal", "standing", "status", "throughput_note",
    "tracker",
)  # fmt: skip
_COUNTS = ("failed", "frame", "frames", "part", "sequences", "throughput_lanes")
_TYPES: dict[str, Any] = {**dict.fromkeys(_TEXTS, str), **dict.fromkeys(_COUNTS, "int64"), "valid": bool}
"""Of columns; all others hold measures."""
LATENCIES = ("fps", "median_ms", "p95_ms", "p99_ms", "first_frame_ms", "start_up_s", "memory_mb")


def score_frame(scores: RunScores) -> pd.DataFrame:
    """Return a row a tracker and measure: its score, the ends of its 95 % interval, and what must stand beside it.

    Columns: tracker, measure, value, low, high, standing (``best``, ``alike`` or ""), deviation (over repeats),
    sequences (how many), failed (how many), marks. A tracker without a score has NaN as its value.
    """
    standing = {measure: scores.standings(measure) for measure in MEASURES}
    rows = [
        {
            "tracker": one.name,
            "measure": measure,
            "value": getattr(one.summary.overall, measure) if one.summary else np.nan,
            **_ends(one.intervals.get(measure)),
            "standing": standing[measure].get(one.name, ""),
            "deviation": _deviation(one, measure),
            "sequences": len(one.sequences),
            "failed": len(one.failed),
            "marks": "; ".join(one.caveats),
        }
        for one in scores.trackers
        for measure in MEASURES
    ]
    return _frame(rows, "tracker measure value low high standing deviation sequences failed marks")


def sequence_frame(scores: RunScores) -> pd.DataFrame:
    """Return a row a tracker and sequence: status (``done`` or ``failed``), frames scored, every measure, and notes.

    Of a failed sequence `notes` is the reason, and the measures are NaN.
    """
    rows: list[dict[str, Any]] = []
    for one in scores.trackers:
        for name, own in one.sequences.items():
            measures = {measure: getattr(own, measure) for measure in MEASURES}
            rows.append({"tracker": one.name, "sequence": name, "status": "done", "frames": own.frames, **measures,
                         "notes": "; ".join(own.notes)})  # fmt: skip
        for name, why in one.failed.items():
            rows.append({"tracker": one.name, "sequence": name, "status": "failed", "frames": 0, "notes": why})
    return _frame(rows, f"tracker sequence status frames {' '.join(MEASURES)} notes")


def attribute_frame(scores: RunScores) -> pd.DataFrame:
    """Return a row a tracker, attribute and measure; attributes that two or more of the tracker's sequences have.

    Columns: tracker, attribute, sequences (how many), measure, value, low, high.
    """
    rows = []
    for one in scores.trackers:
        intervals = one.uncertainty.by_attribute if one.uncertainty else {}
        for name, own in (one.summary.by_attribute if one.summary else {}).items():
            for measure in MEASURES:
                rows.append({"tracker": one.name, "attribute": name, "sequences": len(own.sequences),
                             "measure": measure, "value": getattr(own, measure),
                             **_ends(intervals.get(name, {}).get(measure))})  # fmt: skip
    return _frame(rows, "tracker attribute sequences measure value low high")


def curve_frame(scores: RunScores) -> pd.DataFrame:
    """Return a row a tracker, curve and threshold, with the 95 % interval at that threshold by itself.

    Columns: tracker, curve (``success``, ``precision`` or ``normalised_precision``), threshold (an overlap; pixels;
    parts of the target's size), value, low, high.
    """
    profile = load_profile(scores.profile, scores.dataset)
    grids = dict(zip(CURVES, (profile.success_grid, profile.precision_grid, profile.normalised_grid), strict=True))
    parts = [
        _curve(one.name, curve, grid, one.summary.overall, one.uncertainty.bands if one.uncertainty else {})
        for one in scores.trackers
        if one.summary
        for curve, grid in grids.items()
    ]
    empty = _frame([], "tracker curve threshold value low high")
    return typed(pd.concat(parts, ignore_index=True)) if parts else empty


def speed_frame(run: Run) -> pd.DataFrame:
    """Return a row a tracker that ran here: what its run went through, and what ``run_bench speed`` measured.

    ``throughput_fps`` is of ``throughput_lanes`` lanes side by side; columns that begin with ``latency_`` are of one
    lane with the device to itself, NaN where nothing was measured. The two are no measure of one another.
    """
    rows = []
    for one in run.scores.trackers:
        found = run.latency(one.name) or {}
        rows.append({"tracker": one.name, "throughput_fps": one.throughput, "throughput_lanes": one.lanes,
                     "throughput_note": one.load_mark,
                     **{f"latency_{name}": found.get(name, np.nan) for name in LATENCIES}})  # fmt: skip
    columns = " ".join(f"latency_{name}" for name in LATENCIES)
    return _frame(rows, f"tracker throughput_fps throughput_lanes throughput_note {columns}")


def telemetry_frame(telemetry: Mapping[str, Any], first: int) -> pd.DataFrame:
    """Return a row a frame, signal and part: what a tracker reported of itself, from frame index `first` on.

    Columns: frame (0-based), signal, part (0 for a scalar; the place in a vector, or in a map read row by row), value.
    """
    parts = []
    for name, values in telemetry.items():
        table = np.asarray(values, float).reshape(len(values), math.prod(values.shape[1:]))
        frames, places = np.indices(table.shape)
        columns = {"frame": first + frames.ravel(), "signal": name, "part": places.ravel(), "value": table.ravel()}
        parts.append(pd.DataFrame(columns))
    return typed(pd.concat(parts, ignore_index=True)) if parts else _frame([], "frame signal part value")


def _curve(tracker: str, curve: str, grid: Any, own: Averages, bands: Mapping[str, Band]) -> pd.DataFrame:
    band = bands.get(curve)
    return pd.DataFrame({
        "tracker": tracker, "curve": curve.removesuffix("_curve"), "threshold": grid, "value": getattr(own, curve),
        "low": band.low if band else np.nan, "high": band.high if band else np.nan,
    })  # fmt: skip


def _ends(interval: Interval | None) -> dict[str, float]:
    return {"low": interval.low, "high": interval.high} if interval else {"low": np.nan, "high": np.nan}


def _deviation(one: TrackerScores, measure: str) -> float:
    found = one.repeats.measures.get(measure) if one.repeats else None
    return np.nan if found is None or found.deviation is None else found.deviation


def typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose columns have the types that they have of every run, with rows or without."""
    return frame.astype({column: _TYPES.get(column, "float64") for column in frame.columns})


def _frame(rows: Iterable[Mapping[str, Any]], columns: str) -> pd.DataFrame:
    return typed(pd.DataFrame(list(rows), columns=columns.split()))
