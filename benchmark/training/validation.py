"""Validation by tracking: real videos, and rendered ones of the training world with seeds that nothing was trained on.

No rendered family of bodies or textures is shared with the demo sets, and no picture with any benchmark.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from benchmark.datasets.base import Dataset
from benchmark.datasets.render.catalogue import Catalogue, Entry
from benchmark.datasets.render.dataset import RenderedDataset
from benchmark.datasets.render.scripts import CAUSES
from benchmark.datasets.render.staging import Stage, Take
from benchmark.datasets.render.worlds import training_world
from benchmark.datasets.selection import select
from benchmark.engine.executors.local import Local
from benchmark.engine.run import OnFrames, Plan, execute, lay_out
from benchmark.metrics.scores import score_sequences
from benchmark.profiles import load_profile
from benchmark.store.results import Results
from trackers.names import resolve

SEED = 70_000
"""Of the first validation video; the demo sets' seeds are below 10,000."""
SEEDS_A_PLOT = 2


@dataclass(frozen=True)
class ValidationEntry(Entry):
    """A sequence whose bodies and textures are the training world's."""

    def play(self) -> Take:
        """Return its scene, and where its cause acts."""
        return CAUSES[self.cause].play(
            Stage(training_world(), self.frames, self.size, self.seed, self.plot, "", self.pace, self.extent)
        )


def validation_set(
    causes: Collection[str] | None = None, seeds: int = SEEDS_A_PLOT, frames: int = 100, cache: Path | None = None
) -> RenderedDataset:
    """Return the rendered videos for validation: every plot of the named causes (None: of all), `seeds` times."""
    entries = {}
    for place, (cause, script) in enumerate(CAUSES.items()):
        if causes is not None and cause not in causes:
            continue
        for number, plot in enumerate(script.plots):
            for turn in range(seeds):
                name = f"{cause}-{plot}-{turn + 1}"
                seed = SEED + 1000 * place + 100 * number + turn
                entries[name] = ValidationEntry(name, cause, plot, "", seed, frames, (320, 240), 2.5, 56.0)
    return RenderedDataset(
        Catalogue(
            "validation",
            "rendered videos for choosing among trained weights",
            "validation/1",
            "Rendered by this package from the training world.",
            MappingProxyType(entries),
        ),
        cache,
        os.cpu_count(),
    )


@dataclass(frozen=True)
class Tracked:
    """One tracker's scores (AUC, `otb` profile) on one set."""

    tracker: str
    by_sequence: Mapping[str, float]

    @property
    def mean(self) -> float:
        """Over all sequences."""
        return float(np.mean(list(self.by_sequence.values())))

    def by_cause(self) -> dict[str, float]:
        """Return the mean over the sequences of each cause; a real video, which names none, stands alone."""
        groups: dict[str, list[float]] = {}
        for name, score in self.by_sequence.items():
            causes = [cause for cause in CAUSES if name.startswith(f"{cause}-")]
            groups.setdefault(max(causes, key=len, default=name), []).append(score)
        return {cause: float(np.mean(scores)) for cause, scores in groups.items()}


def track(
    trackers: Sequence[str],
    dataset: Dataset,
    results: Results,
    *,
    device: str = "cpu",
    lanes: int = 1,
    on_frames: OnFrames = lambda tracker, count: None,
) -> list[Tracked]:
    """Run trackers, each by its full name (``siamfc@FILE``), on a whole set and score them.

    What `results` keeps is not run again. RuntimeError where a tracker fails on a sequence.
    """
    specs = tuple(resolve(name) for name in trackers)
    plan = Plan(specs, select(dataset), device, lanes=lanes)
    workers = Local(device)
    tasks = lay_out(plan, results, workers.environment)
    records = {task.key: task.kept for task in tasks if task.kept is not None}
    records |= {task.key: record for task, record in execute(plan, tasks, results, workers, on_frames)}
    truth = {video.name: video.annotation for video in plan.selection.sequences}
    scored = []
    for spec in specs:
        boxes = {}
        for task in (task for task in tasks if task.spec is spec):
            if records[task.key].status != "done":
                raise RuntimeError(f"{spec.name} failed on {task.sequence}:\n{records[task.key].error}")
            boxes[task.sequence] = records[task.key].boxes
        table = score_sequences(boxes, truth, load_profile("otb"))
        scored.append(Tracked(spec.name, {name: table[name].auc for name in truth}))
    return scored
