from __future__ import annotations

import csv
import errno
import os
from dataclasses import replace
from math import nan
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from benchmark.training.data import read_tracks, split
from benchmark.training.learners import make_learner
from benchmark.training.learners.common import Learner
from benchmark.training.loop import BEST, CHECKPOINT, CURVE, LAST, train
from benchmark.training.readers import READERS
from benchmark.training.recipe import Recipe, read_recipe
from benchmark.training.schedule import pace
from trackers.errors import InputError
from trackers.names import resolve


def tiny(name: str, **changes: object) -> Recipe:
    """Return a recipe that ships, cut down to two clips of two searches."""
    recipe = read_recipe(name)
    schedule = replace(recipe.schedule, steps=4, batch=2, validate_every=2)
    small = replace(
        recipe, frames=2, clips=min(recipe.clips, 2), held_out_clips=1, schedule=schedule,
        mixture=replace(recipe.mixture, weights={}, held_out=0.3),
    )  # fmt: skip
    return replace(small, **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def features(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("features")


def test_a_run_that_was_killed_ends_as_one_that_was_not(crops: Path, tmp_path: Path, features: Path) -> None:
    recipe, tracks = tiny("siamfc"), READERS["crops"](crops)
    whole = train(recipe, tracks, tmp_path / "whole", cache=features)
    train(recipe, tracks, tmp_path / "parts", cache=features, limit_steps=2)
    parts = train(recipe, tracks, tmp_path / "parts", cache=features)
    assert whole.steps == parts.steps == 4
    one, other = (load_file(tmp_path / run / "last.safetensors") for run in ("whole", "parts"))
    assert list(one) == ["neck.weight"]
    assert torch.equal(one["neck.weight"], other["neck.weight"])
    rows = list(csv.DictReader((tmp_path / "parts" / CURVE).read_text().splitlines()))
    assert [int(row["step"]) for row in rows] == [0, 2, 4]


@pytest.mark.parametrize(("name", "changed"), [("siamfc", "neck.weight"), ("memtrack", "controller.key.weight")])
def test_a_recipe_changes_what_it_names_and_gives_a_tracker(
    name: str, changed: str, crops: Path, tmp_path: Path, features: Path
) -> None:
    recipe = tiny(name)
    before = {key: value.clone() for key, value in make_learner(recipe).net.state_dict().items()}
    done = train(recipe, READERS["crops"](crops), tmp_path, cache=features)
    after = load_file(tmp_path / "last.safetensors")
    assert not torch.equal(before[changed], after[changed])
    assert not any(key.startswith("backbone") for key in after)
    net = resolve(f"{name}@{done.weights}").build("cpu").net  # type: ignore[attr-defined]
    imagenet = resolve(f"{name}@imagenet").build("cpu").net.backbone.state_dict()  # type: ignore[attr-defined]
    assert all(torch.equal(value, imagenet[key]) for key, value in net.backbone.state_dict().items())


@pytest.mark.parametrize("name", ["siamfc-paper", "memtrack-paper"])
def test_the_papers_presets_train_end_to_end(name: str, crops: Path, tmp_path: Path) -> None:
    recipe = tiny(name)
    before = make_learner(recipe).net.state_dict()["backbone.conv1.0.weight"].clone()
    done = train(recipe, READERS["crops"](crops), tmp_path, limit_steps=1)
    after = load_file(tmp_path / "last.safetensors")
    assert done.steps == 1
    assert after["backbone.conv1.0.weight"].shape == before.shape
    resolve(f"{recipe.tracker}@{done.weights}").build("cpu")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "size", "batch", "changed"),
    [
        ("dualmn-long-paper", 113, 1, ("long.head.offsets.0.weight", "long.head.class_tower.12.weight")),
        ("dualmn-short-paper", 96, 2, ("short.backbone.conv1.weight", "short.refiner.iou_predictor.weight")),
    ],
)
def test_dualmns_branches_train_at_the_papers_sizes(
    name: str, size: int, batch: int, changed: tuple[str, ...], crops: Path, tmp_path: Path
) -> None:
    shipped = read_recipe(name)
    recipe = tiny(name, frames=5, cut=replace(shipped.cut, search_size=size, shift=8.0))
    recipe = replace(recipe, schedule=replace(recipe.schedule, steps=2, batch=batch))
    torch.manual_seed(0)  # what the loop begins with
    before = make_learner(recipe).net.state_dict()
    done = train(recipe, READERS["crops"](crops), tmp_path)
    after = load_file(tmp_path / "last.safetensors")
    assert done.steps == 2
    assert set(after) == set(before)
    assert all(torch.isfinite(value).all() for value in after.values())
    assert not [key for key in changed if torch.equal(before[key], after[key])]
    assert torch.load(tmp_path / CHECKPOINT, weights_only=True)["step"] == 2
    tracker = resolve(f"{recipe.tracker}@{done.weights}").build("cpu")
    assert tracker.parameters() == sum(p.numel() for p in make_learner(recipe).net.parameters())


def test_a_folder_of_another_run_is_left_alone(crops: Path, tmp_path: Path, features: Path) -> None:
    tracks = READERS["crops"](crops)
    train(tiny("siamfc"), tracks, tmp_path, cache=features, limit_steps=1)
    kept = (tmp_path / CHECKPOINT).read_bytes()
    with pytest.raises(InputError, match="another recipe"):
        train(tiny("siamfc", held_out_clips=2), tracks, tmp_path, cache=features)
    assert (tmp_path / CHECKPOINT).read_bytes() == kept


def test_tracks_are_held_out_by_name_alone(crops: Path) -> None:
    tracks = READERS["crops"](crops)
    kept, held = split(tracks, 0.4)
    assert set(kept).isdisjoint(held)
    assert len(kept) + len(held) == len(tracks)
    assert split(tuple(reversed(tracks)), 0.4)[1] == tuple(reversed(held))


def test_too_little_data_is_said(tmp_path: Path, crops: Path) -> None:
    with pytest.raises(InputError, match="too few"):
        train(tiny("siamfc"), READERS["crops"](crops)[:1], tmp_path)
    with pytest.raises(InputError, match=r"index\.jsonl"):
        read_tracks(read_recipe("siamfc"), tmp_path)


def test_the_rate_warms_up_and_falls() -> None:
    rates = [pace(step, 100) for step in range(100)]
    assert rates[0] < rates[4] <= 1
    assert rates[5:] == sorted(rates[5:], reverse=True)
    assert rates[-1] == pytest.approx(0.01, abs=0.01)


@pytest.mark.parametrize("damage", ["cut", "empty", "words", "another's", "no best"])
def test_a_damaged_checkpoint_is_one_line_and_stays(damage: str, crops: Path, tmp_path: Path, features: Path) -> None:
    tracks = READERS["crops"](crops)
    train(tiny("siamfc"), tracks, tmp_path, cache=features, limit_steps=1)
    file = tmp_path / CHECKPOINT
    whole = file.read_bytes()
    if damage == "another's":
        content = torch.load(file, weights_only=True)
        torch.save({**content, "net": {}}, file)
    elif damage == "no best":
        (tmp_path / BEST).unlink()
    else:
        file.write_bytes({"cut": whole[: len(whole) // 2], "empty": b"", "words": b"nothing of the kind"}[damage])
    kept = file.read_bytes()
    with pytest.raises(
        InputError, match=r"checkpoint\.pt (is damaged \(.+\): without it )?the run begins anew$"
    ) as said:
        train(tiny("siamfc"), tracks, tmp_path, cache=features)
    assert "\n" not in str(said.value)
    assert file.read_bytes() == kept
    file.unlink()
    assert train(tiny("siamfc"), tracks, tmp_path, cache=features).steps == 4


def test_a_damaged_curve_is_one_line(crops: Path, tmp_path: Path, features: Path) -> None:
    tracks = READERS["crops"](crops)
    train(tiny("siamfc"), tracks, tmp_path, cache=features, limit_steps=1)
    (tmp_path / CURVE).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"curve\.csv is damaged"):
        train(tiny("siamfc"), tracks, tmp_path, cache=features)


def test_a_loss_that_is_none_any_more_ends_the_run(
    crops: Path, tmp_path: Path, features: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe, whole = tiny("siamfc"), make_learner
    recipe = replace(recipe, schedule=replace(recipe.schedule, steps=40, validate_every=20))

    def diverging(recipe: Recipe) -> Learner:
        learner = whole(recipe)
        loss, steps = learner.loss, iter(range(40))
        monkeypatch.setattr(
            learner,
            "loss",
            lambda *given: (loss(*given)[0] * (1 if next(steps) < 3 else nan), {"found": torch.ones(())}),
        )
        return learner

    monkeypatch.setattr("benchmark.training.loop.make_learner", diverging)
    with pytest.raises(InputError, match=r"no finite gradient \(loss nan at step 13\): lower the schedule's rate"):
        train(recipe, READERS["crops"](crops), tmp_path, cache=features)
    assert all(bool(value.isfinite().all()) for value in load_file(tmp_path / BEST).values())


@pytest.mark.parametrize("place", [LAST, CHECKPOINT, CURVE])
def test_a_full_disk_is_one_line_and_the_same_command_goes_on(
    place: str, crops: Path, tmp_path: Path, features: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracks = READERS["crops"](crops)
    train(tiny("siamfc"), tracks, tmp_path, cache=features, limit_steps=2)
    kept = (tmp_path / CHECKPOINT).read_bytes()

    def full(source: Path, target: Path) -> None:
        if target.name == place:
            raise OSError(errno.ENOSPC, "No space left on device")
        rename(source, target)

    rename = os.replace
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        with pytest.raises(InputError, match=r"cannot write .* what is done so far is kept"):
            train(tiny("siamfc"), tracks, tmp_path, cache=features)
    assert (tmp_path / CHECKPOINT).read_bytes() == kept
    assert train(tiny("siamfc"), tracks, tmp_path, cache=features).steps == 4
    assert not list(tmp_path.glob(".*"))


def test_a_disk_too_full_for_the_features_says_so_before_anything_is_written_to_them(
    crops: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(number: int, offset: int, length: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "posix_fallocate", full, raising=False)
        with pytest.raises(InputError, match=r"cannot write .*features \(No space left on device\)"):
            train(tiny("siamfc"), READERS["crops"](crops), tmp_path)
    assert train(tiny("siamfc"), READERS["crops"](crops), tmp_path, limit_steps=1).steps == 1
    for file in tmp_path.glob("features/*/*.bin"):
        assert 512 * file.stat().st_blocks >= file.stat().st_size > 0
