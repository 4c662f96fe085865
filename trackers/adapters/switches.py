"""Switches of torch that hold for the whole process: how each is read and set."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

KINDS_OF_ATTENTION = ("flash", "mem_efficient", "math", "cudnn")


def set_default_device(value: Any) -> None:
    """Compute there where nothing else is said."""
    import torch

    torch.set_default_device(None if str(value) == "cpu" else value)


def deterministic() -> tuple[bool, bool]:
    """Return whether only deterministic algorithms may be used, and whether others are only warned of."""
    import torch

    return torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()


def set_deterministic(value: tuple[bool, bool]) -> None:
    """Set what `deterministic` returned."""
    import torch

    torch.use_deterministic_algorithms(value[0], warn_only=value[1])


def autocast() -> tuple[bool, ...]:
    """Return whether numbers are shortened by themselves, on a CPU and on a GPU."""
    import torch

    return tuple(map(torch.is_autocast_enabled, ("cpu", "cuda")))


def set_autocast(value: tuple[bool, ...]) -> None:
    """Set what `autocast` returned."""
    import torch

    for device, enabled in zip(("cpu", "cuda"), value, strict=True):
        torch.set_autocast_enabled(device, enabled)


def anomalies() -> tuple[bool, bool]:
    """Return whether gradients are watched, and whether for NaN too."""
    import torch

    return torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled()


@cache
def _kinds_of_attention() -> tuple[tuple[Callable[[], bool], Callable[[bool], object]], ...]:
    """Return how each is read and set, as far as this torch has it."""
    from torch import backends

    names = [
        (backends.mha, "get_fastpath_enabled", "set_fastpath_enabled"),
        *((backends.cuda, f"{kind}_sdp_enabled", f"enable_{kind}_sdp") for kind in KINDS_OF_ATTENTION),
        (backends.cuda, "fp16_bf16_reduction_math_sdp_allowed", "allow_fp16_bf16_reduction_math_sdp"),
    ]
    found = ((getattr(owner, read, None), getattr(owner, write, None)) for owner, read, write in names)
    return tuple((read, write) for read, write in found if read and write)


def attention() -> tuple[bool, ...]:
    """Return which ways to compute attention may be taken."""
    return tuple(read() for read, _ in _kinds_of_attention())


def set_attention(value: tuple[bool, ...]) -> None:
    """Set what `attention` returned."""
    for (_, write), wanted in zip(_kinds_of_attention(), value, strict=True):
        write(wanted)
