"""Boxes to scores: pure NumPy, one core that every evaluation profile steers."""

from benchmark.metrics.scores import ScoreTable, SequenceScores, score_sequence, score_sequences
from benchmark.metrics.speed import frames_per_second
from benchmark.metrics.summary import Averages, Summary, pool, summarise

__all__ = [
    "Averages", "ScoreTable", "SequenceScores", "Summary", "frames_per_second", "pool", "score_sequence",
    "score_sequences", "summarise",
]  # fmt: skip
