"""Weights into a network whose trunk may come from elsewhere than the rest."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from torch import Tensor, nn

from trackers.errors import InputError
from trackers.nets.checkpoint import fill, load_tensors
from trackers.nets.lite_features import LiteFeatures
from trackers.weights.catalog import RANDOM, Weights, find_weights

TRUNK = "backbone.trunk."
SECOND = "short."
"""How the names of a second branch's tensors begin."""


def load_weights(net: nn.Module, weights: Weights, ignored: tuple[str, ...] = (), fresh: tuple[str, ...] = ()) -> None:
    """Fill a network that keeps its trunk under ``backbone``.

    The ImageNet trunk alone leaves everything else as it is. A file may hold every tensor or, where the trunk is
    Lite0, only what was trained on top of it: then the ImageNet trunk is taken underneath. Weights called ``random``
    leave the network as it is; without any it would be taken for a trained one.
    Tensors whose names begin with one of `ignored` are not taken; of those that begin with one of `fresh`, what the
    file lacks stays as it is.

    Raises:
        InputError: there is no file, or it is unreadable or does not fit the network.
    """
    if weights.name == RANDOM:
        return
    if weights.path is None:
        raise InputError("this network gets no weights: give them behind '@' in the tracker's name, or '@random'")
    tensors = load_tensors(weights.path)
    if weights.second is not None:
        tensors = joined(tensors, weights.second)
    tensors = {name: value for name, value in tensors.items() if not name.startswith(ignored)}
    backbone = net.get_submodule("backbone")
    if isinstance(backbone, LiteFeatures):
        if weights.is_trunk:
            backbone.trunk.load_imagenet(tensors)
            return
        if not any(name.startswith(TRUNK) for name in tensors):
            imagenet = find_weights("", "", "imagenet").path
            assert imagenet is not None
            backbone.trunk.load_imagenet(load_tensors(imagenet))
            tensors |= {name: value for name, value in net.state_dict().items() if name.startswith(TRUNK)}
    lacking = {name: value for name, value in net.state_dict().items() if name.startswith(fresh)} if fresh else {}
    fill(net, lacking | tensors, weights.path)


def joined(first: Mapping[str, Tensor], second: Path) -> dict[str, Tensor]:
    """Return the tensors `first` but for the second branch's, and what the file `second` holds of those."""
    of_second = {name: value for name, value in load_tensors(second).items() if name.startswith(SECOND)}
    if not of_second:
        raise InputError(f"{second} holds nothing of the short branch: A+B are the long one's file and its")
    return {name: value for name, value in first.items() if not name.startswith(SECOND)} | of_second
