from __future__ import annotations

from pathlib import Path

import pytest

from benchmark.commands.train import _show, _validate
from benchmark.training import validation
from benchmark.training.recipe import read_recipe
from benchmark.training.validation import Tracked

SMALL = """
tracker = "siamfc"
start = "imagenet"
frames = 2
clips = 2
held_out_clips = 1
train = ["neck"]
[mixture]
sources = [{ reader = "folder" }]
pasted = 0.0
held_out = 0.1
[schedule]
steps = 2
batch = 2
rate = 1e-3
"""


def test_a_users_recipe_runs_on_his_own_videos(run_bench, picture_folder: Path, tmp_path: Path) -> None:
    recipe, out = tmp_path / "mine.toml", tmp_path / "out"
    recipe.write_text(SMALL)
    words = ("train", recipe, "--data-root", picture_folder, "--out", out, "--device", "cpu")
    done = run_bench(*words)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"Weights: {out / 'best.safetensors'}"
    assert {"best.safetensors", "last.safetensors", "checkpoint.pt", "curve.csv", "curve.png"} <= {
        file.name for file in out.iterdir()
    }
    again = run_bench(*words)
    assert again.returncode == 0, again.stderr
    assert "2 steps" in again.stderr


def test_a_mistake_is_one_line(run_bench, tmp_path: Path) -> None:
    done = run_bench("train", "siamfk", "--data-root", tmp_path)
    assert done.returncode == 2
    assert "siamfc" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not done.stdout


def test_several_recipes_have_each_a_place_of_their_own(run_bench, tmp_path: Path) -> None:
    done = run_bench("train", "siamfc", "memtrack", "--data-root", tmp_path, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "--out is the place of one recipe's weights" in done.stderr
    assert not (tmp_path / "out").exists()


def test_weights_are_shown_alone_where_none_ship(capsys: pytest.CaptureFixture[str]) -> None:
    ships, trained = Tracked("a", {"blur-1": 0.25, "own": 0.5}), Tracked("b", {"blur-1": 0.5, "own": 0.5})
    _show("videos", ships, trained)
    assert "trained minus what ships: +0.125" in capsys.readouterr().out
    _show("videos", trained)
    shown = capsys.readouterr().out
    assert "0.500" in shown
    assert "ships" not in shown


def test_a_branch_that_is_trained_alone_is_tracked_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = []

    def track(names: list[str], *_: object, **__: object) -> list[Tracked]:
        asked.append(names)
        return [Tracked(name, {"blur-1": 0.5}) for name in names]

    monkeypatch.setattr(validation, "track", track)
    _validate(read_recipe("dualmn-short"), tmp_path, Path("best.safetensors"), tmp_path, "cpu")
    _validate(read_recipe("siamfc"), tmp_path, Path("best.safetensors"), tmp_path, "cpu")
    assert asked == [["dualmn-short", "dualmn-short@best.safetensors"], ["siamfc", "siamfc@best.safetensors"]]
    assert "there are no real videos" in capsys.readouterr().err
