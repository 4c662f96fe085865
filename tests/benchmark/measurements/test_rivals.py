from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from benchmark.measurements.rivals import NANO, gather, latency_file, page, table, verdict
from benchmark.statistics.intervals import Interval

NANOS = np.array([0.5, 0.55, 0.6, 0.65, 0.7, 0.62, 0.58, 0.66])


def scored(name: str, auc: np.ndarray, **more: Any) -> Any:
    overall = SimpleNamespace(auc=float(auc.mean()), precision=0.8, frames=800)
    facts = {"marks": (), "failed": {}, "intervals": {"auc": Interval(0.5, 0.7)}, **more}
    sequences = {f"s{index}": SimpleNamespace(auc=float(one)) for index, one in enumerate(auc)}
    return SimpleNamespace(name=name, sequences=sequences, summary=SimpleNamespace(overall=overall), **facts)


def timed(name: str, ms: float, **more: Any) -> dict[str, Any]:
    one = {
        "median_ms": ms,
        "p95_ms": 2 * ms,
        "fps": 1e3 / ms,
        "memory_mb": 300.0,
        "busy_cores": 0.1,
        "invalid": [],
        **more,
    }
    return {"trackers": {name: one}, "environment": {"device": "a processor"}, "coverage": "", "failed": {}}


@pytest.fixture
def content() -> dict[str, Any]:
    wobble = np.tile([0.05, -0.05], 4)
    trackers = [
        scored("onnx:results/networks/nanotrack-v2.toml", NANOS),  # as a run names it
        scored("siamfc", NANOS - 0.1 + 0.02 * wobble, marks=("trained on OTB100",)),
        scored("memtrack", NANOS + wobble),
        scored("dualmn", NANOS + 0.1 + 0.02 * wobble, failed={"s9": "timeout"}),
    ]
    scores = SimpleNamespace(trackers=trackers, coverage="OTB100, 8 of 100 sequences", profile="otb")
    speeds = [
        timed("onnx:results/networks/nanotrack-v2.toml", 5.0),
        timed("siamfc", 20.0),
        timed("memtrack", 30.0, busy_cores=0.7),
        timed("dualmn", 40.0),
    ]
    return table(scores, speeds, {"date": "2026-01-01"})  # type: ignore[arg-type]


def test_rows_are_the_best_first_and_nobody_beats_who_is_on_the_front(content: dict[str, Any]) -> None:
    rows = content["rows"]
    assert [row["tracker"] for row in rows] == ["dualmn", NANO, "memtrack", "siamfc"]
    assert {row["tracker"] for row in rows if row["front"]} == {NANO, "dualmn"}
    assert rows[0]["minus_nano"] == pytest.approx(0.1)
    assert rows[1]["minus_nano"] is None
    assert content["facts"]["data"] == "OTB100, 8 of 100 sequences, 800 frames; profile otb"


def test_who_wins_is_said_plainly(content: dict[str, Any]) -> None:
    lines = verdict(content["rows"])
    assert lines[0].startswith(
        f"The highest AUC is that of `dualmn` (0.708), the shortest frame that of `{NANO}` (5.0 ms)"
    )
    assert "`dualmn` beats NanoTrack V2: +0.100 [+0.099, +0.101] AUC; a frame takes 8.0 times as long." in lines
    assert any(line.startswith("`memtrack` cannot be told apart from NanoTrack V2: 0.000 [-0.04") for line in lines)
    assert any(line.startswith("`siamfc` loses to NanoTrack V2: -0.100") for line in lines)
    assert lines[-1] == f"Nobody is both better and faster than `{NANO}`, `dualmn`."


def test_the_page_has_provenance_intervals_and_notes(content: dict[str, Any]) -> None:
    text = page(content)
    assert "- device: a processor\n" in text
    assert "others kept busy while latencies were measured, at most: 0.70" in text
    row = "0.708 [0.500, 0.700] | 0.800 | +0.100 [+0.099, +0.101]\\* | 40.0 (80.0) | 25 | 300 | failed on s9 |"
    assert f"| `dualmn` | {row}" in text.splitlines()
    assert "| trained on OTB100 |" in text


def test_a_latency_is_measured_again_where_the_boxes_are_others() -> None:
    records = [{"tracker": "siamfc", "key": "a"}, {"tracker": NANO, "key": "b"}]
    first = latency_file("onnx:some/where/nanotrack-v2.toml", records)
    assert first.startswith("onnx_nanotrack-v2_toml-")
    assert latency_file("onnx:some/where/nanotrack-v2.toml", [{"tracker": NANO, "key": "b"}]) == first
    assert latency_file(NANO, [{"tracker": NANO, "key": "c"}]) != first
    assert latency_file("siamfc", records) != latency_file("siamfc", [])


def test_the_rivals_are_put_together_in_one_folder(shared_data, tmp_path) -> None:
    peers = shared_data / "peers"
    files = gather(peers / "nanotrack", peers / "dcfnet" / "param.pth", tmp_path / "networks")
    assert [file.name for file in files] == [
        "dcfnet.onnx", "dcfnet.toml", "nanotrack-v2.toml", "v2_backbone_sim.onnx", "v2_head_sim.onnx",
    ]  # fmt: skip
    assert f"onnx:{files[2].name}" == NANO
