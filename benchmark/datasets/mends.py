"""How to mend a dataset that is not as it should be: spelt otherwise, laid elsewhere, another split, still packed."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from benchmark.datasets.base import Dataset, Inventory
from benchmark.datasets.catalogue import CATALOGUES, family, read_catalogue, read_head
from benchmark.datasets.listing import entries, folders_if_any, matching
from benchmark.datasets.published import Place, PublishedDataset, bare
from trackers.errors import InputError

Kind = Literal["missing", "damaged", "layout", "note"]
DEPTH, FOLDERS = 3, 400
"""How deep, and in how many folders, sequences are looked for that are not where they should be."""
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".7z", ".rar")
SHOWN = 3
"""Names of a list that are told."""


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be."""

    kind: Kind
    text: str
    """One line: what is wrong, and how to mend it."""


def hint(dataset: Dataset, name: str, said: str) -> str:
    """Return what else is to be told of a sequence of which an error is `said`.

    What it lacks may be there in another letter case, or one folder too deep.
    """
    for place in _places(dataset, name):
        for folder in dict.fromkeys((place.boxes.parent, place.images.parent)):
            inner = folder / folder.name
            if os.path.isfile(inner / place.boxes.name) and not os.path.exists(place.boxes):
                return f"; {inner} has it, one folder too deep: move what is in there up"
            for there in _entries(folder):
                found = re.search(rf"{re.escape(str(there))}(?!\w)", said, re.IGNORECASE)
                wanted = Path(found[0]).name if found else there.name
                if wanted != there.name and not os.path.exists(folder / wanted):
                    return f"; {there} is there: call it {wanted}"
    return ""


def _places(dataset: Dataset, name: str) -> list[Place]:
    try:
        return list(dataset.places(dataset.targets[name])) if isinstance(dataset, PublishedDataset) else []
    except OSError:
        return []


def elsewhere(dataset: PublishedDataset, root: Path, inventory: Inventory) -> Iterator[Finding]:
    """Yield where the sequences lie that are not found, or what of their benchmark is here instead."""
    head = read_head(family(dataset.name))
    for link in (
        one for base in dataset.bases for one in _entries(base) if one.is_symlink() and not os.path.exists(one)
    ):
        yield Finding("layout", f"{link} is a link that leads nowhere: is its disk there?")
    for folder in _closed(dataset):
        yield Finding("layout", f"{folder} may not be read: change its permissions (chmod u+rx)")
    if not inventory.missing:
        return
    for name in head.sets if not inventory.found else ():
        there = type(dataset)(name, root)
        if name != dataset.name and there.total and (count := len(there.inventory().found)):
            yield Finding("layout", f"here is {name} ({count} of {there.total} sequences), and not {dataset.name}")
    if not inventory.found and (names := _training(dataset)):
        listed = ", ".join(names[:SHOWN]) + (", ..." if len(names) > SHOWN else "")
        yield Finding("layout", f"here is the training split ({listed}), and not {dataset.name}")
    for place in _below(root, _folders_of_others(dataset)):
        count = len(_whole(dataset, place, inventory.missing))
        if count:
            of, it = ("of the missing sequences is", "it") if count == 1 else ("of the missing sequences are", "them")
            way = f": move {it} up" if inventory.found else f": move {it} up, or say --data-root {place}"
            yield Finding("layout", f"{count} {of} in {place}{way}")
            return


def _closed(dataset: PublishedDataset) -> Iterator[Path]:
    """Yield the folders that may not be listed, apart from sequences' own, which are told where they are loaded."""
    known = {target.folder.casefold() for target in dataset.targets.values()}
    effective = os.access in os.supports_effective_ids
    for base in dataset.bases:
        inside = [one for one in folders_if_any(base) if one.name.casefold() not in known and one not in dataset.bases]
        own = [one for one in inside if base != dataset.root or len(dataset.bases) == 1]
        for folder in (base, *own):
            if not os.access(folder, os.R_OK | os.X_OK, effective_ids=effective):
                yield folder


def _training(dataset: PublishedDataset) -> list[str]:
    """Return the names of what lies here of the benchmark's training split, which is no dataset of ours."""
    catalogue = read_catalogue(family(dataset.name))
    known = {target.name for target in catalogue.targets}
    found = [path for base in dataset.bases for pattern in catalogue.training for path in matching(base, pattern)]
    names = dict.fromkeys(path.name if path.is_dir() else path.parent.name for path in found)
    return [name for name in names if name not in known]


def _whole(dataset: PublishedDataset, place: Path, names: Collection[str]) -> list[str]:
    """Return those of the named sequences whose images and ground truth lie in a place."""
    try:
        there = type(dataset)(dataset.name, place)
        return [
            name
            for name in names
            if any(one.images.is_dir() and one.boxes.is_file() for one in there.places(there.targets[name]))
        ]
    except (InputError, OSError, KeyError):
        return []


def _folders_of_others(dataset: PublishedDataset) -> set[str]:
    """Return the usual names of folders of other sets: what lies there may have the same names, and is not the same."""
    own, others = set(read_head(family(dataset.name)).folders) | set(dataset.kind.folders), set()
    for catalogue in map(read_head, CATALOGUES):
        others |= {*catalogue.folders, *(name for kind in catalogue.sets.values() for name in kind.folders)}
    return {bare(name) for name in others} - {bare(name) for name in own}


def _below(root: Path, left_out: Collection[str]) -> Iterator[Path]:
    """Yield the folders below a root, the nearest first, as far as is looked; none of a name that is left out."""
    level, seen = [root], 0
    for _ in range(DEPTH):
        following: list[Path] = []
        for place in level:
            inside = [one for one in _entries(place) if bare(one.name) not in left_out and os.path.isdir(one)]
            for folder in inside[: FOLDERS - seen]:
                seen += 1
                following.append(folder)
                yield folder
        level = following


def archives(dataset: PublishedDataset, inventory: Inventory) -> Iterator[Finding]:
    """Yield what lies here packed of the dataset, and whether it is still needed."""
    targets = dataset.targets.values()
    missing = {
        bare(word)
        for target in targets
        if target.name in inventory.missing
        for word in (target.name, target.folder, target.object_class)
    }
    known = missing | {bare(word) for one in targets for word in (one.name, one.folder, one.object_class)}
    head = read_head(family(dataset.name))
    usual = tuple(bare(name) for name in (*head.folders, *dataset.kind.folders, dataset.name))
    for base in dict.fromkeys(dataset.packed):
        for one in _entries(base):
            ending = next((end for end in ARCHIVES if one.name.casefold().endswith(end)), None)
            if ending is None or not os.path.isfile(one):
                continue
            stem = bare(one.name[: -len(ending)])
            shared = base == dataset.root and bare(base.name) not in usual
            if shared and not stem.startswith(usual) and stem not in known:
                continue  # of another dataset, or of none
            size = f"({one.stat().st_size / 1e6:,.0f} MB)"
            if not inventory.missing or (stem in known and stem not in missing):
                yield Finding("note", f"{one} is no longer needed {size}")
            elif stem in missing or not inventory.found:
                yield Finding("layout", f"{one} is not unpacked {size}")
            else:
                yield Finding("note", f"{one} may have what is missing {size}: unpack it again")


def _entries(folder: Path) -> list[Path]:
    """Return what a folder holds; nothing where it cannot be listed."""
    try:
        return entries(folder)
    except OSError:
        return []
