"""Candidates at points or anchors, chosen among as SiamRPN and its kin do.

Li et al., SiamRPN, CVPR 2018, section 4.3: a penalty for changes, a cosine window, a size that follows slowly.
"""

from __future__ import annotations

import numpy as np

from trackers.adapters.onnx.crops import Vector
from trackers.adapters.onnx.description import Anchors, Description, Points
from trackers.adapters.onnx.networks import Array, Network, maps
from trackers.adapters.onnx.pair import Numbers, Pair, Target
from trackers.api import Frame


class Siamese(Pair):
    """Follows by candidates at points or anchors."""

    def __init__(self, description: Description, networks: dict[str, Network]) -> None:
        """Take a description whose `decode` is `Points` or `Anchors`."""
        super().__init__(description, networks)
        assert isinstance(description.decode, Points | Anchors)
        self.decode = description.decode
        self._head.check("output", self.decode.scores, self.decode.boxes)

    def step(self, frame: Frame, target: Target) -> tuple[Numbers, float, Target]:
        """Return the box (4,) in the next frame, its score, and the target as it is now seen."""
        decode, bounds = self.decode, np.array(frame.shape[1::-1], np.float64)
        side, scale = self.sides(target.size)
        found = self.respond(target, self.cut(frame, target.centre, side, self.searched.size))
        anchors = len(anchor_sizes(decode)) if isinstance(decode, Anchors) else 1
        raw, logits = maps(found, decode.boxes, 4 * anchors), maps(found, decode.scores, anchors, 2 * anchors)
        boxes, scores, cells = self.candidates(raw), foreground(logits, anchors), raw.shape[-1]
        with np.errstate(all="ignore"):  # a network may give boxes without extent: they are never the best
            changed = _change(_extent(boxes[:, 2:]) / self.reference(target, scale))
            shape = _change((target.size[0] / target.size[1]) / (boxes[:, 2] / boxes[:, 3]))
            penalty = np.exp(-decode.penalty * (shape * changed - 1))
            window = np.tile(self.window(cells), anchors)
            rank = penalty * scores * (1 - decode.window) + window * decode.window
        rank = np.where((boxes[:, 2:] > 0).all(1) & np.isfinite(rank), rank, -np.inf)
        best = int(np.argmax(rank))
        if rank[best] == -np.inf:
            if np.isnan(boxes).any(1).all() or np.isnan(scores).all():
                raise ValueError("no candidate has a box or a score: outputs are NaN")
            return self.box(target.centre, target.size), 0.0, target
        rate = penalty[best] * scores[best] * decode.rate
        centre = np.clip(target.centre + boxes[best, :2] / scale, 0, bounds)
        size = np.maximum(target.size * (1 - rate) + boxes[best, 2:] / scale * rate, decode.smallest)
        size = np.minimum(size, np.maximum(bounds, decode.smallest))
        return self.box(centre, size), float(scores[best]), Target(centre, size, target.template)

    def candidates(self, raw: Array) -> Numbers:
        """Return (N, 4) centre, width and height in pixels of the crop, from the crop's middle."""
        cells, values = raw.shape[-1], raw.reshape(4, -1).astype(np.float64)
        along = (np.arange(cells) - cells // 2) * float(self.decode.stride)
        x, y = (axis.ravel() for axis in np.meshgrid(along, along))
        if isinstance(self.decode, Points):
            left, top, right, bottom = x - values[0], y - values[1], x + values[2], y + values[3]
            return np.stack([(left + right) / 2, (top + bottom) / 2, right - left, bottom - top], 1)
        width, height = (np.repeat(one, cells * cells) for one in anchor_sizes(self.decode).T)
        x, y = (np.tile(axis, len(width) // len(axis)) for axis in (x, y))
        sizes = width * np.exp(values[2]), height * np.exp(values[3])
        return np.stack([values[0] * width + x, values[1] * height + y, *sizes], 1)

    def reference(self, target: Target, scale: float) -> float:
        """Return what the size of a candidate is compared with, in pixels of the crop."""
        return float(_extent(target.size[None] * scale)[0])

    def window(self, cells: int) -> Numbers:
        """Return (n n,), a cosine window."""
        return np.outer(np.hanning(cells), np.hanning(cells)).ravel()

    def box(self, centre: Vector, size: Vector) -> Numbers:
        """Return x, y, w, h."""
        return np.concatenate([centre - size / 2, size])


def foreground(raw: Array, anchors: int) -> Numbers:
    """Return (A n n,) probabilities of (1, 2A, n, n), background first, or of (1, A, n, n) logits."""
    values = raw.astype(np.float64).reshape(raw.shape[1], -1)
    if len(values) == anchors:
        values = np.concatenate([np.zeros_like(values), values])
    background, target = values.reshape(2, -1)
    return 1 / (1 + np.exp(np.clip(background - target, -700, 700)))


def anchor_sizes(decode: Anchors) -> Numbers:
    """Return (A, 2) widths and heights in pixels of the crop, whole before they are scaled, as in SiamRPN's code."""
    sizes: list[tuple[float, float]] = []
    for ratio in decode.ratios:
        width = int(np.sqrt(decode.stride**2 / ratio))
        sizes += [(width * scale, int(width * ratio) * scale) for scale in decode.scales]
    return np.array(sizes, np.float64)


def _extent(sizes: Numbers) -> Numbers:
    """Return (N,) sqrt((w+p)(h+p)), p = (w+h)/2, of sizes (N, 2)."""
    return np.sqrt((sizes + sizes.sum(1, keepdims=True) / 2).prod(1))  # type: ignore[no-any-return]


def _change(ratio: Numbers) -> Numbers:
    return np.maximum(ratio, 1 / ratio)
