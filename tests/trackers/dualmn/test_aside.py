"""A lost target is looked for aside of its last place, and believed only where both branches are sure of one box."""

from __future__ import annotations

from dataclasses import fields, replace
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
import torch
from following import follow

from trackers.api import Boxes, Frame
from trackers.dualmn.aside import DIRECTIONS, RINGS, Aside
from trackers.dualmn.config import PAPER, DualMNConfig
from trackers.dualmn.decision import Decider, Decision, Reason
from trackers.names import resolve
from trackers.nets.target import Target

CONFIG = DualMNConfig()
ASIDE = Aside(CONFIG, torch.device("cpu"))
SIDES = torch.tensor([100.0], dtype=torch.float64)


def target(x: float = 200.0, y: float = 150.0) -> Target:
    return Target.from_boxes(np.array([[x - 10, y - 10, 20, 20]]), [(400, 300)])


def offset(lost: int, of: Target | None = None) -> list[float]:
    one: list[float] = ASIDE.offsets(of or target(), SIDES, torch.tensor([lost]))[0].tolist()
    return one


def test_every_other_frame_looks_aside_in_eight_directions_by_turns_and_farther_off_in_each_round() -> None:
    first = CONFIG.look_aside
    assert [offset(lost) for lost in range(first)] == [[0, 0]] * first
    step = 100 * CONFIG.aside_step
    middle = Target.from_boxes(np.array([[1000.0, 1000, 20, 20]]), [(2000, 2000)])
    looks = [offset(first + 2 * turn, middle) for turn in range(8 * RINGS + 1)]
    assert looks[:-1] == [[step * ring * x, step * ring * y] for ring in range(1, RINGS + 1) for x, y in DIRECTIONS]
    assert looks[-1] == looks[0]
    assert [offset(first + 2 * turn + 1) for turn in range(8)] == [[0, 0]] * 8


def test_the_place_looked_at_lies_within_the_frame() -> None:
    assert offset(CONFIG.look_aside, target(x=380)) == [20, 0]
    assert offset(CONFIG.look_aside + 2, target(x=30)) == [-30, 0]


def test_lanes_look_each_by_their_own_count() -> None:
    both = Target.from_boxes(np.array([[190.0, 140, 20, 20]] * 2), [(400, 300)] * 2)
    seen = ASIDE.offsets(both, SIDES.repeat(2), torch.tensor([0, CONFIG.look_aside]))
    assert seen.tolist() == [[0, 0], [50, 0]]


def decision(reason: Reason = Reason.AGREE) -> Decision:
    def whole(value: int) -> torch.Tensor:
        return torch.tensor([value])

    double = {"dtype": torch.float64}
    return Decision(
        torch.tensor([[30.0, 5.0]], **double), torch.tensor([[22.0, 18.0]], **double), torch.tensor([0.7], **double),
        whole(Decider.LONG), whole(reason), whole(0), torch.tensor([0.4], **double),
    )  # fmt: skip


def believed(long: float, short: float, reason: Reason = Reason.AGREE, looked: bool = True) -> Decision:
    views = {
        "long": SimpleNamespace(confidence=torch.tensor([long])),
        "short": SimpleNamespace(confidence=torch.tensor([short])),
    }
    size = torch.tensor([[20.0, 20.0]], dtype=torch.float64)
    return ASIDE.believed(decision(reason), size, torch.tensor([looked]), views)  # type: ignore[arg-type]


def test_what_both_are_sure_of_in_one_place_is_the_target() -> None:
    found = believed(CONFIG.long_aside, CONFIG.short_aside)
    assert found.by(Decider.LONG).all()
    assert found.shift.tolist() == [[30, 5]]
    assert found.size.tolist() == [[22, 18]]
    assert found.margin.item() == 0  # a hair less would not have been believed


@pytest.mark.parametrize(
    ("long", "short", "reason"), [(0.34, 0.9, Reason.AGREE), (0.9, 0.29, Reason.AGREE), (0.9, 0.9, Reason.QUALITY)]
)
def test_else_it_stays_lost_where_it_was(long: float, short: float, reason: Reason) -> None:
    kept = believed(long, short, reason)
    assert kept.by(Decider.NEITHER).all()
    assert kept.reason.tolist() == [int(Reason.LOST)]
    assert kept.shift.tolist() == [[0, 0]]
    assert kept.size.tolist() == [[20, 20]]


def test_who_looked_at_the_last_place_decides_as_ever() -> None:
    kept, before = believed(0.1, 0.1, Reason.QUALITY, looked=False), decision(Reason.QUALITY)
    assert all(getattr(kept, one.name).equal(getattr(before, one.name)) for one in fields(kept))


def test_only_two_branches_that_see_one_crop_look_aside() -> None:
    assert CONFIG.looks_aside
    changes = ({"branches": "long"}, {"branches": "short"}, {"decision": "soft"}, {"look_aside": 0}, PAPER)
    assert not any(replace(CONFIG, **change).looks_aside for change in changes)


def hidden_and_elsewhere() -> tuple[list[Frame], Boxes]:
    """A textured patch, hidden for two frames, that comes back farther away than a search crop reaches."""
    rng = np.random.default_rng(3)
    ground = np.asarray(cv2.GaussianBlur(rng.integers(0, 255, (200, 320, 3), np.uint8), (0, 0), 5), np.uint8)
    patch = cv2.resize(rng.integers(0, 255, (6, 6, 3), np.uint8), (30, 30), interpolation=cv2.INTER_NEAREST)
    pictures: list[Frame] = []
    for x in (60, 60, 60, None, None, 160, 160, 160):
        picture = ground.copy()
        if x is not None:
            picture[80:110, x : x + 30] = patch
        pictures.append(picture)
    return pictures, np.array([[60.0, 80.0, 30.0, 30.0]])


@pytest.mark.parametrize(("look_aside", "middle"), [(CONFIG.look_aside, 175), (0, 75)])
def test_a_target_that_comes_back_elsewhere_is_found(look_aside: int, middle: float) -> None:
    tracker = resolve(f"dualmn{{look_aside={look_aside}}}").build("cpu")
    tracker.recording = True
    frames, box = hidden_and_elsewhere()
    boxes, told = follow(tracker, frames, box)
    assert told["aside"].any() == (look_aside > 0)
    assert boxes[-1, 0] + boxes[-1, 2] / 2 == pytest.approx(middle, abs=5)
