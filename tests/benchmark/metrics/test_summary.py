from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark.datasets.sequence import Annotation
from benchmark.metrics import Summary, pool, score_sequences, summarise
from benchmark.metrics.scores import ScoreTable
from benchmark.profiles import load_profile
from trackers.errors import InputError

BOX = np.array([50.0, 60.0, 20.0, 40.0])


def table() -> ScoreTable:
    """A: 10 perfect frames. B: the first of 30 frames, then lost. C: 20 frames at an overlap of .6."""
    truths, boxes = {}, {}
    for name, frames, shift in (("A", 10, 0), ("B", 30, 500), ("C", 20, 5)):
        truths[name] = Annotation(name, np.tile(BOX, (frames, 1)), np.ones(frames, bool))
        boxes[name] = truths[name].boxes + np.array([shift, 0, 0, 0])
    return score_sequences(boxes, truths, load_profile())


def test_sequences_or_frames_weigh_the_same() -> None:
    scores = table()
    ao = [1, 1 / 30, (1 + 19 * 0.6) / 20]
    assert [one.ao for one in scores.values()] == pytest.approx(ao)
    assert summarise(scores, load_profile()).overall.ao == pytest.approx(np.mean(ao))
    by_frames = summarise(scores, replace(load_profile(), average="frames")).overall
    assert by_frames.ao == pytest.approx((10 + 1 + 1 + 19 * 0.6) / 60)
    assert by_frames.frames == 60


def test_overall_auc_is_the_mean_of_the_averaged_curve() -> None:
    overall = summarise(table(), load_profile()).overall
    assert overall.auc == pytest.approx(overall.success_curve.mean())
    assert overall.precision == pytest.approx(overall.precision_curve[20])


def test_attributes_of_two_or_more_sequences() -> None:
    scores = table()
    summary = summarise(scores, load_profile(), {"A": ("OCC", "SV"), "C": ("SV",), "B": ("LR",)})
    assert list(summary.by_attribute) == ["SV"]
    assert summary.by_attribute["SV"].sequences == ("A", "C")
    assert summary.by_attribute["SV"].auc == pytest.approx((scores["A"].auc + scores["C"].auc) / 2)


@given(st.permutations(["A", "B", "C"]))
def test_order_of_sequences_changes_nothing(order: list[str]) -> None:
    scores = table()
    shuffled = summarise({name: scores[name] for name in order}, load_profile())
    assert shuffled.overall.auc == pytest.approx(summarise(scores, load_profile()).overall.auc, abs=1e-12)


def test_summary_survives_json() -> None:
    summary = summarise(table(), load_profile(), {"A": ("SV",), "C": ("SV",)})
    again = Summary.from_dict(json.loads(json.dumps(summary.to_dict())))
    assert again.to_dict() == summary.to_dict()


def test_pooling_counts_every_frame_once() -> None:
    scores = table()
    pooled = pool(scores, "Seq")
    assert (pooled.sequence, pooled.frames) == ("Seq", 60)
    assert pooled.ao == pytest.approx((10 + 1 + 1 + 19 * 0.6) / 60)
    assert pooled.sr75 == pytest.approx((10 + 1 + 1) / 60)


def test_nothing_to_summarise() -> None:
    with pytest.raises(InputError, match="no sequence"):
        summarise({}, load_profile())
