from __future__ import annotations

import json
import subprocess
import sys

import numpy as np

from benchmark.datasets.sequence import Annotation
from benchmark.metrics import score_sequences, summarise
from benchmark.metrics.scores import ScoreTable
from benchmark.profiles import load_profile
from benchmark.statistics import Uncertainty, uncertainty


def table(sequences: int) -> ScoreTable:
    rng = np.random.default_rng(0)
    truths = {
        f"S{i}": Annotation(f"S{i}", np.tile([50.0, 50, 20, 20], (30, 1)), np.ones(30, bool)) for i in range(sequences)
    }
    boxes = {name: truth.boxes + rng.normal(0, 6, (30, 4)) * [1, 1, 0, 0] for name, truth in truths.items()}
    return score_sequences(boxes, truths, load_profile())


def test_intervals_hold_the_scores_they_belong_to() -> None:
    scores = table(12)
    attributes = {f"S{i}": ("SV",) if i < 5 else ("OCC",) if i == 5 else () for i in range(12)}
    found = uncertainty({"t": scores}, attributes, draws=2000)["t"]
    summary = summarise(scores, load_profile(), attributes)
    for name, interval in found.overall.items():
        assert interval.low <= getattr(summary.overall, name) <= interval.high
    assert list(found.by_attribute) == ["SV"]
    auc = found.by_attribute["SV"]["auc"]
    assert auc.low <= summary.by_attribute["SV"].auc <= auc.high
    band = found.bands["success_curve"]
    assert np.all((band.low <= summary.overall.success_curve) & (summary.overall.success_curve <= band.high))


def test_it_survives_json_and_one_sequence_has_none() -> None:
    found = uncertainty({"t": table(4)}, draws=200)["t"]
    again = Uncertainty.from_dict(json.loads(json.dumps(found.to_dict())))
    assert again.to_dict() == found.to_dict()
    single = uncertainty({"t": table(1)}, {"S0": ("SV",)}, draws=200)["t"]
    assert (single.overall, single.bands, single.by_attribute) == ({}, {}, {})


def test_scores_and_statistics_load_no_torch() -> None:
    code = "import sys, benchmark.metrics, benchmark.statistics, benchmark.profiles; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
