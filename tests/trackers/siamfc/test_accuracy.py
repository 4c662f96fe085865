"""What the untrained tracker must reach on real frames."""

from __future__ import annotations

import json
from pathlib import Path

SHORT = {"Couple": 0.48, "Crossing": 0.66, "DragonBaby": 0.62, "Man": 0.75}
"""Four short OTB sequences and the success AUC below which something is broken (about .06 under what was measured)."""


def test_siamfc_holds_its_accuracy_on_four_short_real_sequences(otb: Path, run_bench) -> None:
    done = run_bench(
        "-t", "siamfc", "-d", "OTB100", "--data-root", otb, "--sequences", ",".join(SHORT), "--json", "-"
    )  # fmt: skip
    (tracker,) = json.loads(done.stdout)["trackers"]
    reached = {name: scores["auc"] for name, scores in tracker["sequences"].items()}
    assert {name: auc for name, auc in reached.items() if auc < SHORT[name]} == {}
    assert tracker["summary"]["overall"]["auc"] >= 0.65
