"""What vot-toolkit's analysis says: read from the JSON that it writes, marked as the toolkit's own."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmark.datasets.catalogue import is_plain
from benchmark.datasets.listing import matching
from benchmark.documents import read_json
from benchmark.shapes import Count, NotNegative, check
from trackers.errors import InputError

__all__ = ["PLACE", "Figures", "ToolkitFigures", "read_analysis", "toolkit_figures"]

SCHEMA = 1
PLACE = "vot"
"""The folder in a run's that holds what the toolkit said."""
MANY = 100_000
"""Figures that one analysis may have: it names trackers and experiments once, and has one of each pair."""


@dataclass(frozen=True)
class Figures:
    """One tracker's in one experiment; None where the experiment has no such measure, or it came out as no number."""

    tracker: str
    experiment: str
    kind: str
    """``supervised``, ``multistart`` or ``unsupervised``."""
    realtime: bool
    """Whether the tracker was given the frames at a camera's pace."""
    burn_in: Count | None = None
    accuracy: NotNegative | None = None
    robustness: NotNegative | None = None
    """Failures a sequence, weighted by length; from anchors the share of frames before the target is lost."""
    eao: NotNegative | None = None
    span: tuple[Count, Count] | None = None
    """Lengths over which the expected overlap is averaged."""
    curve: tuple[NotNegative, ...] = ()
    """Expected overlap of a run of j frames, from 0 on."""


@dataclass(frozen=True)
class ToolkitFigures:
    """What one analysis says."""

    version: str
    stack: str
    coverage: str
    """Dataset and how much of it."""
    sequences: Count
    figures: tuple[Figures, ...]
    html: str = ""
    """The toolkit's own page, a file beside; "" where there is none."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        return {"schema": SCHEMA, **vars(self), "figures": [vars(one) for one in self.figures]}

    @classmethod
    def read(cls, file: Path) -> ToolkitFigures:
        """Return what `to_dict` gave, from a file; InputError where it is damaged."""
        again = "`run_bench vot analyse` writes it anew"
        data = read_json(file, again)
        try:
            if data.pop("schema") != SCHEMA:
                raise ValueError("of another schema")
            if data.get("html") and not is_plain(data["html"]):
                raise ValueError("html is no name of a file beside it")
            figures = tuple(Figures(**{**one, "span": one["span"] and tuple(one["span"])}) for one in data["figures"])
            found = cls(**{**data, "figures": tuple(replace(one, curve=tuple(one.curve)) for one in figures)})
            check(found, cls)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise InputError(f"{file} cannot be read ({error}): {again}") from error
        return found


def read_analysis(file: Path, stack: str, coverage: str, names: Mapping[str, str]) -> ToolkitFigures:
    """Return the figures of an analysis of a stack; `names` are what trackers are called here, by identifier.

    InputError where the file is not there: the toolkit writes none where any result is missing.
    """
    if not file.exists():
        raise InputError(f"{file} is not there: the toolkit analyses nothing where a result is missing")
    content = read_json(file, "run the toolkit's analysis again", constants=True)
    try:
        identifiers = list(content["trackers"])
        if len(identifiers) * len(content["results"]) > MANY:
            raise ValueError("of too many trackers and experiments")
        found = []
        for name, one in content["results"].items():
            for row, identifier in enumerate(identifiers):
                figures = _figures(name, one, row, names.get(identifier, identifier))
                found.append(figures)
        said = ToolkitFigures(content["toolkit"], stack, coverage, len(content["sequences"]), tuple(found))
        check(said, ToolkitFigures)
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError) as error:
        raise InputError(f"{file} is no analysis of vot-toolkit's ({error!r})") from error
    return said


def toolkit_figures(run: Path) -> list[ToolkitFigures]:
    """Return all that the toolkit has said and a run's folder keeps, by name; InputError where a file is damaged."""
    return [ToolkitFigures.read(file) for file in matching(run, f"{PLACE}/*.json")]


def _figures(name: str, experiment: Mapping[str, Any], row: int, tracker: str) -> Figures:
    kind = str(experiment["type"]).rpartition(".")[2].removesuffix("Experiment").casefold()
    facts: dict[str, Any] = {}
    analyses = experiment["parameters"]["analyses"]
    for analysis, results in zip(analyses, experiment["results"], strict=True):
        facts |= dict(_facts(str(analysis["type"]).rpartition(".")[2], analysis, results[row]))
    return Figures(tracker, name, kind, experiment["parameters"].get("realtime") is not None, **facts)


def _facts(kind: str, analysis: Mapping[str, Any], result: Any) -> Iterator[tuple[str, Any]]:
    """Yield what one analysis of an experiment says of one tracker."""
    if kind == "AverageAccuracyRobustness":
        yield "burn_in", int(analysis["burnin"])
        yield "accuracy", _number(result[0])
        yield "robustness", _number(result[1])
    elif kind == "EAOScore":
        yield "eao", _number(result[0])
        yield "span", (int(analysis["low"]), int(analysis["high"]))
    elif kind == "EAOCurve":
        values = result[0]
        while values and isinstance(values[0], list):
            values = values[0]
        yield "curve", tuple(_number(value) or 0.0 for value in values)
    elif kind == "AverageAccuracy":
        yield "burn_in", int(analysis["burnin"])
        yield "accuracy", _number(result[0])


def _number(value: Any) -> float | None:
    number = float(value)
    return number if math.isfinite(number) else None
