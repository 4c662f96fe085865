"""What of a dataset is found under a folder; what is missing, damaged or laid out otherwise, and how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmark.datasets.base import Dataset, Progress
from benchmark.datasets.catalogue import family, read_head
from benchmark.datasets.download import awaited, leftovers, read_source, size_of
from benchmark.datasets.frame_checks import look_over
from benchmark.datasets.images import FrameError, read_frame
from benchmark.datasets.mends import Finding, Kind, archives, elsewhere, hint
from benchmark.datasets.published import PublishedDataset
from benchmark.datasets.selection import State, state_of
from benchmark.datasets.sequence import Sequence
from benchmark.plurals import counted
from trackers.errors import InputError

READERS = 4
"""Threads that look at frames."""
SHOWN = 5
"""Findings of one kind that are told one by one."""


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
            except InputError as error:
                problems.append(Finding("damaged", f"{error}{hint(dataset, name, str(error))}"))
            if progress is not None:
                progress(done, len(inventory.found))
    if inventory.missing:
        listed = ", ".join(inventory.missing[:SHOWN]) + (", ..." if len(inventory.missing) > SHOWN else "")
        problems.append(Finding("missing", f"{len(inventory.missing)} of {dataset.total} sequences: {listed}"))
    if not dataset.total:
        problems.append(Finding("missing", "its list.txt, which names its sequences one a line, or all their folders"))
    if isinstance(dataset, PublishedDataset):
        problems += elsewhere(dataset, root, inventory)
        problems += archives(dataset, inventory)
        problems += _left_by_fetching(dataset, root)
    layout = read_head(family(dataset.name)).layout if family(dataset.name) else ""
    return Examination(
        dataset.name, dataset.title, inventory.place, len(inventory.found), dataset.total, frames, size,
        tuple(_few(problems)), layout,
    )  # fmt: skip


def _left_by_fetching(dataset: PublishedDataset, root: Path) -> Iterator[Finding]:
    """Yield what ``data get`` is at, or has left where it was stopped."""
    source = read_source(dataset.name)
    found = leftovers(dataset, source, root)
    if found.running:
        yield Finding("note", f"`run_bench data get` is fetching into {root / source.place(dataset.name)} now")
        return
    get = f"`run_bench data get {dataset.name}`"
    needed = found.any and awaited(dataset, source, root)
    for kind, some, mend in (
        ("was left where unpacking was stopped", found.half_unpacked, f"{get} clears it"),
        ("was left where fetching was stopped", found.begun, f"{get} {'goes on with it' if needed else 'clears it'}"),
        ("is still packed" if needed else "is no longer needed", found.zips, f"{get} unpacks it" if needed else ""),
    ):
        if some:
            more = f" and {len(some) - 1} beside it" if len(some) > 1 else ""
            size = f"({sum(map(size_of, some)) / 1e6:,.0f} MB)"
            yield Finding("note", f"{some[0]}{more} {kind} {size}{f': {mend}' if mend else ''}")


def _frames(sequence: Sequence, check: Callable[[Path], int], pool: ThreadPoolExecutor) -> tuple[int, list[str]]:
    """Return the bytes of a sequence's frames, and the first fault in them with the number of others."""

    def look(path: Path) -> int | str:
        try:
            return check(path)
        except FrameError as error:
            return str(error)

    found = list(pool.map(look, sequence.frames))
    faults = [one for one in found if isinstance(one, str)]
    others = f" (and {counted(len(faults) - 1, 'other')})" if len(faults) > 1 else ""
    return sum(one for one in found if isinstance(one, int)), [faults[0] + others] if faults else []


def _decode(path: Path) -> int:
    read_frame(path)
    return path.stat().st_size


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
