from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from trackers.errors import InputError
from trackers.nets.alexnet import AlexNet
from trackers.nets.lite_features import LiteFeatures
from trackers.nets.pretrained import load_weights
from trackers.weights.catalog import RANDOM, Weights, find_weights


class Net(nn.Module):
    """A trunk and something on top of it."""

    def __init__(self, backbone: nn.Module) -> None:
        super().__init__()
        self.backbone = backbone
        self.head = nn.Linear(3, 2)


def tensors(net: nn.Module) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in net.state_dict().items()}


def imagenet() -> Weights:
    return find_weights("siamfc", "compact", "imagenet")


def saved(folder: Path, content: dict[str, Tensor]) -> Weights:
    path = folder / "trained.safetensors"
    save_file(content, path)
    return Weights(path.name, path, "")


def test_the_imagenet_trunk_leaves_the_rest_alone() -> None:
    net = Net(LiteFeatures())
    before = tensors(net)
    load_weights(net, imagenet())
    after = tensors(net)
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed == {name for name in before if name.startswith("backbone.trunk.")}


def test_a_file_with_everything_is_taken_whole(tmp_path: Path) -> None:
    trained, net = Net(LiteFeatures()), Net(LiteFeatures())
    load_weights(net, saved(tmp_path, tensors(trained)))
    assert all(torch.equal(value, trained.state_dict()[name]) for name, value in net.state_dict().items())


def test_a_file_with_the_head_alone_stands_on_the_imagenet_trunk(tmp_path: Path) -> None:
    trained, net, plain = Net(LiteFeatures()), Net(LiteFeatures()), Net(LiteFeatures())
    load_weights(plain, imagenet())
    # half precision is taken into single
    content = {name: value.half() for name, value in trained.state_dict().items() if name.startswith("head.")}
    load_weights(net, saved(tmp_path, content))
    for name, value in net.state_dict().items():
        expected = content[name].float() if name in content else plain.state_dict()[name]
        assert value.dtype == torch.float32
        assert torch.equal(value, expected), name


def test_random_weights_load_nothing() -> None:
    net = Net(LiteFeatures())
    before = tensors(net)
    load_weights(net, Weights(RANDOM, None, ""))
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())


@pytest.mark.parametrize("backbone", [LiteFeatures, AlexNet])
def test_a_file_that_lacks_something_of_the_head_is_refused(tmp_path: Path, backbone: type[nn.Module]) -> None:
    with pytest.raises(InputError, match="does not fit"):
        load_weights(Net(backbone()), saved(tmp_path, {"head.weight": torch.zeros(2, 3)}))


def test_only_lite0_has_a_trunk_to_stand_on(tmp_path: Path) -> None:
    head = {name: value for name, value in Net(AlexNet()).state_dict().items() if name.startswith("head.")}
    with pytest.raises(InputError, match="does not fit"):
        load_weights(Net(AlexNet()), saved(tmp_path, head))
