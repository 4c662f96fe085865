"""What the network is before training: the same on every machine, and in the compact preset already useful.

The paper's preset begins as the authors' does. The compact one stands on a trunk that is trained already, so its
controller begins with a meaning: attention prefers windows that resemble what the hidden state holds, the hidden
state holds what was attended to, and the read key is that again. Training starts from there (docs/memtrack.md).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from trackers.memtrack.config import MemTrackConfig
from trackers.memtrack.controller import Controller
from trackers.memtrack.network import MemTrackNet

SEED = 20180320
FEATURE_SPREAD = 0.043
"""Standard deviation over channels of a pooled compact feature, measured on rendered frames (not on a benchmark)."""
RESPONSE_MEAN, RESPONSE_VARIANCE = 9.8, 47.0
"""Of the compact preset's response to first templates over cells, measured on clips, half of them real video
(docs/training.md); a target's own peak is about 43."""
RESIDUAL = 0.7
"""Residual gate of the compact preset."""


@torch.no_grad()
def initialise(net: MemTrackNet, config: MemTrackConfig) -> None:
    """Set every parameter of a fresh network, from a generator of its own.

    Kernels are Glorot-uniform and biases zero, but for the read strength's, which is one: the authors' choice.
    """
    generator = torch.Generator().manual_seed(SEED)
    for module in net.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            _glorot(module.weight, generator)
            if module.bias is not None:
                module.bias.zero_()
    net.controller.strength.bias.fill_(1)
    if config.trunk == "lite0":
        assert isinstance(net.neck, nn.Conv2d)
        nn.init.orthogonal_(net.neck.weight, generator=generator)
        if net.neck.in_channels == net.neck.out_channels:
            nn.init.eye_(net.neck.weight[:, :, 0, 0])
        _give_meaning(net.controller)
        _calibrate(net.response_norm)


def _glorot(weight: Tensor, generator: torch.Generator) -> None:
    receptive = weight[0, 0].numel()
    bound = math.sqrt(6 / ((weight.shape[0] + weight.shape[1]) * receptive))
    weight.copy_(torch.empty(weight.shape).uniform_(-bound, bound, generator=generator))


def _give_meaning(controller: Controller) -> None:
    """Let attention, hidden state and read key speak of the same thing: a feature, one unit a channel.

    With the score of `Attention` all alike, ``tanh(b + s x)`` with alternating signs s sums to a constant minus a
    multiple of ``|x|^2`` for small x, and x is the difference of window and hidden state: near windows score high.
    """
    channels, hidden = controller.key.out_features, controller.key.in_features
    unit = torch.arange(min(channels, hidden))
    _identity(controller.lstm.kernel.weight[hidden : 2 * hidden], unit, 3.0)
    controller.lstm.gain[[0, 2, 3]] = 0.25  # gates enter, forget, leave: nearly the same for all units
    _identity(controller.first_cell.weight, unit, 1 / FEATURE_SPREAD)
    _identity(controller.first_hidden.weight, unit, 0.4 / FEATURE_SPREAD)
    controller.key.weight.mul_(0.1)
    controller.key.weight[unit, unit] += 1

    sharpness = torch.where(unit % 2 == 0, 20.0, -20.0)
    attention = controller.attention
    _identity(attention.features.weight[:, :, 0, 0], unit, sharpness)
    # a unit of the hidden state is about half the standardised channel it stands for
    _identity(attention.query.weight, unit, -2 * FEATURE_SPREAD * sharpness)
    attention.query.bias.fill_(0.66)  # where tanh bends most
    attention.score.weight.fill_(0.5)

    controller.strength.bias.fill_(5)  # nearly all alike: cosines of one target's templates differ by hundredths
    controller.gates.bias.copy_(torch.tensor([0.0, 0.0, 3.0]))  # .91 for a slot of its own
    controller.residual.bias.fill_(math.log(RESIDUAL / (1 - RESIDUAL)))


def _identity(weight: Tensor, unit: Tensor, value: float | Tensor) -> None:
    """Set the rows of the named units to `value` on the diagonal and 0 elsewhere."""
    weight[unit] = 0
    weight[unit, unit] = value


def _calibrate(norm: nn.BatchNorm2d) -> None:
    """Set running averages as training on the frozen trunk would, and a shift that tells peaks from the rest."""
    assert norm.running_mean is not None
    assert norm.running_var is not None
    norm.running_mean.fill_(RESPONSE_MEAN)
    norm.running_var.fill_(RESPONSE_VARIANCE)
    norm.weight.fill_(1 / (1 + RESIDUAL))  # the final template is that much larger than the first one alone
    norm.bias.fill_(-3)
