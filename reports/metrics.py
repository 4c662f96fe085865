"""Reading a curve off averages by the name of its plot."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmark.metrics.summary import Averages

__all__ = ["curve_values"]


def curve_values(averages: Averages, kind: str) -> NDArray[np.float64]:
    """Return the averaged ``success`` or ``precision`` curve."""
    return averages.success_curve if kind == "success" else averages.precision_curve
