"""How torch may round products of float32: two old switches and, from torch 2.9 on, one a kind of product.

The old ones raise an error when they are read while the two kinds contradict each other.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import Any

Precision = tuple[tuple[Any, ...], tuple[Any, ...]]
"""The old switches, None where one cannot be read, and the new ones, None where there is none."""


def precision() -> Precision:
    """Return how all are set."""
    return tuple(map(_read, _switches())), tuple(map(_read, _kinds()))


def set_precision(value: Precision) -> None:
    """Set all to what `precision` returned."""
    old, new = value
    _set(_kinds(), new)
    if None not in old:
        _set(_switches(), old)  # last: they make both agree


@cache
def _switches() -> tuple[tuple[Any, str], ...]:
    from torch import backends

    return (backends.cuda.matmul, "allow_tf32"), (backends.cudnn, "allow_tf32")


@cache
def _kinds() -> tuple[tuple[Any, str], ...]:
    from torch import backends

    owners: tuple[Any, ...] = (backends, backends.cuda.matmul, backends.cudnn, backends.mkldnn)
    parts = [getattr(owner, kind, None) for owner in owners[2:] for kind in ("conv", "rnn", "matmul")]
    return tuple((one, "fp32_precision") for one in (*owners, *parts) if hasattr(one, "fp32_precision"))


def _read(switch: tuple[Any, str]) -> Any:
    try:
        return getattr(*switch, None)
    except RuntimeError:
        return None


def _set(switches: tuple[tuple[Any, str], ...], values: tuple[Any, ...]) -> None:
    for (owner, name), value in zip(switches, values, strict=True):
        if value is not None:
            with suppress(AttributeError, RuntimeError):
                setattr(owner, name, value)
