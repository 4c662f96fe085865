"""First boxes that are a little off: what a tracker's score owes to the chance of its start.

Trackers that draw nothing at random are chaotic all the same: a sixteenth of a pixel in the first box ends in other
frames being lost. A repeat of a run that begins on the same box shows none of that.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from benchmark.protocols import Start

__all__ = ["jittered"]

SMALLEST = 1.0
"""Pixels that a side keeps at the least."""


def jittered(start: Start, pixels: float, seed: int) -> Start:
    """Return a start whose box has its centre shifted, and its sides changed, by up to `pixels` each; drawn by `seed`.

    With 0 pixels it is the start itself. Shift and change are uniform and independent along x and y.
    """
    if not pixels:
        return start
    x, y, width, height = start.box
    right, down, wider, higher = np.random.default_rng(seed).uniform(-pixels, pixels, 4)
    sides = np.maximum(np.array([width + wider, height + higher]), SMALLEST)
    centre = np.array([x + width / 2 + right, y + height / 2 + down])
    return replace(start, box=np.concatenate([centre - sides / 2, sides]))
