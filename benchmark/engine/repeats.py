"""Repeats of a tracker that, its author says, draws nothing at random: it runs once, and the others are the same.

GOT-10k's toolkit does so (``is_deterministic``). Repeats from jittered first boxes differ, and all run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from benchmark.store.record import Record

if TYPE_CHECKING:
    from benchmark.engine.run import OnFrames, Plan, Task


class Alike:
    """Which of a plan's tasks run, and which are the same as one of these."""

    def __init__(self, plan: Plan, tasks: Sequence[Task], on_frames: OnFrames) -> None:
        """Take the tasks to be done; InputError where a tracker that has to be asked cannot be built."""
        self.run: list[Task] = []
        self._on_frames = on_frames
        self._same: dict[str, list[Task]] = defaultdict(list)
        once = plan.repeats > 1 and not plan.jitter
        first: dict[tuple[str, str, str], Task] = {}
        for task in tasks:
            if once and task.spec.deterministic:
                known = first.setdefault((task.spec.name, task.sequence, task.begun), task)
                if known is not task:
                    self._same[known.key].append(task)
                    continue
            self.run.append(task)

    def repeats(self, record: Record) -> Iterator[tuple[Task, Record]]:
        """Yield the tasks that are the same as that which made a record, and their own records."""
        for task in self._same[record.key]:
            self._on_frames(task.spec.name, len(task.job))
            yield task, replace(record, key=task.key, repeat=task.repeat)
