"""The unit of work of a worker: sequences of one tracker that fill a worker's lanes."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from benchmark.engine.run import Task
from trackers.api import Tracker

LOSSES = 3
"""How many workers may be lost with a piece in hand before its sequences count as failed."""


@dataclass(frozen=True)
class Piece:
    """Some tasks of one tracker."""

    tasks: tuple[Task, ...]
    losses: int = 0
    """How many workers were lost with it."""

    @property
    def tracker(self) -> str:
        """The tracker's canonical name."""
        return self.tasks[0].spec.name

    @property
    def frames(self) -> int:
        """Frames of the longest sequence: how long the piece takes where lanes run side by side."""
        return max(len(task.job) for task in self.tasks)

    def again(self) -> list[Piece]:
        """Return what to do after a worker was lost with it: the same, then each sequence alone, then nothing.

        Alone, a sequence that brings its worker down takes no other with it.
        """
        losses = self.losses + 1
        if losses >= LOSSES:
            return []
        parts = [self.tasks] if losses == 1 else [(task,) for task in self.tasks]
        return [Piece(part, losses) for part in parts]


def make_pieces(tasks: Sequence[Task], lanes: int) -> deque[Piece]:
    """Return the tasks in pieces, the longest first; sequences of one piece are of about the same length."""
    pieces = []
    for spec in dict.fromkeys(task.spec for task in tasks):
        own = sorted((task for task in tasks if task.spec is spec), key=lambda task: len(task.job), reverse=True)
        size = lanes if issubclass(spec.family.cls, Tracker) else 1
        size = min(size, getattr(spec.family.cls, "max_lanes", None) or size)
        pieces += [Piece(tuple(own[first : first + size])) for first in range(0, len(own), size)]
    return deque(sorted(pieces, key=lambda piece: piece.frames, reverse=True))
