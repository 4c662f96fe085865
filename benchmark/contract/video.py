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


def hard_videos() -> dict[str, Video]:
    """Return videos that trackers are tripped by, by what is hard in them."""
    flat = [np.full((120, 160, 3), 128, np.uint8)] * 4
    grey, between = moving_patch(4, 12), moving_patch(4, 13)
    return {
        "a target of 3 pixels": moving_patch(4, 4, box=(70, 50, 3, 3)),
        "a target of one pixel": moving_patch(4, 4, box=(70, 50, 1, 1)),
        "a target as large as the picture": moving_patch(4, 5, (64, 48), (0, 0, 64, 48), (0, 0)),
        "a target that leaves the picture": moving_patch(8, 6, box=(120, 80, 30, 24), step=(15, 12)),
        "a target half outside at first": moving_patch(4, 7, box=(-15, 40, 30, 24)),
        "a target between pixels": Video(between.frames, np.add(between.boxes, (0.3, -0.4, 0.25, 0.1))),
        "a picture of one colour": Video(flat, np.tile([40.0, 40, 30, 24], (4, 1))),
        "a grey picture": Video([np.repeat(frame[..., :1], 3, axis=2) for frame in grey.frames], grey.boxes),
        "a wide picture": moving_patch(4, 10, (640, 60), (300, 20, 30, 20)),
        "a high picture": moving_patch(4, 11, (60, 640), (20, 300, 20, 30)),
    }
