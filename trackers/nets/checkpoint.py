"""Tensors from files into a module, strictly, and a module made ready to infer."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.utils import fuse_conv_bn_eval

from trackers.errors import InputError
from trackers.weights.formats.layouts import translated
from trackers.weights.formats.reading import read_tensors


def load_tensors(path: Path) -> dict[str, Tensor]:
    """Return the tensors of a file by our names, on the host, whoever wrote it (docs/reproduce.md).

    InputError where the file is missing, corrupt, or holds anything but tensors.
    """
    return translated(read_tensors(path), path)


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
