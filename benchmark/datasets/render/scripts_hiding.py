"""Scripts in which the target cannot be seen for a while: occlusion, and leaving the picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from benchmark.datasets.render.geometry import Floats, Solid, euler
from benchmark.datasets.render.motion import pulses, wander
from benchmark.datasets.render.scene import Actor
from benchmark.datasets.render.shapes import Body, Motion, Part
from benchmark.datasets.render.staging import Stage, Take
from benchmark.datasets.render.truth import Truth

OCCLUSION_PLOTS = ("pillars", "passers-by", "hedge")
ABSENCE_PLOTS = ("exit", "other-side", "edge")


def occlusion(stage: Stage) -> Take:
    """Something nearer hides the target.

    Plots: `pillars` stand in its way and hide it wholly; `passers-by` cross in front of it; a `hedge` hides its lower
    half for long.
    """
    pose = stage.pose
    rng = stage.draws(31)
    if stage.plot == "pillars":
        pose = replace(pose, path=_across(stage))
        before = tuple(_pillar(stage, pose.path, share, 40 + i) for i, share in enumerate(_shares(stage, rng)))
    elif stage.plot == "passers-by":
        before = tuple(_passer_by(stage, pose.path, share, 40 + i) for i, share in enumerate(_shares(stage, rng)))
    else:
        pose = replace(pose, path=_across(stage))
        before = (_hedge(stage, pose.path, rng),)
    scene = replace(stage.scene(pose), before=before)
    return Take(scene, Truth(scene).uncovered < 0.8)


def _shares(stage: Stage, rng: np.random.Generator) -> list[float]:
    """Return when things happen, as shares of the video: once in a short one, three times in a long one."""
    places = (0.5,) if stage.frames < 80 else (0.25, 0.52, 0.8)
    return [place + float(rng.uniform(-0.04, 0.04)) for place in places]


def _across(stage: Stage) -> Floats:
    """Return a path that goes to and fro across the picture, at the stage's pace, so that posts lie in its way."""
    rng = stage.draws(32)
    width, height = stage.size
    margin = 0.8 * stage.extent
    span = width - 2 * margin
    travelled = 1.15 * stage.pace * np.arange(stage.frames) + rng.uniform(0, 0.3 * span)
    x = margin + span / 2 - span / 2 * np.cos(np.pi * travelled / span)
    y = rng.uniform(0.45, 0.6) * height + 10 * np.sin(travelled / 45 + rng.uniform(0, 6))
    return np.stack([x, y], axis=1) + stage.trembles


def _standing(body: Body, path: Floats, size: float, turn: float = 0.0) -> Motion:
    frames = len(path)
    zero = np.zeros(frames)
    return Motion(path, np.full(frames, size), euler(zero + turn, zero, zero), np.ones((frames, 3)), zero)


def _pillar(stage: Stage, path: Floats, share: float, what: int) -> Actor:
    rng = stage.draws(what)
    t = int(share * stage.frames)
    spot = stage.camera.unproject((float(path[t, 0]), float(path[t, 1])), t, stage.size)
    wide = stage.extent * rng.uniform(0.4, 0.6)
    solid = Solid.CUBE if rng.random() < 0.5 else Solid.CYLINDER
    body = Body("pillar", (Part(solid, (wide, 0.75 * stage.size[1], wide), gloss=0.1),))
    size = float(np.sqrt(np.prod(body.rest_size())))
    seen = stage.camera.project(spot, stage.size)
    hue = stage.hue + rng.uniform(0.2, 0.8)
    skin = stage.world.skin(rng, hue)
    fine = replace(skin.front, frequency=2.2 / wide), replace(skin.back, frequency=2.2 / wide)
    return Actor(body, replace(skin, front=fine[0], back=fine[1]), _standing(body, seen, size, 0.4), shadow=0)


def _passer_by(stage: Stage, path: Floats, share: float, what: int) -> Actor:
    rng = stage.draws(what)
    t = share * stage.frames
    meeting = path[int(t)]
    heading = rng.uniform(-0.35, 0.35) + (0 if rng.random() < 0.5 else np.pi)
    speed = stage.pace * rng.uniform(1.2, 2.0)
    offset = (np.arange(stage.frames) - t)[:, None] * speed * np.array([np.cos(heading), np.sin(heading)])
    # It dawdles in front of the target: its way is slowest there.
    slow = offset * (1 - 0.6 * np.exp(-((np.arange(stage.frames) - t) ** 2) / 120))[:, None]
    chosen = stage.world.body(rng)
    size = stage.extent * rng.uniform(1.3, 1.6)
    drift = path - path[int(t)] if rng.random() < 0.5 else 0.4 * (path - path[int(t)])
    motion = _standing(chosen, meeting + slow + drift * 0.5, size, float(rng.uniform(-0.5, 0.5)))
    gait = np.linspace(0, 0.3 * stage.frames, stage.frames)
    return Actor(chosen, stage.world.skin(rng, stage.hue + rng.uniform(0.15, 0.85)), replace(motion, gait=gait))


def _hedge(stage: Stage, path: Floats, rng: np.random.Generator) -> Actor:
    wide, tall = stage.size[0] * rng.uniform(0.28, 0.36), stage.size[1] * 0.8
    t = int(0.5 * stage.frames)
    top = path[:, 1].mean() + rng.uniform(-0.12, 0.05) * stage.extent
    spot = stage.camera.unproject((float(path[t, 0]), float(top + tall)), t, stage.size)
    body = Body("hedge", (Part(Solid.CUBE, (wide, tall, 30.0), gloss=0.0),))
    size = float(np.sqrt(np.prod(body.rest_size())))
    skin = stage.world.skin(rng, stage.hue + rng.uniform(0.2, 0.8))
    fine = replace(skin, front=replace(skin.front, frequency=0.06), back=replace(skin.back, frequency=0.06))
    return Actor(body, fine, _standing(body, stage.camera.project(spot, stage.size), size), shadow=0)


def out_of_view(stage: Stage) -> Take:
    """The target leaves the picture and comes back.

    Plots: `exit` leaves and returns by the same side; `other-side` leaves by one side and returns by another; `edge`
    hangs half out of the picture for long.
    """
    rng = stage.draws(33)
    spans = [(0.45, 0.62)] if stage.frames < 80 else [(0.24, 0.34), (0.66, 0.78)]
    width, height = stage.size
    path = wander(rng, stage.frames, stage.size, stage.extent, stage.pace)
    side = float(rng.choice([-1.0, 1.0]))
    beyond = width / 2 + side * (width / 2 + 0.95 * stage.extent)
    if stage.plot == "edge":
        beyond = width / 2 + side * (width / 2 + 0.05 * stage.extent)
    ramp = 0.1 * stage.frames + 8
    away = pulses(stage.frames, spans, ramp)
    x = path[:, 0] * (1 - away) + beyond * away
    y = path[:, 1]
    if stage.plot == "other-side":
        for first, last in spans:
            middle = 0.5 * (first + last) * stage.frames
            later = np.arange(stage.frames) > middle
            hidden = later & (np.arange(stage.frames) < (last * stage.frames + ramp))
            x = np.where(hidden, width - x, x) if abs(beyond) > width or beyond < 0 else x
    pose = replace(stage.pose, path=np.stack([x, np.clip(y, 0.2 * height, 0.8 * height)], axis=1) + stage.trembles)
    scene = replace(stage.scene(pose), camera=replace(stage.camera, shift=stage.camera.shift * 0.3))
    return Take(scene, Truth(scene).inside < 0.75)
