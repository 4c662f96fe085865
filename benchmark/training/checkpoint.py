"""What a run of training goes on from: written whole, and one line where it cannot be read."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from benchmark.store.record import write_whole
from trackers.errors import InputError

__all__ = ["legible", "read_checkpoint", "write_checkpoint"]


def write_checkpoint(path: Path, content: dict[str, Any]) -> None:
    """Write tensors and plain values so that a killed process leaves the old file or the new one."""
    buffer = io.BytesIO()
    torch.save(content, buffer)
    write_whole(path, buffer.getvalue())


def read_checkpoint(path: Path, device: torch.device, identity: str) -> dict[str, Any]:
    """Return what a run of this `identity` has written; InputError where it is damaged, or another run's."""
    with legible(path):
        content: dict[str, Any] = torch.load(path, map_location=device, weights_only=True)
        if content["identity"] != identity:
            raise InputError(f"{path.parent} holds a run of another recipe or seed: choose another --out, or remove it")
        return content


@contextmanager
def legible(path: Path) -> Iterator[None]:
    """Turn whatever a damaged checkpoint raises, when it is read or taken over, into one line."""
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        why = str(error).strip().split("\n", 1)[0][:100] or type(error).__name__
        raise InputError(f"{path} is damaged ({why}): without it the run begins anew") from error
