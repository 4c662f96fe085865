"""The public SiamFC networks under the names of ``siamfc:paper`` (docs/reproduce.md).

Ours are huanglianghua's names, ``backbone.convN.0`` and ``.1``, with that batch norm's epsilon of 1e-6, and a shift of
the response that this network has not (0) and the original has (``adjust_b``). Where an epsilon differs, the difference
is added to the variance.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

EPS = 1e-6
"""Of our batch norms."""
SHIFT = "response_shift"
SEQUENTIAL_UNUSED = ("corr_bias",)
NORMED = (1, 2, 3, 4)
"""The convolutions that a batch norm follows."""
GROUPED = ((2, 48), (4, 192), (5, 192))
"""The convolutions of two groups, and the input channels that each of theirs sees."""
TENSORFLOW_UNUSED = ("global_step", "beta1_power", "beta2_power")


def is_public(tensors: Mapping[str, Tensor]) -> bool:
    """Tell whether tensors named as ours are huanglianghua's: a grouped convolution, and no shift of the response."""
    found = [(tensors.get(f"backbone.conv{layer}.0.weight"), channels) for layer, channels in GROUPED]
    grouped = any(value is not None and value.dim() == 4 and value.shape[1] == channels for value, channels in found)
    return grouped and SHIFT not in tensors


def from_pytorch(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Translate huanglianghua's names."""
    return {**tensors, SHIFT: torch.zeros(())}


def from_sequential(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Translate StrangerZhang's names: one `Sequential`, epsilon 1e-5.

    Its shift of the response, ``corr_bias``, counts in training alone: where that tracker tracks, it adds none.
    """
    ours: dict[str, Tensor] = {SHIFT: torch.zeros(())}
    for layer, place in zip((1, 2, 3, 4, 5), (0, 4, 8, 11, 14), strict=True):
        for part in ("weight", "bias"):
            ours[f"backbone.conv{layer}.0.{part}"] = tensors[f"features.{place}.{part}"]
        if layer in NORMED:
            values = {part: tensors[f"features.{place + 1}.{part}"] for part in ("weight", "bias")}
            values |= {part: tensors[f"features.{place + 1}.running_{part}"] for part in ("mean", "var")}
            ours |= _norm(layer, **values, eps=1e-5)
    return ours


def from_tensorflow(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Translate bilylee's variables: TF-Slim, the groups of a convolution apart, none with a bias under a norm."""
    ours: dict[str, Tensor] = {SHIFT: tensors["detection/biases"].reshape(())}
    for layer in (1, 2, 3, 4, 5):
        scope = f"convolutional_alexnet/conv{layer}"
        parts = [scope] if layer in (1, 3) else [f"{scope}/b1", f"{scope}/b2"]
        weight = torch.cat([tensors[f"{part}/weights"].permute(3, 2, 0, 1) for part in parts])
        ours[f"backbone.conv{layer}.0.weight"] = weight.contiguous()
        if layer not in NORMED:
            ours[f"backbone.conv{layer}.0.bias"] = torch.cat([tensors[f"{part}/biases"] for part in parts])
            continue
        ours[f"backbone.conv{layer}.0.bias"] = torch.zeros(len(weight))
        gamma, beta, mean, variance = (
            torch.cat([tensors[f"{part}/BatchNorm/{name}"] for part in parts])
            for name in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        ours |= _norm(layer, gamma, beta, mean, variance, eps=EPS)
    return ours


def from_matconvnet(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Translate MatConvNet's parameters: its batch norm holds standard deviations, with its epsilon inside."""
    ours: dict[str, Tensor] = {SHIFT: tensors["adjust_b"].float().reshape(())}
    gain = float(tensors["adjust_f"])
    if not gain > 0:
        raise ValueError(f"adjust_f is {gain}, where a gain above 0 stands")
    for layer in (1, 2, 3, 4, 5):
        filters = tensors[f"conv{layer}f"].float().permute(3, 2, 0, 1).contiguous()
        bias = tensors[f"conv{layer}b"].float().flatten()
        if layer not in NORMED and gain != 1e-3:  # our gain is fixed at the authors'
            share = (gain / 1e-3) ** 0.5
            filters, bias = filters * share, bias * share
        ours[f"backbone.conv{layer}.0.weight"], ours[f"backbone.conv{layer}.0.bias"] = filters, bias
        if layer in NORMED:
            mean, deviation = tensors[f"bn{layer}x"].float().unbind(1)
            gamma, beta = (tensors[f"bn{layer}{part}"].float().flatten() for part in "mb")
            ours |= _norm(layer, gamma, beta, mean, deviation**2, eps=0.0)
    return ours


def _norm(layer: int, weight: Tensor, bias: Tensor, mean: Tensor, var: Tensor, eps: float) -> dict[str, Tensor]:
    """Return a batch norm's tensors by our names, its epsilon moved into the variance."""
    name = f"backbone.conv{layer}.1"
    return {
        f"{name}.weight": weight, f"{name}.bias": bias, f"{name}.running_mean": mean,
        f"{name}.running_var": (var.double() + eps - EPS).float() if eps != EPS else var,
        f"{name}.num_batches_tracked": torch.zeros((), dtype=torch.long),
    }  # fmt: skip
