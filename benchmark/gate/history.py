"""What the gate found over time: a JSON line a gate, and where a series changed its level."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from benchmark.documents import parse_json, read_bytes
from benchmark.gate.verdict import GateResult
from benchmark.shapes import check
from benchmark.statistics.change_points import ChangePoint, change_points
from benchmark.store.results import writing
from trackers.errors import InputError

SCHEMA = 1
EFFECTS = {"accuracy": 0.002, "median": 0.03, "p95": 0.06, "start-up": 0.1, "memory": 0.03}
"""The smallest change of each measure that is worth a word, as a part of what it was."""
LEAST = 0.03
"""The same of a measure that another version of Engram knows."""


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
    """Add a gate to the file, making it where it is missing; InputError where it is damaged or cannot be written.

    Several gates may do so at once: each is one line. A line that was cut off by a kill is taken out.
    """
    figures: dict[str, dict[str, float]] = {}
    for verdict in result.verdicts:
        value = verdict.facts.get("calibrated", verdict.new)
        if value is not None:
            figures.setdefault(verdict.tracker, {})[verdict.measure] = round(value, 6)
    line = {
        "schema": SCHEMA, "date": result.date, "commit": result.commit, "machine": result.machine,
        "coverage": f"{result.coverage}, profile {result.profile}", "status": result.status, "figures": figures,
    }  # fmt: skip
    text = (json.dumps(line, allow_nan=False) + "\n").encode()
    with writing(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a+b") as lines, _alone(lines):
            _mend(file, lines)
            end = lines.seek(0, os.SEEK_END)
            try:
                lines.write(text)
                lines.flush()
                os.fsync(lines.fileno())
            except BaseException:
                with suppress(OSError):
                    lines.truncate(end)
                raise


def _mend(file: Path, lines: IO[bytes]) -> None:
    """Take off the end what a process was killed in the middle of writing; InputError where any other line is wrong.

    Every entry ends with a line break, and is written by one process at a time: what comes after the last one is no
    entry, or a whole one whose line break alone is missing.
    """
    content = _content(file)
    whole, _, rest = content.rpartition(b"\n")
    _parse(file, whole)
    if rest:
        try:
            _entry(rest)
        except ValueError:
            lines.truncate(len(content) - len(rest))
        else:
            lines.write(b"\n")


@contextmanager
def _alone(lines: IO[bytes]) -> Iterator[None]:
    """Keep other gates out of the file while the block runs; they wait."""
    with suppress(ImportError, OSError):  # a system, or a file system, without such locks
        import fcntl

        fcntl.flock(lines, fcntl.LOCK_EX)
    yield  # closing the file lets the others in


def read(file: Path) -> list[Entry]:
    """Return the gates in the file, oldest first; none where it is missing; InputError with the line that is wrong.

    A last line that was cut off while it was written counts as not written.
    """
    try:
        content = _content(file)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise InputError(f"{file} cannot be read ({error.strerror or error})") from error
    whole, _, rest = content.rpartition(b"\n")
    entries = _parse(file, whole)
    with suppress(ValueError):
        entries += [_entry(rest)] if rest else []
    return entries


def _content(file: Path) -> bytes:
    try:
        return read_bytes(file)
    except ValueError as error:
        raise InputError(f"{file} is no history of gates ({error}): begin another") from error


def _parse(file: Path, content: bytes) -> list[Entry]:
    entries = []
    for number, line in enumerate(content.split(b"\n") if content else [], 1):
        try:
            entries.append(_entry(line))
        except ValueError as error:
            raise InputError(f"{file}, line {number}: no entry of a gate ({error}): take that line out") from error
    return entries


def _entry(line: bytes) -> Entry:
    facts = parse_json(line)
    if not isinstance(facts, dict) or facts.pop("schema", None) != SCHEMA:
        raise ValueError(f"schema is not {SCHEMA}")
    try:
        entry = Entry(**facts)
    except TypeError as error:
        raise ValueError(str(error)) from None
    check(entry, Entry)
    return entry


def series(entries: list[Entry]) -> list[Series]:
    """Return every tracker's measures over the entries that cover what the last one does."""
    same = [entry for entry in entries if entry.coverage == entries[-1].coverage] if entries else []
    keys = dict.fromkeys((name, measure) for entry in same for name, own in entry.figures.items() for measure in own)
    found = []
    for tracker, measure in keys:
        own = tuple(entry for entry in same if measure in entry.figures.get(tracker, {}))
        values = tuple(entry.figures[tracker][measure] for entry in own)
        found.append(
            Series(tracker, measure, own, values, tuple(change_points(values, effect=EFFECTS.get(measure, LEAST))))
        )
    return found


def sentences(found: list[Series]) -> list[str]:
    """Return one line a change point, the newest first."""
    lines = [
        (one.entries[point.index].date, f"{one.tracker}, {one.measure}: {point.before:.4g} became {point.after:.4g}"
         f" on {one.entries[point.index].date[:10]} at {one.entries[point.index].commit[:12] or 'an unknown commit'}")
        for one in found for point in one.changes
    ]  # fmt: skip
    return [line for _, line in sorted(lines, reverse=True)]
