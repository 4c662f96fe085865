"""Timelines: paths, swayings and pulses over T frames, from which scripts build what moves and changes."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import CubicSpline

from benchmark.datasets.render.geometry import Floats


def wander(
    rng: np.random.Generator,
    frames: int,
    size: tuple[int, int],
    margin: float,
    pace: float,
    start: tuple[float, float] | None = None,
) -> Floats:
    """Return a smooth path (T, 2) through the picture that stays `margin` pixels inside, at about `pace` a frame."""
    low, high = np.array([margin, margin]), np.array(size) - margin
    point = rng.uniform(low, high) if start is None else np.array(start, dtype=np.float64)
    interval = 20
    points = [point]
    heading = rng.uniform(0, 2 * np.pi)
    for _ in range(frames // interval + 2):
        for _ in range(24):
            heading += rng.normal(0, 0.9)
            step = pace * interval * rng.uniform(0.6, 1.3) * np.array([np.cos(heading), 0.6 * np.sin(heading)])
            if np.all(point + step >= low) and np.all(point + step <= high):
                break
        point = np.clip(point + step, low, high)
        points.append(point)
    path: Floats = CubicSpline(interval * np.arange(len(points)), np.stack(points))(np.arange(frames))
    return path


def sway(rng: np.random.Generator, frames: int, amplitude: float, period: float = 60.0) -> Floats:
    """Return an irregular swing (T,) within about +-`amplitude`, zero at first."""
    time = np.arange(frames)
    first, second = period * rng.uniform(0.8, 1.25), period * rng.uniform(0.4, 0.6)
    phase = rng.uniform(0, 2 * np.pi, 2)
    wave = 0.7 * np.sin(2 * np.pi * time / first + phase[0]) + 0.3 * np.sin(2 * np.pi * time / second + phase[1])
    swing: Floats = amplitude * (wave - wave[0]) * 0.8
    return swing


def shiver(rng: np.random.Generator, frames: int, amplitude: float) -> Floats:
    """Return the tremble of a hand (T, 2): smoothed noise of standard deviation `amplitude` pixels."""
    noise = rng.normal(0, 1, (frames + 4, 2))
    smooth = np.stack([np.convolve(noise[:, i], (0.1, 0.2, 0.4, 0.2, 0.1), "valid") for i in range(2)], axis=1)
    tremble: Floats = 1.9 * amplitude * smooth
    return tremble


def jolts(rng: np.random.Generator, frames: int, reach: float) -> Floats:
    """Return quick swings (T, 2) of about `reach` pixels, as of a camera that is knocked about."""
    return np.stack([sway(rng, frames, reach, 9.0), sway(rng, frames, 0.6 * reach, 7.0)], axis=1)


def pulse(frames: int, first: float, last: float, ramp: float) -> Floats:
    """Return (T,): 0, rising over `ramp` frames to 1 at `first`, 1 until `last`, then falling to 0 as slowly."""
    time = np.arange(frames)
    linear = np.clip(np.minimum(time - first, last - time) / max(ramp, 1e-6) + 1, 0, 1)
    smooth: Floats = linear * linear * (3 - 2 * linear)
    return smooth


def pulses(frames: int, spans: list[tuple[float, float]], ramp: float) -> Floats:
    """Return the largest of several pulses, each over (first, last) given as shares of the video."""
    shapes = [pulse(frames, a * frames, b * frames, ramp) for a, b in spans]
    largest: Floats = np.max(shapes, axis=0)
    return largest
