"""Which files in a tracker's folder hold its boxes, and of which sequence each."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from benchmark.datasets.listing import entries, matching
from benchmark.interop.dialects import Dialect, beside_endings
from benchmark.interop.names import Names
from benchmark.plurals import counted
from trackers.errors import InputError

__all__ = ["Layout", "a_few", "lay_out"]

_REPEAT = re.compile(r"_\d{3}")


@dataclass(frozen=True)
class Layout:
    """What is in a tracker's folder."""

    boxes: dict[str, list[Path]] = field(default_factory=dict)
    """The files about each sequence; there should be one."""
    strangers: list[str] = field(default_factory=list)
    """The names of files, or of folders where each sequence has one, that are no sequence's of the dataset."""
    remarks: list[str] = field(default_factory=list)


def lay_out(path: Path, dialect: Dialect, tracker: str, names: Names, targets: Collection[str]) -> Layout:
    """Return what a tracker's folder, or a single file, holds; raises InputError where there is no such path.

    Args:
        path: The tracker's own folder as the dialect lays it out, or one file.
        dialect: How files are laid out and called.
        tracker: The tracker's name, which may end the files' names. In a folder of several trackers' .mat files only
            those that end in it are its own.
        names: The spellings of sequences.
        targets: The sequences that are looked for.
    """
    layout = Layout()
    stems = dict(_in_folders(path, dialect, layout) if dialect.repeats else _in_one_folder(path, dialect))
    dropped = _tracker_ending(stems.values(), dialect, tracker, names, layout)
    if dialect.tracked == "does" and (own := {file: stem for file, stem in stems.items() if _ends(stem, dropped)}):
        stems = own
    for file, stem in stems.items():
        name = names.find(stem)
        if name is None and _ends(stem, dropped):
            name = names.find(stem[: -len(dropped)])
        if name is not None and name in targets:
            layout.boxes.setdefault(name, []).append(file)
        elif name is not None or not stem.casefold().endswith(beside_endings()):
            layout.strangers.append(stem if dialect.repeats else file.name)
    return layout


def a_few(names: list[str]) -> str:
    """Return the first of some names, quoted, and that there are more."""
    return ", ".join(map(repr, names[:3])) + (", ..." if len(names) > 3 else "")


def _in_one_folder(path: Path, dialect: Dialect) -> Iterator[tuple[Path, str]]:
    """Yield the files that are called as those of boxes are, each with its sequence's name as it stands there."""
    yield from ((file, file.stem) for file in _files(path, dialect))


def _in_folders(path: Path, dialect: Dialect, layout: Layout) -> Iterator[tuple[Path, str]]:
    """Yield the same where each sequence has a folder."""
    if path.is_file():
        yield path, path.stem.removesuffix(dialect.repeats)
        return
    numbered = [file for file in _files(path, dialect) if _REPEAT.fullmatch(file.stem[-4:])]
    first = [file for file in numbered if file.stem.endswith(dialect.repeats)]
    if others := len(numbered) - len(first):
        layout.remarks.append(
            f"left out {counted(others, 'file')} of repeated runs: of each sequence the first is taken"
        )
    yield from ((file, file.parent.name) for file in first)


def _files(path: Path, dialect: Dialect) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise InputError(f"{path}: no such file or folder")
    *above, _ = PurePosixPath(dialect.boxes.format(tracker="*", sequence="*")).parts
    for parts in (above[1:], above[2:]):  # below the tracker's folder, or what is in it
        folders = matching(path, "/".join(parts)) if parts else [path]
        inside = [file for folder in folders if folder.is_dir() for file in entries(folder)]
        if files := [file for file in inside if file.suffix.casefold() in dialect.endings and file.is_file()]:
            return files
    return []


def _tracker_ending(stems: Collection[str], dialect: Dialect, tracker: str, names: Names, layout: Layout) -> str:
    """Return how the tracker's name ends the names of files, "" where it does not.

    It is the name that was given; else, where the dialect always has one, what follows the last underscore of every
    name, if none of them is a sequence's as it stands.
    """
    given = f"_{tracker}"
    if not dialect.tracked or any(_ends(stem, given) for stem in stems):
        return given if dialect.tracked else ""
    endings = {stem.casefold().rpartition("_")[2] for stem in stems}
    if dialect.tracked == "does" and len(endings) == 1 and not any(map(names.find, stems)):
        (ending,) = endings
        layout.remarks.append(f"{ending!r}, in which the names of files end, is taken for the tracker's: see --tracker")
        return f"_{ending}"
    return ""


def _ends(stem: str, ending: str) -> bool:
    return bool(ending) and stem.casefold().endswith(ending.casefold())
