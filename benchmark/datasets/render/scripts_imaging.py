"""Scripts in which the picture suffers: blur, light, fast motion; and the plain one, in which nothing happens."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from benchmark.datasets.render.geometry import Floats
from benchmark.datasets.render.motion import jolts, pulses
from benchmark.datasets.render.staging import SHORT, Stage, Take

BLUR_PLOTS = ("shake", "defocus")
LIGHT_PLOTS = ("dim", "flicker", "shade")
MOTION_PLOTS = ("dash", "bounce", "quake")
PLAIN_PLOTS = ("stroll",)


def plain(stage: Stage) -> Take:
    """The target strolls; nothing special happens."""
    return Take(stage.scene(), np.zeros(stage.frames, dtype=np.bool_))


def _spans(frames: int) -> list[tuple[float, float]]:
    return [(0.35, 0.75)] if frames < SHORT else [(0.2, 0.42), (0.6, 0.85)]


def blur(stage: Stage) -> Take:
    """The picture is smeared or out of focus for a while.

    Plots: the camera `shake`s with its shutter open; the lens loses its focus (`defocus`).
    """
    rng = stage.draws(91)
    acts = pulses(stage.frames, _spans(stage.frames), 4)
    scene = stage.scene()
    if stage.plot == "defocus":
        return Take(replace(scene, lens=replace(scene.lens, defocus=3.6 * acts)), acts > 0.4)
    knocks = jolts(rng, stage.frames, 13) * acts[:, None]
    scene = stage.jolted(replace(stage.pose, path=stage.pose.path + knocks), knocks)
    return Take(replace(scene, lens=replace(scene.lens, shutter=0.33 + 0.57 * acts)), acts > 0.4)


def light(stage: Stage) -> Take:
    """The light changes.

    Plots: it grows `dim` and takes on a colour; it `flicker`s as its lamp goes round; a cast `shade` lies on the scene.
    """
    rng = stage.draws(92)
    frames, time = stage.frames, np.arange(stage.frames)
    acts = pulses(frames, _spans(frames), 6)
    scene = stage.scene()
    steady = scene.lighting
    if stage.plot == "dim":
        floor = 0.28 * rng.uniform(0.75, 1.25, 3)
        changed = replace(steady, gain=1 - acts[:, None] * (1 - floor))
    elif stage.plot == "flicker":
        turn = 2 * np.pi * time / rng.uniform(40, 55)
        lamp = np.stack([0.9 * np.sin(turn), np.full(frames, -0.45), -0.6 + 0.35 * np.cos(turn)], axis=1)
        gain = 1 + acts * (0.55 * np.sin(2 * np.pi * time / 9) - 0.15)
        mixed = acts[:, None] * lamp + (1 - acts[:, None]) * steady.towards
        changed = replace(steady, towards=mixed, ambient=0.4 - 0.25 * acts, gain=np.repeat(gain[:, None], 3, axis=1))
    else:
        changed = replace(steady, shade=0.78 * acts)
    return Take(replace(scene, lighting=changed), acts > 0.4)


def fast_motion(stage: Stage) -> Take:
    """The target moves more than 20 pixels from one frame to the next.

    Plots: it `dash`es and rests; it `bounce`s; the camera jerks (`quake`).
    """
    rng = stage.draws(93)
    frames, time = stage.frames, np.arange(stage.frames)
    width, height = stage.size
    if stage.plot == "quake":
        knocks = jolts(rng, frames, 26) * pulses(frames, _spans(frames), 4)[:, None]
        scene = stage.jolted(replace(stage.pose, path=stage.pose.path + knocks), knocks)
    else:
        pose = stage.pose
        if stage.plot == "dash":
            path = _dashes(rng, frames, stage.size, stage.extent) + 0.15 * (pose.path - pose.path.mean(0))
        else:
            period = rng.uniform(13, 16)
            hop = np.abs(np.sin(np.pi * time / period))
            calm = pulses(frames, _spans(frames), 4)
            span = width / 2 - 0.8 * stage.extent
            sweep = width / 2 + span * np.sin(2 * np.pi * np.cumsum(0.3 + 0.7 * calm) / 58)
            base = height - 0.75 * stage.extent
            path = np.stack([sweep, base - (0.25 + 0.75 * calm) * hop * (height - 1.6 * stage.extent)], axis=1)
        scene = stage.scene(replace(pose, path=path + stage.trembles))
    scene = replace(scene, lens=replace(scene.lens, shutter=np.full(frames, 0.25)))
    moved = np.linalg.norm(np.gradient(scene.target.motion.position, axis=0), axis=1)
    return Take(scene, np.convolve(moved > 14, np.ones(5), "same") > 0)


def _dashes(rng: np.random.Generator, frames: int, size: tuple[int, int], extent: float) -> Floats:
    """Return a path of rests and of dashes of four frames at 20 to 32 pixels a frame."""
    margin = 0.7 * extent
    low, high = np.array([margin, margin]), np.array(size) - margin
    point = rng.uniform(low, high)
    path: list[Floats] = []
    while len(path) < frames:
        path += [point] * int(rng.integers(7, 14))
        for _ in range(50):
            angle = rng.uniform(0, 2 * np.pi)
            step = rng.uniform(20, 32) * np.array([np.cos(angle), np.sin(angle)])
            if np.all(point + 4 * step >= low) and np.all(point + 4 * step <= high):
                break
        else:
            step = np.zeros(2)
        path += [point + (i + 1) * step for i in range(4)]
        point = point + 4 * step
    return np.array(path[:frames])
