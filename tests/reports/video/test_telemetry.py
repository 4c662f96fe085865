from __future__ import annotations

import numpy as np
import pytest

from benchmark.playback.scene import Trail
from reports.plots.style import colours
from reports.video.lettering import rgb
from reports.video.telemetry import MOST, NEITHER, choose_views, draw_band

FRAMES = 11
RED = (255, 0, 0)


def trail(name: str, **signals: np.ndarray) -> Trail:
    return Trail(name, 0, np.ones((FRAMES, 4)), np.ones(FRAMES), signals)


def memtrack() -> Trail:
    gates = np.tile([0.2, 0.5, 0.3], (FRAMES - 1, 1))
    return trail("memtrack", peak=np.ones(FRAMES - 1), read_weights=np.full((FRAMES - 1, 8), 1 / 8), write_gates=gates)


def dualmn() -> Trail:
    decider = np.repeat([0.0, 1, 2, 3], [1, 3, 3, 3])
    half = np.full(FRAMES - 1, 0.5)
    return trail("dualmn", short_confidence=half, long_confidence=half, decider=decider)


def test_each_tracker_shows_what_its_memory_does() -> None:
    chosen = choose_views([memtrack(), dualmn(), trail("siamfc", peak=np.ones(FRAMES - 1)), trail("cv2:kcf")])
    assert [(own.name, view.signals) for own, view in chosen] == [
        ("memtrack", ("write_gates",)),
        ("memtrack", ("read_weights",)),
        ("dualmn", ("short_confidence", "long_confidence")),
        ("siamfc", ("peak",)),
    ]


def test_one_branch_alone_shows_its_confidence_whoever_decided() -> None:
    own = trail("dualmn-short", short_confidence=np.ones(FRAMES - 1), decider=np.ones(FRAMES - 1))
    ((_, view),) = choose_views([own])
    assert view.signals == ("short_confidence",)


def test_second_strips_give_way_where_there_are_many() -> None:
    chosen = choose_views([memtrack() for _ in range(5)])
    assert len(chosen) == MOST
    assert sum(view.signals == ("write_gates",) for _, view in chosen) == 5


def test_signals_of_an_unknown_tracker_are_drawn_as_they_are() -> None:
    own = trail("mine", surprise=np.linspace(-3, 7, FRAMES - 1), field=np.ones((FRAMES - 1, 5, 5)))
    ((_, view),) = choose_views([own])
    assert view.signals == ("surprise",)
    band = draw_band(own, view, RED, 0, FRAMES - 1, 100, 30)
    assert (band.low, band.high) == (-3, 7)
    assert band.parts == (("surprise", RED),)


@pytest.mark.parametrize(("first", "last"), [(0, FRAMES - 1), (4, 7)])
def test_every_kind_of_band_is_of_the_size_asked_for(first: int, last: int) -> None:
    for own, view in choose_views([memtrack(), dualmn()]):
        band = draw_band(own, view, RED, first, last, 100, 30)
        assert band.strip.shape == (30, 100, 3)
        assert band.name == (own.name, RED)


def test_who_decided_is_said_in_the_branches_colours() -> None:
    own = dualmn()
    ((_, view),) = choose_views([own])
    band = draw_band(own, view, RED, 1, FRAMES - 1, 100, 40)
    branch = {name: rgb(colour) for name, colour in colours(("dualmn-short", "dualmn-long", "dualmn")).items()}
    assert dict(band.parts) == {
        "short": branch["dualmn-short"], "long": branch["dualmn-long"], "both": branch["dualmn"], "neither": NEITHER,
    }  # fmt: skip
    seen = [tuple(band.strip[-2, column].tolist()) for column in (0, 20, 55, 99)]
    assert seen == [NEITHER, branch["dualmn-short"], branch["dualmn-long"], branch["dualmn"]]
