"""What the untrained tracker must reach on real frames."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

SHORT = {"Couple": 0.48, "Crossing": 0.66, "DragonBaby": 0.62, "Man": 0.75}
"""Four short OTB sequences and the success AUC below which something is broken (about .06 under what was measured)."""
BEGINNING = {"Couple": 0.74, "Crossing": 0.75, "DragonBaby": 0.70, "Man": 0.80}
"""The same of their first 30 frames."""


@pytest.mark.slow
def test_siamfc_holds_its_accuracy_on_four_short_real_sequences(otb: Path, run_bench) -> None:
    assert mean_above(SHORT, run_bench, otb) >= 0.65


def test_siamfc_holds_its_accuracy_where_they_begin(otb: Path, run_bench) -> None:
    assert mean_above(BEGINNING, run_bench, otb, "--limit-frames", 30) >= 0.77


def mean_above(least: dict[str, float], run_bench, otb: Path, *words: object) -> float:
    """Return the mean AUC of a run in which no sequence is below its limit."""
    done = run_bench(
        "-t", "siamfc", "-d", "OTB100", "--data-root", otb, "--sequences", ",".join(least), "--json", "-", *words
    )  # fmt: skip
    (tracker,) = json.loads(done.stdout)["trackers"]
    reached = {name: scores["auc"] for name, scores in tracker["sequences"].items()}
    assert {name: auc for name, auc in reached.items() if auc < least[name]} == {}
    return tracker["summary"]["overall"]["auc"]
