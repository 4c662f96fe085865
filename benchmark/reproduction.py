"""What is to be reproduced: the authors' files, recognised by what they hold, and the trackers that they make."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from benchmark.datasets.listing import entries
from benchmark.plurals import counted
from trackers.errors import InputError

ENDINGS = (".pth", ".pt", ".pkl", ".tar", ".mat", ".safetensors", ".index", ".bin", ".ckpt")
"""Of files of weights: what else lies in a folder with them is nothing."""
PACKED = (".zip", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".zst")
DEEP = 3
"""Folders within folders that are looked into."""
SHOWN = 5
"""Files of a folder that are named where they hold no weights."""


@dataclass(frozen=True)
class Wanted:
    """One file of the authors'."""

    key: str
    takes: str
    """The tracker that takes it."""
    name: str
    where: str
    """Where it is to be had."""


@dataclass(frozen=True)
class Row:
    """One line of what is reproduced."""

    title: str
    published: tuple[str, ...]
    """Printed rows that it stands beside, by their names in ``reports/published``."""
    tracker: str
    """What is run: of the authors' files, or what stands in."""
    lacking: tuple[str, ...]
    """Names of the files without which nothing is reproduced; none: it is the authors' network."""
    whose: str
    """What of it is the authors' and what is not."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        return {"title": self.title, "published": list(self.published), "tracker": self.tracker,
                "lacking": list(self.lacking), "whose": self.whose}  # fmt: skip


def wanted_files() -> tuple[Wanted, ...]:
    """Return the files that a whole reproduction needs."""
    return tuple(Wanted(**one) for one in _read()["file"])


def recognise(paths: Iterable[Path], remark: Callable[[str], None]) -> dict[str, Path]:
    """Return the files by key: of each path what it holds says which it is; of a folder, of all that lies in it.

    What lies in a folder and is nothing to be reproduced is left out with a remark.
    InputError where a file cannot be read, does not fit its tracker, or is named and none of them takes it.
    """
    from trackers.weights.fitting import inspect_file

    keys = {one.takes: one.key for one in wanted_files()}
    found: dict[str, Path] = {}
    for path in paths:
        in_folder = path.is_dir()
        there = _entries(path, remark) if in_folder else [path]
        if not there:
            remark(f"{path}: no file of weights lies in it")
        for file in there:
            fit = inspect_file(file)
            if fit.tracker not in keys:
                takes = f"is for {fit.tracker}" if fit.tracker else "is for no tracker"
                if not in_folder:
                    raise InputError(f"{file} {takes}, and none of what is reproduced takes it; leave it out")
                remark(f"{file} {takes}, and none of what is reproduced takes it; left out")
                continue
            if not fit.origin:
                why = f"{file} has Engram's names, and nothing in it says that an authors' file was converted to it"
                if not in_folder:
                    raise InputError(f"{why}: by a network trained here no paper is reproduced; leave it out")
                remark(f"{why}; left out")
                continue
            if not fit.fits:
                raise InputError(f"{file} does not fit {fit.tracker}; `run_bench weights show {file}` says why")
            if (other := found.setdefault(keys[fit.tracker], file)) != file:
                raise InputError(f"{file} and {other} are both for {fit.tracker}: give one")
    return found


def rows(found: Mapping[str, Path], on_otb: bool) -> tuple[Row, ...]:
    """Return what is run with the files found; what lacks one runs with the compact weights in its place."""
    names = {one.key: one.name for one in wanted_files()}
    made = []
    for one in _read()["row"]:
        pattern = one["otb"] if on_otb and "otb" in one else one["tracker"]
        lacking = tuple(names[key] for key in names if f"{{{key}}}" in pattern and key not in found)
        tracker = one["instead"] if lacking else pattern.format(**{key: path.absolute() for key, path in found.items()})
        made.append(Row(one["title"], tuple(one["published"]), tracker, lacking, one["whose"]))
    return tuple(made)


def _read() -> Mapping[str, Any]:
    return tomllib.loads((files("benchmark") / "reproduction.toml").read_text())


def _entries(folder: Path, remark: Callable[[str], None], deep: int = DEEP) -> list[Path]:
    """Return what files of weights may lie in a folder and in its folders; of TensorFlow's checkpoints the index."""
    from trackers.weights.formats.tensorflow import BESIDE, INDEX, NOTE, find_index

    index = find_index(folder)
    found, others = [index] if index else [], []
    for one in entries(folder):
        if one.is_dir():
            leads_back = one.is_symlink() and folder.resolve().is_relative_to(one.resolve())
            found += [] if leads_back or not deep else _entries(one, remark, deep - 1)
        elif one.suffix == INDEX or one.name == NOTE or BESIDE.search(one.name):
            continue
        elif one.name.casefold().endswith(ENDINGS):
            found.append(one)
        else:
            others.append(one)
    for one in others[:SHOWN]:
        packed = one.name.casefold().endswith(PACKED)
        remark(f"{one}: packed, unpack what it holds; left out" if packed else f"{one}: no file of weights; left out")
    if len(others) > SHOWN:
        remark(f"{folder}: {counted(len(others) - SHOWN, 'more file')} without weights; left out")
    return found
