"""The families of bodies, each with proportions drawn from a seed. Worlds name the families they use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from benchmark.datasets.render.geometry import Solid
from benchmark.datasets.render.shapes import Body, Part, Swing, Vector
from benchmark.datasets.render.textures import generator

BALL, CUBE, CYLINDER = Solid.BALL, Solid.CUBE, Solid.CYLINDER
SIDE: Vector = (0.0, 0.0, 1.0)
ACROSS: Vector = (1.0, 0.0, 0.0)
UPRIGHT: Vector = (0.0, 1.0, 0.0)
FLAT = (SIDE, np.pi / 2)
"""Lays an upright cylinder along x."""
FACING = (ACROSS, np.pi / 2)
"""Points an upright cylinder at the viewer."""


def build(family: str, seed: int) -> Body:
    """Return a body of the family; the same seed gives the same body."""
    rng = generator(seed, 11)
    return Body(family, FAMILIES[family](lambda low, high: float(rng.uniform(low, high))))


Draw = Callable[[float, float], float]
Parts = tuple[Part, ...]


def _ball(draw: Draw) -> Parts:
    return (Part(BALL, (draw(0.8, 1.1), draw(0.8, 1.1), 0.9), gloss=0.6),)


def _crate(draw: Draw) -> Parts:
    w, h, d = draw(0.6, 1.0), draw(0.6, 1.0), draw(0.5, 0.8)
    lid = Part(CUBE, (1.06 * w, 0.1, 1.06 * d), (0, -h, 0), tint=0.75)
    return (Part(CUBE, (w, h, d)), lid, Part(CUBE, (0.12, 0.3 * h, 0.1), (0, -0.2 * h, -d), tint=0.45))


def _card(draw: Draw) -> Parts:
    w, h = draw(0.65, 0.9), draw(0.7, 1.0)
    picture = Part(CUBE, (0.7 * w, 0.5 * h, 0.09), (0, -0.25 * h, 0), tint=1.35)
    return (Part(CUBE, (w, h, 0.07), gloss=0.1), picture, Part(BALL, (0.2, 0.2, 0.12), (0, 0.55 * h, 0), tint=0.5))


def _car(draw: Draw) -> Parts:
    length, height = draw(0.95, 1.2), draw(0.24, 0.34)
    body = Part(CUBE, (length, height, 0.5), (0, 0.05, 0), gloss=0.6)
    cabin = Part(CUBE, (0.55 * length, 0.26, 0.42), (draw(-0.2, 0.1), -0.05 - height, 0), tint=0.55, gloss=0.8)
    wheels = (
        Part(CYLINDER, (0.24, 0.1, 0.24), (x * length, height + 0.05, z), FACING, gloss=0.1, tint=0.3)
        for x in (-0.6, 0.6)
        for z in (-0.45, 0.45)
    )
    return (body, cabin, *wheels)


def _figure(draw: Draw) -> Parts:
    stride, arm = draw(0.35, 0.65), draw(0.4, 0.8)
    head = Part(BALL, (0.2, 0.23, 0.21), (0, -0.95, 0), tint=1.2)
    torso = Part(BALL, (draw(0.3, 0.4), 0.45, 0.22), (0, -0.35, 0))
    legs = (
        Part(BALL, (0.14, 0.48, 0.15), (x, 0.5, 0), swing=Swing((x, 0.05, 0), (0.5, 0, 1), stride, lead), tint=0.6)
        for x, lead in ((-0.14, 0.0), (0.14, np.pi))
    )
    arms = (
        Part(BALL, (0.1, 0.38, 0.11), (x, -0.3, 0), swing=Swing((x, -0.65, 0), (0.6, 0, 1), arm, lead), tint=0.85)
        for x, lead in ((-0.4, np.pi), (0.4, 0.0))
    )
    return (head, torso, *legs, *arms)


def _bottle(draw: Draw) -> Parts:
    r, h = draw(0.36, 0.5), draw(0.55, 0.7)
    body = Part(CYLINDER, (r, h, r), (0, 0.3, 0), gloss=0.8)
    shoulder = Part(BALL, (r, 0.3, r), (0, 0.3 - h, 0), gloss=0.8)
    neck = Part(CYLINDER, (0.35 * r, 0.26, 0.35 * r), (0, 0.02 - h, 0), tint=0.8, gloss=0.8)
    label = Part(CYLINDER, (1.03 * r, 0.45 * h, 1.03 * r), (0, 0.35, 0), tint=1.5, gloss=0.1)
    return (body, shoulder, neck, label, Part(CYLINDER, (0.45 * r, 0.08, 0.45 * r), (0, -0.26 - h, 0), tint=0.4))


def _critter(draw: Draw) -> Parts:
    length, stride = draw(0.65, 0.85), draw(0.35, 0.6)
    trunk = Part(BALL, (length, draw(0.3, 0.42), 0.32))
    head = Part(
        BALL, (0.27, 0.26, 0.25), (-length - 0.1, -0.32, 0), swing=Swing((-length, 0, 0), SIDE, 0.25), tint=1.15
    )
    ears = (Part(BALL, (0.07, 0.17, 0.07), (-length - 0.05, -0.6, z), tint=0.5) for z in (-0.14, 0.14))
    tail = Part(BALL, (0.28, 0.08, 0.08), (length + 0.2, -0.2, 0), swing=Swing((length, 0, 0), SIDE, 0.6, 1.0))
    legs = (
        Part(BALL, (0.1, 0.34, 0.1), (x, 0.45, z), swing=Swing((x, 0.15, z), SIDE, stride, lead), tint=0.65)
        for x, z, lead in ((-0.45, -0.15, 0.0), (-0.4, 0.15, 3.1), (0.4, -0.15, 2.1), (0.45, 0.15, 5.2))
    )
    return (trunk, head, *ears, tail, *legs)


def _blob(draw: Draw) -> Parts:
    lobes = []
    for i in range(5):
        angle = 2 * np.pi * i / 5 + draw(-0.3, 0.3)
        x, y = 0.5 * np.cos(angle), 0.5 * np.sin(angle)
        swing = Swing((-0.3 * x, -0.3 * y, 0), SIDE, draw(0.3, 0.6), draw(0, 6))
        half = (draw(0.3, 0.5), draw(0.3, 0.5), draw(0.3, 0.4))
        lobes.append(Part(BALL, half, (x, y, draw(-0.15, 0.15)), swing=swing, gloss=0.5, tint=draw(0.8, 1.2)))
    return (Part(BALL, (0.5, 0.5, 0.4), gloss=0.5), *lobes)


def _drum(draw: Draw) -> Parts:
    r, h = draw(0.7, 0.9), draw(0.5, 0.8)
    rims = (Part(CYLINDER, (1.08 * r, 0.08, 1.08 * r), (0, y, 0), tint=0.5) for y in (-h, h))
    return (Part(CYLINDER, (r, h, r)), *rims)


def _plane(draw: Draw) -> Parts:
    span = draw(0.8, 1.0)
    return (
        Part(BALL, (1.0, 0.22, 0.22), gloss=0.6),
        Part(CUBE, (0.22, span, 0.05), (draw(-0.2, 0.1), 0, 0)),
        Part(CUBE, (0.12, 0.35, 0.05), (0.8, 0, 0), tint=0.7),
        Part(CUBE, (0.14, 0.04, 0.22), (0.82, 0, -0.2), tint=0.5),
    )


def _beetle(draw: Draw) -> Parts:
    shell = Part(BALL, (draw(0.5, 0.65), 0.75, 0.35), gloss=0.9)
    legs = (
        Part(
            BALL, (0.4, 0.07, 0.07), (side * 0.75, y, 0), (SIDE, side * y), Swing((side * 0.4, y, 0), SIDE, 0.4, y * 4)
        )
        for side in (-1, 1)
        for y in (-0.4, 0.0, 0.45)
    )
    return (shell, Part(BALL, (0.3, 0.25, 0.25), (0, -0.8, 0), tint=0.5), *legs)


def _tower(draw: Draw) -> Parts:
    turns = (draw(-0.5, 0.5) for _ in range(3))
    levels = ((0.6, 0.6), (0.0, 0.45), (-0.6, 0.3))
    return tuple(
        Part(CUBE, (w, 0.32, w), (0, y, 0), (UPRIGHT, turn), tint=draw(0.6, 1.3)) for (y, w), turn in zip(levels, turns)
    )


def _worm(draw: Draw) -> Parts:
    return tuple(
        Part(
            BALL,
            (0.24, 0.26 - 0.02 * i, 0.26),
            (-0.85 + 0.34 * i, 0, 0),
            swing=Swing((-0.85 + 0.34 * i - 0.5, 0, 0), SIDE, draw(0.25, 0.45), 1.1 * i),
            tint=1.0 - 0.06 * i,
        )
        for i in range(6)
    )


def _dumbbell(draw: Draw) -> Parts:
    r = draw(0.35, 0.5)
    ends = (Part(BALL, (r, r, r), (x, 0, 0), gloss=0.7, tint=t) for x, t in ((-0.7, 1.2), (0.7, 0.7)))
    return (Part(CYLINDER, (0.16, 0.6, 0.16), (0, 0, 0), FLAT, tint=0.5), *ends)


FAMILIES: Mapping[str, Callable[[Draw], Parts]] = MappingProxyType(
    {
        "ball": _ball,
        "crate": _crate,
        "card": _card,
        "car": _car,
        "figure": _figure,
        "bottle": _bottle,
        "critter": _critter,
        "blob": _blob,
        "drum": _drum,
        "plane": _plane,
        "beetle": _beetle,
        "tower": _tower,
        "worm": _worm,
        "dumbbell": _dumbbell,
    }
)
"""Every family of bodies by name."""
