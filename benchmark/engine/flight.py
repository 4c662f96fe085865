"""One tracker's lanes in flight, and their common state.

A lane that fails (an unreadable frame, an exception) ends alone; the others go on from the state before. One that has
lost its target, where the protocol shows it again, leaves the flight and is started anew some frames later.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import inf
from typing import Any

import numpy as np

from benchmark.engine.job import Outcome
from benchmark.engine.lane import Lane
from trackers.adapters.apart.child import Overdue
from trackers.api import Frame, Step, Tracker


class Flight:
    """The lanes in flight, of which there may be none."""

    def __init__(self, tracker: Tracker[Any], device: str, timeout: float) -> None:
        self.tracker = tracker
        self.device = device
        self.timeout = timeout
        self.lanes: list[Lane] = []
        self.state: Any = None
        self.widest = sys.maxsize
        """The most lanes that a call may hold; falls by half when the device's memory runs out."""
        self.down: list[Lane] = []
        """Lanes that have lost their target and wait to be shown it again."""
        self._over: list[Outcome] = []
        """What has ended, and was not told yet."""

    @property
    def busy(self) -> int:
        """How many lanes are taken."""
        return len(self.lanes) + len(self.down)

    def start(self, fresh: list[Lane]) -> int:
        """Show its target to each fresh lane, and to those that have lost it; return how many of them now run."""
        fresh, frames = self._read([*self.down, *fresh])
        self.down = []

        def start(chosen: Sequence[int]) -> Any:
            boxes = np.stack([fresh[index].shown for index in chosen])
            seeds = [fresh[index].job.seed for index in chosen]
            return self.tracker.start([frames[index] for index in chosen], boxes, seeds)

        begun = 0
        for chosen, state in self._attempt(start, fresh):
            for index in chosen:
                fresh[index].begin(fresh[index].shown)
            begun += self._add([fresh[index] for index in chosen], state)
        if any(lane.done for lane in self.lanes):  # shown again in a sequence's last frame: there is no next one
            self._over += [lane.outcome() for lane in self.lanes if lane.done]
            self._keep([index for index, lane in enumerate(self.lanes) if not lane.done])
        return begun

    def step(self) -> int:
        """Follow every lane into its next frame; return how many frames are done, those that are left out included."""
        before = self.lanes
        lanes, frames = self._read(before)
        if not lanes:
            self.lanes, self.state = [], None
            return 0
        if len(lanes) < len(before):
            self._keep([index for index, lane in enumerate(before) if lane in lanes])
            if not self.lanes:
                return 0
        whole = self.state

        def step(chosen: Sequence[int]) -> tuple[Step, Any]:
            own = whole if len(chosen) == len(lanes) else self.tracker.take(whole, chosen)
            if getattr(self.tracker, "oracle", False):  # one of ours: a stranger's is wrapped, and has no such say
                self.tracker.truth = np.stack([lanes[index].truth for index in chosen])  # type: ignore[attr-defined]
            found, after = self.tracker.step(own, [frames[index] for index in chosen])
            if found.boxes.shape != (len(chosen), 4):
                raise ValueError(f"the tracker returned boxes of shape {found.boxes.shape}, not ({len(chosen)}, 4)")
            return found, after

        self.lanes, self.state = [], None
        for chosen, (found, after) in self._attempt(step, lanes):
            for row, index in enumerate(chosen):
                lanes[index].add(found, row)
            self._add([lanes[index] for index in chosen], after)
        return sum(1 + lane.unread for lane in self.lanes)

    def ended(self) -> Iterator[Outcome]:
        """Yield what failed or came to its end since the last call; its lanes become vacant."""
        outcomes, self._over = self._over, []
        going = []
        for index, lane in enumerate(self.lanes):
            if lane.seconds > self.timeout and not lane.done:
                outcomes.append(lane.late(self.timeout))
            elif not lane.done and not lane.down:
                going.append(index)
            elif error := self._finish(index):
                outcomes.append(lane.outcome(error))
            elif lane.done:
                outcomes.append(lane.outcome())
            else:
                self.down.append(lane)
        if len(going) < len(self.lanes):
            self._keep(going)
            outcomes += self._over
            self._over = []
        remarks = getattr(self.tracker, "remarks", None)  # a stranger's has some
        for outcome in outcomes:
            yield replace(outcome, remarks=remarks()) if remarks else outcome

    def _finish(self, index: int) -> str:
        """Return what a lane's tracker raises at its end, as one in a process of its own may; "" for nothing."""
        finish = getattr(self.tracker, "finish", None)  # a stranger's has it
        try:
            if finish:
                finish(self.state, index)
        except Exception:
            return traceback.format_exc()
        return ""

    def _add(self, lanes: list[Lane], state: Any) -> int:
        """Let lanes run beside those that do; return how many now do."""
        try:
            whole = self.tracker.join(self.state, state) if self.lanes else state
        except Exception:
            return self._fail(lanes)
        self.lanes, self.state = [*self.lanes, *lanes], whole
        return len(lanes)

    def _keep(self, going: list[int]) -> None:
        """Go on with some of the lanes alone."""
        lanes, state = [self.lanes[index] for index in going], None
        try:
            state = self.tracker.take(self.state, going) if going else None
        except Exception:
            self._fail(lanes)
            lanes = []
        self.lanes, self.state = lanes, state

    def _fail(self, lanes: list[Lane]) -> int:
        """End lanes with the exception that is being handled."""
        self._over += [lane.outcome(traceback.format_exc()) for lane in lanes]
        return 0

    def _read(self, lanes: list[Lane]) -> tuple[list[Lane], list[Frame]]:
        """Return the lanes whose next frame can be read, and these frames."""
        alive: list[Lane] = []
        frames: list[Frame] = []
        for lane in lanes:
            try:
                while lane.unread:
                    lane.stream.next()
                    lane.unread -= 1
                frame = lane.stream.next()
            except Exception:  # whatever a decoder raises ends this lane alone
                self._over.append(lane.outcome(traceback.format_exc()))
            else:
                alive.append(lane)
                frames.append(frame)
        return alive, frames

    def _attempt(self, call: Callable[[Sequence[int]], Any], lanes: list[Lane]) -> Iterator[tuple[Sequence[int], Any]]:
        """Yield (lanes, result) of a call for as many lanes at once as the device's memory holds."""
        everyone = range(len(lanes))
        width = min(self.widest, len(lanes))
        for first in range(0, len(lanes), width or 1):
            yield from self._call(call, everyone[first : first + width], lanes)

    def _call(
        self, call: Callable[[Sequence[int]], Any], chosen: Sequence[int], lanes: list[Lane]
    ) -> Iterator[tuple[Sequence[int], Any]]:
        """Yield (lanes, result) of a call; where it raises, of calls for fewer lanes: one lane's failure is its own."""
        try:
            result = self._timed(call, chosen, lanes)
        except Exception as error:
            import torch  # not at the top: a run is planned without it

            if len(chosen) == 1:
                self._over.append(self._ended_by(error, lanes[chosen[0]]))
                return
            parts: list[Sequence[int]] = [[index] for index in chosen]
            if isinstance(error, torch.OutOfMemoryError):
                self.widest = len(chosen) // 2
                parts = [chosen[: self.widest], chosen[self.widest :]]
        else:
            yield chosen, result
            return
        # Past the handler: the traceback no longer holds the tensors of the failed call.
        if len(parts) == 2 and torch.cuda.is_available():
            torch.cuda.empty_cache()
        for part in parts:
            yield from self._call(call, part, lanes)

    def _ended_by(self, error: Exception, lane: Lane) -> Outcome:
        """Return what came of a lane whose call raised: it failed, or was ended when its time was up."""
        if isinstance(error, Overdue) and self.timeout < inf:
            lane.seconds = max(lane.seconds, self.timeout)
            return lane.late(self.timeout, str(error))
        return lane.outcome(traceback.format_exc())

    def _timed(self, call: Callable[[Sequence[int]], Any], chosen: Sequence[int], lanes: list[Lane]) -> Any:
        if allow := getattr(self.tracker, "allow", None):  # a stranger's; in a process of its own it is held to it
            allow(self.timeout - max(lanes[index].seconds for index in chosen))
        began = time.perf_counter()
        result = call(chosen)
        if self.device.startswith("cuda"):
            import torch

            torch.cuda.synchronize(self.device)
        share = (time.perf_counter() - began) / len(chosen)
        for index in chosen:
            lanes[index].seconds += share
            lanes[index].times.append(share)
        return result
