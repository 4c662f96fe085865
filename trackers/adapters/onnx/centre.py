"""The highest of a map of centre scores, with size and offset at the same place.

Ye et al., OSTrack, ECCV 2022, section 3.3.
"""

from __future__ import annotations

import numpy as np

from trackers.adapters.onnx.description import Centre, Description
from trackers.adapters.onnx.networks import Network, maps
from trackers.adapters.onnx.pair import Numbers, Pair, Target
from trackers.api import Frame


class CentreMap(Pair):
    """Follows by the highest of a map of scores, which has its size and offset at the same place."""

    def __init__(self, description: Description, networks: dict[str, Network]) -> None:
        """Take a description whose `decode` is `Centre`."""
        super().__init__(description, networks)
        assert isinstance(description.decode, Centre)
        self.decode = description.decode
        self._head.check("output", self.decode.scores, self.decode.sizes, self.decode.offsets)

    def step(self, frame: Frame, target: Target) -> tuple[Numbers, float, Target]:
        """Return the box (4,) in the next frame, its score, and the target as it is now seen."""
        decode, bounds = self.decode, np.array(frame.shape[1::-1], np.float64)
        side, _ = self.sides(target.size)
        found = self.respond(target, self.cut(frame, target.centre, side, self.searched.size))
        scores = maps(found, decode.scores, 1)[0, 0].astype(np.float64)
        offsets, parts = (maps(found, name, 2)[0].astype(np.float64) for name in (decode.offsets, decode.sizes))
        cells = len(scores)
        hann = np.hanning(cells + 2)[1:-1]
        scores = scores * (1 - decode.window + decode.window * np.outer(hann, hann))
        sound = np.isfinite([scores, *offsets, *parts]).all(0)
        if not sound.any():
            raise ValueError("no cell has a score, an offset and a size: outputs are NaN")
        row, column = divmod(int(np.argmax(np.where(sound, scores, -np.inf))), cells)
        score = float(scores[row, column])
        if score < decode.threshold:
            return np.concatenate([target.centre - target.size / 2, target.size]), score, target
        offset, part = offsets[:, row, column], parts[:, row, column]
        centre = target.centre + ((np.array([column, row]) + offset) / cells - 0.5) * side
        centre = np.clip(centre, 0, bounds)
        size = np.minimum(np.maximum(part * side, decode.smallest), np.maximum(bounds, decode.smallest))
        box = np.concatenate([centre - size / 2, size])
        return box, score, Target(centre, size, target.template)
