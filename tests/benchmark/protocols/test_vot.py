from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmark.datasets.region import Mask
from benchmark.datasets.regions import region_boxes
from benchmark.datasets.sequence import Annotation
from benchmark.protocols.vot import anchors_of, multistart, rules, supervised
from trackers.errors import InputError


def truth(frames: int, **facts) -> Annotation:
    return Annotation("S", np.tile([9.0, 9, 20, 10], (frames, 1)), np.ones(frames, bool), **facts)


def test_a_sequence_without_anchors_gets_one_every_fifty_frames_and_every_run_is_the_longer_one() -> None:
    runs = multistart(truth(130))
    assert [(run.name, run.frame, run.backward) for run in runs] == [
        ("forward-00000000", 0, False),
        ("forward-00000050", 50, False),
        ("backward-00000100", 100, True),
        ("backward-00000129", 129, True),
    ]
    assert np.flatnonzero(anchors_of(truth(2))).tolist() == [0, 1]
    assert anchors_of(truth(60, start=5))[5] == 1


def test_anchors_of_the_copy_are_taken_where_a_target_is_to_be_seen() -> None:
    anchors = np.zeros(12, np.int8)
    anchors[[0, 4, 11]] = 1, 1, -1
    valid = np.ones(12, bool)
    valid[4] = False
    found = multistart(replace(truth(12), anchors=anchors, valid=valid))
    assert [run.frame for run in found] == [0, 11]
    with pytest.raises(InputError, match="S has no anchor"):
        multistart(replace(truth(12), anchors=np.zeros(12, np.int8)))


def test_a_polygon_is_shown_as_the_box_that_stands_for_it_in_single_precision() -> None:
    corners = np.array([[10.1234, 10.0], [30.5, 14.25], [28.0, 34.3], [8.75, 30.0]])
    (start,) = supervised(truth(3, regions=(corners, None, corners)), (99, 80))
    assert start.box == pytest.approx(region_boxes([corners])[0], abs=1e-4)
    assert np.array_equal(start.box, start.box.astype(np.float32))
    assert start.restarts is not None
    assert start.restarts.skip == 5


def test_what_decides_the_restarts_is_in_the_rules() -> None:
    box, mask = np.array([1.0, 2, 3, 4]), Mask(1, 2, np.ones((4, 3), bool))
    seen = set()
    for regions in (None, (box, None), (box, box), (mask, None)):
        annotation = truth(2, regions=regions)
        for size in ((99, 80), (99, 81)):
            (start,) = supervised(annotation, size)
            seen.add(repr(rules(start, annotation)))
    assert len(seen) == 8
    forward, backward = multistart(truth(2))
    assert rules(forward, truth(2)) == {}
    assert rules(backward, truth(2)) != {}
