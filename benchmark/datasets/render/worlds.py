"""Worlds: disjoint pools of bodies and textures, so that what a tracker was trained on is not what it is tested on."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

import numpy as np

from benchmark.datasets.render import bodies
from benchmark.datasets.render.shapes import Body
from benchmark.datasets.render.textures import Colour, Texture


@dataclass(frozen=True)
class Skin:
    """What a body wears: one texture in front, another behind."""

    front: Texture
    back: Texture


@dataclass(frozen=True)
class World:
    """The families that a set of scenes draws from."""

    name: str
    bodies: tuple[str, ...]
    textures: tuple[str, ...]
    """The first covers the sky."""
    broad: tuple[str, ...]
    """Those of the bodies that can hide another."""

    def body(self, rng: np.random.Generator, family: str = "") -> Body:
        """Draw a body, of the named family if one is named."""
        return bodies.build(family or str(rng.choice(self.bodies)), int(rng.integers(2**31)))

    def texture(
        self,
        rng: np.random.Generator,
        hue: float | None = None,
        frequency: float = 2.5,
        saturation: tuple[float, float] = (0.25, 0.9),
        contrast: float = 1.0,
    ) -> Texture:
        """Draw a texture, its palette around `hue` in [0, 1] if one is given."""
        centre = float(rng.random()) if hue is None else hue
        return Texture(
            family=str(rng.choice(self.textures)),
            seed=int(rng.integers(2**31)),
            palette=palette(rng, centre, saturation, contrast),
            frequency=float(frequency * rng.uniform(0.75, 1.35)),
            grain=float(rng.uniform(0.15, 0.45)),
        )

    def skin(self, rng: np.random.Generator, hue: float | None = None) -> Skin:
        """Draw a skin whose front and back share a hue but not a pattern."""
        centre = float(rng.random()) if hue is None else hue
        return Skin(self.texture(rng, centre), self.texture(rng, centre + float(rng.normal(0, 0.04))))


def palette(
    rng: np.random.Generator, hue: float, saturation: tuple[float, float], contrast: float
) -> tuple[Colour, ...]:
    """Draw three to four colours from dark to light around a hue, one of them from elsewhere on the wheel."""
    count = int(rng.integers(3, 5))
    low, high = 0.55 - 0.42 * contrast, 0.55 + 0.4 * contrast
    values = np.linspace(low, high, count) + rng.normal(0, 0.05, count)
    hues = hue + rng.normal(0, 0.05, count)
    hues[int(rng.integers(count))] += rng.uniform(0.25, 0.6)
    tones = rng.uniform(*saturation, count)
    order = rng.permutation(count)
    return tuple(
        colorsys.hsv_to_rgb(float(h % 1), float(s), float(np.clip(v, 0.04, 0.98)))
        for h, s, v in zip(hues[order], tones[order], values[order])
    )


def demo_world() -> World:
    """Return the world of both demo sets."""
    families = ("ball", "crate", "card", "car", "figure", "bottle", "critter", "blob")
    broad = ("crate", "ball", "bottle", "blob", "figure", "card")
    return World("demo", families, ("noise", "stripes", "checks", "cells", "brush", "patches"), broad)


def training_world() -> World:
    """Return the world for training and its validation: no family in common with `demo_world`."""
    families = ("drum", "plane", "beetle", "tower", "worm", "dumbbell")
    textures = ("marble", "dots", "plaid", "rings", "wood", "scales")
    return World("training", families, textures, ("drum", "beetle", "tower"))
