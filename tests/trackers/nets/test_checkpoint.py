from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from trackers.errors import InputError
from trackers.nets.checkpoint import fill, frozen, load_tensors

TABLE = {"a.weight": torch.arange(6.0).reshape(2, 3), "a.bias": torch.ones(2)}


@pytest.mark.parametrize("nest", [lambda t: t, lambda t: {"state_dict": t}, lambda t: {"model": t, "epoch": 50}])
def test_plain_and_nested_checkpoints_are_read(tmp_path: Path, nest) -> None:
    file = tmp_path / "net.pth"
    torch.save(nest({f"module.{name}": value for name, value in TABLE.items()}), file)
    read = load_tensors(file)
    assert read.keys() == TABLE.keys()
    assert all(torch.equal(read[name], TABLE[name]) for name in TABLE)


def test_safetensors_are_read(tmp_path: Path) -> None:
    save_file(TABLE, tmp_path / "net.safetensors")
    assert load_tensors(tmp_path / "net.safetensors").keys() == TABLE.keys()


class Dangerous:
    def __reduce__(self):
        return (print, ("this code must not run",))


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_a_damaged_file_is_one_clear_line(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"net{suffix}"
    if suffix == ".pth":
        torch.save(TABLE, file)
    else:
        save_file(TABLE, file)
    file.write_bytes(file.read_bytes()[:-150])
    with pytest.raises(InputError, match="corrupt") as caught:
        load_tensors(file)
    assert "\n" not in str(caught.value)


def test_code_in_a_checkpoint_is_not_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save({"net": Dangerous()}, tmp_path / "net.pth")
    with pytest.raises(InputError, match="more than tensors"):
        load_tensors(tmp_path / "net.pth")
    assert capsys.readouterr().out == ""


def test_what_is_no_table_of_tensors_is_refused(tmp_path: Path) -> None:
    torch.save({"epoch": 3}, tmp_path / "net.pth")
    with pytest.raises(InputError, match="no table of tensors"):
        load_tensors(tmp_path / "net.pth")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere"):
        load_tensors(tmp_path / "nowhere.pth")


def test_what_does_not_fit_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"does not fit.*bias"):
        fill(torch.nn.Linear(3, 2), {"weight": TABLE["a.weight"]}, tmp_path / "net.pth")


def test_a_frozen_network_has_no_batch_norm_left_behind_a_convolution_and_answers_the_same() -> None:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(3, 8, 3, bias=False), nn.BatchNorm2d(8, eps=1e-3), nn.ReLU(), nn.BatchNorm2d(8))
    for norm in (net[1], net[3]):
        norm.running_mean.uniform_(-1, 1)
        norm.running_var.uniform_(0.5, 2)
        nn.init.uniform_(norm.weight, 0.5, 2)
    image = torch.rand(2, 3, 9, 9)
    with torch.inference_mode():
        wanted = net.eval()(image)
        ready = frozen(net, torch.device("cpu"))
        assert torch.allclose(ready(image), wanted, atol=1e-5)
    assert [type(layer).__name__ for layer in ready] == ["Conv2d", "Identity", "ReLU", "BatchNorm2d"]
    assert not any(parameter.requires_grad for parameter in ready.parameters())
