"""The contract between a dataset and whatever runs on it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import ClassVar

from benchmark.datasets.sequence import Sequence

Progress = Callable[[int, int], None]
"""Called with (sequences done, sequences in all) while a dataset is read or rendered."""


@dataclass(frozen=True)
class Inventory:
    """Which targets of a dataset can be run here; both in the dataset's own order."""

    found: tuple[str, ...]
    missing: tuple[str, ...]
    place: str = ""
    """Where the dataset was looked for, for messages: a folder, or several."""


class Dataset(ABC):
    """A named list of targets, each with its frames and ground truth.

    Opening one is cheap: files are read by `load` only.
    """

    name: str
    """What the user types and every result says, e.g. ``OTB100``."""
    title: str
    """One line for people: what the dataset is."""
    revision: str
    """Changes whenever the same name stands for other frames, boxes or targets; part of every result."""
    total: int
    """Number of targets in the full dataset, found or not."""
    source: str
    """Where its frames and boxes come from, and for what use; one or two sentences."""
    rendered: ClassVar[bool] = False
    """Whether its frames are synthetic; results on such a dataset are marked."""
    profile: str = "otb"
    """The evaluation profile of its own toolkit (`benchmark.profiles`)."""
    origin: int = 1
    """Number of the first pixel in its files, and in results that are written for its own toolkit."""
    upload: str = ""
    """Whose server alone can score it (`benchmark.interop.upload`); "" where its ground truth is public."""

    @abstractmethod
    def inventory(self) -> Inventory:
        """Return what is found and what is missing, by the names of folders alone: nothing is decoded."""

    def evident(self, found: Collection[str]) -> bool:
        """Return whether the targets `found` are surely this set's, and not another benchmark's of the same names."""
        return True

    @abstractmethod
    def load(self, names: Collection[str], progress: Progress | None = None) -> list[Sequence]:
        """Return the named targets' sequences, in that order, with everything about them checked.

        `names` are the dataset's own names, as `inventory` lists them. Raises `InputError` with the first
        problem in full and the number of others.
        """

    def aliases(self) -> Mapping[str, str]:
        """Return other spellings of targets' names (a key) and the name each means (its value)."""
        return {}
