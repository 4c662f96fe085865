"""A whole run as one file: a zip with the digest of every file in it, refused where anything was changed on the way."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from benchmark.datasets.catalogue import is_plain
from trackers.errors import InputError

__all__ = ["is_bundle", "pack", "unpack"]

SCHEMA = 1
INDEX = "bundle.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def pack(run: Path, file: Path) -> str:
    """Write a run's folder as one bundle and return its seal, the sha256 of its index.

    The same run gives the same bytes. The index holds the run's id and every file's sha256.
    """
    names = sorted(path.relative_to(run).as_posix() for path in run.rglob("*") if path.is_file())
    contents = {name: (run / name).read_bytes() for name in names if not PurePosixPath(name).name.startswith(".")}
    if "manifest.json" not in contents:
        raise InputError(f"{run}: not a run's folder: manifest.json is missing")
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    index = json.dumps({"schema": SCHEMA, "run": run.resolve().name, "files": digests}, indent=1).encode()
    part = file.with_name(f".{file.name}.part")
    file.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in [(INDEX, index), *contents.items()]:
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    part.replace(file)
    return hashlib.sha256(index).hexdigest()


def is_bundle(path: Path) -> bool:
    """Tell whether a file is a bundle, sound or not."""
    return path.is_file() and (path.suffix == ".zip" or zipfile.is_zipfile(path))


def unpack(file: Path, runs: Path, *, seal: str | None = None) -> Path:
    """Put a bundle's run into the folder `runs` and return the run's folder.

    Everything is checked before anything is written: each file's digest, that none is missing and none was added, and,
    where the sender's `seal` is given, that the index itself is the sender's. Raises InputError for a changed bundle,
    and where another run of that id is there.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.namelist()
            contents = {name: archive.read(name) for name in members}
    except (OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise InputError(f"{file}: damaged, or not a bundle ({error}); fetch it again") from error
    if len(members) != len(contents):
        raise InputError(f"{file}: refused: a name stands twice in it")
    run, listed = _index(file, contents)
    if seal is not None and hashlib.sha256(contents[INDEX]).hexdigest() != seal.lower():
        raise InputError(f"{file}: refused: its seal is not {seal}")
    for name in sorted(set(listed) ^ (set(contents) - {INDEX})):
        raise InputError(f"{file}: refused: {name} was {'removed from' if name in listed else 'added to'} the bundle")
    for name, digest in listed.items():
        if hashlib.sha256(contents[name]).hexdigest() != digest:
            raise InputError(f"{file}: refused: {name} was changed after the bundle was made")
        if name.startswith("/") or "\\" in name or ":" in name or ".." in PurePosixPath(name).parts:
            raise InputError(f"{file}: refused: {name!r} leaves the run's folder")
    return _place(file, runs / run, {name: contents[name] for name in listed})


def _index(file: Path, contents: dict[str, bytes]) -> tuple[str, dict[str, str]]:
    """Return the run's id and the files' digests."""
    try:
        index = json.loads(contents[INDEX])
        schema, run, files = index["schema"], str(index["run"]), dict(index["files"])
    except (KeyError, TypeError, ValueError):
        raise InputError(f"{file}: not a bundle of `run_bench export`: {INDEX} is missing or damaged") from None
    if schema != SCHEMA:
        raise InputError(f"{file}: bundle schema {schema!r} is not known; update Engram")
    if not is_plain(run):
        raise InputError(f"{file}: refused: {run!r} is no run's id")
    return run, files


def _place(file: Path, folder: Path, contents: dict[str, bytes]) -> Path:
    if folder.exists():
        same = all((folder / name).is_file() and (folder / name).read_bytes() == c for name, c in contents.items())
        if same:
            return folder
        raise InputError(f"{file}: another run called {folder.name} is in {folder.parent}; move one of them away")
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    for name, content in contents.items():
        target = part / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    part.rename(folder)
    return folder
