from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmark.metrics import score_sequences, summarise
from benchmark.profiles import load_profile, profile_names
from benchmark.verification import Row, verify_golden, verify_shipped
from benchmark.verification.make_data import make
from benchmark.verification.shipped import shipped_data, shipped_inputs, shipped_set
from trackers.errors import InputError


def close(made: Any, stored: Any) -> bool:
    """Whether two JSON values are alike, numbers to the last few bits."""
    if isinstance(made, dict):
        return made.keys() == stored.keys() and all(close(made[key], stored[key]) for key in made)
    if isinstance(made, list):
        return len(made) == len(stored) and all(map(close, made, stored))
    if isinstance(made, float) and isinstance(stored, float):
        return abs(made - stored) < 1e-12
    return bool(made == stored)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_what_ships_is_what_the_script_makes() -> None:
    assert close(make(), shipped_data())


def test_all_shipped_rows_come_out() -> None:
    rows = verify_shipped()
    assert {row.profile for row in rows} == set(profile_names())
    assert all(row.ok for row in rows)
    assert {row.source for row in rows if row.profile == "got10k"} == {"got10k 0.1.3"}
    assert len({row.dataset for row in rows}) == 9


def test_every_measure_of_every_shipped_set() -> None:
    for dataset, data in shipped_data()["sets"].items():
        annotations, boxes = shipped_set(dataset, data)
        for name, expected in data["expected"].items():
            profile = load_profile(name, dataset)
            table = score_sequences(boxes, annotations, profile)
            overall = summarise(table, profile).overall
            for measure, value in expected["overall"].items():
                assert getattr(overall, measure) == pytest.approx(value, abs=1e-9), (dataset, name, measure)
            for sequence, measures in expected["sequences"].items():
                for measure, value in measures.items():
                    assert getattr(table[sequence], measure) == pytest.approx(value, abs=1e-9), (dataset, name, measure)


def test_every_measure_of_every_shipped_sequence() -> None:
    data = shipped_data()
    annotations, boxes = shipped_inputs(data)
    for tracker, by_profile in data["expected"].items():
        for name, expected in by_profile.items():
            profile = load_profile(name)
            table = score_sequences(boxes[tracker], annotations, profile)
            for sequence, measures in expected["sequences"].items():
                for measure, value in measures.items():
                    assert getattr(table[sequence], measure) == pytest.approx(value, abs=1e-9), (
                        tracker,
                        name,
                        sequence,
                    )
            overall = summarise(table, profile).overall
            for measure, value in expected["overall"].items():
                assert getattr(overall, measure) == pytest.approx(value, abs=1e-9), (tracker, name, measure)


def test_the_shipped_cases_are_awkward_enough() -> None:
    annotations, boxes = shipped_inputs(shipped_data())
    assert sum((~one.valid).sum() for one in annotations.values()) >= 6
    assert any(one.start for one in annotations.values())
    assert any(np.isnan(rows).any() for rows in boxes["awkward"].values())
    lengths = {t: {n: len(r) for n, r in by.items()} for t, by in boxes.items()}
    assert lengths["losing"]["Late"] == len(annotations["Late"]) - annotations["Late"].start
    assert lengths["steady"]["Vanishing"] == len(annotations["Vanishing"]) - 1


def row(published: str, ours: tuple[float, float], tolerance: float = 0.0005) -> Row:
    return Row("t", "otb", 1, published, (0.5821, 0.7705), ours, "README.md", tolerance)


@pytest.mark.parametrize(
    ("published", "ours", "as_printed"),
    [
        (".582 / .771-.773", (0.58211, 0.77053), True),
        (".582 / .771-.773", (0.58211, 0.77049), False),
        (".582", (0.5826, 0.1), False),
        (".582", (0.5825, 0.1), True),
        (".568 / .748", (0.5676, 0.7476), True),
        ("-", (0.1, 0.1), None),
    ],
)
def test_printed_values_and_their_rounding(published: str, ours: tuple[float, float], as_printed: bool | None) -> None:
    assert row(published, ours).as_printed is as_printed


def test_a_verdict_needs_both_scores() -> None:
    assert row("-", (0.5824, 0.7702)).ok
    assert not row("-", (0.5824, 0.7715)).ok
    assert not row("-", (0.5815, 0.7705)).ok
    assert row("-", (0.5824, 0.7702)).differences == pytest.approx((0.0003, -0.0003))


def test_golden_results_come_out(golden: Any) -> None:
    rows = verify_golden(golden.folder)
    assert all(one.ok for one in rows), [one for one in rows if not one.ok]
    assert Counter(one.dataset for one in rows) == {
        "OTB100": 11, "UAV123": 21, "UAV20L": 24, "DTB70": 36, "TColor128": 36, "LaSOT": 14, "TrackingNet": 1,
        "VOT2019": 3,
    }  # fmt: skip
    assert all(one.sequences == 100 for one in rows if one.dataset == "OTB100")
    assert {one.tracker for one in rows if one.as_printed is False} == {"SRDCF", "Ocean_323"}  # on OTB; by pysot
    got10k = rows[10]
    assert (got10k.profile, got10k.tolerance) == ("got10k", 1e-6)
    assert got10k.expected == pytest.approx((0.593237, 0.799924), abs=5e-7)


def test_a_golden_folder_is_checked(golden: Any, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="annotations: not found; a golden folder holds"):
        verify_golden(tmp_path)
    shutil.copytree(golden.folder / "otb100" / "annotations", tmp_path / "otb100" / "annotations")
    (tmp_path / "README.md").write_text("nothing")
    with pytest.raises(InputError, match=r"no table '\| tracker"):
        verify_golden(tmp_path)
    (tmp_path / "README.md").write_text(
        "| tracker | AUC | P@20 | published |\n|---|---|---|---|\n| KCF | .4 | .6 | - |\n"
    )
    with pytest.raises(InputError, match="KCF: not found"):
        verify_golden(tmp_path)
    shutil.copytree(golden.folder / "otb100" / "KCF", tmp_path / "otb100" / "KCF")
    (one,) = verify_golden(tmp_path)
    assert not one.ok
    report = tmp_path / "dialects" / "got10k" / "performance.json"
    report.parent.mkdir(parents=True)
    report.write_text("{}[")
    with pytest.raises(InputError, match="not a got10k report"):
        verify_golden(tmp_path)
    report.write_text(json.dumps({"X": {"overall": {"success_score": 0.1, "precision_score": 0.1}}}))
    with pytest.raises(InputError, match=r"no OTB\*/X"):
        verify_golden(tmp_path)
