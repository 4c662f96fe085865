"""What the gate found over time: a JSON line a gate, and where a series changed its level."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmark.gate.verdict import GateResult
from benchmark.statistics.change_points import ChangePoint, change_points
from benchmark.store.results import writing
from trackers.errors import InputError

SCHEMA = 1
EFFECTS = {"accuracy": 0.002, "median": 0.03, "p95": 0.06, "start-up": 0.1, "memory": 0.03}
"""The smallest change of each measure that is worth a word, as a part of what it was."""


@dataclass(frozen=True)
class Entry:
    """One gate of the past."""

    date: str
    commit: str
    machine: str
    coverage: str
    status: str
    figures: Mapping[str, Mapping[str, float]]
    """Tracker: measure: figure. Times are calibrated, so that machines can be set side by side."""


@dataclass(frozen=True)
class Series:
    """One tracker's measure over time, on one selection of sequences."""

    tracker: str
    measure: str
    entries: tuple[Entry, ...]
    values: tuple[float, ...]
    changes: tuple[ChangePoint, ...]


def append(file: Path, result: GateResult) -> None:
    """Add a gate to the file, making it where it is missing; InputError where it cannot be written."""
    figures: dict[str, dict[str, float]] = {}
    for verdict in result.verdicts:
        value = verdict.facts.get("calibrated", verdict.new)
        if value is not None:
            figures.setdefault(verdict.tracker, {})[verdict.measure] = round(value, 6)
    line = {
        "schema": SCHEMA, "date": result.date, "commit": result.commit, "machine": result.machine,
        "coverage": f"{result.coverage}, profile {result.profile}", "status": result.status, "figures": figures,
    }  # fmt: skip
    with writing(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(line) + "\n")


def read(file: Path) -> list[Entry]:
    """Return the gates in the file, oldest first; InputError with the line that cannot be read."""
    entries = []
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        try:
            facts: dict[str, Any] = json.loads(line)
            if facts.pop("schema") != SCHEMA:
                raise ValueError(f"schema is not {SCHEMA}")
            entries.append(Entry(**facts))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(f"{file}, line {number}: no entry of a gate ({error}): take that line out") from error
    return entries


def series(entries: list[Entry]) -> list[Series]:
    """Return every tracker's measures over the entries that cover what the last one does."""
    same = [entry for entry in entries if entry.coverage == entries[-1].coverage] if entries else []
    keys = dict.fromkeys((name, measure) for entry in same for name, own in entry.figures.items() for measure in own)
    found = []
    for tracker, measure in keys:
        own = tuple(entry for entry in same if measure in entry.figures.get(tracker, {}))
        values = tuple(entry.figures[tracker][measure] for entry in own)
        found.append(Series(tracker, measure, own, values, tuple(change_points(values, effect=EFFECTS[measure]))))
    return found


def sentences(found: list[Series]) -> list[str]:
    """Return one line a change point, the newest first."""
    lines = [
        (one.entries[point.index].date, f"{one.tracker}, {one.measure}: {point.before:.4g} became {point.after:.4g}"
         f" on {one.entries[point.index].date[:10]} at {one.entries[point.index].commit[:12] or 'an unknown commit'}")
        for one in found for point in one.changes
    ]  # fmt: skip
    return [line for _, line in sorted(lines, reverse=True)]
