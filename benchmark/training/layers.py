"""Pictures in layers, each moving on its own, and square views of them: what synthetic clips are painted from.

World units are a portrait's pixels at scale 1. Like everywhere, coordinates are continuous: pixel i covers [i, i+1).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmark.training.sources import CANVAS, Pixels, Portrait

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Layer:
    """One portrait (or one a frame) on its way through T frames."""

    portraits: tuple[Portrait, ...]
    centre: Floats
    """(T, 2) where the portrait's middle is."""
    scale: Floats
    """(T,)"""
    angle: Floats
    """(T,) radians."""
    stretch: Floats
    """(T,) factor on the width, and its inverse on the height."""
    gain: Floats
    """(T, 3) factor on red, green and blue."""
    cut_out: bool = True
    """Whether only what lies within the portrait's mask is painted; else all of it, mirrored without end."""
    other: Portrait | None = None
    """A second texture, seen through the same outline."""
    blend: Floats | None = None
    """(T,) share of the second texture."""
    shown: NDArray[np.bool_] | None = None
    """(T,) frames in which it is there at all; None: in all."""

    def portrait(self, t: int) -> Portrait:
        """Return the portrait of frame `t`."""
        return self.portraits[t if len(self.portraits) > 1 else 0]

    def matrix(self, t: int) -> Floats:
        """Return the (2, 2) map from the portrait's offsets to the world's."""
        cosine, sine = np.cos(self.angle[t]), np.sin(self.angle[t])
        shape = np.diag([self.stretch[t], 1 / self.stretch[t]])
        matrix: Floats = self.scale[t] * np.array([[cosine, -sine], [sine, cosine]]) @ shape
        return matrix

    def box(self, t: int) -> Floats:
        """Return the target's (4,) box x, y, w, h in the world: of its outline, else of an ellipse in its own box."""
        portrait, matrix = self.portrait(t), self.matrix(t)
        if portrait.mask is None:
            half = np.sqrt(((matrix * (np.array(portrait.size) / 2)) ** 2).sum(1))
            return np.concatenate([self.centre[t] - half, 2 * half])
        points = self._outlines[t if len(self.portraits) > 1 else 0] @ matrix.T + self.centre[t]
        low, high = points.min(0), points.max(0)
        return np.concatenate([low, high - low])

    @cached_property
    def _outlines(self) -> list[Floats]:
        return [outline(portrait) for portrait in self.portraits]


def outline(portrait: Portrait) -> Floats:
    """Return the corners (K, 2) of the mask's pixels on its convex hull, from the portrait's middle."""
    assert portrait.mask is not None
    if not portrait.mask.any():
        return np.zeros((1, 2))
    hull = cv2.convexHull(cv2.findNonZero(portrait.mask))[:, 0].astype(np.float64)
    corners = hull[:, None] + np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    shifted: Floats = corners.reshape(-1, 2) - CANVAS / 2
    return shifted


@dataclass(frozen=True)
class View:
    """A square of the world, resized to `size` pixels."""

    centre: Floats
    side: float
    size: int


@dataclass(frozen=True)
class Painting:
    """What a view shows."""

    pixels: NDArray[np.float32]
    """(size, size, 3) in 0..255."""
    visible: float
    """The share of the target's pixels in the view that nothing nearer covers; 1 where none of it is in the view."""


def paint(layers: tuple[Layer, ...], target: int, t: int, view: View) -> Painting:
    """Paint frame `t` of layers, the farthest first; `target` is the index of the layer followed."""
    canvas = np.zeros((view.size, view.size, 3), np.float32)
    own: NDArray[Any] | None = None
    total = 0.0
    for index, layer in enumerate(layers):
        if layer.shown is not None and not layer.shown[t]:
            continue
        matrix = _sampling(layer, t, view)
        pixels = _texture(layer, t, matrix, view.size)
        if not layer.cut_out:
            canvas = pixels
            if index == target:
                own = _covered(layer, t, matrix, view)
                total = float(own.sum())
            continue
        mask = layer.portrait(t).mask
        assert mask is not None
        alpha = _warp(mask, matrix, view.size, cv2.BORDER_CONSTANT).astype(np.float32) / 255
        canvas += alpha[..., None] * (pixels - canvas)
        if index == target:
            own, total = alpha, float(alpha.sum())
        elif own is not None:
            own = own * (1 - alpha)
    visible = 1.0 if own is None or total == 0 else float(own.sum()) / total
    return Painting(canvas, visible)


def _covered(layer: Layer, t: int, matrix: Floats, view: View) -> NDArray[np.float32]:
    """Return (size, size), what a target in its own picture covers of a view: its outline, else its box."""
    mask = layer.portrait(t).mask
    if mask is not None:
        return np.asarray(_warp(mask, matrix, view.size, cv2.BORDER_CONSTANT) / 255, np.float32)
    box = layer.box(t)
    low, high = (
        (corner - view.centre + view.side / 2) * view.size / view.side for corner in (box[:2], box[:2] + box[2:])
    )
    own = np.zeros((view.size, view.size), np.float32)
    (left, top), (right, bottom) = (np.clip(np.round(c), 0, view.size).astype(int) for c in (low, high))
    own[top:bottom, left:right] = 1
    return own


def _texture(layer: Layer, t: int, matrix: Floats, size: int) -> NDArray[np.float32]:
    pixels = _warp(layer.portrait(t).pixels, matrix, size, cv2.BORDER_REFLECT_101).astype(np.float32)
    if layer.other is not None and layer.blend is not None and layer.blend[t] > 0:
        second = _warp(layer.other.pixels, matrix, size, cv2.BORDER_REFLECT_101)
        pixels += np.float32(layer.blend[t]) * (second - pixels)
    pixels *= layer.gain[t].astype(np.float32)
    return pixels


def _sampling(layer: Layer, t: int, view: View) -> Floats:
    """Return the (2, 3) map from the view's pixel indices to the portrait's."""
    inverse = np.linalg.inv(layer.matrix(t))
    step = view.side / view.size
    linear = inverse * step
    first = inverse @ (view.centre - view.side / 2 + step / 2 - layer.centre[t]) + CANVAS / 2 - 0.5
    return np.concatenate([linear, first[:, None]], axis=1)


def _warp(image: Pixels, matrix: Floats, size: int, border: int) -> Pixels:
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(image, matrix, (size, size), flags=flags, borderMode=border), np.uint8)
