"""Evaluation profiles: how boxes become scores, as data. One TOML file a profile beside this module."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.catalogue import family
from trackers.errors import InputError, did_you_mean

__all__ = ["DEFAULT_PROFILE", "Profile", "load_profile", "profile_names"]

DEFAULT_PROFILE = "otb"

Area = Literal["mean", "trapezoid"]
Absent = Literal["as any", "miss", "invalid", "dropped"]
NaNTruth = Literal["as invalid", "dropped"]
FirstFrame = Literal["ground truth", "prediction", "dropped"]
Start = Literal["official", "first annotated"]
WhenInvalid = Literal["never", "row", "size", "row, centre"]
Verdict = Literal["hit", "miss"]
Repeat = Literal["never", "zero size", "size or NaN"]
Over = Literal["sequences", "frames"]
Speed = Literal["frames / time", "mean of 1 / time"]

_FIRST = {"ground truth": "the true one", "prediction": "the tracker's", "dropped": "left out"}
_ABSENT = {"miss": "missed", "invalid": "as invalid ones", "dropped": "left out"}
_INVALID = {
    "never": "nowhere",
    "row": "at any value <= 0",
    "size": "at a size <= 0",
    "row, centre": "at any value <= 0",
}


@dataclass(frozen=True)
class Profile:
    """Every convention that turns boxes into scores. ``dataclasses.replace`` makes a variation of one."""

    name: str
    title: str
    source: str
    """The code it was read from."""
    success_thresholds: tuple[float, ...]
    """Overlaps, rising."""
    success_strict: bool
    """Whether a frame succeeds at ``overlap > threshold`` (else ``>=``)."""
    precision_thresholds: tuple[float, ...]
    """Centre errors in pixels, rising; a frame counts at ``error <= threshold``."""
    precision_headline: float | None
    """The threshold whose value is printed; None where the area under the curve is."""
    normalised_thresholds: tuple[float, ...]
    """Centre errors as parts of the target's width and height, rising."""
    normalised_headline: float | None
    """The threshold whose value is printed; None where the area under the curve is."""
    area: Area
    """How the area under a curve is taken: the mean of its values, or the trapezoid rule over 0 to 1."""
    start: Start
    """The frame that scoring begins with."""
    first_frame: FirstFrame
    """What stands in the first scored frame; "dropped" leaves the frame out."""
    absent: Absent
    """What a frame counts as whose target the dataset's own flags call absent: "miss" is one in every curve, in the
    denominator all the same; "invalid" is what one with invalid ground truth is; "dropped" leaves it out."""
    bounded: bool
    """Whether boxes are cut to the image, where a dataset's annotation has its size."""
    rounded: bool
    """Whether both boxes are rounded to whole numbers of the file's convention first, halves to even."""
    invalid_truth: WhenInvalid
    """Which ground-truth rows are not compared: "row" any of x, y, w, h <= 0 in the file; "size" w or h <= 0;
    "row, centre" the row for overlaps, the centre alone for errors."""
    invalid_centre: Verdict
    invalid_normalised: Verdict
    """What such a frame counts as in the two error curves. In the success curve it is a miss, and it always stays in
    the denominator: every toolkit read does so."""
    nan_truth: NaNTruth
    """Whether a row of NaN is invalid like any other, or its frame is left out."""
    repeat_previous: Repeat
    """Which predictions, from the second frame on, are replaced by the one before."""
    average: Over
    """Whether every sequence or every frame weighs the same."""
    speed: Speed
    """How the frames per second of a sequence are computed from its times."""

    @property
    def summary(self) -> str:
        """One line: whose rules these are, and in what they differ most from others'."""
        absent = "" if self.absent == "as any" else f"; absent targets {_ABSENT[self.absent]}"
        return (
            f"{self.title}; first box {_FIRST[self.first_frame]}; truth invalid {_INVALID[self.invalid_truth]}{absent}"
        )

    @property
    def precision_name(self) -> str:
        """What is printed of the precision curve: ``20 px``, or ``area``."""
        return "area" if self.precision_headline is None else f"{self.precision_headline:g} px"

    @property
    def precision_short(self) -> str:
        """The same where there is little room: ``P@20``, or ``P@area``."""
        return f"P@{self.precision_name.removesuffix(' px')}"

    @property
    def success_sign(self) -> str:
        """How the overlap of a frame that succeeds stands to the threshold: ``>`` or ``≥``."""
        return ">" if self.success_strict else "≥"

    @property
    def success_words(self) -> str:
        """Which frames a success curve counts, in words."""
        return f"frames with an overlap {'above the threshold' if self.success_strict else 'at or above the threshold'}"

    @property
    def area_words(self) -> str:
        """What of a success curve the AUC is, in words."""
        return "the mean is the AUC" if self.area == "mean" else "the area below it, by trapezoids, is the AUC"

    @property
    def success_grid(self) -> NDArray[np.float64]:
        """The success thresholds, (K,)."""
        return np.asarray(self.success_thresholds)

    @property
    def precision_grid(self) -> NDArray[np.float64]:
        """The precision thresholds in pixels, (K,)."""
        return np.asarray(self.precision_thresholds)

    @property
    def normalised_grid(self) -> NDArray[np.float64]:
        """The normalised precision thresholds, (K,)."""
        return np.asarray(self.normalised_thresholds)


def profile_names() -> tuple[str, ...]:
    """Return the names of the profiles there are, the default first."""
    found = sorted(f.name.removesuffix(".toml") for f in files(__package__).iterdir() if f.name.endswith(".toml"))
    return (DEFAULT_PROFILE, *(name for name in found if name != DEFAULT_PROFILE))


def load_profile(name: str = DEFAULT_PROFILE, dataset: str = "") -> Profile:
    """Return the profile of that name, as its toolkit applies it to a dataset; raises InputError for an unknown one.

    What a toolkit does otherwise on a benchmark stands in the profile's tables ``[on.CATALOGUE...]``, and of one of its
    sets alone in ``[on.SET...]``, which goes before.
    """
    if name not in profile_names():
        known = ", ".join(profile_names())
        raise InputError(
            f"there is no evaluation profile {name!r}.{did_you_mean(name, profile_names())} Known: {known}"
        )
    return _load(name, (family(dataset), dataset) if dataset else ())


@lru_cache(maxsize=64)
def _load(name: str, benchmarks: tuple[str, ...]) -> Profile:
    data = tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text("utf-8"))
    there = data.pop("on", {})
    for benchmark in benchmarks:
        for table, changes in there.get(benchmark, {}).items():
            data[table] |= changes
    return _parse(name, data)


def _parse(name: str, data: dict[str, Any]) -> Profile:
    invalid, frames = data["invalid_ground_truth"], data["frames"]
    return Profile(
        name=name,
        title=data["title"],
        source=data["source"],
        success_thresholds=_grid(data["success"]["thresholds"]),
        success_strict=bool(data["success"]["strict"]),
        precision_thresholds=_grid(data["precision"]["thresholds"]),
        precision_headline=_headline(data["precision"]),
        normalised_thresholds=_grid(data["normalised_precision"]["thresholds"]),
        normalised_headline=_headline(data["normalised_precision"]),
        area=_one_of(data["success"].get("area", "mean"), Area),
        start=_one_of(frames["start"], Start),
        first_frame=_one_of(frames["first"], FirstFrame),
        absent=_one_of(frames.get("absent", "as any"), Absent),
        bounded=bool(frames.get("bounded", False)),
        rounded=bool(frames.get("rounded", False)),
        invalid_truth=_one_of(invalid["when"], WhenInvalid),
        invalid_centre=_one_of(invalid["centre"], Verdict),
        invalid_normalised=_one_of(invalid["normalised"], Verdict),
        nan_truth=_one_of(invalid.get("nan", "as invalid"), NaNTruth),
        repeat_previous=_one_of(data["invalid_prediction"]["repeat_previous"], Repeat),
        average=_one_of(data["average"]["over"], Over),
        speed=_one_of(data["speed"]["fps"], Speed),
    )


def _headline(curve: dict[str, Any]) -> float | None:
    return None if curve["headline"] == "area" else float(curve["headline"])


def _grid(span: dict[str, Any]) -> tuple[float, ...]:
    """Return evenly spaced thresholds; "from both ends" as MATLAB's colon builds them: they differ in the last bit."""
    first, last, count = span["first"], span["last"], span["count"]
    if span.get("built") != "from both ends":
        return tuple(np.linspace(first, last, count).tolist())
    step, ahead = (last - first) / (count - 1), np.arange(count)
    halves = np.where(2 * ahead <= count - 1, first + step * ahead, last - step * ahead[::-1])
    return tuple(halves.tolist())


def _one_of(value: Any, kind: Any) -> Any:
    if value not in get_args(kind):
        raise ValueError(f"{value!r} is none of {get_args(kind)}")
    return value
