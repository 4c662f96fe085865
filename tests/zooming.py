"""A textured target before a textured backdrop, seen larger or smaller: for tests of sizes."""

from __future__ import annotations

import cv2
import numpy as np

from trackers.api import Boxes, Frame, Tracker

BOX = np.array([90.0, 66.0, 60.0, 48.0])
CENTRE = (120.0, 90.0)


def scene() -> Frame:
    """Return the picture in which the target is at BOX."""
    rng = np.random.default_rng(3)
    picture = cv2.GaussianBlur(rng.integers(0, 255, (180, 240, 3), np.uint8), (0, 0), 5)
    patch = cv2.resize(rng.integers(0, 255, (6, 8, 3), np.uint8), (60, 48), interpolation=cv2.INTER_CUBIC)
    picture[66:114, 90:150] = patch
    return picture


def zoomed(picture: Frame, factor: float) -> Frame:
    """Return the picture enlarged by a factor about the target's centre."""
    x, y = CENTRE[0] - 0.5, CENTRE[1] - 0.5  # pixels' middles, as OpenCV counts
    matrix = np.array([[factor, 0, x - factor * x], [0, factor, y - factor * y]])
    return cv2.warpAffine(picture, matrix, picture.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)


def follow_zoom(tracker: Tracker, speed: float, frames: int = 20) -> Boxes:
    """Return the (frames, 4) boxes of the target while it grows by a factor `speed` a frame."""
    picture, boxes = scene(), []
    state = tracker.start([picture], BOX[None], [0])
    for index in range(1, frames + 1):
        step, state = tracker.step(state, [zoomed(picture, speed**index)])
        boxes.append(step.boxes[0])
    return np.array(boxes)
