"""One run of a protocol on a sequence: where a tracker is started, on which box, and which way it goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from benchmark.protocols.vot import Restarts

__all__ = ["Start", "frames_followed", "is_backward"]

BACKWARD = "backward-"
"""How the names of starts begin from which a run goes back to the sequence's first frame."""


@dataclass(frozen=True, eq=False)
class Start:
    """One run of a protocol on a sequence."""

    name: str
    """``ope``, ``tre-01`` ... ``tre-20``, the SRE shift: ``left`` ... ``scale-120``, or VOT's: ``supervised``,
    ``forward-00000050``, ``backward-00000100``."""
    frame: int
    """Index of the frame that the tracker is started in; the run goes to the sequence's end, or back to its begin."""
    box: NDArray[np.float64]
    """(4,), the box that it is shown."""
    scale: float = 1.0
    """The size of `box` over the target's; undone before scoring."""
    restarts: Restarts | None = None
    """What is done where the target is lost; None where nothing is."""

    @property
    def backward(self) -> bool:
        """Whether the run goes back to the sequence's first frame."""
        return is_backward(self.name)


def is_backward(name: str) -> bool:
    """Return whether the run of a start of that name goes back to the sequence's first frame."""
    return name.startswith(BACKWARD)


def frames_followed(name: str, first: int, rows: int) -> NDArray[np.intp]:
    """Return (N,): of which frame of its sequence each row is, of a run from a start of that name and frame."""
    return first + (-1 if is_backward(name) else 1) * np.arange(rows)
