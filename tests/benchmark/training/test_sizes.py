from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from benchmark.training.clips import ClipSource, Cut
from benchmark.training.learners import make_learner
from benchmark.training.learners.siamfc import SiamFCLearner
from benchmark.training.learners.sizes import SizeLoss
from benchmark.training.readers import READERS
from benchmark.training.recipe import read_recipe
from benchmark.training.scripting import Chances
from trackers.errors import InputError
from trackers.siamfc.config import SiamFCConfig

SIZES = (0.8929, 1.12)
STEP = 0.12
"""Logarithms of size."""


@pytest.fixture(scope="module")
def learner() -> SiamFCLearner:
    one = make_learner(read_recipe("tracking"))
    assert isinstance(one, SiamFCLearner)
    one.net.eval()
    return one


def shown(larger: float, side: int) -> torch.Tensor:
    """Return (3, side, side), the middle of a textured world that is shown so many times as large."""
    texture = np.random.default_rng(3).integers(0, 255, (40, 40, 3), np.uint8)
    world = cv2.resize(texture, (400, 400), interpolation=cv2.INTER_CUBIC)
    away = (side - 1) / 2 - 199.5 * larger
    to = np.array([[larger, 0, away], [0, larger, away]])
    return torch.from_numpy(np.asarray(cv2.warpAffine(world, to, (side, side)))).permute(2, 0, 1)


def loss(learner: SiamFCLearner, seen: float, said: torch.Tensor) -> torch.Tensor:
    """Return the mean loss of a target that is seen so many logarithms larger, and said (N,) to be."""
    search = learner.net.features(shown(np.exp(seen), 256)[None, None].float()).expand(-1, len(said), -1, -1, -1)
    crops = torch.stack([shown(size, 128) for size in (SIZES[0], 1.0, SIZES[1])])[None]
    features = learner.net.features(crops.float())
    pyramid = features[..., 4:12, 4:12]
    sizes = 64 * said.exp()[None, :, None].expand(-1, -1, 2)
    losses = SizeLoss(SiamFCConfig(), Cut(sizes=SIZES))
    nothing = torch.zeros(1, len(said), 2)
    return losses(learner.net, pyramid, search, nothing, sizes, torch.ones(1, len(said)))


@torch.no_grad()
def test_what_is_seen_larger_is_told_larger_and_only_that_costs_nothing(learner: SiamFCLearner) -> None:
    grid = torch.arange(-0.6, 1.0, 0.05)
    told = []
    for seen in (-STEP, 0.0, STEP):
        costs = [float(loss(learner, seen, said[None])) for said in grid]
        told.append(int(np.argmin(costs)))
        assert costs[told[-1]] < 0.04
        assert all(np.diff(costs)[: told[-1] - 1] < 0)
        assert all(np.diff(costs)[told[-1] + 1 :] > 0)
    assert told == sorted(set(told))


def test_what_is_told_reaches_trunk_and_neck(learner: SiamFCLearner) -> None:
    loss(learner, 0.0, torch.tensor([STEP])).backward()
    for name in ("neck.weight", "backbone.trunk.blocks.10.project.weight"):
        assert learner.net.get_parameter(name).grad.abs().sum() > 0  # type: ignore[union-attr]


def test_the_first_template_is_looked_up_from_the_smallest_to_the_largest() -> None:
    assert SizeLoss(SiamFCConfig(), Cut(sizes=SIZES)).order(frames=6) == [6, 0, 7]


@pytest.mark.parametrize("sizes", [(), (0.9, 1.1), (1.12, 0.8929), (0.8, 0.8929, 1.12, 1.25)])
def test_other_sizes_than_the_trackers_are_refused(sizes: tuple[float, ...]) -> None:
    with pytest.raises(InputError, match=r"sizing needs cut.sizes = \[0.8929, 1.12\]"):
        SizeLoss(SiamFCConfig(), Cut(sizes=sizes))
    recipe = read_recipe("tracking")
    with pytest.raises(InputError, match="sizing needs"):
        make_learner(replace(recipe, cut=replace(recipe.cut, sizes=sizes)))


def test_a_clip_shows_its_first_template_larger_and_smaller_and_is_else_the_same(crops: Path) -> None:
    plain, more = (
        ClipSource(READERS["crops"](crops), {}, frames=3, seed=5, cut=Cut(sizes=sizes), chances=Chances(blur=0))[2]
        for sizes in ((), SIZES)
    )
    assert more.templates.shape == (5, 128, 128, 3)
    np.testing.assert_array_equal(more.templates[:3], plain.templates)
    np.testing.assert_array_equal(more.searches, plain.searches)
    first = plain.templates[0].astype(float)
    for index, size in ((3, SIZES[0]), (4, SIZES[1])):
        to = np.array([[size, 0, 63.5 * (1 - size)], [0, size, 63.5 * (1 - size)]])
        wanted = cv2.warpAffine(first, to, (128, 128), flags=cv2.INTER_LINEAR)[16:112, 16:112]
        got = more.templates[index][16:112, 16:112].astype(float)
        apart = {
            name: np.abs(got - other).mean() for name, other in (("resized", wanted), ("not", first[16:112, 16:112]))
        }
        assert apart["resized"] < apart["not"], (size, apart)
