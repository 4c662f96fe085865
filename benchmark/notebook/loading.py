"""A run that is kept, as tidy frames."""

from __future__ import annotations

from functools import cached_property
from os import PathLike
from pathlib import Path

import numpy as np
import pandas as pd

from benchmark.commands.lists import Words, names_among
from benchmark.metrics.overlap import centre_errors, overlap
from benchmark.notebook.frames import (
    attribute_frame,
    curve_frame,
    score_frame,
    sequence_frame,
    speed_frame,
    telemetry_frame,
    typed,
)
from benchmark.notebook.page import page
from benchmark.playback.trails import find_run
from benchmark.runs import Run, Trajectory
from trackers.errors import InputError, did_you_mean
from trackers.printable import printable

__all__ = ["LoadedRun", "checked", "load"]

Place = str | PathLike[str]


def checked(given: LoadedRun) -> LoadedRun:
    """Return a run as it is; InputError for anything else, as a path or an id that `load` takes."""
    if not isinstance(given, LoadedRun):
        raise InputError(f"{printable(repr(given)[:80])} is no run that was loaded: load(...) returns one")
    return given


class LoadedRun:
    """One run: its scores and all that is kept of it, each time as a frame of its own that may be changed."""

    def __init__(self, run: Run) -> None:
        """Wrap a run's folder that was read."""
        self._run = run

    @property
    def folder(self) -> Path:
        """The run's folder."""
        return self._run.folder

    @property
    def id(self) -> str:
        """The run's id: what stands for it wherever a RUN is asked for."""
        return self._run.scores.run

    @property
    def kept(self) -> Run:
        """The run as the program has it: scores, manifest, ground truth, boxes."""
        return self._run

    @property
    def trackers(self) -> tuple[str, ...]:
        """The trackers' names, in the order of the run."""
        return tuple(one.name for one in self._run.scores.trackers)

    @property
    def names(self) -> tuple[str, ...]:
        """The sequences' names."""
        return tuple(self._run.manifest["dataset"]["sequences"])

    @property
    def about(self) -> pd.Series[str]:
        """What the numbers are of: run, dataset, coverage, protocol, profile, and whether frames are rendered."""
        scores = self._run.scores
        frames = "rendered" if scores.rendered else "filmed"
        facts = {"run": scores.run, "dataset": scores.dataset, "coverage": scores.coverage,
                 "protocol": scores.protocol, "profile": scores.profile, "frames": frames}  # fmt: skip
        return pd.Series(facts, name="about")

    @property
    def scores(self) -> pd.DataFrame:
        """A row a tracker and measure (`benchmark.notebook.frames.score_frame`)."""
        return score_frame(self._run.scores)

    @property
    def sequences(self) -> pd.DataFrame:
        """A row a tracker and sequence (`benchmark.notebook.frames.sequence_frame`)."""
        return sequence_frame(self._run.scores)

    @property
    def attributes(self) -> pd.DataFrame:
        """A row a tracker, attribute and measure (`benchmark.notebook.frames.attribute_frame`)."""
        return attribute_frame(self._run.scores)

    @property
    def curves(self) -> pd.DataFrame:
        """A row a tracker, curve and threshold (`benchmark.notebook.frames.curve_frame`)."""
        return curve_frame(self._run.scores)

    @property
    def speed(self) -> pd.DataFrame:
        """A row a tracker (`benchmark.notebook.frames.speed_frame`)."""
        return speed_frame(self._run)

    def boxes(self, sequence: str, trackers: Words | None = None) -> pd.DataFrame:
        """Return a row a tracker and frame of a sequence: its box, its overlap with the truth, and its error.

        Columns: tracker, frame (0-based), x, y, w, h (pixels, 0-based), iou (0 to 1) and error (pixels between the
        centres), both NaN where the ground truth is invalid or was not kept. Of several repeats or starts the first is
        taken. `trackers` are those that are wanted, all by default, in one text with commas or one by one. InputError
        for a sequence or tracker that the run does not have.
        """
        self._check(sequence, self.names, "sequence")
        chosen = self.trackers if trackers is None else names_among(trackers, self.trackers)
        for name in chosen:
            self._check(name, self.trackers, "tracker")
        found = [(name, self._run.trajectory(name, sequence)) for name in chosen]
        parts = [self._rows(name, sequence, one) for name, one in found if one is not None]
        columns = ["tracker", "frame", "x", "y", "w", "h", "iou", "error"]
        return typed(pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns))

    def truth(self, sequence: str) -> pd.DataFrame:
        """Return a row a frame of a sequence's ground truth: frame, x, y, w, h, valid; empty where none was kept."""
        self._check(sequence, self.names, "sequence")
        kept = self._run.truth
        if kept is None or sequence not in kept.annotations:
            return typed(pd.DataFrame(columns=["frame", "x", "y", "w", "h", "valid"]))
        one = kept.annotations[sequence]
        frame = pd.DataFrame(one.boxes, columns=["x", "y", "w", "h"]).assign(valid=one.valid)
        frame.insert(0, "frame", np.arange(len(one)))
        return frame

    def telemetry(self, tracker: str, sequence: str) -> pd.DataFrame:
        """Return what a tracker reported of itself (`benchmark.notebook.frames.telemetry_frame`).

        It has no rows where nothing was kept: ``run(..., telemetry=True)`` keeps it. InputError for a sequence or
        tracker that the run does not have.
        """
        self._check(tracker, self.trackers, "tracker")
        self._check(sequence, self.names, "sequence")
        found, trajectory = self._run.telemetry(tracker, sequence), self._run.trajectory(tracker, sequence)
        return telemetry_frame(found or {}, (trajectory.start if trajectory else 0) + 1)

    @cached_property
    def _html(self) -> str:
        about = self._run.scores
        table = self.scores.pivot(index="tracker", columns="measure", values="value")
        shown = table.loc[list(self.trackers), list(dict.fromkeys(self.scores["measure"]))].round(3)
        found = {one.name: "; ".join(filter(None, (*one.caveats, one.lacking))) for one in about.trackers}
        return page(f"Run {about.run}", about.said, shown, [f"{name}: {said}" for name, said in found.items() if said])

    def _repr_html_(self) -> str:
        return self._html

    def __repr__(self) -> str:
        scored = [one for one in self._run.scores.trackers if one.summary]
        best = ", ".join(
            f"{one.name} {one.summary.overall.auc:.3f}" + (f" ({one.lacking})" if one.lacking else "")
            for one in scored if one.summary
        )  # fmt: skip
        return f"<run {self.id} on {self._run.scores.coverage}, success AUC: {best or 'no scores'}>"

    @staticmethod
    def _check(name: str, known: tuple[str, ...], what: str) -> None:
        if name not in known:
            raise InputError(f"the run has no {what} {name!r}.{did_you_mean(name, known)} It has: {', '.join(known)}")

    def _rows(self, tracker: str, sequence: str, found: Trajectory) -> pd.DataFrame:
        frame = pd.DataFrame(found.boxes, columns=["x", "y", "w", "h"])
        frame.insert(0, "frame", found.start + np.arange(len(found.boxes)))
        frame.insert(0, "tracker", tracker)
        truth = self._run.truth.annotations.get(sequence) if self._run.truth else None
        if truth is None or found.start + len(found.boxes) > len(truth):
            return frame.assign(iou=np.nan, error=np.nan)
        rows = slice(found.start, found.start + len(found.boxes))
        valid = truth.valid[rows]
        pixels, _ = centre_errors(found.boxes, truth.boxes[rows])
        iou = overlap(found.boxes, truth.boxes[rows])
        return frame.assign(iou=np.where(valid, iou, np.nan), error=np.where(valid, pixels, np.nan))


def load(run: Place = "latest", *, results: Place = "results") -> LoadedRun:
    """Return a run that is kept: `run` is its folder, an id, a name or ``latest``, looked for in the folder `results`.

    Raises InputError, one line that says how to mend it, where there is none or it is damaged.
    """
    _, folder = find_run(Path(results), str(run))
    return LoadedRun(Run.read(folder))
