"""The result dialects that can be read and written, as data: ``dialects.toml`` beside this module."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from trackers.errors import InputError, did_you_mean

__all__ = ["Dialect", "detect_dialect", "dialect_names", "read_dialect"]


@dataclass(frozen=True)
class Dialect:
    """One toolkit's way to lay out and write results; the fields are explained in ``dialects.toml``."""

    name: str
    title: str
    boxes: str
    delimiter: str
    first: str
    times: str = ""
    names: Mapping[str, str] = field(default_factory=dict)

    def boxes_file(self, tracker: str, sequence: str) -> str:
        """Return the path of a sequence's boxes below the output folder."""
        return self.boxes.format(tracker=tracker, sequence=self.names.get(sequence, sequence))

    def times_file(self, tracker: str, sequence: str) -> str | None:
        """Return the path of a sequence's times; None where the dialect has none."""
        return self.times.format(tracker=tracker, sequence=self.names.get(sequence, sequence)) or None


def dialect_names() -> tuple[str, ...]:
    """Return the names of all dialects."""
    return tuple(_data())


def read_dialect(name: str) -> Dialect:
    """Return the dialect of that name; raises InputError for an unknown one."""
    data = _data()
    if name not in data:
        known = ", ".join(data)
        raise InputError(f"there is no result dialect {name!r}.{did_you_mean(name, data)} Known: {known}")
    return Dialect(name=name, **data[name])


def detect_dialect(path: Path) -> Dialect:
    """Return the dialect that one tracker's folder of results, or a single file, is in; by its names and first bytes.

    pysot's text is OTB's.
    """
    if path.suffix == ".mat" or (path.is_dir() and any(path.glob("*.mat"))):
        return read_dialect("otb-mat")
    if path.is_dir() and (any(path.glob("*/*_001.txt")) or any(path.glob("baseline/*/*_001.txt"))):
        return read_dialect("vot")
    if path.is_dir() and (path / "times").is_dir():
        return read_dialect("got10k")
    texts = [path] if path.is_file() else sorted(path.glob("*.txt")) + sorted(path.glob("default/*.txt"))
    if not texts:
        raise InputError(f"{path}: no results found: no .txt or .mat file, nor a VOT results folder")
    if any(text.stem.endswith("_time") for text in texts) or b"\t" in texts[0].read_bytes()[:200]:
        return read_dialect("pytracking")
    return read_dialect("otb")


def _data() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files(__package__).joinpath("dialects.toml").read_text("utf-8"))
