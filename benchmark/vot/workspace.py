"""A workspace as vot-toolkit 0.7.4 reads it: stack, trackers, sequences, whose list keeps it off the network."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from benchmark.datasets.images import frame_size
from benchmark.datasets.region import Mask, Region
from benchmark.datasets.sequence import Sequence as Video
from benchmark.documents import read_json
from benchmark.profiles.vot import load_vot_profile
from benchmark.protocols.vot import anchors_of
from benchmark.shapes import check
from benchmark.store.record import write_whole
from benchmark.store.results import slug
from trackers.errors import InputError

__all__ = [
    "Entry",
    "Facts",
    "check_place",
    "experiment",
    "identifiers",
    "region_text",
    "sequence_names",
    "write_workspace",
]

SENSITIVITY = 30
"""Frames over which the toolkit's reliability is taken."""


FACTS = "engram.json"
"""What we know of a workspace of ours."""


@dataclass(frozen=True)
class Facts:
    """What a workspace is of."""

    stack: str
    """A stack of the toolkit's, or in words what was written instead."""
    coverage: str
    sequences: dict[str, str]
    """Digest of each."""
    trackers: dict[str, str]
    """Their names here, by identifier."""
    keys: dict[str, str]
    """What their results depend on, by identifier; none where no tracker is run."""

    @classmethod
    def read(cls, folder: Path) -> Facts | None:
        """Return the facts of a workspace; None where there are none. InputError where they cannot be read."""
        if not (folder / FACTS).is_file():
            return None
        content = read_json(folder / FACTS, "choose another --workspace")
        try:
            facts = cls(**content)
            check(facts, cls)
        except (TypeError, ValueError) as error:
            raise InputError(f"{folder / FACTS} cannot be read ({error}): choose another --workspace") from error
        return facts

    def write(self, folder: Path) -> None:
        """Write the facts of a workspace."""
        _write(folder / FACTS, json.dumps(asdict(self), indent=1) + "\n")


@dataclass(frozen=True)
class Entry:
    """A tracker as the toolkit knows it."""

    identifier: str
    label: str
    command: str


def check_place(folder: Path) -> None:
    """Raise InputError for a folder whose files the toolkit would not find."""
    if "%" in str(folder.resolve()):
        raise InputError(
            f"{folder.resolve()}: vot-toolkit takes a % in a path for a number's place, choose another one"
        )


def identifiers(names: Sequence[str], taken: Mapping[str, str] = MappingProxyType({})) -> dict[str, str]:
    """Return what the toolkit may call trackers of those names: letters, digits, ``-`` and ``_``, each once.

    `taken` are the names of trackers that a workspace has, by identifier.
    """
    owner = dict(taken)
    for name in names:
        plain = re.sub(r"[^A-Za-z0-9_-]+", "_", name).strip("_")[:80] or "tracker"
        if owner.setdefault(plain, name) != name:
            owner[f"{plain}_{sha256(name.encode()).hexdigest()[:8]}"] = name
    by_name = {name: identifier for identifier, name in owner.items()}
    return {name: by_name[name] for name in names}


def sequence_names(videos: Sequence[Video]) -> dict[str, str]:
    """Return what the folders of sequences are called; InputError where two would be called alike."""
    found = {video.name: slug(video.name) for video in videos}
    if len(set(found.values())) < len(found):
        raise InputError("two sequences would have the same folder: choose some with --sequences")
    return found


def experiment(kind: str, span: tuple[int, int], repeats: int = 1) -> dict[str, Any]:
    """Return an experiment of a stack, and what of it is analysed: ``supervised``, ``multistart``, ``unsupervised``."""
    low, high = span
    if kind == "supervised":
        own = {"repetitions": repeats, "skip_initialize": load_vot_profile().skip}
        analyses: list[dict[str, Any]] = [
            {"type": "supervised_average_ar", "sensitivity": SENSITIVITY},
            {"type": "supervised_eao_score", "low": low, "high": high},
            {"type": "supervised_eao_curve"},
        ]
    elif kind == "multistart":
        own = {}
        analyses = [
            {"type": "multistart_average_ar", "name": "ar"},
            {"type": "multistart_eao_score", "name": "eaoscore", "low": low, "high": high},
            {"type": "multistart_eao_curve", "name": "eaocurve", "high": high},
        ]
    else:
        own = {"repetitions": repeats}
        analyses = [{"type": "average_accuracy", "burnin": 1}, {"type": "average_success_plot"}]
    return {"type": kind, **own, "analyses": analyses}


def write_workspace(
    folder: Path,
    title: str,
    experiments: Mapping[str, Any] | str,
    entries: Sequence[Entry],
    videos: Sequence[Video],
    *,
    images: bool,
) -> None:
    """Write all but results. `experiments` are a stack's, or the name of one that the toolkit has.

    Without `images` no tracker can be run there, and nothing else is missing.
    """
    stack = experiments if isinstance(experiments, str) else "stack.yaml"
    _write(folder / "config.yaml", f"registry:\n- ./trackers.ini\nstack: {stack}\n")
    if not isinstance(experiments, str):
        _write(folder / "stack.yaml", f"title: {_quoted(title)}\ndataset:\nexperiments:\n{_yaml(experiments, 2)}")
    trackers = (
        f"[{one.identifier}]\nlabel = {_literal(one.label)}\nprotocol = trax\ncommand = {_literal(one.command)}\n"
        for one in entries
    )
    _write(folder / "trackers.ini", "\n".join(trackers))
    names = sequence_names(videos)
    _write(folder / "sequences" / "list.txt", "".join(f"{names[video.name]}\n" for video in videos))
    for video in videos:
        _write_sequence(folder / "sequences" / names[video.name], names[video.name], video, images)


def _write_sequence(folder: Path, name: str, video: Video, images: bool) -> None:
    """Write a sequence from its official start on."""
    annotation, frames = video.annotation, video.frames[video.annotation.start :]
    truth = annotation.rest(annotation.start)
    width, height = frame_size(frames[0])
    suffix = frames[0].suffix.lower()
    facts = {
        "name": name, "channels.color": f"color/%08d{suffix}", "fps": 30, "format": "default",
        "height": height, "width": width, "length": len(frames),
    }  # fmt: skip
    _write(folder / "sequence", "".join(f"{key}={value}\n" for key, value in facts.items()))
    _write(folder / "groundtruth.txt", "".join(f"{region_text(truth.region(i))}\n" for i in range(len(truth))))
    _write(folder / "anchor.value", "".join(f"{value}\n" for value in anchors_of(truth)))
    for tag, flags in truth.tags.items():
        _write(folder / f"{slug(tag)}.tag", "".join(f"{int(flag)}\n" for flag in flags))
    if images:
        (folder / "color").mkdir(exist_ok=True)
        for number, frame in enumerate(frames, start=1):
            place = folder / "color" / f"{number:08d}{suffix}"
            if not place.is_symlink() or place.readlink() != frame.resolve():  # of where the dataset was before
                place.unlink(missing_ok=True)
                place.symlink_to(frame.resolve())


def region_text(region: Region) -> str:
    """Return a region as a line of the toolkit's files; ``0`` where there is none."""
    if region is None:
        return "0"
    if isinstance(region, Mask):
        height, width = region.pixels.shape
        return "m" + ",".join(map(str, [region.x, region.y, width, height, *_runs(region.pixels)]))
    return ",".join(f"{value:.10g}" for value in region.ravel().tolist())


def _runs(pixels: np.ndarray[Any, Any]) -> Iterator[int]:
    """Yield how many pixels on end are out of a mask, then in it, and so on, row by row."""
    values = pixels.ravel().tolist()
    if values[0]:
        yield 0
    for _, group in groupby(values):
        yield sum(1 for _ in group)


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, text.encode())


def _yaml(content: Mapping[str, Any], indent: int) -> str:
    """Return plain data as YAML: what a stack needs of it."""
    lines, pad = [], " " * indent
    for key, value in content.items():
        if isinstance(value, Mapping):
            lines.append(f"{pad}{key}:\n{_yaml(value, indent + 2)}")
        elif isinstance(value, list):
            lines.append(f"{pad}{key}:\n")
            for one in value:
                inner = _yaml(one, indent + 4)
                lines.append(f"{pad}  - {inner.lstrip()}")
        else:
            lines.append(f"{pad}{key}: {value}\n")
    return "".join(lines)


def _literal(text: str) -> str:
    """Return a text as a value of an INI file in which ``%`` begins a name."""
    return text.replace("%", "%%")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
