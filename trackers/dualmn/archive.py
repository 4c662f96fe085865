"""The long branch's memory where every frame is kept, as STMTrack keeps them (docs/dualmn.md).

A lane's frames are a list that only grows, so that writing one copies none; it is bounded by their number: where it is
full every other one is dropped, never the first, and of those that come every other one is kept from then on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from trackers.dualmn.memory import Reading, Stored
from trackers.nets.lanes import choose_lanes


@dataclass(frozen=True)
class Archive:
    """All frames of each of B lanes."""

    frames: list[tuple[Stored, ...]]
    """A lane's frames in the order of time, each without a lane dimension; `born` is a number on the device."""
    passed: list[int]
    """Frames that a lane was given so far, the first one not counted."""
    interval: list[int]
    """Every so many of them one is kept."""
    newest: Stored
    """(B, ...) the last frame taken in; it may also be the last of the list."""
    newest_score: Tensor
    """(B,) how sure the tracker was of it."""
    first: Stored
    """(B, ...) the first frame: what a lane that has lost its memory begins afresh from."""
    size_bias: Tensor
    """(B, 2), see `LongMemory`."""

    @classmethod
    def begin(cls, first: Stored, size_bias: Tensor) -> Archive:
        """Return the memory of lanes that have seen their first frame."""
        lanes = len(first.born)
        return cls(
            [(_lane(first, lane),) for lane in range(lanes)], [0] * lanes, [1] * lanes,
            first, first.features.new_ones(lanes), first, size_bias,
        )  # fmt: skip

    def written(self, lanes: Sequence[bool], mask: Tensor, new: Stored, score: Tensor, bound: int) -> Archive:
        """Return the memory after some lanes took a frame in.

        Args:
            lanes: Which of B they are, known on the host.
            mask: (B,) the same on the device.
            new: (B, ...) the frame.
            score: (B,) how sure the tracker is of it.
            bound: The most frames that a lane's list holds.
        """
        frames, passed, interval = list(self.frames), list(self.passed), list(self.interval)
        for lane in (lane for lane, takes in enumerate(lanes) if takes):
            passed[lane] += 1
            if passed[lane] % interval[lane] == 0 and len(frames[lane]) >= bound:
                frames[lane], interval[lane] = frames[lane][::2], 2 * interval[lane]
            if passed[lane] % interval[lane] == 0:
                frames[lane] = (*frames[lane], _lane(new, lane))
        newest, newest_score = choose_lanes(mask, new, self.newest), score.to(self.newest_score.dtype)
        newest_score = torch.where(mask, newest_score, self.newest_score)
        return Archive(frames, passed, interval, newest, newest_score, self.first, self.size_bias)

    def reading(self, number: int, newest_score: float, twice: bool) -> Reading:
        """Return the frames to read: STMTrack's rule (`memory.segments`), and the newest one if it was sure of it.

        Args:
            number: N, the number of segments. Of N frames or less all are read, and the newest not once more.
            newest_score: What the newest frame's score must exceed.
            twice: Read it a second time where it is also the middle of a segment.
        """
        places, valid, again = [], [], []
        for lane, frames in enumerate(self.frames):
            count = len(frames)
            picked = list(range(count))
            if count > number:
                length = count // number
                picked = sorted({0, *(k * length + length // 2 for k in range(number))})
            met = self.passed[lane] % self.interval[lane] == 0 and picked[-1] == count - 1
            again.append(met and (count <= number or not twice))
            valid.append([place < len(picked) for place in range(number + 1)])
            places.append([*picked, *[0] * (number + 1 - len(picked))])
        # nothing is sent to a device: what the host knows is put together from what is there
        yes = torch.ones_like(self.newest_score[0], dtype=torch.bool)
        known = [[yes if one else ~yes for one in (*lane, met)] for lane, met in zip(valid, again, strict=True)]
        several = torch.stack([torch.stack(lane) for lane in known])
        rows = [[frames[place] for place in chosen] for frames, chosen in zip(self.frames, places, strict=True)]
        fresh = (self.newest_score > newest_score) & ~several[:, -1]
        kept = self.newest
        return Reading(
            Stored(
                _stacked([[one.features for one in row] for row in rows], kept.features),
                _stacked([[one.ballots for one in row] for row in rows], kept.ballots),
                _stacked([[one.born for one in row] for row in rows], kept.born),
            ),
            torch.cat([several[:, :-1], fresh[:, None]], 1),
            torch.tensor([[*chosen, len(frames)] for frames, chosen in zip(self.frames, places, strict=True)]),
        )

    def recovered(self, sound: Tensor) -> Archive:
        """Return the memory with the lanes that are not sound (B,) begun afresh from their first frame."""
        fresh, kept = Archive.begin(self.first, self.size_bias), sound.tolist()
        own = [(self if keep else fresh) for keep in kept]
        return replace(
            self,
            frames=[one.frames[lane] for lane, one in enumerate(own)],
            passed=[one.passed[lane] for lane, one in enumerate(own)],
            interval=[one.interval[lane] for lane, one in enumerate(own)],
            newest=choose_lanes(sound, self.newest, fresh.newest),
            newest_score=choose_lanes(sound, self.newest_score, fresh.newest_score),
        )


def _lane(stored: Stored, lane: int) -> Stored:
    """Return a lane's own copy: a view would hold the memory of all lanes, those that have ended included."""
    return Stored(stored.features[lane].clone(), stored.ballots[lane].clone(), stored.born[lane].clone())


def _stacked(rows: Sequence[Sequence[Tensor]], newest: Tensor) -> Tensor:
    """Return (B, R + 1, ...) of B rows of R tensors and the newest frame's (B, ...)."""
    return torch.stack([torch.stack([*row, newest[lane]]) for lane, row in enumerate(rows)])
