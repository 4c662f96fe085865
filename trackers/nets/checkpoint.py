"""Tensors from files: safetensors of ours, PyTorch checkpoints of others; never a pickle that runs code."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from pickle import UnpicklingError
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.utils import fuse_conv_bn_eval

from trackers.errors import InputError


def load_tensors(path: Path) -> dict[str, Tensor]:
    """Return the tensors of a checkpoint by name, on the host.

    PyTorch checkpoints may nest them under ``state_dict``, ``model`` or ``net`` and prefix them with ``module.``.
    InputError where the file is missing, corrupt, or holds anything but tensors.
    """
    if not path.is_file():
        raise InputError(f"no weights file {path}")
    try:
        if path.suffix == ".safetensors":
            from safetensors.torch import load_file

            return load_file(path)
        content = torch.load(path, map_location="cpu", weights_only=True)
    except UnpicklingError as error:
        raise InputError(
            f"{path} is corrupt, or holds more than tensors, which is not loaded because it could run code; "
            "save its state_dict alone"
        ) from error
    except Exception as error:  # the readers raise many kinds for damaged bytes
        raise InputError(f"{path} is not a readable checkpoint (corrupt or truncated): {_line(error)}") from error
    for key in ("state_dict", "model", "net"):
        if isinstance(content, Mapping) and isinstance(content.get(key), Mapping):
            content = content[key]
    if not isinstance(content, Mapping) or not all(isinstance(value, Tensor) for value in content.values()):
        raise InputError(f"{path} holds no table of tensors; save a module's state_dict")
    return {name.removeprefix("module."): value for name, value in content.items()}


def fill(module: nn.Module, tensors: Mapping[str, Tensor], source: Path) -> None:
    """Load tensors into the module, strictly; InputError says what does not fit."""
    try:
        module.load_state_dict(dict(tensors), strict=True)
    except RuntimeError as error:
        raise InputError(f"{source} does not fit this tracker's network: {_line(error)}") from error


def _line(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text if len(text) <= 300 else f"{text[:300]}..."


Net = TypeVar("Net", bound=nn.Module)


def frozen(module: Net, device: torch.device) -> Net:
    """Return the module on the device, ready to infer.

    In evaluation mode, without gradients, every batch norm that follows a convolution in a `Sequential` folded into it,
    the weights laid out channels-last.
    """
    module.eval().requires_grad_(False)
    for part in list(module.modules()):
        if isinstance(part, nn.Sequential):
            _fold_batch_norms(part)
    return module.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def _fold_batch_norms(sequence: nn.Sequential) -> None:
    layers = list(sequence.named_children())
    for (name, conv), (norm_name, norm) in pairwise(layers):
        if isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
            sequence.register_module(name, fuse_conv_bn_eval(conv, norm))
            sequence.register_module(norm_name, nn.Identity())
