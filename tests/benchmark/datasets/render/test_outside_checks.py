"""The outside checks run OpenCV's trackers and say what they found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from benchmark.datasets.render.catalogue import read_catalogue
from benchmark.datasets.render.dataset import RenderedDataset
from benchmark.datasets.render.outside_checks import TRACKERS, auc_of, follow, to_markdown


@pytest.mark.parametrize("tracker", TRACKERS)
def test_a_tracker_follows_a_plain_target_for_a_moment(tracker: str, tmp_path: Path) -> None:
    demo = read_catalogue("demo")
    entries = MappingProxyType({"plain-1": replace(demo.entries["plain-1"], frames=6)})
    (sequence,) = RenderedDataset(replace(demo, entries=entries), tmp_path).load(["plain-1"])
    boxes = follow(tracker, sequence)
    assert boxes.shape == (6, 4)
    assert np.array_equal(boxes[0], sequence.annotation.boxes[0])
    assert 0.6 < auc_of(tracker, sequence) < 1


def test_the_page_has_a_row_a_cause_and_their_means() -> None:
    auc = {tracker: {"light-1": 0.5, "light-2": 0.7, "scale-1": 0.3} for tracker in TRACKERS}
    cause = {"light-1": "light", "light-2": "light", "scale-1": "scale"}
    sets = [{"dataset": "demo", "revision": "demo/2", "frames": 120, "cause": cause, "auc": auc}]
    page = to_markdown({"opencv": "5.0.0", "date": "2026-01-01", "sets": sets})
    assert "| light | 2 | 0.600 | 0.600 |" in page
    assert "| scale | 1 | 0.300 | 0.300 |" in page
    assert "| **all** | 3 | 0.500 | 0.500 |" in page
    assert "OpenCV 5.0.0" in page
