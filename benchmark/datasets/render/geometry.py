"""Convex primitives under an orthographic camera: exact boxes, and where a ray meets them.

Axes: x right, y down, z into the scene; the viewer looks along +z, so of two points the nearer has the smaller z. A
primitive is the image of a unit solid (ball, cube [-1, 1]^3 or upright cylinder) under a 3x3 matrix and a shift, in
pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Mask = NDArray[np.bool_]


class Solid(StrEnum):
    """The unit solids."""

    BALL = "ball"
    CUBE = "cube"
    CYLINDER = "cylinder"


def euler(yaw: Floats, pitch: Floats, roll: Floats) -> Floats:
    """Return rotations (T, 3, 3): yaw about the vertical, then pitch, then roll in the image plane; radians."""
    cy, sy, cp, sp, cr, sr = (f(a) for a in (yaw, pitch, roll) for f in (np.cos, np.sin))
    one, zero = np.ones_like(cy), np.zeros_like(cy)
    about_y = np.array([[cy, zero, sy], [zero, one, zero], [-sy, zero, cy]])
    about_x = np.array([[one, zero, zero], [zero, cp, -sp], [zero, sp, cp]])
    about_z = np.array([[cr, -sr, zero], [sr, cr, zero], [zero, zero, one]])
    rotation: Floats = np.einsum("ijt,jkt,klt->til", about_z, about_x, about_y)
    return rotation


def about_axis(axis: tuple[float, float, float], angle: Floats) -> Floats:
    """Return rotations (T, 3, 3) by `angle` (T,) radians about `axis` (Rodrigues' formula)."""
    x, y, z = np.asarray(axis) / np.linalg.norm(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    sine, cosine = np.sin(angle)[:, None, None], np.cos(angle)[:, None, None]
    rotation: Floats = np.eye(3) + sine * cross + (1 - cosine) * (cross @ cross)
    return rotation


def half_extents(solid: Solid, matrices: Floats) -> Floats:
    """Return how far the solid reaches from its centre along x and y, exactly: (..., 3, 3) -> (..., 2)."""
    rows = matrices[..., :2, :]
    if solid is Solid.BALL:
        extents = np.sqrt((rows**2).sum(-1))
    elif solid is Solid.CUBE:
        extents = np.abs(rows).sum(-1)
    else:
        extents = np.abs(rows[..., 1]) + np.hypot(rows[..., 0], rows[..., 2])
    return np.asarray(extents, dtype=np.float64)


@dataclass(frozen=True)
class Rays:
    """Parallel rays along the view, through N image points, in a unit solid's own axes."""

    start: Floats32
    """(3, N), where each ray passes the solid's centre in depth."""
    along: Floats32
    """(3,), how far a pixel of depth leads."""

    @classmethod
    def through(cls, matrix: Floats, centre: Floats, x: Floats32, y: Floats32) -> Rays:
        """Return the rays through image points (x, y), both (N,), for a primitive of this matrix and centre (3,)."""
        inverse = np.linalg.inv(matrix)
        offset = np.stack([x - np.float32(centre[0]), y - np.float32(centre[1])])
        return cls(inverse[:, :2].astype(np.float32) @ offset, inverse[:, 2].astype(np.float32))

    def meet(self, solid: Solid) -> tuple[Mask, Floats32]:
        """Return which rays meet the solid, and at what depth from its centre they enter it; both (N,)."""
        enter, leave = _span(solid, self.start, self.along)
        return np.asarray(enter <= leave), enter


def outward(solid: Solid, matrix: Floats, local: Floats32) -> Floats32:
    """Return the unit normals (3, N), in image axes, at points (3, N) of the unit solid's surface."""
    normal = local.copy()
    if solid is Solid.CUBE:
        size = np.abs(local)
        largest = np.maximum(np.maximum(size[0], size[1]), size[2])
        normal = np.sign(local) * (size >= largest)
    elif solid is Solid.CYLINDER:
        lid = np.abs(local[1]) > 0.9999
        normal[0], normal[2] = np.where(lid, 0, local[0]), np.where(lid, 0, local[2])
        normal[1] = np.where(lid, np.sign(local[1]), 0)
    turned = np.linalg.inv(matrix).astype(np.float32).T @ normal
    return np.asarray(turned / (np.sqrt((turned**2).sum(0)) + np.float32(1e-9)), np.float32)


def _span(solid: Solid, start: Floats32, along: Floats32) -> tuple[Floats32, Floats32]:
    """Return where rays start + t * along, t real, enter and leave the unit solid (enter > leave: they miss it)."""
    if solid is Solid.CUBE:
        return _slab(start, along, (0, 1, 2))
    axes = [0, 1, 2] if solid is Solid.BALL else [0, 2]
    a = float((along[axes] ** 2).sum())
    b = along[axes] @ start[axes]
    c = (start[axes] ** 2).sum(0) - np.float32(1)
    discriminant = b * b - np.float32(a) * c
    root = np.sqrt(np.maximum(discriminant, 0))
    inverse = np.float32(1.0 / max(a, 1e-12))
    enter = np.where(discriminant >= 0, (-b - root) * inverse, np.float32(np.inf))
    leave = np.where(discriminant >= 0, (-b + root) * inverse, np.float32(-np.inf))
    if solid is Solid.CYLINDER:
        lid_enter, lid_leave = _slab(start, along, (1,))
        enter, leave = np.maximum(enter, lid_enter), np.minimum(leave, lid_leave)
    return enter, leave


def _slab(start: Floats32, along: Floats32, axes: tuple[int, ...]) -> tuple[Floats32, Floats32]:
    enter = np.full(start.shape[1], -np.inf, np.float32)
    leave = np.full(start.shape[1], np.inf, np.float32)
    for axis in axes:
        slope = float(along[axis])
        slope = slope if abs(slope) > 1e-9 else 1e-9
        first = (np.float32(-1) - start[axis]) / np.float32(slope)
        second = (np.float32(1) - start[axis]) / np.float32(slope)
        enter = np.maximum(enter, np.minimum(first, second))
        leave = np.minimum(leave, np.maximum(first, second))
    return enter, leave


def covers(solid: Solid, matrix: Floats, centre: Floats, x: Floats32, y: Floats32) -> Mask:
    """Return whether the primitive covers each image point (x, y), both (N,)."""
    return Rays.through(matrix, centre, x, y).meet(solid)[0]
