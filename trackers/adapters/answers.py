"""What a tracker's step is, read as what the contract asks for, and copied; or a clear line why not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackers.adapters.abroad.answers import as_answer, numbers, shown
from trackers.api import Signal, Step

__all__ = ["as_answer", "check_signals", "checked", "numbers", "shown"]

TAKEN = ("facts", "file", "allow_pickle")
"""Names that files of telemetry have for something else."""


def check_signals(signals: Any) -> None:
    """Look whether telemetry of these can be kept; TypeError or ValueError where it cannot."""
    if not isinstance(signals, tuple | list) or not all(isinstance(one, Signal) for one in signals):
        raise TypeError(f"signals must be a tuple of trackers.api.Signal; it is {shown(signals)}")
    names = [one.name for one in signals]
    for name in names:
        if not isinstance(name, str) or not name or name in TAKEN or name.endswith(".npy"):
            raise ValueError(f"a signal cannot be called {name!r}: give it another name")
        if names.count(name) > 1:
            raise ValueError(f"two signals are called {name!r}: give one another name")


def checked(answer: Any, lanes: int, signals: Mapping[str, Signal]) -> tuple[Step, Any]:
    """Return what a `Tracker.step` returned, its step copied; TypeError where it is none.

    `signals` are those that it must report, by name: none where telemetry is not wanted.
    """
    if not (isinstance(answer, tuple) and len(answer) == 2 and isinstance(answer[0], Step)):
        raise TypeError(f"step must return (Step, state); it returned {shown(answer)}")
    step, state = answer
    boxes, scores = numbers(step.boxes), numbers(step.scores)
    if boxes is None or boxes.shape != (lanes, 4):
        raise TypeError(f"a step's boxes must be of shape ({lanes}, 4); they are {shown(step.boxes)}")
    if scores is None or scores.shape not in ((lanes,), (lanes, 1)):
        raise TypeError(f"a step's scores must be of shape ({lanes},); they are {shown(step.scores)}")
    if lacking := [name for name in signals if name not in step.telemetry]:
        raise TypeError(
            f"telemetry lacks {', '.join(lacking)}: every step reports all signals, NaN where there is nothing"
        )
    telemetry = {name: _told(name, values, lanes, signals) for name, values in step.telemetry.items() if signals}
    return Step(boxes, scores.reshape(lanes), telemetry), state


def _told(name: str, values: Any, lanes: int, signals: Mapping[str, Signal]) -> NDArray[np.float64]:
    """Return one signal's values."""
    if name not in signals:
        raise TypeError(f"telemetry {name!r} is none of the tracker's signals ({', '.join(signals)})")
    told, shape = numbers(values), (lanes, *signals[name].shape)
    if told is None or told.shape != shape:
        raise TypeError(f"telemetry {name!r} must be of shape {shape}; it is {shown(values)}")
    return told
