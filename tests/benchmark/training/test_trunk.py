"""A trunk trained in part, on kept features of the other part, or as a whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from filming import filmed
from safetensors.torch import load_file

from benchmark.training.batches import Batch
from benchmark.training.data import read_judges
from benchmark.training.learners import make_learner
from benchmark.training.learners.trunk import TrunkLearner
from benchmark.training.loop import CHECKPOINT, train
from benchmark.training.readers import READERS
from benchmark.training.recipe import Recipe, SourceEntry, plain, read_recipe
from benchmark.training.sources import Track
from benchmark.training.trunk_parts import deep, shallow
from trackers.errors import InputError
from trackers.names import resolve

DEVICE_FILE = 16 * 2**20
"""Bytes that a file may have to come back from a machine that is lent."""


def tiny(name: str, **schedule: int) -> Recipe:
    """Return a recipe that ships, cut down to two clips of two searches."""
    recipe = read_recipe(name)
    return replace(
        recipe, frames=2, clips=min(recipe.clips, 2), held_out_clips=1,
        schedule=replace(recipe.schedule, **{"steps": 2, "batch": 2, "validate_every": 1, **schedule}),
        mixture=replace(recipe.mixture, weights={}),
    )  # fmt: skip


@pytest.fixture(scope="module")
def tracks(crops: Path) -> tuple[Track, ...]:
    return READERS["crops"](crops)


@pytest.fixture(scope="module")
def judges(tracks: tuple[Track, ...]) -> tuple[Track, ...]:
    return tuple(track for track in tracks if len(track.shots) > 2)


@pytest.fixture(scope="module")
def features(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("features")


@pytest.mark.parametrize(
    ("train", "parts"),
    [
        (("backbone.",), 0), (("backbone.trunk.blocks.1.",), 2), (("backbone.trunk.blocks.5.", "neck"), 6),
        (("backbone.trunk.blocks.10.",), 8),
    ],
)  # fmt: skip
@torch.no_grad()
def test_both_parts_together_are_the_trunk(train: tuple[str, ...], parts: int) -> None:
    learner = make_learner(replace(read_recipe("tracking"), train=train))
    assert isinstance(learner, TrunkLearner)
    assert len(learner.stays) == parts
    image = torch.randint(0, 256, (1, 3, 64, 64), generator=torch.Generator().manual_seed(0)).float()
    learner.net.eval()
    seen = shallow(learner.backbone, image, parts) if parts else image
    torch.testing.assert_close(deep(learner.backbone, seen, parts), learner.backbone(image))


def test_the_blocks_that_a_recipe_names_are_trained_on_kept_features(
    tracks: tuple[Track, ...], judges: tuple[Track, ...], tmp_path: Path, features: Path
) -> None:
    recipe = tiny("tracking")
    before = make_learner(recipe).net.state_dict()
    train(recipe, tracks, tmp_path, judges=judges, cache=features, limit_steps=1)
    done = train(recipe, tracks, tmp_path, judges=judges, cache=features)
    kept = sorted(file.stat().st_size for file in features.glob("*/searches.bin"))  # found again by the second run
    assert kept == [2 * 40 * 32 * 32 * 2, 2 * 2 * 40 * 32 * 32 * 2]  # block 4's, in half precision
    after = load_file(tmp_path / "last.safetensors")
    assert set(after) == set(before)
    for name, value in after.items():
        assert torch.equal(value, before[name]) != recipe.trains(name), name
    net = resolve(f"siamfc@{done.weights}").build("cpu").net  # type: ignore[attr-defined]
    best = load_file(done.weights)
    assert all(torch.equal(value, best[name]) for name, value in net.state_dict().items())


def test_a_whole_trunk_is_trained_in_pieces_that_are_small_enough_to_carry(
    tracks: tuple[Track, ...], judges: tuple[Track, ...], tmp_path: Path
) -> None:
    recipe = tiny("tracking-gpu")
    before = make_learner(recipe).net.state_dict()
    piece = train(recipe, tracks, tmp_path, judges=judges, limit_minutes=1e-4)
    assert piece.steps == 1
    assert all(file.stat().st_size < DEVICE_FILE for file in tmp_path.iterdir())
    assert train(recipe, tracks, tmp_path, judges=judges).steps == 2
    assert torch.load(tmp_path / CHECKPOINT, weights_only=True)["step"] == 2
    after = load_file(tmp_path / "last.safetensors")
    assert set(after) == set(before)
    assert not torch.equal(after["backbone.trunk.stem.weight"], before["backbone.trunk.stem.weight"])
    assert all(torch.isfinite(value).all() for value in after.values())


def test_a_run_ends_where_nothing_is_gained_any_more(
    tracks: tuple[Track, ...],
    judges: tuple[Track, ...],
    tmp_path: Path,
    features: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(self: TrunkLearner, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        return torch.zeros_like(batch.weight), batch.weight

    monkeypatch.setattr(TrunkLearner, "correct", never)
    recipe = tiny("tracking", steps=9, patience=2)
    assert train(recipe, tracks, tmp_path, judges=judges, cache=features).steps == 2
    assert train(recipe, tracks, tmp_path, judges=judges, cache=features).steps == 2


def test_the_anchor_pulls_the_trunk_back_to_where_it_began() -> None:
    recipe = read_recipe("tracking")
    learner = make_learner(replace(recipe, options={**recipe.options, "anchor": 1.0}))
    free = make_learner(replace(recipe, options={**recipe.options, "anchor": 0.0}))
    weight = "trunk.blocks.9.project.weight"
    for one in (learner, free):
        one.net.eval()
        one.backbone.get_parameter(weight).data += 0.01
    rng = np.random.default_rng(0)
    crops = [
        torch.from_numpy(rng.integers(0, 255, (2, count, 3, size, size), np.uint8))
        for count, size in ((4, 128), (2, 256))
    ]
    seen = learner.see(batch(2, *crops, seen=False))
    pulled, alone = (one.loss(seen, torch.Generator().manual_seed(0))[0] for one in (learner, free))
    moved = 1e-4 * learner.backbone.get_parameter(weight).numel()
    assert float((pulled - alone).detach()) == pytest.approx(moved, rel=1e-2)
    assert "trunk.stem.weight" not in learner.began


def batch(clips: int, templates: torch.Tensor, searches: torch.Tensor, *, seen: bool) -> Batch:
    """Return clips of two searches with a target of 64 x 64 px in the middle."""
    ones = torch.ones(clips, 2)
    return Batch(templates, searches, torch.zeros(clips, 2, 2), torch.full((clips, 2, 2), 64.0), ones, ones, seen=seen)


def test_more_rivals_are_never_easier() -> None:
    recipe, losses = read_recipe("siamfc"), []
    generator = torch.Generator().manual_seed(0)
    noise = [torch.randn(3, 2, 192, cells, cells, generator=generator) for cells in (8, 32)]
    seen = batch(3, *(torch.nn.functional.normalize(maps, dim=2) for maps in noise), seen=True)
    for rivals in (0, 1, 2):
        learner = make_learner(replace(recipe, options={**recipe.options, "rivals": rivals}))
        losses.append(learner.loss(seen, torch.Generator().manual_seed(1))[1]["choice"].item())
    assert losses[0] < losses[1] < losses[2]


def test_judges_are_read_apart_and_must_be_long_enough(tmp_path: Path) -> None:
    filmed(tmp_path / "real", {"boxes": [[40 + 2 * i, 40, 30, 24] for i in range(9)]})
    recipe = replace(read_recipe("tracking"), judges=(SourceEntry("whole", "real"),), frames=8)
    assert [track.name for track in read_judges(recipe, tmp_path)] == ["walk"]
    with pytest.raises(InputError, match="video walk has no 10 frames"):
        read_judges(replace(recipe, frames=9), tmp_path)
    assert read_judges(read_recipe("siamfc"), tmp_path) == ()


def test_a_recipe_from_before_there_were_judges_is_still_the_same() -> None:
    said = plain(read_recipe("siamfc"))
    assert "judges" not in said
    assert "patience" not in said["schedule"]
    assert "judges" in plain(read_recipe("tracking"))
