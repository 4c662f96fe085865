"""What the page's script draws from: curves, overlaps, memories, as compact JSON."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reports.labels import ATTRIBUTES
from reports.memory import Memory, Panel
from reports.metrics import curve_values
from reports.model import Report
from reports.plots.style import STATES
from reports.sequences import SequenceView
from trackers.printable import printable

__all__ = ["curve_data", "page_data", "panel_data", "readable", "sequence_data", "short"]

UNKNOWN = 255
POINTS = 200
"""Lengths at which a curve of expected overlap is drawn."""


def page_data(report: Report, names: Sequence[str]) -> dict[str, Any]:
    """Return the page's data; trackers are their index in `names`."""
    number = {name: index for index, name in enumerate(names)}
    pictures: dict[bytes, int] = {}
    memories = {
        index: [_memory(one, number, pictures) for one in view.memories]
        for index, view in enumerate(report.sequences)
        if view.memories
    }
    return {
        "trackers": list(names),
        "curves": {
            kind: curve_data(report, number, kind)
            for kind in dict.fromkeys(("success", "precision", report.first_curve))
        },
        "overview": report.first_curve,
        "differences": {kind: _differences(report, number, kind) for kind in ("success", "precision")},
        "attributes": _attributes(report, number),
        "merit": report.merit.title,
        "speeds": [
            {"t": number[one.tracker], "ms": one.latency.median_ms, "score": one.score, "front": one.front}
            for one in report.speeds
            if one.latency and one.score is not None
        ],
        "sequences": [sequence_data(view, number) for view in report.sequences],
        "memory": memories,
        "pictures": [base64.b64encode(picture).decode() for picture in pictures],
    }


def readable(value: Any) -> Any:
    """Return a text, or plain data with texts in it, without control characters; anything else as it is."""
    if type(value) is str:  # markup is made here, and stays
        return printable(value, keep="\n\t")
    if isinstance(value, dict):
        return {readable(key): readable(one) for key, one in value.items()}
    return [readable(one) for one in value] if isinstance(value, list) else value


def curve_data(report: Report, number: Mapping[str, int], kind: str) -> dict[str, Any]:
    """Return the curves of one kind, ``success``, ``precision`` or ``expected``, of every tracker that has scores."""
    if kind == "expected":
        return _expected(report, number)
    profile = report.profile
    grid = profile.success_grid if kind == "success" else profile.precision_grid
    series = []
    for one in report.scored:
        if one.summary is None:
            continue
        band = one.uncertainty.bands.get(f"{kind}_curve") if one.uncertainty else None
        series.append(
            {
                "t": number[one.name],
                "y": short(curve_values(one.summary.overall, kind)),
                **({"low": short(band.low), "high": short(band.high)} if band else {}),
            }
        )
    return {"x": short(grid), "series": series, **({"sign": profile.success_sign} if kind == "success" else {})}


def _expected(report: Report, number: Mapping[str, int]) -> dict[str, Any]:
    """Return expected overlaps by the length of a run, and the span of lengths that EAO is the mean of."""
    found = {one.name: one.vot.measures[0] for one in report.scored if one.vot}
    longest = max((len(one.curve) for one in found.values()), default=2)
    lengths = np.unique(np.linspace(1, max(longest - 1, 2), POINTS).astype(int))
    series = [
        {"t": number[name], "y": [*short(one.curve[lengths[lengths < len(one.curve)]])]} for name, one in found.items()
    ]
    return {"x": lengths.tolist(), "series": series, "span": next((list(one.span) for one in found.values()), None)}


def _differences(report: Report, number: dict[str, int], kind: str) -> dict[str, Any]:
    """Return the curves minus the base's, and how far any of them or its band reaches from zero."""
    series, reach = [], 0.02
    for one in report.differences:
        if one.kind == kind:
            ends = {"low": one.band.low, "high": one.band.high} if one.band else {}
            reach = max(reach, *(float(np.abs(part).max()) for part in (one.mean, *ends.values())))
            series.append(
                {"t": number[one.score.other], "y": short(one.mean)} | {key: short(end) for key, end in ends.items()}
            )
    grid = report.profile.success_grid if kind == "success" else report.profile.precision_grid
    return {"x": short(grid), "series": series, "reach": round(1.05 * reach, 3)}


def _attributes(report: Report, number: dict[str, int]) -> dict[str, Any]:
    found: dict[str, Any] = {"names": list(report.attributes), "titles": [], "auc": [], "curves": {}}
    for name in report.attributes:
        found["titles"].append(ATTRIBUTES.get(name, name))
        curves: dict[str, list[Any]] = {"success": [], "precision": []}
        row: list[float | None] = [None] * len(number)
        for one in report.scored:
            if one.summary is None or name not in one.summary.by_attribute:
                continue
            own = one.summary.by_attribute[name]
            row[number[one.name]] = round(own.auc, 4)
            for kind, series in curves.items():
                series.append({"t": number[one.name], "y": short(curve_values(own, kind))})
        found["auc"].append(row)
        found["curves"][name] = curves
    return found


def sequence_data(view: SequenceView, number: dict[str, int]) -> dict[str, Any]:
    """Return a sequence's overlaps over time and where its trackers lost and found their target."""
    return {
        "name": view.name,
        "acts": [list(one) for one in view.acts],
        "tracks": [
            {
                "t": number[track.tracker],
                "start": track.trajectory.start,
                "o": per_cent(track.overlap),
                "lost": [one.first for one in track.segments if one.kind in ("lost", "jumped")],
                "found": [one.first for one in track.segments if one.kind == "recovered"],
            }
            for track in view.tracks
            if track.overlap is not None and track.trajectory is not None
        ],
    }


def _memory(memory: Memory, number: dict[str, int], pictures: dict[bytes, int]) -> dict[str, Any]:
    return {
        "t": number[memory.tracker],
        "first": memory.first,
        "frames": memory.frames,
        "panels": [panel_data(panel) for panel in memory.panels],
        "moments": [
            {
                "frame": moment.frame,
                "slots": [
                    {
                        "label": slot.label,
                        "frame": slot.frame,
                        "weight": None if slot.weight is None else round(slot.weight, 3),
                        "picture": None if slot.webp is None else pictures.setdefault(slot.webp, len(pictures)),
                    }
                    for slot in moment.slots
                ],
                "attention": None if moment.attention is None else [short_map(row) for row in moment.attention],
            }
            for moment in memory.moments
        ],
    }


def panel_data(panel: Panel) -> dict[str, Any]:
    """Return a panel, a byte a value: a state as it is, else 0 to 200 from low to high; 255 where unknown."""
    whole = panel.kind == "states"
    return {
        "title": panel.title,
        "kind": panel.kind,
        "rows": list(panel.rows),
        "low": panel.low,
        "high": panel.high,
        "columns": panel.values.shape[1],
        "shades": [STATES[code % len(STATES)] for code in range(len(panel.rows))] if whole else [],
        "data": [
            _bytes(row, 0.0, 1.0, 1) if whole else _bytes(row, panel.low, panel.high, 200) for row in panel.values
        ],
    }


def _bytes(values: NDArray[np.float64], low: float, high: float, steps: int) -> str:
    """Return values as one byte each, `low` to `high` in so many steps, 255 where unknown, in base64."""
    known = np.isfinite(values)
    scaled = np.rint((np.where(known, values, low) - low) / max(high - low, np.finfo(float).tiny) * steps)
    return base64.b64encode(
        np.where(known, np.clip(scaled, 0, UNKNOWN - 1), UNKNOWN).astype(np.uint8).tobytes()
    ).decode()


def per_cent(values: NDArray[np.float64]) -> str:
    """Return values from 0 to 1 in per cent, a byte each, 255 where unknown, in base64."""
    return _bytes(values, 0.0, 1.0, 100)


def short_map(row: NDArray[np.float64]) -> str:
    """Return a row of values from 0 to 1 as bytes."""
    return _bytes(row, 0.0, 1.0, 200)


def short(values: Iterable[float]) -> list[float]:
    """Return values with four decimals."""
    return [round(float(value), 4) for value in values]
