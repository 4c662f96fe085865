"""What a memory did: telemetry as panels over time, and what its slots held at the moments that matter."""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from reports.strips import FrameReader, thumbnail

__all__ = ["COLUMNS", "Memory", "Moment", "Panel", "Slot", "memory_of", "panels_of"]

Values = NDArray[np.float64]
Kind = Literal["lines", "heat", "states"]
COLUMNS = 240
"""Columns a panel has at most; longer sequences are drawn in blocks of frames."""


@dataclass(frozen=True)
class Panel:
    """One chart over the frames of a sequence."""

    title: str
    kind: Kind
    rows: tuple[str, ...]
    """What each row is; of ``states`` what each whole number means."""
    values: Values = field(repr=False)
    """(R, C), NaN where nothing is there; C columns over all frames, means of blocks (of ``states`` the commonest)."""
    low: float
    high: float


@dataclass(frozen=True)
class Slot:
    """What one slot held."""

    label: str
    frame: int
    """The frame it was written at: exactly, or by the mean age of a blend."""
    weight: float | None
    """Its share in what was read."""
    webp: bytes | None = field(repr=False, default=None)
    """The target there as the tracker boxed it."""


@dataclass(frozen=True)
class Moment:
    """The memory at one frame."""

    frame: int
    slots: tuple[Slot, ...]
    attention: Values | None = field(repr=False, default=None)
    """(R, C) attention to windows of the search region, rows by columns; the largest is 1."""


@dataclass(frozen=True)
class Memory:
    """One tracker's memory on one sequence."""

    tracker: str
    first: int
    frames: int
    """Telemetry is there of that many frames, from index `first` on."""
    panels: tuple[Panel, ...]
    moments: tuple[Moment, ...]


def memory_of(
    tracker: str,
    telemetry: Mapping[str, NDArray[Any]],
    start: int,
    boxes: Values,
    at: Sequence[int],
    reader: FrameReader | None,
) -> Memory | None:
    """Return what a tracker's telemetry shows, with its slots at the frames `at`; None where there is none.

    `telemetry` begins a frame after `start`, the frame of ``boxes[0]``.
    """
    if not (panels := panels_of(telemetry)):
        return None
    found = tuple(moment for frame in at if (moment := _moment(telemetry, start, boxes, frame, reader)))
    return Memory(tracker, start + 1, len(next(iter(telemetry.values()))), panels, found)


def panels_of(telemetry: Mapping[str, NDArray[Any]], columns: int = COLUMNS) -> tuple[Panel, ...]:
    """Return the charts of a tracker's telemetry, of so many columns at most; none where its parts differ in length."""
    lengths = {len(values) for values in telemetry.values()}
    if len(lengths) != 1 or not min(lengths):
        return ()
    drawable = {name: values for name, values in telemetry.items() if values.dtype.kind in "biuf" and values.ndim <= 2}
    return tuple(replace(one, values=_blocks(one.values, columns, one.kind == "states")) for one in _panels(drawable))


def _panels(telemetry: Mapping[str, NDArray[Any]]) -> Iterator[Panel]:
    told = tomllib.loads(files(__package__).joinpath("signals.toml").read_text("utf-8"))
    known = set(told["hidden"]["signals"])
    for one in told["panel"]:
        known.update(one["signals"])
        there = [name for name in one["signals"] if name in telemetry]
        if not there:
            continue
        values = np.concatenate([_rows(telemetry[name]) for name in there])
        labels = one.get("rows")
        if one["kind"] == "states":
            yield _panel(one["title"], "states", one["states"], values, 0, len(one["states"]) - 1)
            continue
        if isinstance(labels, list) and len(one["signals"]) > 1:
            labels = [label for name, label in zip(one["signals"], labels, strict=True) if name in telemetry]
        elif labels == "first, segments, newest":
            labels = ["first", *(f"segment {k}" for k in range(1, len(values) - 1)), "newest"]
        if "empty" in one:
            values = np.where(values <= one["empty"], np.nan, values)
        rows = labels if isinstance(labels, list) else _numbered(there[0], len(values))
        yield _panel(one["title"], one["kind"], rows, values, one.get("low"), one.get("high"))
    for name, reported in telemetry.items():
        if name not in known:
            values = _rows(reported)
            kind: Kind = "lines" if reported.ndim == 1 else "heat"
            yield _panel(name, kind, _numbered(name, len(values)), values, None, None)


def _panel(
    title: str, kind: Kind, rows: Sequence[str], values: Values,
    low: float | None, high: float | None,
) -> Panel:  # fmt: skip
    """Return a panel with a column a frame; a range that is not given is the values' own."""
    finite = values[np.isfinite(values)]
    lowest = float(finite.min()) if low is None and len(finite) else float(low or 0)
    highest = float(finite.max()) if high is None and len(finite) else float(high or 0)
    return Panel(title, kind, tuple(rows), values, lowest, highest if highest > lowest else lowest + 1)


def _blocks(values: Values, columns: int, commonest: bool) -> Values:
    if values.shape[1] <= columns:
        return values
    edges = np.linspace(0, values.shape[1], columns + 1).astype(int)
    if commonest:
        whole = np.clip(np.nan_to_num(values), 0, 255).astype(int)
        return np.array(
            [[np.bincount(row[a:b]).argmax() for a, b in itertools.pairwise(edges)] for row in whole],
            np.float64,
        )
    known = np.isfinite(values)
    sums = np.add.reduceat(np.where(known, values, 0.0), edges[:-1], axis=1)
    counts = np.add.reduceat(known, edges[:-1], axis=1, dtype=np.int64)
    return np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts > 0)


def _rows(values: NDArray[Any]) -> Values:
    """Return (N,) or (N, R) telemetry as (R, N)."""
    wide: Values = np.atleast_2d(values.astype(np.float64).T)
    return wide


def _numbered(name: str, count: int) -> list[str]:
    return [name] if count == 1 else [str(k + 1) for k in range(count)]


def _moment(
    telemetry: Mapping[str, NDArray[Any]], start: int, boxes: Values, frame: int, reader: FrameReader | None
) -> Moment | None:
    """Return what a memory read from at a frame, and where it attended; None where it tells of neither.

    Read are MemTrack's slots, or the frames that DualMN's long branch chose.
    """
    row = frame - start - 1
    ages, weights = ("read_age", "read_mass") if "read_age" in telemetry else ("slot_age", "read_weights")
    if not 0 <= row < min(map(len, telemetry.values())):
        return None
    at = {name: values[row].astype(np.float64) for name, values in telemetry.items() if values.dtype.kind in "biuf"}
    slots = _slots(at, ages, weights, start, boxes, frame, reader) if ages in at else ()
    maps = at.get("attention_map")
    attention = None
    if maps is not None and maps.ndim == 2 and (top := float(np.nan_to_num(maps, posinf=0).max(initial=0))) > 0:
        attention = maps / top
    return Moment(frame, slots, attention) if slots or attention is not None else None


def _slots(
    at: Mapping[str, Values], ages: str, weights: str, start: int, boxes: Values, frame: int,
    reader: FrameReader | None,
) -> tuple[Slot, ...]:  # fmt: skip
    held = at[ages]
    shares = at.get(weights, np.full_like(held, np.nan))
    if held.ndim != 1 or shares.shape != held.shape:
        return ()
    slots = []
    for index, age in enumerate(held):
        if not np.isfinite(age):
            continue
        written = frame - round(float(age))
        empty = age < 0 or (ages == "slot_age" and age <= 0)
        if empty or not 0 <= written - start < len(boxes):
            continue
        picture = thumbnail(reader, written, boxes[written - start]) if reader else None
        share = float(shares[index]) if np.isfinite(shares[index]) else None
        slots.append(Slot(str(index + 1), written, share, picture))
    return tuple(slots)
