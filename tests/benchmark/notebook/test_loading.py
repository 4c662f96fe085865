from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from benchmark import compare, load
from benchmark.metrics.scores import SequenceScores
from benchmark.notebook.loading import LoadedRun
from benchmark.statistics.uncertainty import MEASURES
from benchmark.store.record import write_arrays
from benchmark.store.results import Results
from trackers.errors import InputError


def test_a_run_is_found_by_folder_id_and_latest(loaded: LoadedRun, place: Path) -> None:
    results = place / "results"
    for word in (loaded.folder, loaded.id):
        assert load(word, results=results).id == loaded.id
    assert load(results=results).id == (results / "latest").read_text().strip()
    with pytest.raises(InputError, match="no run 'nowhere'"):
        load("nowhere", results=results)


def test_scores_are_those_of_the_run_with_their_intervals(loaded: LoadedRun) -> None:
    frame = loaded.scores
    assert len(frame) == len(loaded.trackers) * len(MEASURES)
    for one in loaded.kept.scores.trackers:
        row = frame[(frame["tracker"] == one.name) & (frame["measure"] == "auc")].iloc[0]
        interval = one.intervals["auc"]
        assert (row["value"], row["low"], row["high"]) == (one.summary.overall.auc, interval.low, interval.high)
        assert (row["sequences"], row["failed"]) == (3, 0)


def test_sequences_have_every_measure_and_their_mean_is_the_score(loaded: LoadedRun) -> None:
    frame = loaded.sequences
    assert len(frame) == 6
    for tracker in loaded.trackers:
        own = frame[frame["tracker"] == tracker]
        overall = loaded.scores.query("tracker == @tracker and measure == 'ao'")["value"].item()
        assert own["ao"].mean() == pytest.approx(overall)
    assert set(MEASURES) <= set(frame.columns)
    assert set(MEASURES) <= set(SequenceScores.__dataclass_fields__)


def test_curves_are_long_and_their_mean_is_the_auc(loaded: LoadedRun, trackers: dict[str, str]) -> None:
    frame = loaded.curves
    success = frame[(frame["tracker"] == trackers["still"]) & (frame["curve"] == "success")]
    auc = loaded.scores.query("tracker == @trackers['still'] and measure == 'auc'")["value"].item()
    assert success["value"].mean() == pytest.approx(auc)
    assert success["threshold"].is_monotonic_increasing
    assert (success["low"] <= success["value"]).all()
    assert set(frame["curve"]) == {"success", "precision", "normalised_precision"}


def test_boxes_have_their_overlap_with_the_truth(loaded: LoadedRun, trackers: dict[str, str]) -> None:
    still = loaded.boxes("third", [trackers["still"]])
    assert list(still["frame"]) == list(range(10))
    shared = (30 - 2 * np.arange(10)) * 24.0
    assert np.allclose(still["iou"], shared / (2 * 30 * 24 - shared))
    assert np.allclose(still["error"], 2 * np.arange(10))
    moving = loaded.boxes("third", [trackers["moving"]])
    assert np.allclose(moving[["x", "y", "w", "h"]], loaded.truth("third")[["x", "y", "w", "h"]])
    assert set(loaded.boxes("first")["tracker"]) == set(loaded.trackers)


def test_a_wrong_name_is_one_line_with_the_right_one(loaded: LoadedRun) -> None:
    with pytest.raises(InputError, match="no sequence 'firts'"):
        loaded.boxes("firts")
    with pytest.raises(InputError, match="no tracker 'siamfc'"):
        loaded.boxes("first", ["siamfc"])
    with pytest.raises(InputError, match="no tracker 'siamfc'"):
        loaded.telemetry("siamfc", "first")


def test_telemetry_is_a_row_a_frame_signal_and_part(loaded: LoadedRun, trackers: dict[str, str]) -> None:
    assert loaded.telemetry(trackers["moving"], "second").empty
    (entry,) = [one for one in loaded.kept.manifest["records"]
                if (one["tracker"], one["sequence"]) == (trackers["still"], "first")]  # fmt: skip
    store = Results(loaded.folder.parent.parent)
    record = store.record_path("folder", entry["tracker"], entry["key"], "first", 0, 0)
    reported = {"gate": np.arange(5.0), "reads": np.arange(10.0).reshape(5, 2), "torn": np.arange(3.0)}
    write_arrays(record.with_suffix(".telemetry.npz"), {"key": entry["key"]}, reported)
    frame = loaded.telemetry(trackers["still"], "first")
    gate = frame[frame["signal"] == "gate"]
    assert list(gate["frame"]) == [1, 2, 3, 4, 5], "the first frame shows the target: nothing is reported there"
    assert list(gate["value"]) == [0, 1, 2, 3, 4]
    reads = frame[(frame["signal"] == "reads") & (frame["frame"] == 5)]
    assert list(reads["part"]) == [0, 1]
    assert list(reads["value"]) == [8, 9]
    assert set(frame["signal"]) == {"gate", "reads"}, "what is not of every frame is of none"


def test_a_frame_may_be_changed_without_harm(loaded: LoadedRun) -> None:
    scores, truth = loaded.scores, loaded.truth("first")
    scores["value"] = 0.0
    truth["x"] = 0.0
    assert loaded.scores["value"].max() > 0
    assert loaded.truth("first")["x"].min() == 40


def test_names_and_marks_of_strangers_are_escaped_where_a_notebook_shows_them(
    loaded: LoadedRun, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    shutil.copytree(loaded.folder, folder)
    text = json.loads((folder / "scores.json").read_text())
    text["trackers"][0] |= {"name": "<img src=x>\u202e", "marks": ["<script>alert(1)</script>"]}
    text["coverage"] = "<b>all</b>"
    (folder / "scores.json").write_text(json.dumps(text))
    shown = load(folder)._repr_html_()
    assert "<img" not in shown
    assert "<script" not in shown
    assert "<b>" not in shown
    assert "\u202e" not in shown
    assert "&lt;img src=x&gt;" in shown


def test_what_it_shows_of_itself_says_what_numbers_leave_out(loaded: LoadedRun, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(loaded.folder, folder)
    text = json.loads((folder / "scores.json").read_text())
    text["trackers"][0]["failed"] = {"lost": "RuntimeError: no"}
    text["rendered"] = True
    (folder / "scores.json").write_text(json.dumps(text))
    found, of = load(folder), len(text["trackers"][0]["sequences"]) + 1
    assert f"1 of {of} failed" in repr(found)
    assert f"{loaded.trackers[0]}: 1 of {of} failed" in found._repr_html_()
    assert "rendered frames; OPE, profile otb" in found._repr_html_()
    assert "rendered frames; OPE, profile otb" in compare(found)._repr_html_()


def test_what_it_shows_of_itself_has_scores_and_what_they_are_of(loaded: LoadedRun) -> None:
    shown = loaded._repr_html_()
    assert loaded.id in shown
    assert "profile otb" in shown
    assert f"{loaded.scores['value'].iloc[0]:.3f}" in shown
    assert loaded.id in repr(loaded)
    assert loaded.about["profile"] == "otb"


def test_speed_keeps_throughput_and_latency_apart(loaded: LoadedRun) -> None:
    frame = loaded.speed.set_index("tracker")
    assert (frame["throughput_fps"] > 0).all()
    assert frame["latency_median_ms"].isna().all()
