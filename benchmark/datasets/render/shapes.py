"""Bodies made of convex parts, some of which swing; where each part is when the body is posed; and its exact box."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from benchmark.datasets.render.geometry import Floats, Mask, Solid, about_axis, covers, half_extents

Vector = tuple[float, float, float]


@dataclass(frozen=True)
class Swing:
    """A part's to and fro about a joint, driven by the body's gait angle; what makes a body non-rigid."""

    joint: Vector
    """The point it swings about, in the body's units."""
    axis: Vector
    amplitude: float
    """Largest angle, radians."""
    phase: float = 0.0
    """Its lead on the gait angle, radians."""


@dataclass(frozen=True)
class Part:
    """One convex primitive of a body."""

    solid: Solid
    half: Vector
    """Half sizes along its own axes, in the body's units."""
    centre: Vector = (0.0, 0.0, 0.0)
    lean: tuple[Vector, float] = ((0.0, 0.0, 1.0), 0.0)
    """A fixed turn: axis and angle in radians."""
    swing: Swing | None = None
    gloss: float = 0.25
    """Strength of its highlight, 0 to 1."""
    tint: float = 1.0
    """Factor on its colours, so that parts of one body differ."""

    def frame(self) -> Floats:
        """Return the (3, 3) matrix from the unit solid to the body's units, at rest."""
        turn = about_axis(self.lean[0], np.array([self.lean[1]]))[0]
        matrix: Floats = turn * np.asarray(self.half)
        return matrix


@dataclass(frozen=True)
class Body:
    """A shape: parts in the body's own units, about [-1, 1], y down and its front towards -z."""

    family: str
    parts: tuple[Part, ...]

    def rest_size(self) -> tuple[float, float]:
        """Return width and height of the body at rest, seen from the front."""
        still = Motion.still(1)
        boxes = Posed.of(self, still, normalise=False).boxes()
        return float(boxes[0, 2]), float(boxes[0, 3])

    @property
    def deforms(self) -> bool:
        """Whether any of its parts swings."""
        return any(part.swing is not None for part in self.parts)


@dataclass(frozen=True)
class Motion:
    """Where a body is and how it is held, frame by frame (T frames)."""

    position: Floats
    """(T, 2) image point of the body's origin, pixels."""
    size: Floats
    """(T,) square root of width x height, in pixels, that the body would have at rest seen from the front."""
    rotation: Floats
    """(T, 3, 3)"""
    stretch: Floats
    """(T, 3) factors along the body's own axes."""
    gait: Floats
    """(T,) angle that drives its swinging parts, radians."""

    @classmethod
    def still(cls, frames: int) -> Motion:
        """Return no motion at all, of unit size, at the origin."""
        return cls(
            np.zeros((frames, 2)),
            np.ones(frames),
            np.tile(np.eye(3), (frames, 1, 1)),
            np.ones((frames, 3)),
            np.zeros(frames),
        )

    def __len__(self) -> int:
        return len(self.position)


@dataclass(frozen=True)
class Posed:
    """A body in motion: every part's matrix and centre in image pixels, frame by frame."""

    body: Body
    matrices: Floats = field(repr=False)
    """(T, P, 3, 3) from the unit solids to pixels."""
    centres: Floats = field(repr=False)
    """(T, P, 3) in pixels; z grows into the scene."""

    @classmethod
    def of(cls, body: Body, motion: Motion, normalise: bool = True) -> Posed:
        """Pose `body` along `motion`; with `normalise` sizes are those of `Motion.size`, else a unit is a pixel."""
        unit = 1.0
        if normalise:
            width, height = body.rest_size()
            unit = 1.0 / np.sqrt(width * height)
        whole = (unit * motion.size)[:, None, None] * motion.rotation * motion.stretch[:, None, :]
        matrices, centres = [], []
        for part in body.parts:
            frame, centre = np.tile(part.frame(), (len(motion), 1, 1)), np.tile(part.centre, (len(motion), 1))
            if part.swing is not None:
                joint = np.asarray(part.swing.joint)
                turn = about_axis(part.swing.axis, part.swing.amplitude * np.sin(motion.gait + part.swing.phase))
                frame = turn @ frame
                centre = joint + np.einsum("tij,tj->ti", turn, centre - joint)
            placed = np.einsum("tij,tj->ti", whole, centre)
            placed[:, :2] += motion.position
            matrices.append(whole @ frame)
            centres.append(placed)
        return cls(body, np.stack(matrices, 1), np.stack(centres, 1))

    def boxes(self) -> Floats:
        """Return the exact box (T, 4) of the whole silhouette, hidden or outside the image or not: x, y, w, h."""
        reach = np.stack(
            [half_extents(part.solid, self.matrices[:, i]) for i, part in enumerate(self.body.parts)], axis=1
        )
        low = (self.centres[..., :2] - reach).min(1)
        high = (self.centres[..., :2] + reach).max(1)
        return np.concatenate([low, high - low], axis=1)

    def covers(self, t: int, x: Floats, y: Floats) -> Mask:
        """Return whether the silhouette at frame `t` covers each image point (x, y), both (N,)."""
        across, down = x.astype(np.float32), y.astype(np.float32)
        mask = np.zeros(len(x), dtype=np.bool_)
        for i, part in enumerate(self.body.parts):
            mask |= covers(part.solid, self.matrices[t, i], self.centres[t, i], across, down)
        return mask
