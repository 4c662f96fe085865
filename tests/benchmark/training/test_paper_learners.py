"""DualMN's branches at the papers' sizes: what they remember, what they learn, what they begin from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from benchmark.training.batches import Batch
from benchmark.training.learners import make_learner
from benchmark.training.learners.dualmn_paper import corner_overlap
from benchmark.training.recipe import read_recipe
from trackers.dualmn.network import DualMNNet
from trackers.errors import InputError
from trackers.names import resolve


@pytest.fixture(autouse=True)
def seeded() -> None:
    """Networks begin at random, here the same each time."""
    torch.manual_seed(0)


def paper_batch(clips: int, frames: int, side: int) -> Batch:
    """Return noise with a bright square of a quarter of the side, in another place in every crop."""
    generator = torch.Generator().manual_seed(0)
    searches = torch.randint(0, 60, (clips, frames, 3, side, side), generator=generator, dtype=torch.uint8)
    positions = torch.randint(-side // 8, side // 8, (clips, frames, 2), generator=generator).float()
    half = side // 8
    for clip in range(clips):
        for frame in range(frames):
            x, y = (positions[clip, frame] + side // 2).int().tolist()
            searches[clip, frame, :, y - half : y + half, x - half : x + half] = 200
    none = torch.empty(clips, frames, 3, 0, 0, dtype=torch.uint8)
    ones = torch.ones(clips, frames)
    return Batch(none, searches, positions, torch.full((clips, frames, 2), 2.0 * half), ones, ones, seen=False)


def test_the_papers_long_branch_remembers_search_crops_by_their_own_boxes() -> None:
    learner = make_learner(read_recipe("dualmn-long-paper"))
    learner.net.eval()
    batch, asked = paper_batch(1, 5, 113), {}

    def remember(crops: torch.Tensor, centres: torch.Tensor, sizes: torch.Tensor) -> object:
        asked.update(crops=crops, centres=centres, sizes=sizes)
        return original(crops, centres, sizes)

    original, learner.net.remember = learner.net.remember, remember
    with torch.no_grad():
        loss, shown = learner.loss(learner.see(batch), None)
        found, weight = learner.correct(batch)
    assert torch.isfinite(loss)
    assert set(shown) == {"focal", "centreness", "box", "found"}
    assert weight[0].tolist() == [0, 1, 1, 1, 1]
    assert found.shape == (1, 5)
    # each but the last, which nothing comes after
    torch.testing.assert_close(asked["crops"], batch.searches[0, :4])
    torch.testing.assert_close(asked["centres"], batch.positions[0, :4])
    torch.testing.assert_close(asked["sizes"], batch.sizes[0, :4])


def test_all_of_the_papers_long_branch_learns() -> None:
    learner = make_learner(read_recipe("dualmn-long-paper"))
    net = learner.net
    for layer in (*net.long.head.class_tower, *net.long.head.box_tower):
        if isinstance(layer, torch.nn.Conv2d):  # STMTrack's begin so small that the first steps reach the outputs alone
            torch.nn.init.kaiming_normal_(layer.weight)
    loss, _ = learner.loss(paper_batch(1, 5, 113), torch.Generator().manual_seed(0))
    loss.backward()
    parts = (
        net.backbone.Conv2d_1a_3x3.conv, net.memory_backbone.Conv2d_1a_3x3.conv, net.memory_backbone.label_map,
        net.long.query.conv, net.long.memory.conv, net.long.head.classes[0], net.long.head.offsets[0],
    )  # fmt: skip
    assert all(float(part.weight.grad.norm()) > 1e-6 for part in parts)


def test_dimp_learns_filters_and_overlaps() -> None:
    learner = make_learner(read_recipe("dualmn-short-paper"))
    learner.net.eval()
    batch = paper_batch(1, 5, 96)
    learner.net.requires_grad_(True)
    loss, shown = learner.loss(learner.see(batch), torch.Generator().manual_seed(0))
    loss.backward()
    assert set(shown) == {"filter", "start", "overlap", "found"}
    net = learner.net.short
    for part in (net.backbone.conv1, net.neck, net.initial.conv, net.refiner.iou_predictor, net.refiner.fc3_1r[0]):
        assert part.weight.grad.abs().sum() > 0
    for name in ("shapes.label", "shapes.weight", "regulariser", "log_step"):  # the mask only where a score is below 0
        assert net.optimiser.get_parameter(name).grad.abs().sum() > 0, name
    found, weight = learner.correct(batch)
    assert weight[0].tolist() == [0, 0, 0, 1, 1]
    assert ((found >= 0) & (found <= 1)).all()


def test_shaken_boxes_know_their_overlap() -> None:
    first = torch.tensor([[0.0, 0, 10, 10]])
    second = torch.tensor([[5.0, 0, 10, 10], [0, 0, 10, 10], [20, 0, 5, 5]])
    assert corner_overlap(first, second).tolist() == pytest.approx([50 / 150, 1, 0])


def test_a_trunks_imagenet_weights_are_taken_by_their_common_names(tmp_path: Path) -> None:
    recipe = read_recipe("dualmn-short-paper")
    own = make_learner(recipe).net.short.backbone.state_dict()
    trunk = {name: torch.full_like(value, 0.5) for name, value in own.items()}
    kept = {name: value for name, value in trunk.items() if not name.endswith("num_batches_tracked")}
    save_file({**kept, "fc.weight": torch.zeros(1000, 2048)}, tmp_path / "resnet50.safetensors")
    learner = make_learner(replace(recipe, start=str(tmp_path / "resnet50.safetensors")))
    assert torch.equal(learner.net.short.backbone.layer3[5].conv3.weight, trunk["layer3.5.conv3.weight"])
    assert not torch.equal(learner.net.short.neck.weight, torch.full_like(learner.net.short.neck.weight, 0.5))
    kept.pop("layer3.5.conv3.weight")
    save_file(kept, tmp_path / "less.safetensors")
    with pytest.raises(InputError, match="does not fit this tracker's network"):
        make_learner(replace(recipe, start=str(tmp_path / "less.safetensors")))


def test_both_branches_files_together_are_the_whole_trackers() -> None:
    parts = [make_learner(read_recipe(f"dualmn-{branch}-paper")).shipped() for branch in ("long", "short")]
    whole = DualMNNet(resolve("dualmn:paper@random").config).state_dict()
    assert {name: value.shape for part in parts for name, value in part.items()} == {
        name: value.shape for name, value in whole.items()
    }
    assert all(name.startswith("short.") for name in parts[1])
    assert not any(name.startswith("short.") for name in parts[0])


def test_batch_norms_over_clips_need_two() -> None:
    recipe = read_recipe("dualmn-short-paper")
    with pytest.raises(InputError, match="batch is at least 2"):
        make_learner(replace(recipe, schedule=replace(recipe.schedule, batch=1)))
