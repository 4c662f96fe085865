"""A target that is shown larger or smaller: which template answers, and what size follows."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from zooming import BOX, CENTRE, follow_zoom, scene, zoomed

from trackers.api import Tracker
from trackers.names import resolve
from trackers.nets.correlation import correlate_all
from trackers.nets.crops import context_side, mean_colour, square_crops


@pytest.fixture(scope="module")
def tracker() -> Tracker:
    return resolve("siamfc").build("cpu")


@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_template_that_shows_the_target_as_large_as_it_is_answers_most(tracker, place: int) -> None:
    state = tracker.start([scene()], BOX[None], [0])
    shown = zoomed(scene(), tracker.shown[place].item())
    side = 2 * context_side(torch.tensor(BOX[None, 2:]))[:, None]
    crop = square_crops([shown], torch.tensor([CENTRE]), side, 256, mean_colour([shown]))
    with torch.inference_mode():
        responses = correlate_all(tracker.net.features(crop)[:, 0], state.templates)[0]
    at_target = responses[:, 11:14, 11:14].amax((1, 2))
    assert at_target.argmax() == place
    if place == 1:  # a template's response to itself is 1, but for what the template crop's border changed
        assert at_target[1] == pytest.approx(1, abs=0.1)


def test_with_one_scale_the_size_stays() -> None:
    boxes = follow_zoom(resolve("siamfc-s1").build("cpu"), 1.1, frames=2)
    np.testing.assert_array_equal(boxes[:, 2:], [BOX[2:]] * 2)
