"""Datasets by name, and where their files are looked for."""

from __future__ import annotations

import os
from pathlib import Path

from benchmark.datasets.base import Dataset
from benchmark.datasets.catalogue import read_catalogue
from benchmark.datasets.folder import LAYOUT, FolderDataset
from benchmark.datasets.otb import OTBDataset
from trackers.errors import InputError, did_you_mean

RENDERED = ("demo", "demo-full")
ROOT_VARIABLE = "ENGRAM_DATA"
DEFAULT_ROOT = Path("data")


def dataset_names() -> tuple[str, ...]:
    """Return the names that `open_dataset` knows, aliases left out."""
    return (*RENDERED, *read_catalogue("otb").sets, FolderDataset.name)


def open_dataset(name: str, root: Path | None = None) -> Dataset:
    """Return a dataset by its name or an alias of it (``otb-100``, ``TB100``, ``CVPR13``), in any letter case.

    `root` is the dataset's folder or one that holds it by a usual name; else the folder that the environment variable
    ENGRAM_DATA names, else ``data``. Rendered datasets need none. Raises `InputError` where the name is unknown or
    a folder that the user named is not there.
    """
    sets = read_catalogue("otb").sets
    spellings = {known: known for known in dataset_names()}
    spellings |= {alias: known for known, listed in sets.items() for alias in listed.aliases}
    known = {_bare(spelling): meant for spelling, meant in spellings.items()}.get(_bare(name))
    if known is None:
        raise InputError(
            f"unknown dataset {name!r}.{did_you_mean(name, spellings)} There are: {', '.join(dataset_names())}"
        )
    if known in RENDERED:
        # Loaded when asked for: rendering brings in far more than a list of names does.
        from benchmark.datasets.render.dataset import RenderedDataset

        return RenderedDataset.open(known)
    place = data_root(root)
    if known == FolderDataset.name and not place.is_dir():
        raise InputError(f"the dataset 'folder' needs --data-root DIR: {LAYOUT}")
    try:
        return FolderDataset(place) if known == FolderDataset.name else OTBDataset(known, place)
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
    return named.absolute()


def _bare(name: str) -> str:
    return name.strip().casefold().replace("-", "").replace("_", "")
