"""The long-term branch at work: what it looks for in a frame and what it keeps of it (docs/dualmn.md)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from trackers.dualmn import memory
from trackers.dualmn.archive import Archive
from trackers.dualmn.config import DualMNConfig
from trackers.dualmn.memory import LongMemory, Reading, Stored
from trackers.dualmn.network import LongNet, Remembered
from trackers.dualmn.read import affinity, foreground, votes
from trackers.dualmn.search import enlarged, find_peaks
from trackers.dualmn.sight import Sight
from trackers.dualmn.view import HeadRules, View, head_box, size_bias, unbiased
from trackers.nets.lanes import choose_lanes, finite_lanes
from trackers.nets.localise import hann_window


@dataclass(frozen=True)
class LongView(View):
    """What the long branch sees."""

    reading: Reading
    shares: Tensor
    """(B, h h, R, m m) affinity of query cells to memory cells."""
    on_target: Tensor
    """(B, h h) each query cell's share of target cells."""
    rank: Tensor
    """(B,) what the box was chosen by: its score, by config with penalty and window."""

    def mass(self) -> Tensor:
        """Return (B, R), the share of each frame read in what the query's target cells read."""
        of_frame = self.shares.sum(3)
        weight = self.on_target / self.on_target.sum(1, keepdim=True).clamp_min(1e-12)
        return (of_frame * weight[:, :, None]).sum(1)

    def likeness(self, first: Stored) -> Tensor:
        """Return (B,), the cosine of what the query's target cells read to the first frame's target.

        Each frame that is read stands for its target's mean feature, weighed by its share.
        """
        frames = self.reading.frames
        kept = _on_target(frames.features, frames.ballots)
        content = (kept * self.mass()[:, :, None]).sum(1)
        return torch.cosine_similarity(content, _on_target(first.features, first.ballots))


def _on_target(features: Tensor, ballots: Tensor) -> Tensor:
    """Return (..., C), the mean of features (..., C, m, m) weighed by ballots (..., m, m)."""
    weights = ballots / ballots.sum((-2, -1), keepdim=True).clamp_min(1e-12)
    return (features * weights.unsqueeze(-3)).sum((-2, -1))


class LongBranch:
    """Reads and writes the long memory of every lane."""

    def __init__(self, net: LongNet, config: DualMNConfig, stride: int) -> None:
        self.net, self.config, self.stride = net, config, stride
        self.rules = HeadRules(config.size_penalty, config.window_weight, config.size_rate)

    def begin(self, first: Stored, look: Callable[[], Sight]) -> LongMemory | Archive:
        """Return the memory of a first frame.

        Args:
            first: The frame as it is remembered.
            look: Returns its search crop as it is seen, (B, C', h, h), the target in the middle.
        """
        bias = torch.ones(len(first.born), 2, device=first.born.device)
        if self.config.long_head and self.config.size_corrected:
            sight = look()
            features, size = sight.features, sight.size
            valid = torch.ones(len(size), 1, dtype=torch.bool, device=size.device)
            maps = self.net(self.net.query(features), first.features[:, None], first.ballots[:, None], valid)
            bias = size_bias(maps.boxes(self.stride), size)
        return Archive.begin(first, bias) if self.config.keep_all else memory.begin(first, self.config.slots, bias)

    def look(self, features: Tensor, state: LongMemory | Archive, size: Tensor, near: Tensor) -> LongView:
        """Search trunk features (B, C', h, h) for targets of size (B, 2) in crop pixels.

        The crop's middle is their last place where `near` (B,) is 1; where it is 0, nearness counts for nothing.
        """
        config = self.config
        query = self.net.query(features)
        how = (config.segments, config.newest_score, config.newest_twice)
        read = state.reading(*how) if isinstance(state, Archive) else memory.reading(state, *how)
        cells = query.shape[-1]
        shares = affinity(query, read.frames.features, read.valid)
        on_target = foreground(shares, read.frames.ballots)
        if config.long_head:
            first = Remembered(state.first.features, state.first.ballots)
            maps = self.net.decode(query, shares, read.frames.features, read.frames.ballots, first)
            window = hann_window(cells, query.device) * (cells - 1) ** 2 / 4 * near[:, None, None]
            boxes = maps.boxes(self.stride)
            if config.whole_boxes:
                boxes = torch.cat([boxes[:, :2], boxes[:, 2:] + 1], 1)
            if config.size_corrected:
                boxes = unbiased(boxes, state.size_bias)
            chosen, new_size = head_box(maps.scores(), boxes, size, window, self.rules)
            fine = enlarged(maps.scores(), cells, config.upsampling)
        else:
            fine = enlarged(votes(shares, read.frames.ballots, cells), cells, config.upsampling)
        peaks = find_peaks(
            fine, size / self.stride, window_weight=config.window_weight, upsampling=config.upsampling, near=near
        )
        if config.long_head:
            place, confidence, margin = chosen.box[:, :2], chosen.score, chosen.margin
            rank = chosen.ranked if config.newest_by_rank else confidence
        else:
            place, new_size, margin = peaks.first * self.stride, size, peaks.margin
            rank = confidence = peaks.height.clamp_min(0) / (peaks.height.clamp_min(0) + config.half_sure_votes)
        sound = finite_lanes(fine) & finite_lanes(new_size) & read.valid.any(1)
        return LongView(fine, peaks, place, new_size, confidence, sound, sound, margin, read, shares, on_target, rank)

    def written(
        self, state: LongMemory | Archive, lanes: Tensor, known: Sequence[bool], new: Stored, score: Tensor
    ) -> LongMemory | Archive:
        """Return the memory after some lanes, a mask (B,) that the host knows too, accepted a frame with score (B,)."""
        if isinstance(state, Archive):
            return state.written(known, lanes, new, score, self.config.slots)
        return memory.written(state, lanes, new, score, self.config.keep_first)

    def recovered(self, state: LongMemory | Archive, sound: Tensor) -> LongMemory | Archive:
        """Return the memory with the lanes that are not sound (B,) begun afresh from their first frame."""
        if isinstance(state, Archive):
            return state.recovered(sound)
        return choose_lanes(sound, state, memory.begin(state.first, state.capacity, state.size_bias))
