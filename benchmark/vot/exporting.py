"""A run's trajectories as a workspace that vot-toolkit analyses without running a tracker, and without images."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.lookup import open_dataset
from benchmark.datasets.sequence import Sequence as Video
from benchmark.interop.placing import new_content
from benchmark.metrics.vot import Code
from benchmark.metrics.vot.pixels import carried
from benchmark.plurals import counted
from benchmark.profiles.vot import vot_span
from benchmark.store.reading import read_manifest
from benchmark.store.record import Record, write_whole
from benchmark.store.results import Results
from benchmark.store.truth import read_truth
from benchmark.vot.workspace import Entry, Facts, check_place, experiment, identifiers, sequence_names, write_workspace
from trackers.errors import InputError

__all__ = ["EXPERIMENTS", "export_workspace"]

EXPERIMENTS = {
    "ope": ("unsupervised", "unsupervised"),
    "vot-supervised": ("baseline", "supervised"),
    "vot-multistart": ("baseline", "multistart"),
}
"""Of each protocol, the experiment's name and its type."""


def export_workspace(run: Path, protocol: str, folder: Path, data_root: Path | None = None) -> list[str]:
    """Write a run by a protocol of `EXPERIMENTS` as a workspace; return a remark on what was left out.

    Regions and sizes of images are read from the dataset, below `data_root` or where the run found it. Raises
    InputError where it is not there, or nothing that the run used is kept.
    """
    if protocol not in EXPERIMENTS:
        raise InputError(f"vot-toolkit has no experiment like --protocol {protocol}: {', '.join(EXPERIMENTS)} have one")
    if folder.exists() and any(folder.iterdir()):
        raise InputError(f"{folder} is not empty: the toolkit takes all that lies in a workspace for its own")
    check_place(folder)
    manifest = read_manifest(run)
    videos = _videos(run, manifest, data_root)
    records, remarks = _records(run, manifest, {video.name for video in videos})
    if not records:
        raise InputError(f"{run}: no tracker finished all sequences, and the toolkit analyses no others")
    name, kind = EXPERIMENTS[protocol]
    lengths = [len(video) - video.annotation.start for video in videos]
    span, span_from = vot_span(manifest["dataset"]["name"], lengths)
    repeats = 1 + max(record.repeat for own in records.values() for record in own)
    called = identifiers(list(records))
    entries = [Entry(called[tracker], tracker, "not-run") for tracker in records]
    title = f"{manifest['dataset']['coverage']}, run {run.name}; EAO over {span_from}"
    experiments = {name: experiment(kind, span, repeats)}
    begins = {video.name: video.annotation.start for video in videos}
    named = sequence_names(videos)
    facts = Facts(f"{kind}, exported", manifest["dataset"]["coverage"], {}, {called[t]: t for t in records}, {})
    with new_content(folder, "--out") as content:
        write_workspace(content, title, experiments, entries, videos, images=False)
        facts.write(content)
        for tracker, own in records.items():
            for record in own:
                if kind == "multistart" and record.repeat:
                    continue
                place = content / "results" / called[tracker] / name / named[record.sequence]
                _write_record(place, named[record.sequence], record, begins[record.sequence], kind)
    return remarks


def _videos(run: Path, manifest: Mapping[str, Any], data_root: Path | None) -> list[Video]:
    facts = manifest["dataset"]
    truth = read_truth(run)
    dataset = open_dataset(facts["name"], data_root or (Path(truth.root) if truth and truth.root else None))
    there = dataset.inventory()
    if missing := [name for name in facts["sequences"] if name not in there.found]:
        raise InputError(
            f"{facts['name']}: {len(missing)} of the run's sequences are not in {there.place} ({missing[0]}): regions"
            " and sizes of images are read from the dataset, --data-root says where it is"
        )
    if dataset.revision != facts["revision"]:
        raise InputError(f"{facts['name']} is of another revision than in run {run.name}: run it again")
    videos = dataset.load(facts["sequences"])
    limit = facts["limit_frames"]
    return videos if limit is None else [video.first(limit) for video in videos]


def _records(run: Path, manifest: Mapping[str, Any], sequences: set[str]) -> tuple[dict[str, list[Record]], list[str]]:
    """Return the records of every tracker that finished all, and a line about each of the others."""
    store, dataset = Results(run.resolve().parent.parent, write=False), manifest["dataset"]["name"]
    found: dict[str, list[Record]] = {}
    remarks = []
    for tracker in dict.fromkeys(one["tracker"] for one in manifest["records"]):
        own = [one for one in manifest["records"] if one["tracker"] == tracker]
        failed = sorted({one["sequence"] for one in own if one["status"] != "done"})
        if failed or {one["sequence"] for one in own} != sequences:
            remarks.append(
                f"{tracker} is left out: {counted(len(failed), 'sequence')} failed, and the toolkit wants all of them"
            )
            continue
        kept = [store.find(dataset, tracker, one["key"], one["sequence"], one["start"], one["repeat"]) for one in own]
        if None in kept:
            raise InputError(f"{tracker}: records of run {run.name} were cleaned away; run the same command again")
        found[tracker] = [record for record in kept if record is not None]
    return found, remarks


def _write_record(folder: Path, name: str, record: Record, begin: int, kind: str) -> None:
    """Write a trajectory as text, a region a line, and the seconds a frame took; `begin` is the first frame's index."""
    lines = trajectory_lines(record)
    ahead = 0 if kind == "multistart" else record.start - begin
    number = f"{record.start - begin:08d}" if kind == "multistart" else f"{record.repeat + 1:03d}"
    times = record.times if len(record.times) else np.zeros(len(lines))
    text = [*["0"] * ahead, *lines]
    seconds = [*[0.0] * ahead, *times.tolist()]
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / f"{name}_{number}.txt", "".join(f"{line}\n" for line in text).encode())
    write_whole(folder / f"{name}_{number}_time.value", "".join(f"{one:.9f}\n" for one in seconds).encode())


def trajectory_lines(record: Record) -> list[str]:
    """Return a trajectory's lines: ``x,y,w,h``, or alone the code of a frame without a box."""
    codes = record.codes.tolist() or [Code.INITIALISED, *[Code.TRACKED] * (len(record.boxes) - 1)]
    return [
        _box_text(box) if code == Code.TRACKED else str(int(code))
        for box, code in zip(record.boxes, codes, strict=True)
    ]


def _box_text(box: NDArray[np.float64]) -> str:
    """Return a box as text; one that is none lies outside of any image, where it is a miss, not a frame left out."""
    return ",".join(f"{value:.4f}" for value in carried(box)) if np.isfinite(box).all() else "-2,-2,1,1"
