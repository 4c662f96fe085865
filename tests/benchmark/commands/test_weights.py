"""``run_bench weights``: files of weights shown and converted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from benchmark.reproduction import recognise
from trackers.names import resolve
from trackers.nets.alexnet import AlexNet
from trackers.weights.catalog import find_weights


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("net") / "siamfc_alexnet_e50.pth"
    tensors = {f"backbone.{name}": value for name, value in AlexNet(groups=2).state_dict().items()}
    torch.save({"net": tensors}, file)
    return file


def test_a_file_is_shown_with_the_tracker_that_takes_it(checkpoint: Path, run_bench) -> None:
    done = run_bench("weights", "show", checkpoint, "--json")
    said = json.loads(done.stdout)
    assert done.returncode == 0
    assert said["source"] == "SiamFC, huanglianghua/siamfc-pytorch"
    assert said["tracker"] == "siamfc:paper"
    assert said["fits"]
    assert said["sha256"] == find_weights("siamfc", "paper", str(checkpoint)).sha256
    shown = run_bench("weights", "show", checkpoint).stdout
    assert f"siamfc:paper@{checkpoint}" in " ".join(shown.split())


def test_what_is_missing_or_over_is_named_and_the_exit_code_is_1(checkpoint: Path, tmp_path: Path, run_bench) -> None:
    tensors = torch.load(checkpoint, weights_only=True)["net"]
    del tensors["backbone.conv3.0.bias"]
    torch.save({**tensors, "fc.weight": torch.zeros(3), "backbone.conv5.0.bias": torch.zeros(3)}, tmp_path / "net.pth")
    done = run_bench("weights", "show", tmp_path / "net.pth", "--json")
    said = json.loads(done.stdout)
    assert done.returncode == 1
    assert said["missing"] == ["backbone.conv3.0.bias"]
    assert said["over"] == ["fc.weight"]
    assert said["misshapen"] == ["backbone.conv5.0.bias"]
    done = run_bench("weights", "convert", tmp_path / "net.pth", "-o", tmp_path / "net.safetensors")
    assert done.returncode == 2
    assert "lacks backbone.conv3.0.bias" in done.stderr
    assert not list(tmp_path.glob("*.safetensors"))


def test_a_converted_file_is_the_same_tracker(checkpoint: Path, tmp_path: Path, run_bench) -> None:
    out = tmp_path / "siamfc.safetensors"
    assert run_bench("weights", "convert", checkpoint, "-o", out).returncode == 0
    theirs = torch.load(checkpoint, weights_only=True)["net"]
    ours = load_file(out)
    assert ours.keys() == theirs.keys() | {"response_shift"}
    assert all(torch.equal(ours[name], value) for name, value in theirs.items())
    resolve(f"siamfc:paper@{out}").build("cpu")
    said = json.loads(run_bench("weights", "show", out, "--json").stdout)
    assert said["fits"]
    assert (said["source"], said["origin"]) == ("Engram", "SiamFC, huanglianghua/siamfc-pytorch")
    assert recognise([out], print) == {"siamfc": out}
    again = run_bench("weights", "convert", checkpoint, "-o", out)
    assert again.returncode == 2
    assert "there already" in again.stderr


def test_tensors_that_share_their_memory_are_written_apart(tmp_path: Path, run_bench) -> None:
    tensors = {f"backbone.{name}": value for name, value in AlexNet(groups=2).state_dict().items()}
    tensors["backbone.conv3.0.bias"] = tensors["backbone.conv4.0.bias"]
    torch.save(tensors, tmp_path / "net.pth")
    done = run_bench("weights", "convert", tmp_path / "net.pth", "-o", tmp_path / "net.safetensors")
    assert done.returncode == 0, done.stderr
    assert torch.equal(
        load_file(tmp_path / "net.safetensors")["backbone.conv3.0.bias"], tensors["backbone.conv4.0.bias"]
    )


def test_a_place_that_takes_no_file_is_said(checkpoint: Path, tmp_path: Path, run_bench) -> None:
    (tmp_path / "file").write_text("")
    done = run_bench("weights", "convert", checkpoint, "-o", tmp_path / "file" / "net.safetensors")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "cannot write" in done.stderr


def test_a_shipped_file_is_known_as_ours(run_bench) -> None:
    path = find_weights("siamfc", "compact", "siamfc-compact").path
    said = json.loads(run_bench("weights", "show", path, "--json").stdout)
    assert (said["source"], said["tracker"], said["fits"]) == ("Engram", "siamfc", True)


def test_a_strangers_table_is_nobodys(tmp_path: Path, run_bench) -> None:
    save_file({"layer.weight": torch.zeros(3)}, tmp_path / "net.safetensors")
    done = run_bench("weights", "show", tmp_path / "net.safetensors")
    assert done.returncode == 1
    assert "none takes it" in done.stdout


def test_a_missing_file_is_one_line(tmp_path: Path, run_bench) -> None:
    done = run_bench("weights", "show", tmp_path / "nowhere.pth")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
