"""Trained weights in the form in which they ship, and their digests for the catalogue.

python -m benchmark.training.shipping results/training/memtrack/best.safetensors trackers/weights/memtrack.safetensors

Half precision, or as they are where that would move boxes (``--whole``); of two files, one a branch, one is made.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

from safetensors.torch import save_file
from torch import Tensor

from trackers.nets.checkpoint import load_tensors
from trackers.nets.pretrained import joined


def ship(source: Path, target: Path, second: Path | None = None, *, whole: bool = False) -> str:
    """Write the tensors of `source` to `target`, the short branch's of `second` if there is one; return its sha256.

    Raises InputError where a file cannot be read, OverflowError where a value does not fit half precision.
    """
    tensors = load_tensors(source)
    if second is not None:
        tensors = joined(tensors, second)
    if not whole:
        tensors = {name: _halved(name, value) for name, value in tensors.items()}
    save_file({name: value.contiguous() for name, value in tensors.items()}, target)
    target.chmod(0o644)
    return hashlib.sha256(target.read_bytes()).hexdigest()


def tensors_digest(path: Path) -> str:
    """Return the sha256 of a file's tensors as they are read: names, kinds, shapes and values, in the names' order."""
    digest = hashlib.sha256()
    for name, value in sorted(load_tensors(path).items()):
        digest.update(f"{name} {value.dtype} {tuple(value.shape)}\n".encode() + value.numpy().tobytes())
    return digest.hexdigest()


def _halved(name: str, value: Tensor) -> Tensor:
    half = value.half() if value.is_floating_point() else value
    if not bool(half.isfinite().all()):
        raise OverflowError(f"{name} holds values beyond half precision")
    return half


if __name__ == "__main__":
    parser = argparse.ArgumentParser("python -m benchmark.training.shipping")
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--second", type=Path, help="where the short branch is taken from")
    parser.add_argument("--whole", action="store_true", help="not in half precision")
    given = parser.parse_args()
    sys.stdout.write(f'sha256 = "{ship(given.source, given.target, given.second, whole=given.whole)}"\n')
    sys.stdout.write(f'tensors = "{tensors_digest(given.target)}"\n')
