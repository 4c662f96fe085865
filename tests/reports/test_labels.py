from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from pathlib import Path

from reports.labels import legend, warnings
from reports.model import build_report
from reports.tables import make_tables
from reports.write import write_report


def test_contamination_and_coverage_stand_wherever_numbers_do(make: Callable[..., Path], tmp_path: Path) -> None:
    run = make(tmp_path, {"siamfc": 0.5, "dualmn": 0.9, "cv2:kcf": 0.4}, pictures=False)
    scores = json.loads((run / "scores.json").read_text())
    scores |= {"dataset": "OTB100", "coverage": "OTB100, 6 of 100 sequences", "complete": False}
    scores["trackers"][0]["marks"] = ["trained on OTB100"]
    (run / "scores.json").write_text(json.dumps(scores))
    report = build_report([run], frames=False)
    for name, table in make_tables(report).items():
        if name == "published":
            assert any("this run is of a part" in note for note in table.notes)
            continue
        assert "OTB100, 6 of 100 sequences" in table.caption, name
        if name != "answers":
            everything = " ".join(
                [column.heading for column in table.columns] + [f"{c.text} {c.note}" for row in table.rows for c in row]
            )
            assert "siamfc" not in everything or "trained on OTB100" in everything, name
    shown = html.unescape(re.sub(r"<[^>]+>", " ", write_report(report, run, figures=False).read_text()))
    assert "siamfc was trained on OTB100: its numbers here are not those of unseen data." in shown
    assert "these numbers must not stand beside those of the whole" in shown
    assert "dualmn (reconstruction)" in shown
    assert "siamfc (trained on OTB100)" in shown


def test_what_was_not_trained_for_tracking_is_called_so(made_run: Path) -> None:
    scores = build_report([made_run], frames=False).scores
    untrained = "siamfc is untrained: under it is a network that has learnt to name objects, not to track."
    assert untrained in warnings(scores)
    assert {legend(one) for one in scores.trackers if one.name in ("siamfc", "dualmn", "cv2:kcf")} == {
        "siamfc (untrained)", "dualmn (reconstruction)", "cv2:kcf",
    }  # fmt: skip
