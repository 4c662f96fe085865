"""Datasets by name, and where their files are looked for."""

from __future__ import annotations

import os
from pathlib import Path

from benchmark.datasets.base import Dataset
from benchmark.datasets.catalogue import CATALOGUES, TargetSet, family, read_head
from benchmark.datasets.dtb70 import DTB70Dataset
from benchmark.datasets.folder import LAYOUT, FolderDataset
from benchmark.datasets.got10k import GOT10kDataset
from benchmark.datasets.lasot import LaSOTDataset
from benchmark.datasets.nfs import NfSDataset
from benchmark.datasets.otb import OTBDataset
from benchmark.datasets.published import PublishedDataset, bare
from benchmark.datasets.tcolor128 import TColor128Dataset
from benchmark.datasets.trackingnet import TrackingNetDataset
from benchmark.datasets.uav import UAVDataset
from benchmark.datasets.vot import VOTDataset
from trackers.errors import InputError, did_you_mean

RENDERED = ("demo", "demo-full", "demo-large")
ROOT_VARIABLE = "ENGRAM_DATA"
DEFAULT_ROOT = Path("data")
READERS: dict[str, type[PublishedDataset]] = {
    "dtb70": DTB70Dataset, "got10k": GOT10kDataset, "lasot": LaSOTDataset, "nfs": NfSDataset, "otb": OTBDataset,
    "tcolor128": TColor128Dataset, "trackingnet": TrackingNetDataset, "uav": UAVDataset, "vot": VOTDataset,
}  # fmt: skip
"""Who reads a catalogue's benchmark, by the name that the catalogue gives."""


def published_sets() -> dict[str, TargetSet]:
    """Return all published sets by their names, those of one benchmark together."""
    return {name: kind for catalogue in CATALOGUES for name, kind in read_head(catalogue).sets.items()}


def dataset_names() -> tuple[str, ...]:
    """Return the names that `open_dataset` knows, aliases left out."""
    return (*RENDERED, *published_sets(), FolderDataset.name)


def find_dataset(name: str) -> str:
    """Return the name that is meant by a dataset's name or an alias of it (``otb-100``, ``TB100``), in any letter case.

    Raises `InputError` where it means nothing, or a benchmark whose splits are sets of their own.
    """
    spellings = {known: known for known in dataset_names()}
    spellings |= {alias: known for known, kind in published_sets().items() for alias in kind.aliases}
    known = {bare(spelling): meant for spelling, meant in spellings.items()}.get(bare(name))
    if known is not None:
        return known
    if splits := [one for one in published_sets() if bare(one).partition("/")[0] == bare(name).partition("/")[0]]:
        raise InputError(f"unknown dataset {name!r}: say which, of {', '.join(splits)}")
    raise InputError(
        f"unknown dataset {name!r}.{did_you_mean(name, spellings)} There are: {', '.join(dataset_names())}"
    )


def open_dataset(name: str, root: Path | None = None) -> Dataset:
    """Return a dataset by its name or an alias of it (`find_dataset`).

    `root` is the dataset's folder or one that holds it by a usual name; else the folder that the environment variable
    ENGRAM_DATA names, else ``data``. Rendered datasets need none. Raises `InputError` where the name is unknown or
    a folder that the user named is not there.
    """
    known = find_dataset(name)
    if known in RENDERED:
        # Loaded when asked for: rendering brings in far more than a list of names does.
        from benchmark.datasets.render.dataset import RenderedDataset

        return RenderedDataset.open(known)
    place = data_root(root)
    if known == FolderDataset.name and not place.is_dir():
        raise InputError(f"the dataset 'folder' needs --data-root DIR: {LAYOUT}")
    try:
        if known == FolderDataset.name:
            return FolderDataset(place)
        return READERS[read_head(family(known)).reader](known, place)
    except OSError as error:
        raise InputError(f"{place}: cannot be read ({error.strerror})") from error


def data_root(root: Path | None) -> Path:
    """Return the folder in which datasets are looked for, absolute: `root`, else ENGRAM_DATA, else ``data``.

    Raises `InputError` where the user named one that is not there.
    """
    named, by = root, "--data-root"
    if named is None and (variable := os.environ.get(ROOT_VARIABLE)):
        named, by = Path(variable), ROOT_VARIABLE
    if named is None:
        return DEFAULT_ROOT.absolute()
    if not named.is_dir():
        raise InputError(f"{by} {named}: {'not a folder' if named.exists() else 'no such folder'}")
    if not os.access(named, os.R_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids):
        raise InputError(f"{by} {named}: may not be read")
    return named.absolute()
