from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark.gate.baseline import DECIMALS, Baseline, _boxes, _text, read_baseline, write_baseline
from benchmark.gate.snapshot import Snapshot
from trackers.errors import InputError

from .conftest import timings


@pytest.fixture
def file(tmp_path: Path, snapshot: Snapshot, changed) -> Path:
    whole = changed(snapshot, {"speed": timings(20.0)})
    write_baseline(tmp_path / "base.json", Baseline(whole, "2026-03-01 17:05", "it is right", "run-1"))
    return tmp_path / "base.json"


def test_what_is_written_is_read(file: Path, snapshot: Snapshot) -> None:
    found = read_baseline(file)
    assert (found.date, found.reason, found.run) == ("2026-03-01 17:05", "it is right", "run-1")
    old, new = snapshot.trackers["cv2:kcf"], found.snapshot.trackers["cv2:kcf"]
    assert replace(found.snapshot, trackers={}).environment == snapshot.environment
    assert new.speed == timings_rounded(timings(20.0))
    for name, one in old.sequences.items():
        np.testing.assert_allclose(new.sequences[name].boxes, one.boxes, atol=0.5 * 10**-DECIMALS)
        assert new.sequences[name].boxes_digest == one.boxes_digest
        assert new.sequences[name].auc == one.auc


def timings_rounded(whole):
    return type(whole).from_dict(whole.to_dict())


@pytest.mark.parametrize(
    ("old", "new"), [('"auc": 0.6', '"auc": 0.5'), ('"reason": "it', '"reason": "It'), ('"code 1"', '"code 2"')]
)
def test_an_edited_file_is_recognised(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    with pytest.raises(InputError, match="does not match its digest"):
        read_baseline(file)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_a_truncated_file_is_recognised(file: Path, share: float) -> None:
    text = file.read_text()
    file.write_text(text[: int(share * len(text))])
    with pytest.raises(InputError, match="cannot be read"):
        read_baseline(file)


def test_another_layout_of_the_same_content_is_the_same(file: Path) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()), sort_keys=True))
    assert read_baseline(file).reason == "it is right"


def test_another_schema_a_missing_file_and_something_else_are_explained(file: Path, tmp_path: Path) -> None:
    content = json.loads(file.read_text())
    file.write_text(json.dumps({**content, "schema": 99}))
    with pytest.raises(InputError, match="has schema 99, this program reads 1: update"):
        read_baseline(file)
    with pytest.raises(InputError, match="run_bench bless --baseline"):
        read_baseline(tmp_path / "none.json")
    file.write_text("[]")
    with pytest.raises(InputError, match="is no baseline"):
        read_baseline(file)


@given(st.lists(st.tuples(*[st.floats(-1e4, 1e4) | st.just(float("nan"))] * 4), min_size=1, max_size=5))
def test_boxes_survive_as_text(rows: list[tuple[float, ...]]) -> None:
    boxes = np.array(rows)
    np.testing.assert_allclose(_boxes(_text(boxes)), boxes, atol=0.50001 * 10**-DECIMALS, rtol=0)
