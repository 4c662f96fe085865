"""Which sequences of a dataset a run is about, and the words that say so beside every score."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from benchmark.datasets.base import Dataset, Inventory, Progress
from benchmark.datasets.sequence import Sequence
from trackers.errors import InputError, did_you_mean

Subset = Literal["full", "available"]
State = Literal["found", "partly", "not found"]


@dataclass(frozen=True)
class Selection:
    """The loaded, checked sequences of one run."""

    dataset: str
    revision: str
    sequences: tuple[Sequence, ...]
    total: int
    """Number of sequences in the full dataset."""
    limit_frames: int | None = None
    """Frames kept of each sequence, counted from the start of its official run; None for all."""
    rendered: bool = False
    """Whether the frames are synthetic."""
    place: str = ""
    """The folder that they lie in."""
    profile: str = "otb"
    """The evaluation profile of the dataset's own toolkit."""
    upload: str = ""
    """Whose server alone can score the dataset; "" where its ground truth is public."""

    @property
    def complete(self) -> bool:
        """Whether this is the dataset as published: every sequence, every frame."""
        return len(self.sequences) == self.total and self.limit_frames is None

    @property
    def coverage(self) -> str:
        """What was run, in words: ``OTB100, 14 of 100 sequences, first 20 frames``."""
        count = len(self.sequences)
        of = "" if count == self.total else f" of {self.total}"
        noun = "sequence" if self.total == 1 else "sequences"
        frames = "" if self.limit_frames is None else f", first {self.limit_frames} frames"
        server = "; its server alone can score it" if self.upload else ""
        return f"{self.dataset}, {count}{of} {noun}{frames}{server}"


def select(
    dataset: Dataset,
    *,
    subset: Subset = "full",
    sequences: Collection[str] | None = None,
    limit_frames: int | None = None,
    progress: Progress | None = None,
) -> Selection:
    """Return a dataset's sequences, loaded and checked, in the dataset's order.

    All of them; or those `sequences` names (any alias, any letter case); of these, with `subset` "available", those
    that are found. `limit_frames` cuts each one short, counted from the start of its official run. Raises `InputError`
    where a name is unknown, something wanted is missing, or fewer than 2 frames are left to run.
    """
    if limit_frames is not None and limit_frames < 2:
        raise InputError(f"--limit-frames {limit_frames}: at least 2 are needed, the first of them to show the target")
    inventory = dataset.inventory()
    loaded = dataset.load(find(dataset, inventory, subset, sequences), progress)
    if limit_frames is not None:
        loaded = [sequence.first(limit_frames) for sequence in loaded]
    return Selection(
        dataset=dataset.name,
        revision=dataset.revision,
        sequences=tuple(loaded),
        total=dataset.total,
        limit_frames=limit_frames,
        rendered=dataset.rendered,
        place=inventory.place,
        profile=dataset.profile,
        upload=dataset.upload,
    )


def find(
    dataset: Dataset, inventory: Inventory, subset: Subset = "full", sequences: Collection[str] | None = None
) -> list[str]:
    """Return the names of what `select` loads; InputError where a name is unknown or something wanted is missing."""
    if not dataset.total:
        raise InputError(
            f"{dataset.name}: no sequence is found in {inventory.place}: its sequences are those that its list.txt"
            " names, one a line"
        )
    wanted = None if sequences is None else resolve(dataset, inventory, sequences)
    found = [name for name in inventory.found if wanted is None or name in wanted]
    missing = [name for name in inventory.missing if wanted is None or name in wanted]
    if missing and (subset == "full" or not found):
        raise InputError(_missing(dataset, inventory, missing, named=wanted is not None))
    return found


def state_of(found: int, total: int) -> State:
    """Return what is said of a dataset of which so many sequences are found."""
    return "not found" if not found else "found" if found >= total else "partly"


def resolve(dataset: Dataset, inventory: Inventory, names: Collection[str]) -> set[str]:
    """Return the dataset's own names of what `names` mean; raise `InputError` for one that means nothing."""
    spellings, own = _spellings(dataset, inventory)
    wanted: set[str] = set()
    for name in (given.strip() for given in names):
        if name.casefold() not in spellings:
            raise InputError(f"{dataset.name} has no sequence {name!r}.{did_you_mean(name, own)}")
        wanted.add(spellings[name.casefold()])
    if not wanted:
        raise InputError("--sequences names no sequence")
    return wanted


def share_out(datasets: Collection[Dataset], names: Collection[str]) -> list[list[str]]:
    """Return which of the names each of several datasets has; raise `InputError` for one that none has."""
    known = [_spellings(dataset, dataset.inventory()) for dataset in datasets]
    names = [name.strip() for name in names]
    for name in names:
        if not any(name.casefold() in spellings for spellings, _ in known):
            hint = did_you_mean(name, [one for _, own in known for one in own])
            raise InputError(f"none of {', '.join(one.name for one in datasets)} has a sequence {name!r}.{hint}")
    return [[name for name in names if name.casefold() in spellings] for spellings, _ in known]


def _spellings(dataset: Dataset, inventory: Inventory) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the dataset's own name by every spelling in lower case, and all of its own names."""
    own = (*inventory.found, *inventory.missing)
    spellings = {alias.casefold(): name for alias, name in dataset.aliases().items()}
    return spellings | {name.casefold(): name for name in own}, own


def _missing(dataset: Dataset, inventory: Inventory, missing: list[str], named: bool) -> str:
    """Return the line that says what is missing, where it was looked for, and what to do."""
    listed = ", ".join(missing[:3]) + (", ..." if len(missing) > 3 else "")
    if not inventory.found:
        return (
            f"{dataset.name}: none of its {dataset.total} sequences is in {inventory.place} ({listed}):"
            " name the folder that holds them with --data-root DIR"
        )
    if named:
        return f"{dataset.name}: {listed} not found in {inventory.place}: add what is missing, or do not name it"
    return (
        f"{dataset.name}: {len(missing)} of its {dataset.total} sequences are missing in {inventory.place} ({listed}):"
        " add them, or run what is there with --subset available"
    )
