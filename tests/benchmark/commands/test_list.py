from __future__ import annotations

import json
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from trackers import registry


def test_the_list_shows_trackers_and_what_is_found_of_datasets(run_bench, otb: Path) -> None:
    shown = json.loads(run_bench("list", "--json", "--data-root", otb).stdout)
    trackers = {row["name"]: row for row in shown["trackers"]}
    assert trackers["siamfc"]["weights"] == "imagenet"
    assert (trackers["siamfc"]["untrained"], trackers["dualmn"]["untrained"]) == (True, False)
    assert trackers["siamfc"]["parameters"] > 100_000
    assert 0 < trackers["siamfc"]["lane_bytes"] < trackers["memtrack"]["lane_bytes"]
    assert "s5" in trackers["siamfc"]["variants"]
    assert "paper" in trackers["siamfc"]["presets"]
    datasets = {row["name"]: row for row in shown["datasets"]}
    assert (datasets["OTB100"]["found"], datasets["OTB100"]["total"]) == (14, 100)
    assert (datasets["demo"]["found"], datasets["demo"]["total"]) == (12, 12)


def test_the_list_is_readable_without_any_data(run_bench, tmp_path: Path) -> None:
    done = run_bench("list", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "siamfc" in done.stdout
    assert "0 of 100" in done.stdout
    assert "(untrained)" in done.stdout


def test_a_plug_in_is_listed_without_being_started(run_bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "engram_test_unstarted.py").write_text(
        "from dataclasses import dataclass\n"
        "from trackers.api import register\n"
        "@dataclass(frozen=True)\n"
        "class Config:\n"
        "    size: int = 1\n"
        "@register('unstarted', remembers='nothing yet', config=Config, variants={'big': {'size': 9}})\n"
        "class Unstarted:\n"
        "    def __init__(self, config):\n"
        "        raise RuntimeError('started')\n"
        "    def init(self, image, box): ...\n"
        "    def update(self, image): ...\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    point = EntryPoint("unstarted", "engram_test_unstarted:Unstarted", registry.GROUP)
    monkeypatch.setattr(registry, "_plug_ins", lambda: {"unstarted": [point]})
    row = json.loads(run_bench("list", "--json").stdout)["trackers"][-1]
    assert (row["name"], row["remembers"], row["variants"]) == ("unstarted", "nothing yet", ["big"])
    assert (row["parameters"], row["lane_bytes"]) == (None, None)
