"""Scripts in which the target cannot be seen for a while: occlusion, and leaving the picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.interpolate import PchipInterpolator

from benchmark.datasets.render.geometry import Floats, Solid, euler
from benchmark.datasets.render.motion import pulses, wander
from benchmark.datasets.render.scene import Actor, Camera
from benchmark.datasets.render.shapes import Body, Motion, Part, Posed
from benchmark.datasets.render.staging import SHORT, Stage, Take
from benchmark.datasets.render.truth import Truth
from benchmark.datasets.render.worlds import Skin

OCCLUSION_PLOTS = ("pillar", "passers-by", "hedge")
ABSENCE_PLOTS = ("exit", "elsewhere", "edge")
ONE_PASS = ((0.0, -1.0), (0.12, -0.95), (0.42, -0.1), (0.58, 0.1), (0.9, 1.0), (1.0, 1.0))
"""The way past a pillar: shares of the video, and places from one side (-1) by the pillar (0) to the other (1)."""
THREE_VISITS = (
    *((0.0, -1.0), (0.05, -0.95), (0.2, -0.1), (0.27, 0.1), (0.38, 0.95), (0.42, 0.95)),
    *((0.54, 0.05), (0.6, 0.05), (0.71, 0.9), (0.74, 0.9), (0.85, 0.1), (0.92, -0.1), (1.0, -0.7)),
)
"""Past it, back behind it where it turns, and past it again."""


def occlusion(stage: Stage) -> Take:
    """Something nearer hides the target.

    Plots: a `pillar` stands in its way and hides it wholly, once it turns back behind it; `passers-by` cross in front
    of it; a `hedge` hides its lower half for long.
    """
    pose, rng = stage.pose, stage.draws(31)
    calm = replace(stage.camera, shift=0.25 * stage.camera.shift)
    if stage.plot == "pillar":
        pose = replace(pose, path=_behind_the_pillar(stage))
        before: tuple[Actor, ...] = (_pillar(stage, calm, 40),)
    elif stage.plot == "passers-by":
        meetings = (0.5,) if stage.frames < SHORT else (0.25, 0.53, 0.8)
        before = tuple(_passer_by(stage, pose.path, meeting, 40 + i) for i, meeting in enumerate(meetings))
    else:
        pose = replace(pose, path=_across(stage))
        before = (_hedge(stage, calm, pose.path, rng),)
    scene = replace(stage.scene(pose), before=before, camera=calm)
    return Take(scene, Truth(scene).uncovered < 0.8)


def _across(stage: Stage) -> Floats:
    """Return a path that goes to and fro across the picture from its left, at an even pace."""
    rng = stage.draws(32)
    width, height = stage.size
    margin = 0.8 * stage.extent
    span = width - 2 * margin
    travelled = 1.2 * stage.pace * np.arange(stage.frames) + rng.uniform(0, 0.06) * span
    x = width / 2 - span / np.pi * np.arcsin(0.97 * np.cos(np.pi * travelled / span))
    y = rng.uniform(0.45, 0.6) * height + 6 * np.sin(travelled / 45 + rng.uniform(0, 6))
    return np.stack([x, y], axis=1) + stage.trembles


def _behind_the_pillar(stage: Stage) -> Floats:
    """Return a path that passes the middle, comes back and turns there, and passes it again; a short one passes once.

    The pillar stands at the middle, so that the target is hidden there.
    """
    rng = stage.draws(32)
    width, height = stage.size
    side = float(rng.choice([-1.0, 1.0]))
    reach = 0.31 * width
    times, places = np.array(ONE_PASS if stage.frames < SHORT else THREE_VISITS).T
    x = width / 2 + side * reach * PchipInterpolator(times * stage.frames, places)(np.arange(stage.frames))
    y = rng.uniform(0.45, 0.6) * height + 9 * np.sin(np.arange(stage.frames) / 17 + rng.uniform(0, 6))
    return np.stack([x, y], axis=1) + stage.trembles


def _standing(body: Body, path: Floats, size: float, turn: float = 0.0) -> Motion:
    frames = len(path)
    zero = np.zeros(frames)
    return Motion(path, np.full(frames, size), euler(zero + turn, zero, zero), np.ones((frames, 3)), zero)


def _pillar(stage: Stage, camera: Camera, what: int) -> Actor:
    rng = stage.draws(what)
    broad = Posed.of(stage.body, stage.pose.motion()).boxes()[:, 2].mean()
    wide = float(rng.uniform(0.58, 0.68) * broad)
    solid = Solid.CUBE if rng.random() < 0.5 else Solid.CYLINDER
    body = Body("pillar", (Part(solid, (wide, 0.75 * stage.size[1], wide), gloss=0.1),))
    size = float(np.sqrt(np.prod(body.rest_size())))
    seen = camera.project((stage.size[0] / 2, stage.size[1] / 2), stage.size)
    middle = seen - seen[stage.frames // 2] + np.array(stage.size) / 2
    skin = stage.world.skin(rng, stage.hue + rng.uniform(0.2, 0.8))
    coarse = Skin(replace(skin.front, frequency=2.2 / wide), replace(skin.back, frequency=2.2 / wide))
    return Actor(body, coarse, _standing(body, middle, size), shadow=0)


def _passer_by(stage: Stage, path: Floats, share: float, what: int) -> Actor:
    rng = stage.draws(what)
    t = int((share + rng.uniform(-0.03, 0.03)) * stage.frames)
    heading = rng.uniform(-0.35, 0.35) + (0 if rng.random() < 0.5 else np.pi)
    speed = max(stage.pace * rng.uniform(1.8, 2.4), 5.0)
    offset = (np.arange(stage.frames) - t)[:, None] * speed * np.array([np.cos(heading), np.sin(heading)])
    # It goes along with the target for a little: its way past it is slowest at the meeting.
    past = offset * (1 - 0.5 * np.exp(-((np.arange(stage.frames) - t) ** 2) / 40))[:, None]
    body = stage.world.body(rng, str(rng.choice(stage.world.broad)))
    motion = _standing(
        body,
        path[t] + past + 0.5 * (path - path[t]),
        float(stage.extent * rng.uniform(1.3, 1.6)),
        float(rng.uniform(-0.5, 0.5)),
    )
    skin = stage.world.skin(rng, stage.hue + rng.uniform(0.15, 0.85))
    return Actor(body, skin, replace(motion, gait=np.linspace(0, 0.3 * stage.frames, stage.frames)))


def _hedge(stage: Stage, camera: Camera, path: Floats, rng: np.random.Generator) -> Actor:
    wide, tall = stage.size[0] * rng.uniform(0.2, 0.26), stage.size[1] * 0.8
    t = stage.frames // 2
    top = path[:, 1].mean() + rng.uniform(0.02, 0.12) * stage.extent
    spot = camera.unproject((stage.size[0] * rng.uniform(0.58, 0.66), float(top + tall)), t, stage.size)
    body = Body("hedge", (Part(Solid.CUBE, (wide, tall, 30.0), gloss=0.0),))
    size = float(np.sqrt(np.prod(body.rest_size())))
    skin = stage.world.skin(rng, stage.hue + rng.uniform(0.2, 0.8))
    coarse = Skin(replace(skin.front, frequency=0.06), replace(skin.back, frequency=0.06))
    return Actor(body, coarse, _standing(body, camera.project(spot, stage.size), size), shadow=0)


def out_of_view(stage: Stage) -> Take:
    """The target leaves the picture and comes back.

    Plots: it returns where it left (`exit`); it returns by the same side but higher or lower (`elsewhere`); it hangs
    half out of the picture for long (`edge`).
    """
    rng = stage.draws(33)
    frames, (width, height) = stage.frames, stage.size
    side = float(rng.choice([-1.0, 1.0]))
    calm = wander(rng, frames, stage.size, stage.extent, stage.pace)
    # It keeps to the half of the picture by which it leaves.
    x = width / 2 + side * 0.12 * width + 0.55 * (calm[:, 0] - width / 2)
    y = height / 2 + 0.6 * (calm[:, 1] - height / 2)
    spans = [(0.45, 0.55)] if frames < SHORT else [(0.29, 0.31), (0.71, 0.74)]
    away = pulses(frames, spans, 17 if stage.plot != "edge" else 20)
    body = Posed.of(stage.body, stage.pose.motion()).boxes()[:, 2].max()
    beyond = width / 2 + side * (width / 2 + (0.02 if stage.plot == "edge" else 0.62) * body)
    x = x * (1 - away) + beyond * away
    if stage.plot == "elsewhere":
        gone = [0.5 * (first + last) * frames for first, last in spans]
        higher = np.sum([(-1) ** i / (1 + np.exp(-(np.arange(frames) - g) / 3)) for i, g in enumerate(gone)], axis=0)
        y = 0.5 * y + 0.5 * height * (0.72 - 0.44 * higher)
    pose = replace(stage.pose, path=np.stack([x, y], axis=1) + stage.trembles)
    scene = stage.scene(pose)
    return Take(scene, Truth(scene).inside < 0.8)
