"""The limits of the gate, kept as data with how they were found (``limits.toml``)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np


@dataclass(frozen=True)
class Limits:
    """What is allowed where boxes need not be equal."""

    mean_iou: float
    """At least; same weights, another environment."""
    auc: float
    """Largest |difference| of a tracker's AUC; same weights, another environment."""
    retrained: tuple[tuple[int, float], ...]
    """(sequences, largest loss of AUC), ascending; other weights."""
    other_machine: float
    """Factor between calibrated times of two machines that means nothing."""

    def tolerance(self, sequences: int) -> float:
        """Return the largest loss of AUC between equally good checkpoints on that many sequences."""
        counts, losses = np.log(np.array(self.retrained, np.float64)).T
        return float(np.exp(np.interp(np.log(sequences), counts, losses)))


@lru_cache(maxsize=1)
def limits() -> Limits:
    """Return the limits that ship."""
    data = tomllib.loads((files("benchmark.gate") / "limits.toml").read_text("utf-8"))
    other = data["other_environment"]
    retrained = sorted((int(count), loss) for count, loss in data["retrained"].items())
    return Limits(other["mean_iou"], other["auc"], tuple(retrained), data["speed"]["other_machine"])
