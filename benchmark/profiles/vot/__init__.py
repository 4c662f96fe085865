"""How runs with restarts become accuracy, robustness and expected average overlap, as data: one TOML file a profile."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal, get_args

import numpy as np

from trackers.errors import InputError, did_you_mean

__all__ = ["TOOLKIT", "VOTProfile", "load_vot_profile", "vot_profile_names", "vot_span"]

TOOLKIT = "vot-toolkit"
Accuracy = Literal["sequences", "frames"]
Fragments = Literal["failure", "restart"]
Overlap = Literal["pixels", "area"]


@dataclass(frozen=True)
class VOTProfile:
    """The conventions in which the toolkits differ on the same trajectories."""

    name: str
    title: str
    source: str
    """The code it was read from."""
    accuracy: Accuracy
    """Whether sequences' mean overlaps are averaged, weighted by length, or all frames."""
    fragments: Fragments
    """Where the part of a run ends that began with a start: before the failure, or with the next start."""
    overlap: Overlap
    """Whether pixels of the image are counted, or the area that regions share is computed."""
    first: int
    """The length that the first entry of the curve of expected overlap is taken for, where its span is cut out."""
    burn_in: int
    """Frames from a start on that accuracy leaves out, that of the start included."""
    skip: int
    """Frames from a failure to the next start."""
    robustness: str
    """What its number is of runs with restarts, in words."""

    def robustness_by(self, protocol: str) -> str:
        """Return what its number is of runs by a protocol, in words."""
        return "share of frames before the target is lost" if protocol == "vot-multistart" else self.robustness


def vot_profile_names() -> tuple[str, ...]:
    """Return the names of the profiles there are, the toolkit's own first."""
    found = sorted(f.name.removesuffix(".toml") for f in files(__package__).iterdir() if f.name.endswith(".toml"))
    return (TOOLKIT, *(name for name in found if name not in (TOOLKIT, "spans")))


@lru_cache(maxsize=8)
def load_vot_profile(name: str = TOOLKIT) -> VOTProfile:
    """Return the profile of that name; InputError for an unknown one."""
    names = vot_profile_names()
    if name not in names:
        known = ", ".join(names)
        raise InputError(f"there is no VOT profile {name!r}.{did_you_mean(name, names)} Known: {known}")
    data = _read(name)
    for key, kind in (("accuracy", Accuracy), ("fragments", Fragments), ("overlap", Overlap)):
        if data[key] not in get_args(kind):
            raise ValueError(f"{data[key]!r} is none of {get_args(kind)}")
    return VOTProfile(name=name, **data)


def vot_span(dataset: str, lengths: Sequence[int]) -> tuple[tuple[int, int], str]:
    """Return the lengths over which a dataset's expected overlap is averaged, and where they are from, in words.

    Where no challenge has set them: the middle half of the sequences' own `lengths`.
    """
    spans = _read("spans")
    if dataset in spans:
        low, high = spans[dataset]
        longest = max(lengths)
        short = f"; no sequence here has more than {longest}" if longest <= high else ""
        return (low, high), f"the challenge's own span, {low} to {high} frames{short}"
    low, high = (int(value) for value in np.quantile(lengths, (0.25, 0.75), method="nearest"))
    low = max(min(low, high - 1), 1)
    return (low, high), f"no challenge's span: the middle half of these sequences' lengths, {low} to {high} frames"


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text("utf-8"))
