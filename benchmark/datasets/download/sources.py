"""Where published datasets are had, as data: ``sources.toml`` beside this module, or a file of the user's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

from benchmark.datasets.catalogue import is_plain
from benchmark.documents import parse_toml, read_toml
from benchmark.shapes import check
from trackers.errors import InputError

SCHEMES = ("http://", "https://")


@dataclass(frozen=True)
class RemoteFile:
    """One zip to fetch."""

    address: str
    folder: str
    """Where it is unpacked, from the data root; parts between slashes."""
    checksum: str = ""
    """Hex digits of its md5, sha1 or sha256, by their number; "" where none is published."""


@dataclass(frozen=True)
class Source:
    """Where one benchmark is had; the fields are explained in ``sources.toml``."""

    sets: list[str]
    page: str
    terms: str
    folder: str
    files: list[str] = field(default_factory=list)
    checksums: dict[str, str] = field(default_factory=dict)
    """Of files, by their address."""
    manifest: str = ""
    manifests: dict[str, str] = field(default_factory=dict)
    by_hand: str = ""

    def place(self, dataset: str) -> str:
        """Return the folder of the data root that the dataset is unpacked into."""
        return self.folder.format(set=dataset)

    def description(self, dataset: str) -> str:
        """Return the address of the list of files; "" where there is none."""
        return self.manifests.get(dataset, self.manifest.format(set=dataset.lower()))

    def zips(self, dataset: str, folders: list[str]) -> list[RemoteFile]:
        """Return the zips that are known without asking: one for each of the videos' folders, or the only one."""
        place = self.place(dataset)
        found: dict[str, RemoteFile] = {}
        for pattern in self.files:
            for folder in folders:
                address = pattern.format(folder=folder)
                found.setdefault(address, RemoteFile(address, place, self.checksums.get(address, "")))
        return list(found.values())


def read_source(dataset: str, file: Path | None = None) -> Source:
    """Return where a dataset is had, by the file that ships or one of the user's own; InputError where none says."""
    mend = "docs/datasets.md says what such a file holds"
    ours = files(__package__).joinpath("sources.toml")
    content = parse_toml(ours.read_text("utf-8")) if file is None else read_toml(file, mend)
    try:
        sources = [Source(**one) for one in content.values()]
        for one in sources:
            check(one, Source)
            _check_sense(one)
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise InputError(f"{file or 'sources.toml'}: not a file of sources ({error})") from error
    source = next((one for one in sources if dataset in one.sets), None)
    if source is None:
        raise InputError(f"nothing says where {dataset} is had{f': not {file} either' if file else ''}")
    return source


def _check_sense(source: Source) -> None:
    for pattern in source.files:
        check_address(pattern.format(folder="a"))
    for dataset in source.sets:
        if address := source.description(dataset):
            check_address(address)
        place = source.place(dataset)
        if place and not all(map(is_plain, place.split("/"))):
            raise ValueError(f"{place!r} is no folder in the data root")


def check_address(address: str) -> None:
    """Raise ValueError where a text is no address that can be asked for over the web."""
    plain = address.isascii() and address.isprintable() and " " not in address
    try:
        parts = urlsplit(address)
        known = address.startswith(SCHEMES) and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not (plain and known):
        raise ValueError(f"{address[:100]!r} is no address of the web (other signs than ASCII's stand there as %..)")
