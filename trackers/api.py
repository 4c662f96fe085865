"""The contract between a tracker and whatever drives it. A plug-in needs this module and nothing else of Engram.

Two ways to be a tracker:

* a class with ``init(image, box)`` and ``update(image) -> box`` follows one target (`OneTarget`);
* a subclass of `Tracker` follows ``B`` independent targets in lock-step, one a *lane*.

Either is made known by name with `@register`. Boxes are ``x, y, w, h`` in pixels, 0-based and continuous: pixel
``i`` covers ``[i, i+1)`` and the centre is ``x + w/2``. Images are ``(H, W, 3)`` uint8 RGB.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, ClassVar, Generic, Protocol, TypeVar, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from trackers.registry import register

__all__ = [
    "Boxes", "Frame", "OneTarget", "Signal", "State", "Step", "Tracker", "join_lanes", "lane_bytes",
    "register", "take_lanes",
]  # fmt: skip

Frame = NDArray[np.uint8]
"""(H, W, 3) uint8 RGB."""
Boxes = NDArray[np.float64]
"""(B, 4) or (N, 4) float64: x, y, w, h in pixels, 0-based and continuous."""
State = TypeVar("State")


@dataclass(frozen=True)
class Signal:
    """One named quantity a tracker can report every frame: its shape without the lane dimension, range and meaning."""

    name: str
    meaning: str
    shape: tuple[int, ...] = ()
    low: float = -np.inf
    high: float = np.inf


@dataclass(frozen=True)
class Step:
    """What a tracker says of one frame in each of its B lanes."""

    boxes: Boxes
    """(B, 4)."""
    scores: NDArray[np.float64]
    """(B,), how sure the tracker is, in [0, 1]."""
    telemetry: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    """Values of the tracker's `Signal`s, each (B, *shape); empty unless `Tracker.recording`."""


class Tracker(ABC, Generic[State]):
    """Follows B independent targets in lock-step.

    The state is a tree of tensors (dataclasses, dicts, tuples and lists of them) whose first dimension is the lane;
    its capacity is fixed, each lane has its own age, and it holds no frames. `step` returns a new state and leaves
    the one it was given usable, so that the engine can try again without the lanes that failed.
    """

    signals: ClassVar[tuple[Signal, ...]] = ()
    """What the tracker can report when `recording` is on."""
    max_lanes: ClassVar[int | None] = None
    """The most lanes that pay; None where more are always welcome."""
    recording: bool = False
    """Set by the engine: whether `Step.telemetry` is wanted."""

    @abstractmethod
    def start(self, frames: Sequence[Frame], boxes: Boxes, seeds: Sequence[int]) -> State:
        """Return the state of B lanes, each shown its target's (4,) box in its own first frame.

        `seeds` holds one number a lane: the only source of randomness that lane may use.
        """

    @abstractmethod
    def step(self, state: State, frames: Sequence[Frame]) -> tuple[Step, State]:
        """Follow every lane's target into its next frame; return what was found and the state after it."""

    def take(self, state: State, lanes: Sequence[int]) -> State:
        """Return the state of the named lanes alone, in that order."""
        return take_lanes(state, lanes)

    def join(self, first: State, second: State) -> State:
        """Return one state with the lanes of `first`, then those of `second`."""
        return join_lanes(first, second)

    def parameters(self) -> int:
        """Return the number of network parameters; 0 where there is no network."""
        return 0


@runtime_checkable
class OneTarget(Protocol):
    """A tracker of one target at a time; the registry wraps it in lanes.

    A subclass-free contract: any class with these two methods. `update` may return the box alone or ``(box, score)``.
    """

    def init(self, image: Frame, box: NDArray[np.float64]) -> None:
        """See the target for the first time: (4,) box in `image`."""

    def update(self, image: Frame) -> Any:
        """Return the target's (4,) box in the next image, or that box and a score in [0, 1]."""


def take_lanes(state: State, lanes: Sequence[int]) -> State:
    """Return the named lanes of a tree of tensors or arrays (or lists with one entry a lane)."""
    if is_dataclass(state) and not isinstance(state, type):
        taken = {f.name: take_lanes(getattr(state, f.name), lanes) for f in fields(state) if f.init}
        return replace(state, **taken)
    if isinstance(state, dict):
        return {key: take_lanes(value, lanes) for key, value in state.items()}  # type: ignore[return-value]
    if isinstance(state, tuple):
        return tuple(take_lanes(value, lanes) for value in state)  # type: ignore[return-value]
    if isinstance(state, list):
        return [state[lane] for lane in lanes]  # type: ignore[return-value]
    return state[list(lanes)]  # type: ignore[index,no-any-return]


def join_lanes(first: State, second: State) -> State:
    """Return a tree of tensors or arrays with the lanes of `first`, then those of `second`."""
    if is_dataclass(first) and not isinstance(first, type):
        joined = {f.name: join_lanes(getattr(first, f.name), getattr(second, f.name)) for f in fields(first) if f.init}
        return replace(first, **joined)
    if isinstance(first, dict):
        return {key: join_lanes(value, second[key]) for key, value in first.items()}  # type: ignore
    if isinstance(first, tuple):
        return tuple(join_lanes(a, b) for a, b in zip(first, second, strict=True))  # type: ignore
    if isinstance(first, list):
        return first + second  # type: ignore
    if isinstance(first, np.ndarray):
        return np.concatenate([first, second])  # type: ignore
    import torch  # kept out of the import of this module: listing trackers must not wait for it

    return torch.cat([first, second])  # type: ignore


def lane_bytes(state: Any, lanes: int = 1) -> int:
    """Return how many bytes of tensors and arrays a lane of a state of `lanes` lanes holds."""
    if is_dataclass(state) and not isinstance(state, type):
        return sum(lane_bytes(getattr(state, f.name), lanes) for f in fields(state))
    if isinstance(state, Mapping):
        return sum(lane_bytes(value, lanes) for value in state.values())
    if isinstance(state, tuple | list):
        return sum(lane_bytes(value, lanes) for value in state)
    return int(getattr(state, "nbytes", 0)) // lanes
