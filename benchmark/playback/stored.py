"""The scene of one sequence of a run: frames from the dataset, boxes and telemetry from the records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np

from benchmark.datasets.selection import Selection
from benchmark.datasets.sequence import Sequence as Video
from benchmark.playback.scene import Scene
from benchmark.playback.trails import stored_trail
from benchmark.plurals import counted
from benchmark.protocols.start import is_backward
from benchmark.store.reading import read_manifest
from benchmark.store.results import Results
from trackers.errors import InputError, did_you_mean
from trackers.lists import check_named, split_list

ROUNDED = 1e-4
"""Pixels by which a kept first box may differ from the ground truth's: a run's texts have four decimals."""
Load = Callable[[str, str, int | None], Selection]
"""Loads one sequence: (dataset, sequence, frames of it that were run; None for all)."""


def stored_scene(
    store: Results | None, run: Path, sequence: str, trackers: Sequence[str], load: Load
) -> tuple[Scene, Video, list[str]]:
    """Return what a run's trackers did on a sequence, the sequence, and remarks on what is missing.

    `trackers` are names, comma lists or wildcards among the run's; ``all`` for all of them. Of several repeats and
    starts the first is taken. Raises InputError where the run has no such sequence or tracker, or the dataset's frames
    are not those of the run.
    """
    manifest = read_manifest(run)
    dataset = manifest["dataset"]
    name = _among(sequence, dataset["sequences"], f"run {run.name} has no sequence", str.casefold)
    cast = tuple(tracker["name"] for tracker in manifest["trackers"])
    chosen = choose_trackers(trackers, cast)
    selection = load(dataset["name"], name, dataset["limit_frames"])
    (video,) = selection.sequences
    if selection.revision != dataset["revision"]:
        raise InputError(
            f"run {run.name} was made on {dataset['name']} of revision {dataset['revision']};"
            f" here it is {selection.revision}: run it again"
        )
    trails, remarks = [], []
    for tracker in chosen:
        trail = stored_trail(store, run, dataset["name"], _entry(manifest, tracker, name))
        if trail is None:
            remarks.append(f"{tracker}: nothing of it on {name} is kept; run the same command again")
            continue
        if len(trail.boxes) > len(video) - trail.start or (
            # The other starts of TRE and SRE begin elsewhere, or on boxes that are shifted on purpose.
            len(trail.boxes)
            and trail.start == video.annotation.start
            and _entry(manifest, tracker, name)["begun"] == "ope"
            and not np.allclose(trail.boxes[0], video.annotation.boxes[trail.start], rtol=0, atol=ROUNDED)
        ):
            raise InputError(f"{name} in the dataset is not the one of run {run.name}: its frames or boxes differ")
        trails.append(trail)
        if trail.error:
            remarks.append(f"{tracker} failed on {name} after {counted(len(trail.boxes), 'frame')}: {trail.error}")
    if not trails:
        raise InputError(remarks[0])
    begun = _entry(manifest, chosen[0], name)["begun"]
    notes = [*(["rendered frames"] if selection.rendered else []), *([f"start {begun}"] if begun != "ope" else [])]
    source = ", ".join([dataset["name"], *notes])
    return Scene(name, source, len(video), tuple(trails), cast, video.annotation), video, remarks


def choose_trackers(wanted: Sequence[str], cast: Sequence[str]) -> list[str]:
    """Return the trackers of a run that names, comma lists, wildcards and ``all`` stand for, in the run's order.

    InputError where there is none of a name, where none is named, and where the run has imported results alone.
    """
    if not cast:
        raise InputError("the run has imported results alone, of which it keeps no boxes: `run_bench view` shows them")
    chosen: set[str] = set()
    for name in check_named([part for text in wanted for part in ([text] if text in cast else split_list(text))]):
        found = [own for own in cast if name.casefold() == "all" or own == name or fnmatchcase(own, name)]
        if not found:
            raise InputError(f"the run has no tracker {name!r}.{did_you_mean(name, cast)} It has: {', '.join(cast)}")
        chosen.update(found)
    return [name for name in cast if name in chosen]


def _among(name: str, known: Sequence[str], complaint: str, fold: Callable[[str], str]) -> str:
    for own in known:
        if fold(own) == fold(name):
            return own
    hint = did_you_mean(name, known)
    listed = ", ".join(known[:5]) + (", ..." if len(known) > 5 else "")
    raise InputError(f"{complaint} {name!r}.{hint} It has: {listed}")


def _entry(manifest: Mapping[str, Any], tracker: str, sequence: str) -> Mapping[str, Any]:
    """Return what the manifest says of a tracker's first run on a sequence, a forward one where there is any."""
    own = [one for one in manifest["records"] if one["tracker"] == tracker and one["sequence"] == sequence]
    return min(own, key=lambda one: (is_backward(one["begun"]), one["repeat"]))
