"""What the tracker must reach on real frames."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

SHORT = ("Couple", "Crossing", "DragonBaby", "Man")


@pytest.mark.slow
def test_memtrack_is_not_under_siamfc_on_four_short_real_sequences(otb: Path, run_bench) -> None:
    done = run_bench(
        "-t", "siamfc,memtrack", "-d", "OTB100", "--data-root", otb, "--sequences", ",".join(SHORT), "--json", "-"
    )  # fmt: skip
    reached = {row["name"]: row["summary"]["overall"]["auc"] for row in json.loads(done.stdout)["trackers"]}
    assert reached["memtrack"] >= reached["siamfc"] - 0.03
