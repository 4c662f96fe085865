"""Reports with everything that tables must bear: many trackers, long names, and what TeX reads as its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from reports.model import Report, build_report

LONG = "memtrack{slots=%d,gate=0.25,write_threshold=0.5,template_size=128}:compact@weights_%d.safetensors"
HOSTILE = ("a_b%c&d\\e^f~g#h$i{j}", "[x]*--``q''--|<>\"", "Ångström_é_š", "много 追跡 \u0001", "W" * 120, "--" * 30)


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory, make: Callable[..., Path]) -> dict[str, Report]:
    """Reports by name: the papers' five on the whole of OTB, and twelve trackers with hostile names."""
    five = dict(zip(("siamfc", "memtrack", "dualmn-short", "dualmn-long", "dualmn"), (0.3, 0.5, 0.7, 0.8, 0.95)))
    usual = make(tmp_path_factory.mktemp("usual"), five, [f"Sequence{n:02d}" for n in range(60)], 30, pictures=False)
    twelve = dict.fromkeys(
        ["siamfc", "memtrack", "dualmn", "cv2:kcf", "cv2:csrt", "cv2:mil", "siamfc-s1", "siamfc-s5", "dualmn-short",
         "dualmn-long", "memtrack-m4", "memtrack-noatt"], 0.7,
    )  # fmt: skip
    reasons = {"third": "Traceback: \\end{table} %"}
    hostile = make(tmp_path_factory.mktemp("hostile"), twelve, frames=30, pictures=False, failed=reasons)
    _rewrite(usual, {"dataset": "OTB100", "coverage": "OTB100", "complete": True}, [])
    _rewrite(hostile, {}, [*HOSTILE, *(LONG % (n, n) for n in range(6))])
    return {name: build_report([run], frames=False) for name, run in {"usual": usual, "hostile": hostile}.items()}


def _rewrite(run: Path, facts: dict[str, object], names: list[str]) -> None:
    """Change what a run's scores say of themselves, and its trackers' names."""
    text = (run / "scores.json").read_text()
    old = [one["name"] for one in json.loads(text)["trackers"]]
    renamed = json.loads(text)
    for one, name in zip(renamed["trackers"], names, strict=False):
        one["name"] = name
    (run / "scores.json").write_text(json.dumps(renamed | facts))
    manifest = json.loads((run / "manifest.json").read_text())
    by_name = dict(zip(old, names, strict=False))
    for one in (*manifest["trackers"], *manifest["records"]):
        key = "tracker" if "tracker" in one else "name"
        one[key] = by_name.get(one[key], one[key])
    (run / "manifest.json").write_text(json.dumps(manifest))
