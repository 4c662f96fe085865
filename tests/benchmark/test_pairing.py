from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmark.metrics.scores import SequenceScores
from benchmark.pairing import Matched, differences
from benchmark.scores import TrackerScores


def sequence(name: str, auc: float) -> SequenceScores:
    flat = np.full(3, auc)
    return SequenceScores(sequence=name, frames=10, first_frame=0, success_curve=flat, precision_curve=flat,
                          normalised_precision_curve=flat, auc=auc, precision=auc, normalised_precision=auc, ao=auc,
                          sr50=auc, sr75=auc)  # fmt: skip


def test_a_base_of_several_pairs_is_compared_on_each_pairs_own_sequences() -> None:
    base = TrackerScores(
        name="base", remembers="", paper="", preset="", weights="none", marks=(), summary=None, uncertainty=None,
        sequences={name: sequence(name, 0.5) for name in ("a", "b", "c")},
    )  # fmt: skip
    whole = replace(base, name="whole", sequences={name: sequence(name, 0.6) for name in ("a", "b", "c")})
    part = replace(base, name="part", sequences={"c": sequence("c", 0.9)})
    first, second = differences([Matched(base, whole, ("a", "b", "c")), Matched(base, part, ("c",))], "auc")
    assert (first.sequences, second.sequences) == (3, 1)
    assert first.difference == pytest.approx(0.1)
    assert second.difference == pytest.approx(0.4)
    assert (first.base, first.other, second.other) == ("A: base", "B: whole", "B: part")
