"""The result dialects that can be read and written, as data: ``dialects.toml`` beside this module."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from benchmark.datasets.listing import matching
from trackers.errors import InputError, did_you_mean

__all__ = ["Dialect", "beside_endings", "detect_dialect", "dialect_names", "read_dialect"]


@dataclass(frozen=True)
class Dialect:
    """One toolkit's way to lay out and write results; the fields are explained in ``dialects.toml``."""

    name: str
    title: str
    boxes: str
    endings: tuple[str, ...]
    delimiter: str
    first: str
    tracked: str = ""
    times: str = ""
    repeats: str = ""
    names: Mapping[str, str] = field(default_factory=dict)

    def boxes_file(self, tracker: str, sequence: str) -> str:
        """Return the path of a sequence's boxes below the output folder."""
        return self.boxes.format(tracker=tracker, sequence=sequence)

    def times_file(self, boxes: Path) -> Path | None:
        """Return the path of the times of a file of boxes; None where the dialect has none."""
        times = self.times.format(stem=boxes.stem, sequence=boxes.stem.removesuffix(self.repeats))
        return boxes.parent / times if times else None


def dialect_names() -> tuple[str, ...]:
    """Return the names of all dialects."""
    return tuple(_data()["dialects"])


def read_dialect(name: str) -> Dialect:
    """Return the dialect of that name; raises InputError for an unknown one."""
    data = _data()["dialects"]
    if name not in data:
        known = ", ".join(data)
        raise InputError(f"there is no result dialect {name!r}.{did_you_mean(name, data)} Known: {known}")
    return Dialect(name=name, **data[name] | {"endings": tuple(data[name]["endings"])})


def beside_endings() -> tuple[str, ...]:
    """Return how the names of files end, without what follows the last dot, that lie beside those of boxes."""
    return tuple(_data()["beside"])


def detect_dialect(path: Path) -> Dialect:
    """Return the dialect that one tracker's folder of results, or a single file, is in; by its names and first bytes.

    pysot's text is OTB's.
    """
    if path.suffix.casefold() == ".mat" or (path.is_dir() and matching(path, "*.[mM][aA][tT]")):
        return read_dialect("otb-mat")
    if path.is_dir() and (nested := matching(path, "*/*_001.txt") or matching(path, "baseline/*/*_001.txt")):
        return read_dialect("got10k-server" if b"," in _beginning(nested[0]).partition(b"\n")[0] else "vot")
    if path.is_file() and path.stem.endswith("_001"):
        return read_dialect("vot" if _beginning(path).startswith((b"1\n", b"1\r")) else "got10k-server")
    if path.is_dir() and (path / "times").is_dir():
        return read_dialect("got10k")
    texts = [path] if path.is_file() else matching(path, "*.txt") + matching(path, "default/*.txt")
    if not texts and not matching(path, "*.csv"):
        raise InputError(f"{path}: no results found: no .txt, .csv or .mat file, nor a VOT results folder")
    if any(text.stem.endswith("_time") for text in texts) or (texts and b"\t" in _beginning(texts[0])):
        return read_dialect("pytracking")
    return read_dialect("otb")


def _beginning(file: Path) -> bytes:
    """Return a file's first bytes; none where it cannot be read, which whoever reads all of it will say."""
    try:
        with file.open("rb") as opened:
            return opened.read(200)
    except OSError:
        return b""


def _data() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("dialects.toml").read_text("utf-8"))
