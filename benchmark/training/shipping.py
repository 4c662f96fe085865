"""Trained weights in the form in which they ship: half precision, and the digest for the catalogue.

python -m benchmark.training.shipping results/training/memtrack/best.safetensors trackers/weights/memtrack.safetensors
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from safetensors.torch import save_file

from trackers.nets.checkpoint import load_tensors


def halve(source: Path, target: Path) -> str:
    """Write the tensors of `source` to `target` in half precision; return its sha256.

    Raises InputError where `source` cannot be read, OverflowError where a value does not fit half precision.
    """
    tensors = load_tensors(source)
    halves = {name: value.half() if value.is_floating_point() else value for name, value in tensors.items()}
    for name, value in halves.items():
        if not bool(value.isfinite().all()):
            raise OverflowError(f"{name} holds values beyond half precision")
    save_file({name: value.contiguous() for name, value in halves.items()}, target)
    target.chmod(0o644)
    return hashlib.sha256(target.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.stdout.write(f'sha256 = "{halve(Path(sys.argv[1]), Path(sys.argv[2]))}"\n')
