"""How sure a score is, and whether two differ. Pure NumPy and SciPy."""

from benchmark.statistics.intervals import Band, Interval, mean_band, mean_interval
from benchmark.statistics.paired import PairedDifference, compare, detectable_difference, holm
from benchmark.statistics.ranks import CriticalDifference, critical_difference
from benchmark.statistics.repeats import Repeats, repeats
from benchmark.statistics.uncertainty import Uncertainty, uncertainty

__all__ = [
    "Band", "CriticalDifference", "Interval", "PairedDifference", "Repeats", "Uncertainty", "compare",
    "critical_difference", "detectable_difference", "holm", "mean_band", "mean_interval", "repeats", "uncertainty",
]  # fmt: skip
