"""Our trackers run by vot-toolkit: the workspace, what of its results is there, and one tracker after the other."""

from __future__ import annotations

import hashlib
import json
import shlex
import shutil
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmark.datasets.fingerprint import digest
from benchmark.datasets.region import digest_regions
from benchmark.datasets.selection import Selection
from benchmark.datasets.sequence import Sequence as Video
from benchmark.engine.device import environment_class
from benchmark.plurals import counted
from benchmark.profiles.vot import vot_span
from benchmark.protocols.vot import anchors_of
from benchmark.store.keys import code_digest
from benchmark.store.memo import MEMO, FrameMemo
from benchmark.vot.evaluating import Ended, evaluate
from benchmark.vot.server import Served, write_launcher
from benchmark.vot.toolkit import Toolkit
from benchmark.vot.workspace import Entry, Facts, check_place, experiment, identifiers, sequence_names, write_workspace
from trackers.errors import InputError, did_you_mean
from trackers.names import TrackerSpec

__all__ = ["KINDS", "Workspace", "dataset_of", "prepare", "stack_names", "why_missing"]

KINDS = ("supervised", "multistart", "unsupervised")
"""Experiments that are written here, with the span of the dataset, where no stack of the toolkit's is named."""

NAMED = 5
"""Most sequences that a remark names."""


@dataclass(frozen=True)
class Workspace:
    """A workspace with trackers to run."""

    folder: Path
    toolkit: Toolkit
    facts: Facts
    wanted: Mapping[str, tuple[Path, ...]]
    """By identifier what its results are, the first of several repetitions, without their endings."""

    def missing(self, identifier: str) -> int:
        """Return how many results of a tracker are not there."""
        return sum(
            not any(file.with_name(file.name + ending).is_file() for ending in (".bin", ".txt"))
            for file in self.wanted[identifier]
        )

    def run(self, identifier: str, patience: float, on_count: Callable[[int], None]) -> str:
        """Let a tracker run what is missing; return "", or why something still is. `on_count` hears what is there."""
        total = len(self.wanted[identifier])
        if not self.missing(identifier):
            on_count(total)
            return ""
        ended = evaluate(
            self.toolkit, self.folder, identifier, patience, lambda: on_count(total - self.missing(identifier))
        )
        left = self.missing(identifier)
        on_count(total - left)
        return f"{left} of {total} results are missing: {why_missing(ended, self.folder, identifier)}" if left else ""


def why_missing(ended: Ended, folder: Path, identifier: str) -> str:
    """Return what is known of a failure: the tracker's last words are in the toolkit's newest log."""
    if ended.silent:
        return "nothing moved for too long, and it was ended (--timeout)"
    logs = sorted((folder / "logs").glob(f"{identifier}_[0-9]*.log"), key=lambda file: file.stat().st_mtime)
    words = [line.strip() for line in logs[-1].read_text(errors="replace").splitlines()] if logs else list(ended.said)
    words = [line for line in words if line and not line.startswith("@@TRAX")]
    ending = [line for line in words if line.startswith("Process exited")]
    said = next((line for line in words[::-1] if line not in ending), "")[:200] or " ".join(ending[-1:])
    said = said or "the toolkit does not say why"
    return f"{said} ({logs[-1]})" if logs else said


def stack_names() -> tuple[str, ...]:
    """Return the names that ``--stack`` takes: the toolkit's own that trackers of boxes can run, and our kinds."""
    return (*_stacks("runs"), *KINDS)


def dataset_of(stack: str) -> str | None:
    """Return the dataset of a stack, None of our kinds; InputError for a stack that there is not."""
    stacks, names = _stacks("runs"), stack_names()
    for pattern, why in _stacks("refused").items():
        if stack not in names and fnmatchcase(stack, pattern):
            raise InputError(f"--stack {stack} is not run here: {why}. Those that are: {', '.join(names)}")
    if stack not in names:
        raise InputError(f"there is no stack {stack!r}.{did_you_mean(stack, names)} Known: {', '.join(names)}")
    return stacks.get(stack)


def prepare(
    folder: Path,
    toolkit: Toolkit,
    stack: str,
    selection: Selection,
    specs: Sequence[TrackerSpec],
    device: str,
    seed: int,
) -> tuple[Workspace, list[str]]:
    """Write a workspace, or go on with one; return it, and a line for each tracker whose results were of another key.

    InputError where the folder is a workspace of another stack or of other sequences or frames, or vot-trax is not
    installed.
    """
    if find_spec("trax") is None:
        raise InputError("trackers speak to the toolkit by vot-trax, which is not there: pip install vot-trax==4.0.2")
    check_place(folder)
    environment = environment_class(device)
    before = Facts.read(folder)
    called = identifiers([spec.name for spec in specs], before.trackers if before else {})
    if before is None and folder.exists() and any(one.name != MEMO for one in folder.iterdir()):
        raise InputError(f"{folder} is no workspace of ours, and not empty: choose another --workspace")
    memo = FrameMemo(folder)
    facts = Facts(
        stack,
        selection.coverage,
        {video.name: _content(video, memo) for video in selection.sequences},
        {called[spec.name]: spec.name for spec in specs},
        {called[spec.name]: _key(spec, environment, seed) for spec in specs},
    )
    if before and (before.stack, before.sequences) != (stack, facts.sequences):
        raise InputError(
            f"{folder} is a workspace of {before.stack} on other sequences or frames: choose another --workspace"
        )
    stale = []
    if before:
        stale = [one for one, key in before.keys.items() if facts.keys.get(one, key) != key]
        facts = replace(facts, trackers=before.trackers | facts.trackers, keys=before.keys | facts.keys)
    for identifier in stale:
        shutil.rmtree(folder / "results" / identifier, ignore_errors=True)
        shutil.rmtree(folder / "cache", ignore_errors=True)
    lengths = [len(video) - video.annotation.start for video in selection.sequences]
    span, span_from = vot_span(selection.dataset, lengths)
    own = {"baseline": experiment(stack, span)} if stack in KINDS else None
    known: Mapping[str, Any] = own or toolkit.stack(stack)["experiments"]  # type: ignore[assignment]
    folder.mkdir(parents=True, exist_ok=True)
    folders = {name: video for video, name in sequence_names(selection.sequences).items()}
    served = {
        called[spec.name]: Served(spec.address, spec.name, device, seed, selection.dataset, folders) for spec in specs
    }
    commands = write_launcher(folder.resolve(), served)
    entries = [Entry(one, facts.trackers[one], shlex.join([sys.executable, *commands[one]])) for one in commands]
    title = f"{selection.coverage}; EAO over {span_from}"
    write_workspace(folder, title, own or stack, entries, selection.sequences, images=True)
    facts.write(folder)
    wanted = {one: tuple(_results(folder / "results" / one, known, selection)) for one in commands}
    kinds = {one["type"] for one in known.values()}
    remarks = [_unknown(selection.sequences)] if "supervised" in kinds else []
    remarks += [f"{facts.trackers[one]} is not what it was when these results were made: it runs anew" for one in stale]
    return Workspace(folder, toolkit, facts, wanted), [one for one in remarks if one]


def _unknown(videos: Sequence[Video]) -> str:
    """Return what the toolkit does in frames without ground truth, and our engine does not; "" where all have one."""
    counts = {video.name: count for video in videos if (count := _without_truth(video))}
    if not counts:
        return ""
    named = ", ".join(f"{name} {count}" for name, count in list(counts.items())[:NAMED])
    frames = counted(sum(counts.values()), "frame")
    return (
        f"no ground truth in {frames} ({named}{', ...' * (len(counts) > NAMED)}): in runs"
        " with restarts the toolkit takes each for a failure, whatever the box; --protocol vot-supervised does not, and"
        " has other figures there"
    )


def _without_truth(video: Video) -> int:
    annotation = video.annotation
    return sum(annotation.region(frame) is None for frame in range(annotation.start, len(annotation)))


def _results(folder: Path, experiments: Mapping[str, Any], selection: Selection) -> list[Path]:
    """Return what a tracker's results are of every experiment and sequence, without their endings."""
    names = sequence_names(selection.sequences)
    found = []
    for name, one in experiments.items():
        for video in selection.sequences:
            place = folder / name / names[video.name]
            numbers = ["001"]
            if one["type"] == "multistart":
                anchors = anchors_of(video.annotation.rest(video.annotation.start))
                numbers = [f"{frame:08d}" for frame, anchor in enumerate(anchors) if anchor]
            found += [place / f"{names[video.name]}_{number}" for number in numbers]
    return found


def _content(video: Video, memo: FrameMemo) -> str:
    """Return what results depend on of a sequence: frames and what they hold, regions, anchors."""
    annotation = video.annotation
    parts = [
        digest(video),
        memo.content(video.frames),
        digest_regions(annotation.regions or ()),
        anchors_of(annotation).tobytes().hex(),
    ]
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()


def _key(spec: TrackerSpec, environment: Mapping[str, str], seed: int) -> str:
    facts = [spec.identity(), code_digest(spec), dict(environment), seed]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _stacks(which: str) -> Mapping[str, str]:
    found: Mapping[str, str] = tomllib.loads(files(__package__).joinpath("stacks.toml").read_text("utf-8"))[which]
    return found
