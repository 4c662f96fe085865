"""The report as plain data, for `report.json`: everything on the page but pictures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from benchmark.merit import Merit
from benchmark.scores import RunScores
from reports.answers import Answer
from reports.html.data import per_cent
from reports.model import Report
from reports.sequences import SequenceView
from reports.speed import Speed

__all__ = ["to_plain"]

SCHEMA = 2


def to_plain(report: Report) -> dict[str, Any]:
    """Return the report ready for JSON; numbers that are not finite become null."""
    return {
        "schema": SCHEMA,
        "scores": _plain(report.scores),
        "missing": dict(report.missing),
        "answers": [_answer(one) for one in report.answers],
        "causes": _plain(report.causes),
        "studies": [one.to_dict() for one in report.studies],
        "toolkit": [one.to_dict() for one in report.toolkit],
        "base": report.base,
        "differences": [_plain(one) for one in report.differences],
        "papers": [_plain(one) for one in report.papers],
        "published": [_plain(one) for one in report.others],
        "speeds": [_speed(one, report.merit) for one in report.speeds],
        "sequences": [_sequence(view) for view in report.sequences],
        "runs": [{"folder": run.folder.name, "manifest": run.manifest} for run in report.runs],
    }


def _answer(one: Answer) -> dict[str, Any]:
    """Return an answer: its differences by what they are of."""
    facts = {name: value for name, value in vars(one).items() if name not in ("merit", "main", "second")}
    return _plain({**facts, one.merit.key: one.main, one.merit.second: one.second, "verdict": one.verdict})  # type: ignore[no-any-return]


def _speed(one: Speed, merit: Merit) -> dict[str, Any]:
    """Return a speed: the score beside it by what it is."""
    return {merit.key if name == "score" else name: value for name, value in _plain(one).items()}


def _sequence(view: SequenceView) -> dict[str, Any]:
    return {
        "name": view.name,
        "attributes": list(view.attributes),
        "cause": view.cause,
        "cause_acts": [list(one) for one in view.acts],
        "frames": view.frames,
        "failed": dict(view.failed),
        "trackers": [
            {
                "name": track.tracker,
                "auc": track.auc,
                "precision": track.precision,
                "lost": track.lost,
                "first_loss": track.first_loss,
                "segments": [[one.kind, one.first, one.end] for one in track.segments],
                "start": track.trajectory.start if track.trajectory else None,
                "overlap": None if track.overlap is None else per_cent(track.overlap),
            }
            for track in view.tracks
        ],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, RunScores):
        return value.to_dict()
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
