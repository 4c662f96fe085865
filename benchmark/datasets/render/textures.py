"""Solid textures: colour as a function of a point in space, so that they wrap round any body and cover any plane.

A family is a scalar field in [0, 1]; a `Texture` is a family with a seed, a scale and a palette (a ramp of colours).
Worlds name the families they use; `FIELDS` lists them all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

Points = NDArray[np.float32]
"""(H, W, 3) points of space, laid out as an image."""
Field = NDArray[np.float32]
"""(H, W) values in [0, 1]."""
LATTICE = 64
"""Points a side of the lattices that noise is read from."""
Colour = tuple[float, float, float]
"""Red, green, blue in [0, 1]."""


def generator(*seeds: int) -> np.random.Generator:
    """Return a PCG64 generator for a path of seeds."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seeds)))


@dataclass(frozen=True)
class Texture:
    """What covers a body or a plane."""

    family: str
    seed: int
    palette: tuple[Colour, ...]
    """Two colours or more, spread evenly over the field's values."""
    frequency: float = 3.0
    """Features a unit length; a body's half size is about one unit."""
    grain: float = 0.25
    """Strength of the fine noise laid over it, 0 to 1."""

    def paint(self, points: Points) -> NDArray[np.float32]:
        """Return the colours (H, W, 3) in [0, 1] at `points`."""
        rng = generator(self.seed)
        values = FIELDS[self.family](rng, points * np.float32(self.frequency))
        ramp = np.asarray(self.palette, np.float32)
        stops = np.linspace(0, 1, len(ramp), dtype=np.float32)
        colours = np.stack([np.interp(values, stops, ramp[:, c]) for c in range(3)], axis=-1)
        if self.grain:
            fine = fractal(rng, points * np.float32(3 * self.frequency), octaves=3) - np.float32(0.5)
            colours = colours * (1 + np.float32(self.grain) * 1.6 * fine[..., None])
        return np.clip(colours, 0, 1).astype(np.float32)


def fractal(
    rng: np.random.Generator, points: Points, octaves: int = 5, persistence: float = 0.55, channels: int = 1
) -> Field:
    """Sum octaves of value noise, read from random lattices along skewed planes: (H, W) or (H, W, channels)."""
    turn = np.linalg.qr(rng.standard_normal((3, 3)))[0].astype(np.float32)
    turned = [points @ turn[:, i] for i in range(3)]
    shape = points.shape[:2] if channels == 1 else (*points.shape[:2], channels)
    total = np.zeros(shape, np.float32)
    weight, norm = 1.0, 0.0
    for octave in range(octaves):
        scaled = [_wrapped(axis * np.float32(2**octave)) for axis in turned]
        for first, second in ((0, 1), (1, 2)):
            lattice = np.float32(weight) * rng.standard_normal((LATTICE, LATTICE, channels)).astype(np.float32)
            total += cv2.remap(
                lattice, scaled[first], scaled[second], cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP
            ).reshape(shape)
        norm += 2 * 0.45 * weight**2
        weight *= persistence
    return np.asarray(np.clip(0.5 + np.float32(0.27 / np.sqrt(norm)) * total, 0, 1), np.float32)


def _wrapped(values: Field) -> Field:
    return np.asarray(values - LATTICE * np.floor(values * np.float32(1 / LATTICE)), np.float32)


def _direction(rng: np.random.Generator) -> NDArray[np.float32]:
    vector = rng.standard_normal(3) * (1, 1, 0.6)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def _wave(phase: Field, sharpness: float) -> Field:
    return np.asarray(0.5 + 0.5 * np.tanh(sharpness * np.sin(np.pi * phase)), np.float32)


def _noise(rng: np.random.Generator, points: Points) -> Field:
    return fractal(rng, points * np.float32(0.7))


def _stripes(rng: np.random.Generator, points: Points) -> Field:
    bend = fractal(rng, points * np.float32(0.4), octaves=2)
    return _wave(points @ _direction(rng) * 1.3 + bend * np.float32(rng.uniform(0, 1.5)), rng.uniform(2, 8))


def _checks(rng: np.random.Generator, points: Points) -> Field:
    turn = np.linalg.qr(rng.standard_normal((3, 3)))[0].astype(np.float32)
    cells = np.floor(points @ turn * np.float32(0.9))
    odd = np.mod(cells.sum(-1), 2)
    shade = np.mod(cells @ np.array([0.37, 0.61, 0.83], np.float32), 1)
    return np.asarray(np.clip(0.85 * odd + 0.3 * shade - 0.05, 0, 1), np.float32)


def _cells(rng: np.random.Generator, points: Points) -> Field:
    low, high = points.reshape(-1, 3).min(0) - 1, points.reshape(-1, 3).max(0) + 1
    span = np.maximum(high - low, 0.5)
    count = int(np.clip(np.prod(np.maximum(span * 0.8, 1)), 12, 1500))
    seeds = low + span * rng.random((count, 3))
    values = rng.random(count).astype(np.float32)
    distances, nearest = cKDTree(seeds).query(points.reshape(-1, 3), k=2)
    edge = np.clip((distances[:, 1] - distances[:, 0]) * 9, 0, 1)
    return np.asarray(values[nearest[:, 0]] * edge, np.float32).reshape(points.shape[:2])


def _brush(rng: np.random.Generator, points: Points) -> Field:
    turn = np.linalg.qr(rng.standard_normal((3, 3)))[0].astype(np.float32)
    strokes = points @ turn * np.array([0.35, 2.2, 2.2], np.float32)
    return np.asarray(np.clip(1.7 * (fractal(rng, strokes, octaves=3) - 0.5) + 0.5, 0, 1), np.float32)


def _patches(rng: np.random.Generator, points: Points) -> Field:
    levels = np.floor(fractal(rng, points * np.float32(0.6), octaves=3) * 9)
    return np.asarray(np.mod(levels * 0.382, 1), np.float32)


def _marble(rng: np.random.Generator, points: Points) -> Field:
    swirl = fractal(rng, points * np.float32(0.5), octaves=4)
    return _wave(points @ _direction(rng) * 0.7 + 5 * swirl, 1.0)


def _dots(rng: np.random.Generator, points: Points) -> Field:
    turn = np.linalg.qr(rng.standard_normal((3, 3)))[0].astype(np.float32)
    inside = np.linalg.norm(np.mod(points @ turn, 1) - np.float32(0.5), axis=-1)
    return np.asarray(np.clip((np.float32(rng.uniform(0.3, 0.5)) - inside) * 12 + 0.5, 0, 1), np.float32)


def _plaid(rng: np.random.Generator, points: Points) -> Field:
    first = _wave(points @ _direction(rng) * np.float32(1.2), 5)
    second = _wave(points @ _direction(rng) * np.float32(1.7), 5)
    return np.asarray(0.6 * first + 0.4 * second, np.float32)


def _rings(rng: np.random.Generator, points: Points) -> Field:
    centre = rng.uniform(-2, 2, 3).astype(np.float32)
    return _wave(np.linalg.norm(points - centre, axis=-1).astype(np.float32) * np.float32(1.5), rng.uniform(1, 6))


def _wood(rng: np.random.Generator, points: Points) -> Field:
    axis = _direction(rng)
    radial = points - (points @ axis)[..., None] * axis
    distance = np.linalg.norm(radial, axis=-1).astype(np.float32)
    wobble = fractal(rng, points * np.array([0.6, 0.15, 0.6], np.float32), octaves=3)
    return np.asarray(np.mod(distance * 0.8 + 2 * wobble, 1), np.float32)


def _scales(rng: np.random.Generator, points: Points) -> Field:
    u, v = points @ _direction(rng), points @ _direction(rng)
    row = np.floor(v * 1.6)
    x, y = np.mod(u * 1.6 + 0.5 * np.mod(row, 2), 1) - 0.5, np.mod(v * 1.6, 1)
    return np.asarray(np.clip(1.1 - np.hypot(x * 1.6, y), 0, 1), np.float32)


FIELDS: Mapping[str, Callable[[np.random.Generator, Points], Field]] = MappingProxyType(
    {
        "noise": _noise,
        "stripes": _stripes,
        "checks": _checks,
        "cells": _cells,
        "brush": _brush,
        "patches": _patches,
        "marble": _marble,
        "dots": _dots,
        "plaid": _plaid,
        "rings": _rings,
        "wood": _wood,
        "scales": _scales,
    }
)
"""Every texture family by name."""
