"""What papers and toolkits print: every figure as text, with its source and its caveat. Data beside this module."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

__all__ = [
    "Figure", "Paper", "PaperRow", "Published", "RawBoxes", "Source", "caveats", "load_papers", "load_published",
    "load_raw", "published_name",
]  # fmt: skip

_NAMES = {"OTB100": "OTB2015", "OTB50": "OTB50", "OTB2013": "OTB2013"}
"""Our names of datasets: the names that papers use."""
RECALL = "recall"


@dataclass(frozen=True)
class Source:
    """Where a figure was found."""

    code: str
    title: str
    own: bool
    """Whether the authors, or the makers of that implementation, print it there; else it is a copy."""


@dataclass(frozen=True)
class Figure:
    """One printed number."""

    on: str
    """The dataset, by the name papers use; "" for a speed."""
    measure: str
    """``auc``, ``precision``, ``fps``, ``ao``, ``sr50``, ``sr75``, ``normalised_precision``, or a measure of VOT."""
    printed: str
    """As it stands in the source: ``.582``, ``70.3`` (per cent), ``.671-.682``, ``>60``."""
    sources: tuple[Source, ...]
    caveat: str = ""

    @property
    def value(self) -> float | None:
        """The number, scores as a fraction; None for a range or a bound."""
        if not re.fullmatch(r"\d*\.?\d+", self.printed):
            return None
        number = float(self.printed)
        return number / 100 if number > 1 and self.measure not in ("fps", "failures", "robustness") else number

    @property
    def verified(self) -> bool:
        """Whether it was seen in a source, and is not from memory."""
        return all(source.code != RECALL for source in self.sources)


@dataclass(frozen=True)
class Published:
    """One tracker's printed numbers."""

    name: str
    year: int
    figures: tuple[Figure, ...]

    def find(self, on: str, measure: str) -> tuple[Figure, ...]:
        """Return the verified figures of a measure on a dataset, in the file's order; several sources may differ."""
        wanted = "" if measure == "fps" else on
        return tuple(f for f in self.figures if f.on == wanted and f.measure == measure and f.verified)


@dataclass(frozen=True)
class RawBoxes:
    """What a tracker's own boxes, which somebody published, score by profile ``otb``."""

    of: str
    """The printed row that they belong to."""
    run: str
    """Whose boxes they are, in a few words."""
    on: str
    auc: float
    precision: float


@dataclass(frozen=True)
class PaperRow:
    """One row of a paper's table: what was printed, and the base name of our tracker."""

    label: str
    published: Published
    ours: str


@dataclass(frozen=True)
class Paper:
    """One paper's table."""

    key: str
    title: str
    cite: str
    note: str
    reconstruction: bool
    rows: tuple[PaperRow, ...]


def published_name(dataset: str) -> str | None:
    """Return what papers call a dataset of ours; None where none has it."""
    return _NAMES.get(dataset)


def load_published() -> tuple[Published, ...]:
    """Return every tracker with printed numbers; one that is in two files has all its figures together."""
    sources = {code: Source(code, one["title"], one["own"]) for code, one in _read("sources").items()}
    found: dict[str, Published] = {}
    for file in ("otb", "elsewhere"):
        for one in _read(file)["tracker"]:
            figures = tuple(
                Figure(
                    figure.get("on", ""),
                    figure["measure"],
                    figure["printed"],
                    tuple(sources[code] for code in figure["from"]),
                    figure.get("caveat", ""),
                )
                for figure in one["figures"]
            )
            before = found.get(one["name"])
            found[one["name"]] = Published(one["name"], one["year"], (before.figures if before else ()) + figures)
    return tuple(found.values())


def load_raw() -> tuple[RawBoxes, ...]:
    """Return what published boxes score here."""
    return tuple(RawBoxes(**one) for one in _read("raw")["boxes"])


def caveats() -> tuple[str, ...]:
    """Return what to know of printed OTB scores in general."""
    return tuple(_read("otb")["caveats"])


def load_papers() -> tuple[Paper, ...]:
    """Return the tables of the papers whose trackers are rebuilt here."""
    known = {one.name: one for one in load_published()}
    return tuple(
        Paper(
            key=paper["key"],
            title=paper["title"],
            cite=paper["cite"],
            note=paper["note"],
            reconstruction=paper["reconstruction"],
            rows=tuple(PaperRow(row["label"], known[row["published"]], row["ours"]) for row in paper["row"]),
        )
        for paper in _read("papers")["paper"]
    )


def _read(name: str) -> Mapping[str, Any]:
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text("utf-8"))
