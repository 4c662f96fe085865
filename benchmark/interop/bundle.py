"""A whole run as one file: a zip with the digest of every file in it, refused where anything was changed on the way."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmark.documents import parse_json
from benchmark.interop.archive import CHUNK, Archive, check_names, check_sizes
from benchmark.interop.placing import part_of, writes
from benchmark.interop.run_manifest import parse_manifest
from benchmark.store.results import MANIFEST
from trackers.errors import InputError

__all__ = ["is_bundle", "pack", "unpack"]

SCHEMA = 1
INDEX = "bundle.json"
LARGEST_JSON = 32 << 20
"""Bytes of the index and of the manifest."""
_EPOCH = (1980, 1, 1, 0, 0, 0)


def pack(run: Path, file: Path) -> str:
    """Write a run's folder as one bundle and return its seal, the sha256 of its index.

    The same run gives the same bytes. The index holds the run's id and every file's sha256. Raises InputError for what
    `unpack` would refuse, and where the disk does not take the bundle: an older one of that name stays.
    """
    paths = {path.relative_to(run).as_posix(): path for path in sorted(run.rglob("*")) if path.is_file()}
    paths = {name: path for name, path in paths.items() if not any(part.startswith(".") for part in name.split("/"))}
    if MANIFEST not in paths:
        raise InputError(f"{run}: not a run's folder: {MANIFEST} is missing")
    if INDEX in paths:
        raise InputError(f"{paths[INDEX]}: a bundle's own file has that name; move it away")
    parse_manifest(b"".join(_read(paths[MANIFEST])), str(paths[MANIFEST]))
    digests = {name: _digest(_read(path)) for name, path in paths.items()}
    index = json.dumps({"schema": SCHEMA, "run": run.resolve().name, "files": digests}, indent=1).encode()
    part = part_of(file)
    with writes(file, "--out"):
        try:
            part.parent.mkdir(parents=True, exist_ok=True)
            with zipfile.ZipFile(part, "w") as archive:
                _add(archive, INDEX, [index])
                for name, path in paths.items():
                    if _add(archive, name, _read(path)) != digests[name]:
                        raise InputError(f"{path}: was changed meanwhile; export the run again")
                sizes = [member.file_size for member in archive.infolist()]
            if fault := check_names(tuple(paths)) or check_sizes(sizes, part.stat().st_size):
                raise InputError(f"{run}: no bundle can hold it: {fault}")
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)
    return hashlib.sha256(index).hexdigest()


def is_bundle(path: Path) -> bool:
    """Tell whether a file is a bundle, sound or not."""
    return path.is_file() and (path.suffix.casefold() == ".zip" or zipfile.is_zipfile(path))


def unpack(file: Path, runs: Path, *, seal: str | None = None) -> Path:
    """Put a bundle's run into the folder `runs` and return the run's folder.

    Everything is checked before anything is written: limits on what a bundle holds (`benchmark.interop.archive`),
    names, each file's digest, that none is missing and none was added, the run's manifest, and, where the sender's
    `seal` is given, that the index itself is the sender's. The run appears whole or not at all; of several that unpack
    it at once one does. Raises InputError for a changed bundle, where another run of that id is there, and for a full
    disk.
    """
    try:
        opened = file.open("rb")
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror})") from error
    with opened:
        archive = Archive(file, opened)
        run, listed = _index(archive, seal)
        for name in sorted(set(listed) ^ (set(archive.names) - {INDEX})):
            raise archive.refused(f"{name!r} was {'removed from' if name in listed else 'added to'} the bundle")
        for name, digest in listed.items():
            if _digest(archive.chunks(name)) != digest:
                raise archive.refused(f"{name!r} was changed after the bundle was made")
        if MANIFEST not in listed:
            raise archive.refused(f"it holds no run: {MANIFEST} is missing")
        parse_manifest(_small(archive, MANIFEST), f"{file}: {MANIFEST}")
        folder = runs / run
        if not folder.exists():
            _place(archive, listed, folder)
        if not all(_same(folder / name, digest) for name, digest in listed.items()):
            raise InputError(f"{file}: another run called {run} is in {runs}; move one of them away")
        return folder


def _index(archive: Archive, seal: str | None) -> tuple[str, dict[str, str]]:
    """Return the run's id and the files' digests."""
    none = InputError(
        f"{archive.path}: not a bundle of `run_bench export`: {INDEX} is missing or damaged; unpack other zips"
    )
    if INDEX not in archive.names:
        raise none
    content = _small(archive, INDEX)
    try:
        index = parse_json(content)
        schema, run, files = index["schema"], index["run"], index["files"]
    except (KeyError, TypeError, ValueError, RecursionError):
        raise none from None
    if schema != SCHEMA or type(schema) is not int:
        raise InputError(f"{archive.path}: bundle schema {str(schema)[:40]!r} is not known; update Engram")
    if (
        not isinstance(run, str)
        or not isinstance(files, dict)
        or not all(isinstance(one, str) for one in files.values())
    ):
        raise none
    if "/" in run or check_names((run,)):
        raise archive.refused(f"{run[:100]!r} is no run's id")
    if seal is not None and hashlib.sha256(content).hexdigest() != seal.strip().lower():
        raise archive.refused(f"its seal is not {seal}")
    return run, files


def _place(archive: Archive, names: Iterable[str], folder: Path) -> None:
    """Write the files as one folder, unless somebody else has it there first."""
    part = part_of(folder)
    with writes(folder, "--results"):
        try:
            for name in names:
                target = part / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("xb") as file:
                    file.writelines(archive.chunks(name))
            try:
                part.rename(folder)
            except OSError:
                if not folder.is_dir():
                    raise
        finally:
            shutil.rmtree(part, ignore_errors=True)


def _add(archive: zipfile.ZipFile, name: str, chunks: Iterable[bytes]) -> str:
    """Write one file into a bundle and return its digest."""
    digest = hashlib.sha256()
    member = zipfile.ZipInfo(name, _EPOCH)
    member.compress_type = zipfile.ZIP_DEFLATED
    with archive.open(member, "w") as target:
        for chunk in chunks:
            digest.update(chunk)
            target.write(chunk)
    return digest.hexdigest()


def _digest(chunks: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def _read(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error


def _same(path: Path, digest: str) -> bool:
    return path.is_file() and _digest(_read(path)) == digest


def _small(archive: Archive, name: str) -> bytes:
    content = bytearray()
    for chunk in archive.chunks(name):
        content += chunk
        if len(content) > LARGEST_JSON:
            raise archive.refused(f"{name!r} has more than {LARGEST_JSON >> 20} MiB")
    return bytes(content)
