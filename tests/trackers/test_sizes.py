"""How the trackers follow a target's size: by templates of several sizes, or by search crops."""

from __future__ import annotations

import numpy as np
import pytest
from zooming import BOX, CENTRE, follow_zoom

from trackers.errors import InputError
from trackers.names import resolve


@pytest.mark.parametrize("name", ["siamfc", "siamfc-s5", "memtrack", "dualmn-short"])
@pytest.mark.parametrize("speed", [1.015, 1 / 1.015])
def test_a_target_that_grows_or_shrinks_steadily_is_followed(name: str, speed: float) -> None:
    box = follow_zoom(resolve(name).build("cpu"), speed)[-1]
    assert abs(np.log(box[2:] / (BOX[2:] * speed**20))).max() < 0.16  # it follows a few frames behind
    assert abs(np.log(box[2:] / BOX[2:])).min() > 0.12
    np.testing.assert_allclose(box[:2] + box[2:] / 2, CENTRE, atol=3)


@pytest.mark.parametrize("name", ["siamfc-crops", "memtrack-crops", "dualmn-short-crops"])
def test_search_crops_at_every_scale_are_there_as_a_variant(name: str) -> None:
    (box,) = follow_zoom(resolve(name).build("cpu"), 1.1, frames=1)
    np.testing.assert_allclose(box[2:], BOX[2:] * (1 + 0.5 * 0.0375), rtol=1e-6)


@pytest.mark.parametrize("family", ["siamfc", "memtrack", "dualmn"])
def test_a_pyramid_of_anything_else_is_refused(family: str) -> None:
    with pytest.raises(InputError, match="templates or crops, not of frames"):
        resolve(family + "{pyramid=frames}").build("cpu")
