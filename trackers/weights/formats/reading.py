"""Any file of weights as a table of tensors, and what kind of file it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from trackers.errors import InputError
from trackers.weights.formats.matconvnet import read_matconvnet
from trackers.weights.formats.pytorch import read_pytorch
from trackers.weights.formats.tensorflow import find_index, read_checkpoint

SAFETENSORS, MAT, TENSORFLOW, PYTORCH = "safetensors", "MATLAB", "TensorFlow checkpoint", "PyTorch checkpoint"
ENDINGS = {".safetensors": SAFETENSORS, ".mat": MAT}
PACKED = {
    b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"7z\xbc\xaf": "7-Zip", b"Rar!": "RAR",
    b"\x28\xb5\x2f\xfd": "zstd",
}  # fmt: skip
"""How archives and packed files begin."""
TAR, TAR_AT = b"ustar", 257


def kind_of(path: Path) -> str:
    """Return what kind of file a path means, by how it begins; InputError where there is none."""
    if find_index(path) is not None:
        return TENSORFLOW
    if not path.is_file():
        what = "a folder without a TensorFlow checkpoint (NAME.index)" if path.is_dir() else "no file"
        raise InputError(f"no weights file {path}: {what}")
    try:
        with path.open("rb") as content:
            start = content.read(512)
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror})") from error
    if packed := _packed(start):
        raise InputError(f"{path} is packed ({packed}): unpack it, and name the file of weights in it")
    if start.lstrip()[:1] == b"<":
        raise InputError(f"{path} is a web page, not a file of weights: what was saved is the page that leads to it")
    if start[8:9] == b"{":  # behind the length of what the braces hold
        return SAFETENSORS
    return MAT if start.startswith(b"MATLAB") else ENDINGS.get(path.suffix.lower(), PYTORCH)


def _packed(start: bytes) -> str:
    """Return by what a file that begins so is packed; "" where it is not. What torch writes is a zip archive too."""
    if start[TAR_AT:].startswith(TAR):
        return "tar"
    return next((name for sign, name in PACKED.items() if start.startswith(sign)), "")


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Return the tensors of a file by the names that it gives them, on the host.

    Raises:
        InputError: the file is missing, damaged, or holds anything but tensors.
    """
    kind = kind_of(path)
    if kind == SAFETENSORS:
        from safetensors.torch import load_file

        try:
            return load_file(path)
        except Exception as error:  # the reader raises many kinds for damaged bytes
            line = " ".join(str(error).split())
            raise InputError(f"{path} is not a readable checkpoint (corrupt or truncated): {line}") from error
    if kind == MAT:
        return _tensors(read_matconvnet(path))
    if kind == TENSORFLOW:
        index = find_index(path)
        assert index is not None
        return _tensors(read_checkpoint(index))
    return read_pytorch(path)


def _tensors(arrays: Mapping[str, NDArray[np.generic]]) -> dict[str, Tensor]:
    return {name: torch.from_numpy(np.ascontiguousarray(value)) for name, value in arrays.items()}
