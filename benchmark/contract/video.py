"""Made-up videos to try a tracker on: a textured patch that moves over a blurred background."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from trackers.api import Boxes, Frame


@dataclass(frozen=True)
class Video:
    """Frames and the true boxes (N, 4)."""

    frames: list[Frame]
    boxes: Boxes


def moving_patch(
    count: int,
    seed: int,
    size: tuple[int, int] = (160, 120),
    box: tuple[int, int, int, int] = (40, 40, 30, 24),
    step: tuple[int, int] = (2, 1),
) -> Video:
    """Return a video whose patch is at `box` first and moves by `step` pixels a frame, beyond the border if it must."""
    generator = np.random.default_rng(seed)
    width, height = size
    x, y, w, h = box
    noise = generator.integers(0, 255, (height, width, 3), np.uint8)
    background = cv2.GaussianBlur(noise, (0, 0), 5)
    patch = cv2.resize(generator.integers(0, 255, (6, 8, 3), np.uint8), (w, h), interpolation=cv2.INTER_NEAREST)
    frames, boxes = [], []
    for index in range(count):
        left, top = x + index * step[0], y + index * step[1]
        frame = np.asarray(background, np.uint8).copy()
        first, last = max(0, left), min(width, left + w)
        upper, lower = max(0, top), min(height, top + h)
        if last > first and lower > upper:
            frame[upper:lower, first:last] = patch[upper - top : lower - top, first - left : last - left]
        frames.append(frame)
        boxes.append((left, top, w, h))
    return Video(frames, np.array(boxes, np.float64))
