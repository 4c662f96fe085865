from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from benchmark.training.batches import Batch
from benchmark.training.learners import make_learner
from benchmark.training.learners.common import STRIDE, hits, window_overlap
from benchmark.training.learners.memtrack import windows, writing_loss
from benchmark.training.recipe import read_recipe
from trackers.errors import InputError


def batch(clips: int = 2, frames: int = 3) -> Batch:
    """Return features in which each target's template stands in the middle of its search regions."""
    generator = torch.Generator().manual_seed(0)
    templates = torch.nn.functional.normalize(torch.randn(clips, 1, 192, 8, 8, generator=generator), dim=2)
    searches = 0.02 * torch.randn(clips, frames, 192, 32, 32, generator=generator)
    searches[..., 12:20, 12:20] = templates
    return Batch(
        templates.expand(clips, frames, 192, 8, 8), searches, torch.zeros(clips, frames, 2),
        torch.full((clips, frames, 2), 64.0), torch.ones(clips, frames), torch.ones(clips, frames), seen=True,
    )  # fmt: skip


def test_a_hit_is_a_peak_near_the_target() -> None:
    logits = torch.zeros(2, 25, 25)
    logits[:, 10, 15] = 1  # two rows above the middle, three columns right of it
    near, far = [3.0 * STRIDE, -2.0 * STRIDE], [0.0, 0.0]
    assert hits(logits, torch.tensor([near, far])).tolist() == [True, False]


def test_a_window_is_cut_where_the_peak_is() -> None:
    search = torch.arange(2 * 1 * 6 * 6.0).reshape(2, 1, 6, 6)
    logits = torch.zeros(2, 4, 4)
    logits[0, 1, 2] = logits[1, 3, 0] = 1
    cut = windows(search, logits, 3)
    torch.testing.assert_close(cut[0], search[0, :, 1:4, 2:5])
    torch.testing.assert_close(cut[1], search[1, :, 3:6, 0:3])


@pytest.mark.parametrize("name", ["siamfc", "memtrack"])
def test_steps_lower_the_loss_and_only_named_parameters_get_gradients(name: str) -> None:
    recipe = replace(read_recipe(name), start="imagenet")
    learner = make_learner(recipe)
    trained = [p for key, p in learner.net.named_parameters() if p.requires_grad_(recipe.trains(key)).requires_grad]
    learner.prepare(batch())
    learner.net.eval()
    optimiser = torch.optim.Adam([*trained, *learner.extra.parameters()], 1e-3)
    losses = []
    for _ in range(6):
        loss, shown = learner.loss(batch(), torch.Generator().manual_seed(1))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]
    assert all(p.grad is None for key, p in learner.net.named_parameters() if not recipe.trains(key))
    assert float(shown["found"]) == 1
    found, weight = learner.correct(batch())
    assert found.shape == weight.shape == (2, 3)
    assert found.all()


def test_the_shipped_neck_has_the_identitys_norm() -> None:
    learner = make_learner(replace(read_recipe("siamfc"), start="imagenet"))
    weight = learner.net.state_dict()["neck.weight"]
    weight.mul_(3)
    assert float(learner.shipped()["neck.weight"].norm()) == pytest.approx(192**0.5, rel=1e-5)


def test_memtrack_begins_from_a_siamfc(tmp_path: Path) -> None:
    neck = torch.randn(192, 192, 1, 1, generator=torch.Generator().manual_seed(3))
    save_file({"neck.weight": neck}, tmp_path / "s.safetensors")
    learner = make_learner(replace(read_recipe("memtrack"), start=f"siamfc@{tmp_path / 's.safetensors'}"))
    torch.testing.assert_close(learner.net.state_dict()["neck.weight"], neck)


def dual_batch(clips: int = 3, frames: int = 6) -> Batch:
    """Return features with a target of 64 x 64 px in the middle of every template and search, another one a clip."""
    generator = torch.Generator().manual_seed(0)
    body = torch.nn.functional.normalize(torch.randn(clips, 1, 192, 8, 8, generator=generator), dim=2)
    templates = 0.02 * torch.randn(clips, frames, 192, 16, 16, generator=generator)
    searches = 0.02 * torch.randn(clips, frames, 192, 32, 32, generator=generator)
    templates[..., 4:12, 4:12] = body
    searches[..., 12:20, 12:20] = body
    return Batch(
        templates, searches, torch.zeros(clips, frames, 2), torch.full((clips, frames, 2), 64.0),
        torch.ones(clips, frames), torch.ones(clips, frames), seen=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("branch", "parts"),
    [("long", {"focal", "centreness", "box", "found"}), ("short", {"filter", "way", "focal", "box", "found"})],
)
def test_a_branch_learns_where_boxes_are(branch: str, parts: set[str]) -> None:
    recipe = replace(read_recipe(f"dualmn-{branch}"), start="imagenet")
    learner = make_learner(recipe)
    trained = [p for key, p in learner.net.named_parameters() if p.requires_grad_(recipe.trains(key)).requires_grad]
    optimiser = torch.optim.Adam(trained, 2e-3)
    before, weight = learner.correct(dual_batch())
    losses = []
    for step in range(12):
        loss, shown = learner.loss(dual_batch(), torch.Generator().manual_seed(step))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]
    assert parts == set(shown)
    assert all(p.grad is None for key, p in learner.net.named_parameters() if not recipe.trains(key))
    after, _ = learner.correct(dual_batch())
    assert weight[:, 0].sum() == 0
    assert (after * weight).sum() > (before * weight).sum()


def test_a_foreign_memory_leaves_out_what_it_cannot_know() -> None:
    learner = make_learner(replace(read_recipe("dualmn-long"), start="imagenet", options={"foreign": 1.0}))
    loss, shown = learner.loss(dual_batch(), torch.Generator().manual_seed(0))
    assert torch.isfinite(loss)
    assert shown["box"].item() == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"tracker": "dualmn:paper", "train": ("",)}, {"tracker": "dualmn-long:paper"}, {"train": ("long.", "short.")},
        {"train": ("",)},
    ],
)  # fmt: skip
def test_one_branch_is_trained_at_a_time_and_at_the_papers_sizes_all_of_it(changes: dict[str, object]) -> None:
    with pytest.raises(InputError, match="one branch is trained at a time"):
        make_learner(replace(read_recipe("dualmn-long"), start="random", **changes))


def test_a_clip_too_short_to_learn_from_and_be_asked_is_refused() -> None:
    with pytest.raises(InputError, match="frames is at least 5"):
        make_learner(replace(read_recipe("dualmn-long"), frames=4))


def test_what_is_not_the_target_must_not_be_written() -> None:
    worth = torch.tensor([[True, True, False]])
    right, wrong = torch.tensor([[0.9, 0.9, 0.1]]), torch.tensor([[0.1, 0.9, 0.9]])
    assert float(writing_loss(right, worth)) == pytest.approx(-2 * np.log(0.9), abs=1e-5)
    assert writing_loss(wrong, worth) > writing_loss(right, worth)
    assert torch.isfinite(writing_loss(torch.ones(1, 3), torch.zeros(1, 3, dtype=torch.bool)))


def test_a_window_overlaps_by_how_far_its_peak_is() -> None:
    logits = torch.zeros(2, 25, 25)
    logits[0, 12, 12] = logits[1, 12, 14] = 1
    sizes = torch.full((2, 2), 64.0)
    overlap = window_overlap(logits, torch.zeros(2, 2), sizes)
    assert overlap.tolist() == pytest.approx([1.0, 48 / (128 - 48)])


def test_own_templates_are_written_from_their_part_of_the_schedule_on() -> None:
    recipe = read_recipe("memtrack-video")
    learner = make_learner(replace(recipe, start="imagenet", options={**recipe.options, "own_from": 0.6}))
    learner.net.eval()
    seen = batch(clips=4)
    foreign = torch.cat([seen.templates[:, :1], seen.templates[:, 1:].flip(2)], dim=1)
    seen = replace(seen, templates=foreign)  # what the clips write is not what is found

    def loss(along: float) -> float:
        return learner.loss(seen, torch.Generator().manual_seed(0), along)[0].item()

    assert loss(0.0) == loss(0.5)
    assert loss(0.7) != loss(0.5)


@torch.no_grad()
def test_what_is_found_is_written_where_the_first_template_agrees() -> None:
    learner = make_learner(replace(read_recipe("memtrack-video"), start="imagenet"))
    learner.net.eval()
    seen, logits = batch(clips=2), {}
    seen.searches[:, 0, :, 12:20, 12:20] += seen.templates[:, 0].roll(1, 1)  # the target has changed a little
    for least in (0.0, 0.5, 1.1):
        learner.net.config = replace(learner.net.config, write_agreement=least)
        logits[least] = learner._follow(seen, 1.0, None).logits
    assert torch.equal(logits[0.5], logits[0.0])
    assert torch.equal(logits[1.1][:, 0], logits[0.0][:, 0])
    assert (logits[1.1][:, 1] - logits[0.0][:, 1]).abs().max() > 0.01


@torch.no_grad()
def test_a_neck_that_is_the_identity_is_left_out() -> None:
    learner = make_learner(replace(read_recipe("memtrack-video"), start="imagenet"))
    learner.net.eval()
    assert learner.neck_is_left_out
    seen, losses = batch(clips=2), []
    for left_out in (True, False):
        learner.neck_is_left_out = left_out
        losses.append(learner.loss(seen, torch.Generator().manual_seed(0))[0].item())
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    assert not make_learner(replace(read_recipe("memtrack-video"), start="siamfc@siamfc-compact")).neck_is_left_out
