"""A run's folder by what the user calls it, and what it keeps of one tracker on one sequence."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmark.datasets.box_text import from_one_based, read_boxes
from benchmark.playback.scene import Trail
from benchmark.protocols.start import is_backward
from benchmark.store.results import MANIFEST, PLAN, Results, boxes_folder, slug
from trackers.errors import InputError


def find_run(results: Path, run: str) -> tuple[Results | None, Path]:
    """Return a run's folder and the results folder it lies in, None where it lies alone.

    `run` is an id, a name or ``latest`` in `results`, or a run's folder anywhere. InputError where there is none.
    """
    folder = Path(run).absolute()
    if run == "latest" or not folder.is_dir():
        if not (results / "runs").is_dir():
            raise InputError(f"no results in {results}: `run_bench` makes some, --results DIR names another folder")
        folder = Results(results, write=False).find_run(run)
    if not (folder / MANIFEST).is_file():
        begun = "has not ended, or was cut off: the command that began it goes on"
        raise InputError(
            f"{run}: the run {begun}" if (folder / PLAN).is_file() else f"{run or 'an empty name'} is no run's folder"
        )
    return (Results(folder.parent.parent, write=False) if folder.parent.name == "runs" else None), folder


def stored_trail(store: Results | None, run: Path, dataset: str, entry: Mapping[str, Any]) -> Trail | None:
    """Return the trail of one of a manifest's records; from the run's own text of boxes where that was cleaned away."""
    tracker, sequence, start = entry["tracker"], entry["sequence"], entry["start"]
    if store and (record := store.find(dataset, tracker, entry["key"], sequence, start, entry["repeat"])):
        if is_backward(record.begun):
            first, back = start - len(record.boxes) + 1, slice(None, None, -1)
            return Trail(tracker, first, record.boxes[back], record.scores[back], {}, record.seconds, record.reason)
        kept = store.telemetry(record) or {}
        telemetry = {name: values for name, values in kept.items() if len(values) == len(record.boxes) - 1}
        return Trail(tracker, start, record.boxes, record.scores, telemetry, record.seconds, record.reason)
    text = boxes_folder(run, tracker, entry["repeat"], entry["begun"]) / f"{slug(sequence)}.txt"
    if not text.is_file():
        return None
    return Trail(tracker, start, from_one_based(read_boxes(text)), np.empty(0))
