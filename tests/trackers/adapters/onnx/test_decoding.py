"""Where the target is by a network's answers: closed forms, with networks that say what a test wants."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from conftest import paint

from trackers.adapters.onnx.centre import CentreMap
from trackers.adapters.onnx.correlation import CorrelationFilter
from trackers.adapters.onnx.description import (
    Anchors,
    Centre,
    Description,
    Filter,
    Head,
    Input,
    Points,
    Search,
    Template,
)
from trackers.adapters.onnx.like_opencv import LikeOpenCV
from trackers.adapters.onnx.siamese import Siamese, anchor_sizes, foreground

FRAME = np.full((200, 300, 3), 90, np.uint8)
BOX = np.array([100.0, 60.0, 40.0, 40.0])


class Says:
    """A head that gives the same answer always, and keeps what it was asked."""

    file = "made.onnx"

    def __init__(self, **answers: np.ndarray) -> None:
        self.answers, self.asked = answers, []
        self.inputs, self.outputs = ("template", "search"), tuple(answers)

    def __call__(self, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        self.asked.append(inputs)
        return self.answers

    def check(self, kind: str, *names: str) -> None:
        assert set(names) <= set(self.inputs if kind == "input" else self.outputs)


def describe(decode: Any, **more: Any) -> Description:
    tables = {"template": Template(64, context=0.5), "search": Search(128), "head": Head("made.onnx"), **more}
    return Description(decode=decode, **tables)


def peaked(n: int, row: int, column: int, channels: int = 1) -> np.ndarray:
    scores = np.full((1, channels, n, n), -20.0, np.float32)
    scores[0, -1, row, column] = 20.0
    return scores


def test_points_are_distances_from_the_cell_scaled_into_the_frame() -> None:
    distances = np.zeros((1, 4, 9, 9), np.float32)
    distances[0, :, 4, 6] = (10, 8, 14, 24)  # left, top, right, bottom, in pixels of the crop
    head = Says(s=peaked(9, 4, 6), b=distances)
    follower = Siamese(describe(Points("s", "b", stride=8, window=0.0, penalty=0.0, rate=1.0)), {"head": head})
    box, score, _ = follower.step(FRAME, follower.start(FRAME, BOX))
    scale = 64 / 80  # the template's 64 px show 80 px of the frame: sqrt((40+40)(40+40))
    centre = np.array([120.0, 80.0]) + np.array([16 + 2, 0 + 8]) / scale
    np.testing.assert_allclose(box, [*(centre - np.array([24, 32]) / scale / 2), 24 / scale, 32 / scale], atol=1e-6)
    assert score == pytest.approx(1.0)
    assert head.asked[0]["template"].shape == (1, 3, 64, 64)
    assert head.asked[0]["search"].shape == (1, 3, 128, 128)


def test_the_penalty_prefers_what_has_not_changed_and_the_rate_lets_the_size_follow_slowly() -> None:
    distances = np.full((1, 4, 9, 9), 16.0, np.float32)  # 32 px in the crop: 40 in the frame, as before
    distances[0, :, 4, 5] = 40.0
    scores = np.full((1, 1, 9, 9), -20.0, np.float32)
    scores[0, 0, 4, 5], scores[0, 0, 4, 3] = 2.0, 1.0
    for penalty, expected in ((0.0, 110.0), (1.0, 90.0)):
        decode = Points("s", "b", stride=8, window=0.0, penalty=penalty, rate=0.5)
        follower = Siamese(describe(decode), {"head": Says(s=scores, b=distances)})
        box, score, _ = follower.step(FRAME, follower.start(FRAME, BOX))
        assert box[0] + box[2] / 2 - 20 == pytest.approx(expected)
        old, new = 40.0, 100.0 if penalty == 0 else 40.0
        assert box[2] == pytest.approx(old + (new - old) * 0.5 * score)


def test_the_window_prefers_the_middle() -> None:
    scores = np.full((1, 1, 9, 9), 0.0, np.float32)
    scores[0, 0, 0, 8] = 0.1
    decode = Points("s", "b", stride=8, window=0.4, penalty=0.0, rate=0.0)
    follower = Siamese(describe(decode), {"head": Says(s=scores, b=np.full((1, 4, 9, 9), 16, np.float32))})
    np.testing.assert_allclose(follower.step(FRAME, follower.start(FRAME, BOX))[0], BOX)


def test_anchors_are_those_of_siamrpn_and_offsets_are_logarithms() -> None:
    decode = Anchors("s", "b", 8, (0.5, 1.0, 2.0), (8.0,), window=0.0, penalty=0.0, rate=1.0)
    np.testing.assert_array_equal(anchor_sizes(decode), [[88, 40], [64, 64], [40, 80]])
    offsets = np.zeros((1, 4, 3, 5, 5), np.float32)
    offsets[0, :, 1, 2, 3] = (0.25, -0.5, np.log(0.5), np.log(0.25))
    scores = np.full((1, 2, 3, 5, 5), 0.0, np.float32)
    scores[0, 1, 1, 2, 3] = 9.0
    head = Says(s=scores.reshape(1, 6, 5, 5), b=offsets.reshape(1, 12, 5, 5))
    follower = Siamese(describe(decode), {"head": head})
    box, score, _ = follower.step(FRAME, follower.start(FRAME, BOX))
    scale = 64 / 80
    assert score == pytest.approx(1 / (1 + np.exp(-9)))
    size = 40 + (np.array([32, 16]) / scale - 40) * score
    np.testing.assert_allclose(box[2:], size)
    np.testing.assert_allclose(box[:2] + box[2:] / 2, np.array([120, 80]) + np.array([8 + 16, -32]) / scale)


def test_two_logits_a_candidate_are_a_softmax_and_one_is_a_sigmoid() -> None:
    logits = np.float32([[[[1.0]], [[3.0]]]])
    np.testing.assert_allclose(foreground(logits, 1), 1 / (1 + np.exp(-2.0)))
    np.testing.assert_allclose(foreground(logits, 2), 1 / (1 + np.exp(-np.array([1.0, 3.0]))))


def test_a_candidate_without_extent_is_never_the_best() -> None:
    distances = np.full((1, 4, 9, 9), 16.0, np.float32)
    distances[0, :, 4, 6] = -50.0
    distances[0, 2, 4, 6] = 60.0  # a width above and a height below 0
    decode = Points("s", "b", stride=8, window=0.1, penalty=0.1, rate=0.3)
    follower = Siamese(describe(decode), {"head": Says(s=peaked(9, 4, 6), b=distances)})
    assert np.isfinite(follower.step(FRAME, follower.start(FRAME, BOX))[0]).all()


def test_candidates_without_extent_alone_leave_the_box_where_it_was() -> None:
    decode = Points("s", "b", stride=8, window=0.1, penalty=0.1, rate=0.3)
    head = Says(s=peaked(9, 4, 6), b=np.full((1, 4, 9, 9), -90.0, np.float32))
    follower = Siamese(describe(decode), {"head": head})
    box, score, _ = follower.step(FRAME, follower.start(FRAME, BOX))
    assert (box.tolist(), score) == (BOX.tolist(), 0.0)


@pytest.mark.parametrize("dead", ["s", "b", "columns"])
def test_a_network_that_says_nothing_is_no_tracker_that_stays(dead: str) -> None:
    """It would be scored as one, and not badly."""
    outputs = {"s": peaked(9, 4, 6), "b": np.full((1, 4, 9, 9), 16.0, np.float32)}
    if dead == "columns":
        outputs["b"][:, 0] = np.nan
    else:
        outputs[dead][:] = np.nan
    follower = Siamese(
        describe(Points("s", "b", stride=8, window=0.1, penalty=0.1, rate=0.3)), {"head": Says(**outputs)}
    )
    with pytest.raises(ValueError, match="NaN"):
        follower.step(FRAME, follower.start(FRAME, BOX))


def test_the_highest_of_a_centre_map_has_its_size_and_offset_there() -> None:
    scores, sizes, offsets = (np.zeros((1, n, 8, 8), np.float32) for n in (1, 2, 2))
    scores[0, 0, 3, 5] = 0.8
    sizes[0, :, 3, 5], offsets[0, :, 3, 5] = (0.25, 0.5), (0.5, 0.25)
    decode = Centre("s", "z", "o", window=0.0, threshold=0.5)
    tables = {"template": Template(64, factor=2.0), "search": Search(128, factor=4.0)}
    follower = CentreMap(describe(decode, **tables), {"head": Says(s=scores, z=sizes, o=offsets)})
    start = follower.start(FRAME, BOX)
    box, score, _ = follower.step(FRAME, start)
    side = 160.0
    np.testing.assert_allclose(box[2:], [40, 80])
    np.testing.assert_allclose(box[:2] + box[2:] / 2, np.array([120, 80]) + (np.array([5.5, 3.25]) / 8 - 0.5) * side)
    assert score == pytest.approx(0.8)
    scores[0, 0, 0, 0] = np.nan  # never the highest
    assert follower.step(FRAME, start)[1] == pytest.approx(0.8)
    scores[0, 0, 3, 5] = 0.4
    assert follower.step(FRAME, start)[0].tolist() == BOX.tolist()
    scores[:] = np.nan
    with pytest.raises(ValueError, match="output 's' is NaN throughout"):
        follower.step(FRAME, start)


@pytest.mark.parametrize("broken", ["z", "o"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_cell_of_a_centre_map_without_size_or_offset_is_never_the_best(broken: str, value: float) -> None:
    outputs = {name: np.full((1, n, 8, 8), 0.25, np.float32) for name, n in (("s", 1), ("z", 2), ("o", 2))}
    outputs["s"][0, 0, 3, 5], outputs["s"][0, 0, 2, 2] = 0.9, 0.8
    outputs[broken][0, 1, 3, 5] = value
    tables = {"template": Template(64, factor=2.0), "search": Search(128, factor=4.0)}
    follower = CentreMap(
        describe(Centre("s", "z", "o", window=0.0, threshold=0.5), **tables), {"head": Says(**outputs)}
    )
    box, score, after = follower.step(FRAME, follower.start(FRAME, BOX))
    assert score == pytest.approx(0.8)
    assert np.isfinite([*box, *after.centre, *after.size]).all()
    outputs[broken][0, 1] = np.nan
    with pytest.raises(ValueError, match="no cell has a score, an offset and a size: outputs are NaN"):
        follower.step(FRAME, after)


class Pixels(Says):
    """A network whose features are the crop itself."""

    def __call__(self, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        return {"features": inputs["template"]}


def test_a_correlation_filter_on_pixels_follows_and_learns() -> None:
    description = Description(Search(65), Filter("features", rate=0.05), input=Input(mean=(128, 128, 128)))
    follower = CorrelationFilter(description, {"search": Pixels(features=np.zeros(1))})
    video = paint(8)
    target = first = follower.start(video[0], np.array([40.0, 40.0, 30.0, 24.0]))
    boxes = []
    for frame in video[1:]:
        box, score, target = follower.step(frame, target)
        boxes.append(box)
        assert 0.2 < score <= 1
    with pytest.raises(ValueError, match="no numbers"):
        follower.step(video[0], replace(target, features=np.full_like(target.features, np.nan)))
    found = np.array(boxes)
    np.testing.assert_allclose(found[:, 0] + found[:, 2] / 2, 55 + 2 * np.arange(1, 8), atol=2)
    np.testing.assert_allclose(found[:, 1] + found[:, 3] / 2, 52, atol=2)
    assert not np.allclose(first.weights, target.weights)


def test_opencvs_arithmetic_is_in_whole_pixels_within_the_first_frame() -> None:
    distances = np.full((1, 4, 16, 16), 16.4, np.float32)
    decode = Points("s", "b", stride=16, window=0.0, penalty=0.0, rate=0.5, like="opencv")
    description = describe(decode, template=Template(127), search=Search(255))
    follower = LikeOpenCV(description, {"head": Says(s=peaked(16, 8, 15), b=distances)})
    target = follower.start(FRAME, BOX + 0.3)
    for _ in range(5):
        box, _, target = follower.step(FRAME, target)
        assert (box == np.trunc(box)).all()
    assert target.centre[0] == 300
