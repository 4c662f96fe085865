"""A dataset from the web into the data root: what of it is not there yet."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from benchmark.datasets.catalogue import is_plain
from benchmark.datasets.download.fetch import OnBytes, fetch
from benchmark.datasets.download.leftovers import archives_folder, fetching
from benchmark.datasets.download.sources import RemoteFile, Source, check_address
from benchmark.datasets.download.unpack import unpack
from benchmark.datasets.images import SUFFIXES
from benchmark.datasets.listing import files_in
from benchmark.datasets.published import PublishedDataset
from benchmark.documents import read_json
from trackers.errors import InputError

DESCRIPTION = 16 << 20
"""Bytes of the longest list of files."""
OnFile = Callable[[str, int, int], None]
"""Called with (a file's name, its number from 1 on, how many there are)."""


def get_dataset(
    dataset: PublishedDataset,
    source: Source,
    root: Path,
    *,
    keep: bool = False,
    on_file: OnFile | None = None,
    on_bytes: OnBytes | None = None,
) -> int:
    """Fetch and unpack what is missing of a dataset, and return how many zips that were.

    A zip is removed when it is unpacked, unless all are to be kept (`keep`). Stopped at any moment, the same call goes
    on. Raises InputError where a file cannot be had or is not sound: what is unpacked by then stays; and where another
    process is fetching into the same folder.
    """
    missing = lacking(dataset)
    listed = dataset.total == 0  # by its own list alone
    if not missing and not listed:
        return 0
    archives = archives_folder(dataset.name, source, root)
    with fetching(archives):
        if address := source.description(dataset.name):
            wanted = _described(address, archives / "description.json", source.place(dataset.name), missing)
        else:
            wanted = source.zips(dataset.name, missing)
        for number, one in enumerate(wanted, start=1):
            name = _name(one.address)
            if on_file is not None:
                on_file(name, number, len(wanted))
            file = archives / f"{hashlib.sha256(one.address.encode()).hexdigest()[:8]}-{name}"  # the same in every call
            fetch(one.address, file, checksum=one.checksum, on_bytes=on_bytes)
            unpack(file, root / one.folder)
            if not keep:
                file.unlink()
    return len(wanted)


def lacking(dataset: PublishedDataset) -> list[str]:
    """Return the folders of the videos that are not there with both images and ground truth."""
    whole = {
        target.name
        for target in dataset.targets.values()
        if any(place.boxes.is_file() and _has_images(place.images) for place in dataset.places(target))
    }
    return list(dict.fromkeys(target.folder for name, target in dataset.targets.items() if name not in whole))


def awaited(dataset: PublishedDataset, source: Source, root: Path) -> bool:
    """Return whether anything is missing of the dataset, or of another that is unpacked into the same folder."""
    beside = [name for name in source.sets if source.place(name) == source.place(dataset.name)]
    return any(lacking(type(dataset)(name, root)) for name in beside or [dataset.name])


def _has_images(folder: Path) -> bool:
    return folder.is_dir() and bool(files_in(folder, SUFFIXES))


def _described(address: str, file: Path, place: str, missing: list[str]) -> list[RemoteFile]:
    """Return the zips that a VOT description lists for the sequences that are missing: images, then ground truth."""
    file.unlink(missing_ok=True)
    fetch(address, file, limit=DESCRIPTION)
    content = read_json(file, "run the same command again")
    file.unlink()
    found = []
    try:
        for one in content["sequences"]:
            name = str(one["name"])
            if name not in missing:
                continue
            if not is_plain(name):
                raise ValueError(f"{name!r} is no sequence's name")
            colour, truth = one["channels"]["color"], one["annotations"]
            pairs = ((colour, f"{place}/{name}/color", ""), (truth, f"{place}/{name}", f"{name}.zip"))
            for part, folder, usual in pairs:
                url = urljoin(address, str(part.get("url") or usual))
                check_address(url)
                found.append(RemoteFile(url, folder, str(part.get("checksum") or "")))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{address}: not a list of VOT's files ({error})") from error
    return found


def _name(address: str) -> str:
    """Return the last part of an address's path as a file's name."""
    name = unquote(urlsplit(address).path).rpartition("/")[2].strip()
    return name if is_plain(name) else "file.zip"
