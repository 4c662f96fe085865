"""Frames per second from the times of frames, in the two ways that toolkits compute them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from benchmark.profiles import Profile

__all__ = ["frames_per_second"]


def frames_per_second(times: Mapping[str, NDArray[np.float64]], profile: Profile) -> float | None:
    """Return the speed over sequences whose frames took `times` seconds each, (N,) a sequence; None without any.

    "frames / time" divides all frames by all time. "mean of 1 / time" is got10k's: the mean of every sequence's mean of
    1 / time, which a few fast frames lift. Times of 0 are no measurements and are left out.
    """
    measured = [t[t > 0] for t in times.values() if np.any(t > 0)]
    if not measured:
        return None
    if profile.speed == "mean of 1 / time":
        return float(np.mean([np.mean(1.0 / t) for t in measured]))
    return sum(len(t) for t in measured) / float(sum(t.sum() for t in measured))
