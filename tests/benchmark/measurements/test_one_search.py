from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmark.datasets.lookup import open_dataset
from benchmark.datasets.sequence import Sequence
from benchmark.measurements.one_search import COUNTED, Found, counted, search
from trackers.names import resolve


@pytest.fixture(scope="module")
def video() -> Sequence:
    (found,) = open_dataset("demo").load(["scale-1"])
    return found.first(10)


def test_a_target_in_plain_sight_is_found_and_the_shipped_gate_is_open(video: Sequence) -> None:
    found = search(resolve("memtrack").build("cpu"), video, 0)
    assert found.hits.all()
    assert len(found.hits) == 9
    assert found.gate > 0.5


def test_every_search_begins_near_the_truth_whatever_was_found(video: Sequence) -> None:
    tracker = resolve("siamfc").build("cpu")
    truth = video.annotation.boxes.copy()
    truth[5:, 0] += 3 * truth[5:, 2]  # not where the target is, from here on
    elsewhere = replace(video, annotation=replace(video.annotation, boxes=truth))
    near = []
    step = tracker.step

    def watched(state, frames):  # type: ignore[no-untyped-def]
        near.append(state.target.table()[0].numpy())
        return step(state, frames)

    tracker.step = watched  # type: ignore[method-assign]
    found = search(tracker, elsewhere, 0)
    assert np.isnan(found.gate), "siamfc has none"
    gap = np.array(near) - truth[:-1]
    assert (np.abs(gap[:, :2] + gap[:, 2:] / 2) < 0.35 * truth[:-1, 2:]).all()
    assert found.hits[:4].all()
    assert not found.hits[4], "the truth has jumped off"


def test_of_a_long_video_evenly_spread_frames_count_and_of_these_none_without_truth() -> None:
    hits = np.ones(149, bool)
    hits[7], known = False, np.ones(149, bool)
    assert counted(Found(hits, known, 1.0)).tolist() == [False] + [True] * (COUNTED - 1)
    known[148] = False
    assert len(counted(Found(hits, known, 1.0))) == COUNTED - 1
