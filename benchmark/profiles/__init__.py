"""Evaluation profiles: how boxes become scores, as data. One TOML file a profile beside this module."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from trackers.errors import InputError, did_you_mean

__all__ = ["DEFAULT_PROFILE", "Profile", "load_profile", "profile_names"]

DEFAULT_PROFILE = "otb"

FirstFrame = Literal["ground truth", "prediction", "dropped"]
Start = Literal["official", "first annotated"]
WhenInvalid = Literal["never", "row", "size", "row, centre"]
Verdict = Literal["hit", "miss"]
Repeat = Literal["never", "zero size", "size or NaN"]
Over = Literal["sequences", "frames"]
Speed = Literal["frames / time", "mean of 1 / time"]

_FIRST = {"ground truth": "the true one", "prediction": "the tracker's", "dropped": "left out"}
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
    precision_headline: float
    """The threshold whose value is printed."""
    normalised_thresholds: tuple[float, ...]
    """Centre errors as parts of the target's width and height, rising."""
    normalised_headline: float | None
    """The threshold whose value is printed; None where the mean of the curve is."""
    start: Start
    """The frame that scoring begins with."""
    first_frame: FirstFrame
    """What stands in the first scored frame; "dropped" leaves the frame out."""
    invalid_truth: WhenInvalid
    """Which ground-truth rows are not compared: "row" any of x, y, w, h <= 0 in the file; "size" w or h <= 0;
    "row, centre" the row for overlaps, the centre alone for errors."""
    invalid_centre: Verdict
    invalid_normalised: Verdict
    """What such a frame counts as in the two error curves. In the success curve it is a miss, and it always stays in
    the denominator: every toolkit read does so."""
    repeat_previous: Repeat
    """Which predictions, from the second frame on, are replaced by the one before."""
    average: Over
    """Whether every sequence or every frame weighs the same."""
    speed: Speed
    """How the frames per second of a sequence are computed from its times."""

    @property
    def summary(self) -> str:
        """One line: whose rules these are, and in what they differ most from others'."""
        return f"{self.title}; first box {_FIRST[self.first_frame]}; truth invalid {_INVALID[self.invalid_truth]}"

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


def load_profile(name: str = DEFAULT_PROFILE) -> Profile:
    """Return the profile of that name; raises InputError for an unknown one."""
    if name not in profile_names():
        known = ", ".join(profile_names())
        raise InputError(
            f"there is no evaluation profile {name!r}.{did_you_mean(name, profile_names())} Known: {known}"
        )
    return _parse(name, tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text("utf-8")))


def _parse(name: str, data: dict[str, Any]) -> Profile:
    headline = data["normalised_precision"]["headline"]
    invalid = data["invalid_ground_truth"]
    return Profile(
        name=name,
        title=data["title"],
        source=data["source"],
        success_thresholds=_grid(data["success"]["thresholds"]),
        success_strict=bool(data["success"]["strict"]),
        precision_thresholds=_grid(data["precision"]["thresholds"]),
        precision_headline=float(data["precision"]["headline"]),
        normalised_thresholds=_grid(data["normalised_precision"]["thresholds"]),
        normalised_headline=None if headline == "area" else float(headline),
        start=_one_of(data["frames"]["start"], Start),
        first_frame=_one_of(data["frames"]["first"], FirstFrame),
        invalid_truth=_one_of(invalid["when"], WhenInvalid),
        invalid_centre=_one_of(invalid["centre"], Verdict),
        invalid_normalised=_one_of(invalid["normalised"], Verdict),
        repeat_previous=_one_of(data["invalid_prediction"]["repeat_previous"], Repeat),
        average=_one_of(data["average"]["over"], Over),
        speed=_one_of(data["speed"]["fps"], Speed),
    )


def _grid(span: dict[str, Any]) -> tuple[float, ...]:
    return tuple(np.linspace(span["first"], span["last"], span["count"]).tolist())


def _one_of(value: Any, kind: Any) -> Any:
    if value not in get_args(kind):
        raise ValueError(f"{value!r} is none of {get_args(kind)}")
    return value
