"""What happens in a synthetic clip: who moves where, what changes, what comes in front."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmark.shapes import NotNegative, Share
from benchmark.training.layers import Floats, Layer
from benchmark.training.sources import EXTENT, Portrait

Draw = Callable[[np.random.Generator], Portrait]
"""Draws a portrait that has a mask."""


@dataclass(frozen=True)
class Chances:
    """How often what happens in a clip, and how strongly."""

    appearance: Share = 0.5
    """Share of clips with a cut-out target in which it takes another texture for a while."""
    occlusion: Share = 0.5
    """Share of clips in which something passes in front of the target."""
    hidden: tuple[Share, Share] = (0.15, 0.4)
    """Shortest and longest share of such a clip for which it does."""
    distractor: Share = 0.7
    """Share of clips with other objects near the target; half of them look like it."""
    border: Share = 0.2
    """Share of clips in which the picture ends near the target."""
    grey: Share = 0.15
    blur: Share = 0.25
    """Share of frames that are blurred."""
    pose: NotNegative = 1.0
    """Strength of turning, stretching and growing."""


def smooth(rng: np.random.Generator, frames: int, amplitude: float, knots: int = 5) -> Floats:
    """Return (T,) values that wander within about `amplitude`, from 0 on."""
    values = np.concatenate([[0.0], rng.normal(0, amplitude, max(knots - 1, 1))])
    wandering: Floats = np.interp(np.linspace(0, 1, frames), np.linspace(0, 1, len(values)), values)
    return wandering


def pulse(rng: np.random.Generator, frames: int, ramp: int) -> Floats:
    """Return (T,): 0 at first, up to 1 for a while, then, in two of three clips, back to 0."""
    begin = rng.uniform(0.15, 0.5) * frames
    end = begin + rng.uniform(0.2, 0.45) * frames if rng.random() < 0.67 else 2.0 * frames
    time = np.arange(frames)
    rising: Floats = np.clip(np.minimum(time - begin, end - time) / ramp + 0.5, 0, 1)
    return rising


def moving(rng: np.random.Generator, portraits: tuple[Portrait, ...], frames: int, chances: Chances) -> Layer:
    """Return a cut-out target that roams, turns, is stretched, grows and changes as `chances` have it."""
    turn = chances.pose * (0.25 if rng.random() < 0.7 else 1.2)
    return Layer(
        portraits,
        centre=np.stack([smooth(rng, frames, 45), smooth(rng, frames, 30)], axis=1),
        scale=np.exp(rng.uniform(-0.2, 0.2) + smooth(rng, frames, 0.2 * chances.pose)),
        angle=rng.uniform(-0.3, 0.3) * chances.pose + smooth(rng, frames, turn),
        stretch=np.exp(rng.normal(0, 0.08) + smooth(rng, frames, 0.14 * chances.pose)),
        gain=gains(rng, frames, 0.08),
    )


def gains(rng: np.random.Generator, frames: int, spread: float) -> Floats:
    """Return (T, 3) factors on the colours, near 1."""
    common = smooth(rng, frames, 2 * spread)
    own = [smooth(rng, frames, spread) for _ in range(3)]
    return np.exp(rng.normal(0, spread, 3) + np.stack(own, axis=1) + common[:, None])


def backdrop(rng: np.random.Generator, portrait: Portrait, frames: int) -> Layer:
    """Return a picture that fills the view behind everything, panned and zoomed a little."""
    away = rng.uniform(-120, 120, 2)
    still = np.zeros(frames)
    return Layer(
        (portrait,),
        centre=away + np.stack([smooth(rng, frames, 20), smooth(rng, frames, 12)], axis=1),
        scale=rng.uniform(0.7, 1.6) * np.exp(smooth(rng, frames, 0.06)),
        angle=rng.uniform(-0.15, 0.15) + smooth(rng, frames, 0.05),
        stretch=np.exp(still),
        gain=gains(rng, frames, 0.06),
        cut_out=False,
    )


def beside(rng: np.random.Generator, target: Layer, portrait: Portrait, twin: bool, texture: Portrait) -> Layer:
    """Return a distractor that drifts past the target; a `twin` shares its portrait, partly in another texture."""
    frames = len(target.centre)
    size = EXTENT * float(target.scale.mean())
    from_angle, sweep = rng.uniform(0, 2 * np.pi), rng.uniform(-2.0, 2.0)
    angle = from_angle + np.linspace(0, sweep, frames)
    distance = size * (rng.uniform(0.85, 1.8) + smooth(rng, frames, 0.25))
    still = np.zeros(frames)
    return Layer(
        (portrait,),
        centre=target.centre + distance[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1),
        scale=target.scale * rng.uniform(0.8, 1.2),
        angle=rng.uniform(-0.6, 0.6) + smooth(rng, frames, 0.3),
        stretch=np.exp(rng.normal(0, 0.15) + still),
        gain=gains(rng, frames, 0.15),
        other=texture if twin else None,
        blend=np.full(frames, rng.uniform(0.25, 0.6)) if twin else None,
    )


def occluder(
    rng: np.random.Generator, target: Layer, portrait: Portrait, hidden: tuple[float, float] = (0.15, 0.4)
) -> Layer:
    """Return an object that passes in front of the target for that share of all frames, covering much of it."""
    frames = len(target.centre)
    size = EXTENT * float(target.scale.mean())
    length = max(int(frames * rng.uniform(*hidden)), 2)
    begin = int(rng.integers(1, max(frames - length, 2)))
    along = np.linspace(-1, 1, length) * rng.uniform(0.7, 1.5)
    heading = rng.uniform(0, 2 * np.pi)
    offset = np.zeros((frames, 2))
    span = slice(begin, min(begin + length, frames))
    across = rng.uniform(-0.3, 0.3)
    path = along[:, None] * [np.cos(heading), np.sin(heading)] + across * np.array([-np.sin(heading), np.cos(heading)])
    offset[span] = size * path[: span.stop - span.start]
    shown: NDArray[np.bool_] = np.zeros(frames, np.bool_)
    shown[span] = True
    still = np.zeros(frames)
    return Layer(
        (portrait,),
        centre=target.centre + offset,
        scale=np.full(frames, rng.uniform(0.8, 1.7) * float(target.scale.mean())),
        angle=rng.uniform(0, 2 * np.pi) + still,
        stretch=np.exp(rng.normal(0, 0.2) + still),
        gain=gains(rng, frames, 0.1),
        shown=shown,
    )
