"""The public files of each network give what our networks give with the same numbers under our names."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from authors_files import write_checkpoint, write_net
from authors_tables import matconvnet, public, sequential, slim
from golden import golden, table
from safetensors.torch import save_file
from torch import Tensor

from trackers.errors import InputError
from trackers.memtrack.config import PAPER, MemTrackConfig
from trackers.memtrack.network import MemTrackNet
from trackers.nets.checkpoint import fill, load_tensors
from trackers.siamfc.config import PAPER as SIAMFC_PAPER
from trackers.siamfc.config import SiamFCConfig
from trackers.siamfc.network import SiamFCNet
from trackers.weights.formats.layouts import find_layout, translated
from trackers.weights.formats.reading import SAFETENSORS, kind_of, read_tensors

SHIFT = 0.25


@pytest.fixture(scope="module")
def net() -> SiamFCNet:
    torch.manual_seed(3)
    net = SiamFCNet(SiamFCConfig(**SIAMFC_PAPER)).eval()
    for name, value in net.named_buffers():
        if name.endswith("running_mean"):
            value.normal_()
        if name.endswith("running_var"):
            value.uniform_(0.5, 2)
    for layer in (1, 2, 3, 4):
        norm = net.backbone.get_submodule(f"conv{layer}.1")
        torch.nn.init.uniform_(norm.weight, 0.5, 1.5)
        torch.nn.init.normal_(norm.bias)
    return net


def loaded(file: Path) -> SiamFCNet:
    net = SiamFCNet(SiamFCConfig(**SIAMFC_PAPER)).eval()
    net.load_state_dict(load_tensors(file))
    return net


def same(first: SiamFCNet, second: SiamFCNet, shift: float) -> None:
    image = 255 * torch.rand(1, 3, 127, 127, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        ours, theirs = first.backbone(image), second.backbone(image)
        assert float((ours - theirs).abs().max()) <= 1e-4 * float(theirs.abs().max())
        features = ours[:, None]
        answer = second.response(features, features[:, 0]) - first.response(features, features[:, 0])
    assert answer.item() == pytest.approx(shift - float(first.response_shift), abs=0.1 * abs(shift) + 1e-6)


def arrays(tensors: dict[str, Tensor]) -> dict[str, np.ndarray]:
    return {name: value.numpy().copy() for name, value in tensors.items()}


def test_siamfc_pytorch(net: SiamFCNet, tmp_path: Path) -> None:
    torch.save(public(net), tmp_path / "siamfc_alexnet_e50.pth")
    same(net, loaded(tmp_path / "siamfc_alexnet_e50.pth"), 0.0)


def test_one_sequential_with_another_epsilon_and_a_shift_that_counts_in_training_alone(
    net: SiamFCNet, tmp_path: Path
) -> None:
    torch.save({"state_dict": sequential(net, SHIFT)}, tmp_path / "siamfc.pth")
    same(net, loaded(tmp_path / "siamfc.pth"), 0.0)


def test_tf_slim_with_its_groups_apart_and_no_bias_under_a_norm(net: SiamFCNet, tmp_path: Path) -> None:
    write_checkpoint(tmp_path, arrays(slim(net, SHIFT)), "model.ckpt-0")
    same(net, loaded(tmp_path), SHIFT)


def test_matconvnet_with_deviations_for_variances(net: SiamFCNet, tmp_path: Path) -> None:
    same(net, loaded(write_net(tmp_path / "2016-08-17.net.mat", arrays(matconvnet(net, SHIFT)))), SHIFT)


def test_memtracks_variables_fill_the_network(shared_data: Path, tmp_path: Path) -> None:
    tensors = table(golden(shared_data), "memtrack")
    training = {"c_state/kernel/Adam": torch.zeros(1), "beta1_power": torch.tensor(0.9)}
    net = MemTrackNet(MemTrackConfig(**PAPER))
    net.load_state_dict(translated({**tensors, **training}, tmp_path))
    assert sum(value.numel() for value in tensors.values()) == sum(
        value.numel() for name, value in net.state_dict().items() if "num_batches" not in name
    )
    older = {name.replace("RNN/0/", "RNN/cell/").replace("/kernel", "/weights"): v for name, v in tensors.items()}
    assert "RNN/cell/weights" in older
    again = translated({name.replace("feature_extraction/conv1/weights", "feature_extraction/conv1/kernel").replace(
        "c_state/weights", "c_state/kernel"): value for name, value in older.items()}, tmp_path)  # fmt: skip
    assert torch.equal(again["controller.lstm.kernel.weight"], net.controller.lstm.kernel.weight)


def test_what_lacks_a_tensor_is_said_by_name(tmp_path: Path) -> None:
    tensors: dict[str, Tensor] = {"conv1f": torch.zeros(1), "conv5f": torch.zeros(1), "adjust_f": torch.zeros(1)}
    with pytest.raises(InputError, match=r"MatConvNet.*lacks 'adjust_b'"):
        translated(tensors, tmp_path / "net.mat")


@pytest.mark.parametrize("gain", [0.0, -1e-3, float("nan")])
def test_a_gain_that_is_none_is_said(tmp_path: Path, gain: float) -> None:
    tensors = {name: torch.full((1, 1), gain) for name in ("conv1f", "conv5f", "adjust_f", "adjust_b")}
    with pytest.raises(InputError, match="adjust_f is"):
        translated(tensors, tmp_path / "net.mat")


@pytest.mark.parametrize(("kind", "why"), [(torch.float32, "damage"), (torch.float16, "half precision")])
def test_what_is_not_finite_is_refused_under_anybodys_names(tmp_path: Path, kind: torch.dtype, why: str) -> None:
    with pytest.raises(InputError, match=rf"not finite in 'neck\.weight': .*{why}"):
        translated({"neck.bias": torch.ones(2), "neck.weight": torch.tensor([1.0, torch.inf], dtype=kind)}, tmp_path)


@pytest.mark.parametrize("kind", [torch.int8, torch.bool, torch.complex64])
def test_what_is_no_fraction_is_refused(tmp_path: Path, kind: torch.dtype) -> None:
    with pytest.raises(InputError, match=rf"{str(kind)[6:]} in 'neck\.weight', where a network has fractions"):
        translated({"neck.bias": torch.ones(2), "neck.weight": torch.ones(2, dtype=kind)}, tmp_path)


def test_a_variance_below_zero_is_refused_and_one_within_its_epsilon_is_not(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"below zero in 'norm\.running_var'"):
        translated({"norm.running_var": torch.tensor([1.0, -0.5])}, tmp_path)
    assert translated({"norm.running_var": torch.tensor([1.0, -9e-7])}, tmp_path)


def test_a_kernel_of_another_rank_is_one_line(tmp_path: Path, shared_data: Path) -> None:
    values, net = table(golden(shared_data), "memtrack"), MemTrackNet(MemTrackConfig(**PAPER))
    for kernel in (torch.zeros(()), torch.zeros(3), torch.zeros(3, 3, 3)):
        with pytest.raises(InputError) as caught:  # and no warning
            fill(net, translated({**values, "RNN/0/kernel": kernel}, tmp_path), tmp_path)
        assert "\n" not in str(caught.value)


def test_our_own_names_are_left_alone(tmp_path: Path) -> None:
    tensors = {"backbone.conv1.0.weight": torch.zeros(1), "backbone.conv5.0.weight": torch.zeros(1)}
    assert find_layout(tensors) is None
    assert translated(tensors, tmp_path) == tensors


def test_a_file_is_known_by_how_it_begins(net: SiamFCNet, tmp_path: Path) -> None:
    save_file({"a": torch.ones(2)}, tmp_path / "weights.bin")
    assert kind_of(tmp_path / "weights.bin") == SAFETENSORS
    assert list(read_tensors(tmp_path / "weights.bin")) == ["a"]
    write_net(tmp_path / "net.mat", {"adjust_b": np.float32([[1]])}).rename(tmp_path / "net")
    assert list(read_tensors(tmp_path / "net")) == ["adjust_b"]
    (tmp_path / "net.pth").write_text("\n<!DOCTYPE html><title>Google Drive - Virus scan warning</title>")
    with pytest.raises(InputError, match="is a web page"):
        read_tensors(tmp_path / "net.pth")


def test_a_folder_without_a_checkpoint_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="folder without a TensorFlow checkpoint"):
        read_tensors(tmp_path)


def test_what_is_packed_is_to_be_unpacked(tmp_path: Path) -> None:
    torch.save({"a": torch.ones(1)}, tmp_path / "net.pth")
    for ending, packed in (("tar", "tar"), ("tar.gz", "gzip"), ("tar.bz2", "bzip2"), ("tar.xz", "xz")):
        with tarfile.open(tmp_path / f"net.{ending}", f"w:{ending.partition('.')[2]}") as archive:
            archive.add(tmp_path / "net.pth", "net.pth")
        with pytest.raises(InputError, match=rf"net\.{ending} is packed \({packed}\): unpack it"):
            read_tensors(tmp_path / f"net.{ending}")
    with zipfile.ZipFile(tmp_path / "net.zip", "w") as zipped:
        zipped.write(tmp_path / "net.pth", "models/net.pth")
    with pytest.raises(InputError, match=r"zip archive of other files \(models/net\.pth\): unpack it"):
        read_tensors(tmp_path / "net.zip")


def test_a_grouped_network_is_the_public_one_whichever_layer_it_lacks(net: SiamFCNet) -> None:
    tensors = public(net)
    for lost in ("backbone.conv2.0.weight", "backbone.conv4.0.weight"):
        layout = find_layout({name: value for name, value in tensors.items() if name != lost})
        assert layout is not None
        assert layout.title.startswith("SiamFC, huanglianghua")
