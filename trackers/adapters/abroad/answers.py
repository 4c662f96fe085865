"""What a third party's tracker returns, read as a box and a score, and copied; or a clear line why not."""

from __future__ import annotations

import reprlib
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:  # old NumPy has none of it
    from numpy.typing import NDArray

SHOWN = 12
"""Numbers up to which an array is shown whole."""
RULE = "update must return a box x, y, w, h, or (box, score); it returned"


def as_answer(found: Any, rule: str = RULE) -> tuple[NDArray[np.float64], float]:
    """Return box (4,) and score of what a tracker returned: a box alone, or (box, score); no score counts as 1.

    Tensors, masked arrays and whole numbers are numbers too; TypeError, with the `rule`, for what is no box.
    """
    box, score = found if isinstance(found, tuple) and len(found) == 2 else (found, 1.0)
    values = numbers(box)
    if values is None or values.shape not in ((4,), (1, 4)):
        raise TypeError(f"{rule} {shown(found)}")
    sure = numbers(score)
    if sure is None or sure.size != 1:
        raise TypeError(f"update's score must be a number; it is {shown(score)}")
    return values.reshape(4), float(sure.reshape(()))


def numbers(value: Any) -> NDArray[np.float64] | None:
    """Return a copy of `value` as float64; None where it is no numbers.

    A tensor may be on a GPU and need gradients; what is masked becomes NaN.
    """
    try:
        if isinstance(value, (list, tuple)):
            value = [one.tolist() if hasattr(one, "tolist") else one for one in value]
        if hasattr(value, "detach"):
            value = value.detach().cpu().double().numpy()
        if isinstance(value, np.ma.MaskedArray):
            value = np.ma.filled(value.astype(np.float64), np.nan)
        array = np.asarray(value)
        return np.array(array, np.float64) if array.dtype.kind in "fiub" else None
    except (TypeError, ValueError):  # rows of different lengths, among others
        return None


def shown(value: Any) -> str:
    """Return a short text of what was returned."""
    if value is None:
        return "nothing (None)"
    if hasattr(value, "shape") and np.prod(value.shape) > SHOWN:
        return f"{type(value).__name__} of shape {tuple(value.shape)}"
    return " ".join(reprlib.repr(value).split())
