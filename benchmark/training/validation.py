"""Validation by tracking: whole rendered videos from the training world, with seeds that nothing was trained on.

No family of bodies or textures is shared with the demo sets, and no picture with any benchmark.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from benchmark.datasets.render.catalogue import Catalogue, Entry
from benchmark.datasets.render.dataset import RenderedDataset
from benchmark.datasets.render.scripts import CAUSES
from benchmark.datasets.render.staging import Stage, Take
from benchmark.datasets.render.worlds import training_world
from benchmark.engine.job import Job
from benchmark.engine.lanes import run_lanes
from benchmark.metrics.scores import score_sequences
from benchmark.profiles import load_profile
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
    """One tracker's scores (AUC, `otb` profile) on the validation set."""

    tracker: str
    by_sequence: Mapping[str, float]

    @property
    def mean(self) -> float:
        """Over all sequences."""
        return float(np.mean(list(self.by_sequence.values())))

    def by_cause(self) -> dict[str, float]:
        """Return the mean over each cause's sequences."""
        groups: dict[str, list[float]] = {}
        for name, score in self.by_sequence.items():
            cause = max((cause for cause in CAUSES if name.startswith(f"{cause}-")), key=len)
            groups.setdefault(cause, []).append(score)
        return {cause: float(np.mean(scores)) for cause, scores in groups.items()}


def track(
    tracker: str,
    dataset: RenderedDataset,
    *,
    device: str = "cpu",
    lanes: int = 1,
    on_frames: Callable[[int], None] = lambda count: None,
) -> Tracked:
    """Run a tracker, by its full name (``siamfc@FILE``), on the whole set and score it."""
    sequences = {sequence.name: sequence for sequence in dataset.load(dataset.inventory().found)}
    jobs = [Job(video, 0, video.annotation.boxes[0], 0) for video in sequences.values()]
    boxes = {}
    for outcome in run_lanes(resolve(tracker).build(device), jobs, lanes, device, on_frames):
        if outcome.error:
            raise RuntimeError(f"{tracker} failed on {outcome.job.video.name}:\n{outcome.error}")
        boxes[outcome.job.video.name] = outcome.boxes
    table = score_sequences(boxes, {name: s.annotation for name, s in sequences.items()}, load_profile("otb"))
    return Tracked(tracker, {name: table[name].auc for name in sequences})
