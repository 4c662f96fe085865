"""One file a branch: ``dualmn@LONG+SHORT``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from trackers.errors import InputError
from trackers.names import resolve
from trackers.nets.alexnet import AlexNet
from trackers.weights.catalog import find_weights


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Files of both branches in each of which the other branch's tensors are not to be used."""
    shipped = find_weights("dualmn", "compact", "dualmn-compact").path
    assert shipped is not None
    tensors = {name: value.float() for name, value in load_file(shipped).items()}
    long, short = tmp_path / "long+1.safetensors", tmp_path / "short.safetensors"
    save_file({name: value + name.startswith("short.") for name, value in tensors.items()}, long)
    save_file({name: value * 2 if name.startswith("short.") else value + 1 for name, value in tensors.items()}, short)
    return long, short


def test_each_branch_has_its_own_file(files: tuple[Path, Path]) -> None:
    long, short = files
    spec = resolve(f"dualmn@{long}+{short}")
    assert spec.name == f"dualmn@{long.name}+{short.name}"
    assert resolve(spec.address).identity() == spec.identity()
    assert resolve(f"dualmn@{short}+{long}").weights.sha256 != spec.weights.sha256
    tracker = spec.build("cpu")
    known = load_file(find_weights("dualmn", "compact", "dualmn-compact").path)
    assert torch.equal(tracker.net.long.query.conv.weight, known["long.query.conv.weight"].float())
    assert torch.equal(tracker.net.short.query.conv.weight, 2 * known["short.query.conv.weight"].float())


def test_a_run_of_a_pair_is_kept_with_the_names_of_both(
    files: tuple[Path, Path], picture_folder, run_bench, tmp_path
) -> None:
    data = ("-d", "folder", "--data-root", picture_folder, "--sequences", "first", "--limit-frames", 3)
    done = run_bench("-t", f"dualmn@{files[0]}+{files[1]}", *data, "--results", tmp_path / "results", "--workers", 1)
    assert done.returncode == 0, done.stderr
    (manifest,) = (tmp_path / "results" / "runs").glob("*/manifest.json")
    weights = json.loads(manifest.read_text())["trackers"][0]["weights"]
    assert (weights["path"], weights["second"]) == (files[0].name, files[1].name)


def test_a_missing_one_is_said(files: tuple[Path, Path]) -> None:
    with pytest.raises(InputError, match=r"no weights file 'nowhere\.pth';"):
        resolve(f"dualmn@{files[0]}+nowhere.pth")
    with pytest.raises(InputError, match=r"no weights file 'nowhere\.pth';"):
        resolve(f"dualmn@nowhere.pth+{files[1]}")


def test_a_second_file_without_its_branch_is_said(files: tuple[Path, Path], tmp_path: Path) -> None:
    save_file({"long.head.scale": torch.ones(())}, tmp_path / "other.safetensors")
    with pytest.raises(InputError, match="holds nothing of the short branch"):
        resolve(f"dualmn@{files[0]}+{tmp_path / 'other.safetensors'}").build("cpu")


def test_a_file_for_another_tracker_is_said_to_be_that(tmp_path: Path) -> None:
    tensors = {f"backbone.{name}": value for name, value in AlexNet(groups=2).state_dict().items()}
    torch.save(tensors, tmp_path / "siamfc_alexnet_e50.pth")
    with pytest.raises(InputError, match=r"^siamfc_alexnet_e50\.pth is for siamfc:paper \(SiamFC, hua.*does not fit"):
        resolve(f"memtrack:paper@{tmp_path / 'siamfc_alexnet_e50.pth'}").build("cpu")


def test_maps_of_two_crops_are_not_fused() -> None:
    with pytest.raises(InputError, match="cannot be fused"):
        resolve("dualmn-soft:paper@random").build("cpu")
