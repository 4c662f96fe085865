"""What of a dataset is found under a folder; what is missing, damaged or laid out otherwise, and how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from benchmark.datasets.base import Dataset, Progress
from benchmark.datasets.catalogue import family, read_head
from benchmark.datasets.frame_checks import look_over
from benchmark.datasets.images import FrameError, read_frame
from benchmark.datasets.listing import entries, folders
from benchmark.datasets.published import PublishedDataset
from benchmark.datasets.selection import State, state_of
from benchmark.datasets.sequence import Sequence
from trackers.errors import InputError

Kind = Literal["missing", "damaged", "layout", "note"]
READERS = 4
"""Threads that look at frames."""
DEPTH, FOLDERS = 3, 400
"""How deep, and in how many folders, a dataset is looked for that is not where it should be."""
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".7z", ".rar")
SHOWN = 5
"""Findings of one kind that are told one by one."""


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be."""

    kind: Kind
    text: str
    """One line: what is wrong, and how to mend it."""


@dataclass(frozen=True)
class Examination:
    """What was found of one dataset."""

    dataset: str
    title: str
    place: str
    """Where it was looked for."""
    found: int
    total: int
    """Sequences."""
    frames: int
    """Of the sequences that can be run."""
    size: int
    """Bytes of their frames."""
    findings: tuple[Finding, ...]
    layout: str
    """How its files are to lie."""

    @property
    def state(self) -> State:
        """Whether all of it is there, by the names of folders."""
        return state_of(self.found, self.total)

    @property
    def sound(self) -> bool:
        """Whether what is there can be run."""
        return all(one.kind in ("note", "missing") for one in self.findings)


def examine(dataset: Dataset, root: Path, *, deep: bool = False, progress: Progress | None = None) -> Examination:
    """Return what is found of a dataset; every frame's beginning and end are read or, `deep`, all of it is decoded."""
    inventory = dataset.inventory()
    problems: list[Finding] = []
    frames = size = 0
    check: Callable[[Path], int] = _decode if deep else look_over
    with ThreadPoolExecutor(READERS, thread_name_prefix="frames") as pool:
        for done, name in enumerate(inventory.found, start=1):
            try:
                (sequence,) = dataset.load([name])
                own, faults = _frames(sequence, check, pool)
                frames, size = frames + len(sequence), size + own
                problems += [Finding("damaged", f"{name}: {fault}: unpack it again") for fault in faults]
            except (InputError, OSError) as error:
                problems.append(Finding("damaged", f"{error}{_case(dataset, name)}"))
            if progress is not None:
                progress(done, len(inventory.found))
    if inventory.missing:
        listed = ", ".join(inventory.missing[:SHOWN]) + (", ..." if len(inventory.missing) > SHOWN else "")
        problems.append(Finding("missing", f"{len(inventory.missing)} of {dataset.total} sequences: {listed}"))
    if isinstance(dataset, PublishedDataset):
        problems += _elsewhere(dataset, root, bool(inventory.found))
        problems += _archives(dataset, bool(inventory.found))
    layout = read_head(family(dataset.name)).layout if family(dataset.name) else ""
    return Examination(
        dataset.name, dataset.title, inventory.place, len(inventory.found), dataset.total, frames, size,
        tuple(_few(problems)), layout,
    )  # fmt: skip


def _frames(sequence: Sequence, check: Callable[[Path], int], pool: ThreadPoolExecutor) -> tuple[int, list[str]]:
    """Return the bytes of a sequence's frames, and the first fault in them with the number of others."""

    def look(path: Path) -> int | str:
        try:
            return check(path)
        except FrameError as error:
            return str(error)

    found = list(pool.map(look, sequence.frames))
    faults = [one for one in found if isinstance(one, str)]
    others = f" (and {len(faults) - 1} others)" if len(faults) > 1 else ""
    return sum(one for one in found if isinstance(one, int)), [faults[0] + others] if faults else []


def _decode(path: Path) -> int:
    read_frame(path)
    return path.stat().st_size


def _case(dataset: Dataset, name: str) -> str:
    """Return a hint where a file or folder of a sequence is there in another letter case."""
    if not isinstance(dataset, PublishedDataset):
        return ""
    for place in dataset.places(dataset.targets[name]):
        for path in (place.images, place.boxes):
            if not path.exists() and (other := _variant(path)) is not None:
                return f"; {other} is there: call it {path.name}"
    return ""


def _variant(path: Path) -> Path | None:
    """Return what lies beside a path and differs from it in letter case alone."""
    if not path.parent.is_dir():
        return None
    return next((one for one in entries(path.parent) if one.name.casefold() == path.name.casefold()), None)


def _elsewhere(dataset: PublishedDataset, root: Path, found: bool) -> Iterator[Finding]:
    """Yield where the dataset lies that is not found here, and which other sets of its benchmark are here."""
    if found:
        return
    siblings = [name for name in read_head(family(dataset.name)).sets if name != dataset.name]
    for name in siblings:
        there = type(dataset)(name, root)
        if there.total and (count := len(there.inventory().found)):
            yield Finding("layout", f"here is {name} ({count} of {there.total} sequences), and not {dataset.name}")
    for place in _below(root):
        try:
            count = len(type(dataset)(dataset.name, place).inventory().found)
        except (InputError, OSError):
            continue
        if count:
            yield Finding(
                "layout", f"{count} of its sequences are in {place}: move them up, or say --data-root {place}"
            )
            return


def _below(root: Path) -> Iterator[Path]:
    """Yield the folders below a root, the nearest first, as far as is looked."""
    level, seen = [root], 0
    for _ in range(DEPTH):
        following: list[Path] = []
        for place in level:
            try:
                inside = folders(place)
            except OSError:
                continue
            for folder in inside[: FOLDERS - seen]:
                seen += 1
                following.append(folder)
                yield folder
        level = following


def _archives(dataset: PublishedDataset, found: bool) -> Iterator[Finding]:
    """Yield what lies here packed: beside what it was unpacked to, or still to be unpacked."""
    for base in dict.fromkeys(dataset.bases):
        packed = [one for one in entries(base) if one.is_file() and one.name.casefold().endswith(ARCHIVES)] if (
            base.is_dir()
        ) else []  # fmt: skip
        for one in packed:
            beside = found or any(one.name.casefold().startswith(f"{f.name.casefold()}.") for f in folders(base))
            megabytes = f"{one.stat().st_size / 1e6:,.0f} MB"
            what = f"is no longer needed ({megabytes})" if beside else f"is not unpacked ({megabytes})"
            yield Finding("note" if beside else "layout", f"{one} {what}")


def _few(findings: list[Finding]) -> Iterator[Finding]:
    """Yield the findings, of each kind the first ones alone, and how many more there are."""
    counts: dict[Kind, int] = {}
    for one in findings:
        counts[one.kind] = counts.get(one.kind, 0) + 1
        if counts[one.kind] <= SHOWN:
            yield one
    for kind, count in counts.items():
        if count > SHOWN:
            yield Finding(kind, f"and {count - SHOWN} more such")
