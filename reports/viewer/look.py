"""One run, or several joined, as the viewer looks at it: what is in it at a glance, and each sequence in full."""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from benchmark.datasets.sequence import Annotation
from benchmark.playback.scene import Scene, Trail
from benchmark.playback.trails import find_run, stored_trail
from benchmark.plurals import counted
from benchmark.runs import IMPORTED, Run, join
from reports.failures import Segment, cut, overlaps
from reports.html.data import panel_data
from reports.labels import ATTRIBUTES, KIND_NAMES, coverage, is_class, legend, warnings
from reports.memory import memory_of, panels_of
from reports.plots.style import styles
from reports.sequences import view_sequence
from reports.strips import FrameReader
from reports.viewer.answers import (
    Kinds,
    Overview,
    SequenceData,
    SequenceLine,
    Slot,
    TrackData,
    TrackerLine,
    packed,
)
from reports.viewer.footage import Footage, Reel
from trackers.boxes import tame
from trackers.errors import InputError, did_you_mean
from trackers.printable import printable

COLUMNS = 1200
"""Columns of a chart of telemetry: no screen shows more of them."""
UNFINISHED = "failed"
"""What the page calls it where a tracker did not come to the end of a sequence."""


class Look:
    """What the viewer knows of its runs. Names go out printable, and are known by that."""

    def __init__(self, folders: Sequence[Path], data_root: Path | None) -> None:
        """Read the runs; InputError where one is damaged, or they do not go together."""
        self.runs = tuple(Run.read(folder) for folder in folders)
        self.scores, self._owner = join(self.runs)
        self._stores = [find_run(folder, str(folder))[0] for folder in folders]
        self.footage = Footage(self.runs[0], data_root)
        self.trackers = [one.name for one in self.scores.trackers]
        names = dict.fromkeys(name for run in self.runs for name in run.manifest["dataset"]["sequences"])
        self._names: dict[str, str] = {printable(name): name for name in names}
        self._shown = {printable(name): name for name in self.trackers}
        self._lock = Lock()

    def overview(self, run: str) -> Overview:
        """Return what is in it, by scores and ground truth alone: no boxes are read."""
        look = styles(self.trackers)
        lines = [self._line(shown, name) for shown, name in self._names.items()]
        codes = sorted({code for line in lines for code in line["attributes"]})
        return Overview(
            id=run,
            coverage=coverage(self.scores),
            warnings=list(warnings(self.scores)),
            trackers=[
                TrackerLine(
                    name=printable(one.name), legend=legend(one), colour=look[one.name].colour, dash=look[one.name].dash
                )
                for one in self.scores.trackers
            ],
            sequences=lines,
            attributes={code: code if is_class(code) else ATTRIBUTES.get(code, code) for code in codes},
        )

    def _line(self, shown: str, name: str) -> SequenceLine:
        truth = self._truth(name)
        scores = [one.sequences.get(name) for one in self.scores.trackers]
        return SequenceLine(
            name=shown,
            frames=max((one.frames for one in scores if one), default=len(truth) if truth else 0),
            attributes=list(truth.attributes) if truth else [],
            cause=self.footage.cause(name),
            auc=[round(one.auc, 4) if one else None for one in scores],
            failed=[name in one.failed for one in self.scores.trackers],
        )

    @cached_property
    def kinds(self) -> Kinds:
        """What happened in each sequence: all boxes are read, which takes a while."""
        found: dict[str, list[list[str]]] = {}
        for shown, name in self._names.items():
            view = view_sequence(name, self.scores.trackers, self.runs, self._owner)
            own = {track.tracker: {one.kind for one in track.segments} for track in view.tracks}
            found[shown] = [
                [*sorted(own.get(tracker, ())), *([UNFINISHED] if tracker in view.failed else [])]
                for tracker in self.trackers
            ]
        return Kinds(titles={**KIND_NAMES, UNFINISHED: "did not finish"}, sequences=found)

    def sequence(self, shown: str, attempt: str) -> SequenceData:
        """Return a sequence; `attempt` is one of its repeats or starts, "" for the first."""
        name = self._name(shown)
        reel = self.footage.reel(name)
        truth = self._truth(name) or reel.annotation
        attempts = self._attempts(name)
        if attempt and attempt not in attempts:
            raise InputError(f"{shown} has no attempt {attempt!r}.{did_you_mean(attempt, attempts)}")
        chosen = attempt or attempts[0]
        trails, remarks = self._trails(name, chosen, self.trackers, truth)
        frames = len(truth) if truth else max((one.start + len(one.boxes) for one in trails.values()), default=0)
        boxes = np.where(truth.valid[:, None], tame(truth.boxes), np.nan) if truth else np.full((frames, 4), np.nan)
        return SequenceData(
            name=shown,
            frames=frames,
            start=truth.start if truth else min((one.start for one in trails.values()), default=0),
            size=reel.size or _room(truth, trails.values()),
            missing=reel.missing,
            truth=packed(boxes),
            attempt=chosen,
            attempts=attempts,
            causes=self.footage.causes(name),
            tracks=[_track(self.trackers.index(own), trail, truth) for own, trail in trails.items()],
            remarks=remarks,
        )

    def reel(self, shown: str) -> Reel:
        """Return a sequence's frames."""
        return self.footage.reel(self._name(shown))

    def slots(self, shown: str, attempt: str, tracker: str, frame: int) -> list[Slot]:
        """Return what a tracker's memory held at a frame (an index); nothing where it tells of no slots."""
        name, own, reel = self._name(shown), self._shown.get(tracker, ""), self.reel(shown)
        wanted = [own] if own else []
        trails, _ = self._trails(name, attempt or self._attempts(name)[0], wanted, self._truth(name) or reel.annotation)
        if own not in trails:
            return []
        trail, reader = trails[own], FrameReader(reel.frames)
        found = memory_of(own, trail.telemetry, trail.start, tame(trail.boxes), [frame], reader)
        return [
            Slot(frame=one.frame, weight=one.weight, picture=base64.b64encode(one.webp or b"").decode())
            for moment in (found.moments if found else ())
            for one in moment.slots
        ]

    def scene(self, shown: str, attempt: str, trackers: Collection[str]) -> tuple[Scene, Reel, tuple[int, int]]:
        """Return what of a sequence is drawn for a slide, its frames, and their width and height.

        InputError where there is nothing of these trackers.
        """
        name, reel = self._name(shown), self.reel(shown)
        truth = self._truth(name) or reel.annotation
        wanted = [own for tracker, own in self._shown.items() if tracker in trackers]
        trails, remarks = self._trails(name, attempt or self._attempts(name)[0], wanted, truth)
        if not trails:
            raise InputError(remarks[0] if remarks else "choose a tracker whose boxes are shown")
        length = len(truth) if truth else max(one.start + len(one.boxes) for one in trails.values())
        drawn = ", rendered frames" if self.scores.rendered else ""
        found = tuple(trails.values())
        scene = Scene(shown, self.scores.dataset + drawn, length, found, tuple(self.trackers), truth)
        return scene, reel, reel.size or _room(truth, found)

    def _name(self, shown: str) -> str:
        if shown not in self._names:
            raise InputError(f"the run has no sequence {shown!r}.{did_you_mean(shown, self._names)}")
        return self._names[shown]

    def _truth(self, name: str) -> Annotation | None:
        kept = (run.truth.annotations.get(name) for run in self.runs if run.truth)
        return next((one for one in kept if one is not None), None)

    @cached_property
    def _entries(self) -> list[dict[tuple[str, str], dict[str, Mapping[str, Any]]]]:
        """Of each run, by (tracker, sequence), its records by what the attempt is called."""
        found = []
        for run in self.runs:
            repeated = any(one["repeat"] for one in run.manifest["records"])
            own: dict[tuple[str, str], dict[str, Mapping[str, Any]]] = {}
            for one in sorted(run.manifest["records"], key=lambda one: one["repeat"]):
                words = [one["begun"]] if one["begun"] != "ope" else []
                words += [f"repeat {one['repeat'] + 1}"] if repeated else []
                own.setdefault((one["tracker"], one["sequence"]), {})[", ".join(words)] = one
            found.append(own)
        return found

    def _attempts(self, name: str) -> list[str]:
        """Return what the attempts at a sequence are called, of all trackers; at least one."""
        own = (self._entries[index].get((tracker, name), {}) for index, tracker in self._owner.values())
        return list(dict.fromkeys(attempt for entries in own for attempt in entries)) or [""]

    def _trails(
        self, name: str, attempt: str, trackers: Sequence[str], truth: Annotation | None
    ) -> tuple[dict[str, Trail], list[str]]:
        """Return what trackers did, by their names here, and remarks on what is missing."""
        trails: dict[str, Trail] = {}
        remarks = []
        for tracker in trackers:
            try:
                trail = _within(self._trail(tracker, name, attempt), truth)
            except InputError as error:  # its file of boxes is damaged
                remarks.append(f"{tracker}: {error}")
                continue
            if trail is None or not len(trail.boxes):
                remarks.append(f"{tracker}: {self._why_not(tracker, name, attempt)}")
                continue
            trails[tracker] = trail
            if trail.error:
                remarks.append(f"{tracker} failed after {counted(len(trail.boxes), 'frame')}: {trail.error}")
        return trails, remarks

    def _why_not(self, tracker: str, name: str, attempt: str) -> str:
        failed = next(one for one in self.scores.trackers if one.name == tracker).failed
        if name in failed:
            return f"failed: {failed[name]}"
        return f"no boxes are kept of {attempt}" if attempt else "no boxes are kept"

    def _trail(self, tracker: str, name: str, attempt: str) -> Trail | None:
        index, own = self._owner[tracker]
        run = self.runs[index]
        if own.endswith(IMPORTED):
            with self._lock:  # an import is one file, read once
                found = run.trajectory(own, name)
            return Trail(tracker, found.start, found.boxes, np.empty(0)) if found else None
        entry = self._entries[index].get((own, name), {}).get(attempt)
        trail = stored_trail(self._stores[index], run.folder, run.scores.dataset, entry) if entry else None
        return trail and replace(trail, name=tracker)


def _within(trail: Trail | None, truth: Annotation | None) -> Trail | None:
    """Return a trail without what lies behind the end of its sequence."""
    if trail is None or truth is None:
        return trail
    rows = max(len(truth) - trail.start, 0)
    return trail if len(trail.boxes) <= rows else replace(trail, boxes=trail.boxes[:rows], scores=trail.scores[:rows])


def _track(number: int, trail: Trail, truth: Annotation | None) -> TrackData:
    boxes = tame(trail.boxes)
    rows = slice(trail.start, trail.start + len(boxes))
    overlap, segments = np.empty(0), tuple[Segment, ...]()
    if truth is not None:
        overlap = overlaps(boxes, truth.boxes[rows], truth.valid[rows])
        if np.isfinite(overlap[1:]).any():  # else a server alone knows the ground truth
            segments = cut(boxes, truth.boxes[rows], truth.valid[rows])
    return TrackData(
        tracker=number,
        start=trail.start,
        rows=len(boxes),
        boxes=packed(boxes),
        scores=packed(trail.scores),
        overlap=packed(overlap),
        segments=[(one.kind, one.first, one.end) for one in segments],
        error=trail.error,
        told=len(next(iter(trail.telemetry.values()), ())),
        panels=[panel_data(one) for one in panels_of(trail.telemetry, COLUMNS)],  # type: ignore[misc]
    )


def _room(truth: Annotation | None, trails: Iterable[Trail]) -> tuple[int, int]:
    """Return width and height of what holds the true boxes, without these all boxes, and a little room."""
    boxes = [tame(one.boxes) for one in ([truth] if truth else trails)]
    corners = np.concatenate([np.empty((0, 2)), *(one[:, :2] + one[:, 2:] for one in boxes)])
    known = corners[np.isfinite(corners).all(axis=1)]
    width, height = np.clip(known.max(axis=0) * 1.1, 64, 8192) if len(known) else (320.0, 240.0)
    return int(width), int(height)
