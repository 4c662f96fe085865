"""Scripts in which the target itself changes: its appearance, its scale, how it is turned, how finely it is seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from benchmark.datasets.render.motion import pulses, sway
from benchmark.datasets.render.scripts_likeness import crossing
from benchmark.datasets.render.staging import SHORT, Stage, Take
from benchmark.datasets.render.truth import Truth
from benchmark.datasets.render.worlds import Skin

APPEARANCE_PLOTS = ("turn", "recolour", "posture")
SCALE_PLOTS = ("approach", "retreat", "squash")
ROTATION_PLOTS = ("spin", "tumble", "pendulum")
RESOLUTION_PLOTS = ("tiny", "receding")


def appearance(stage: Stage) -> Take:
    """The target comes to look quite different, stays so, and comes back to its first looks; in a long video, twice.

    Plots: `turn`, it shows its other side; `recolour`, it changes its texture; `posture`, it changes its proportions
    and its texture. While it is changed, another passes it that looks as it did at first.
    """
    rng = stage.draws(71)
    spans = [(0.3, 0.65)] if stage.frames < SHORT else [(0.17, 0.4), (0.62, 0.84)]
    changed = pulses(stage.frames, spans, 0.04 * stage.frames + 4)
    unlike = _unlike(stage, rng)
    scene, pose = stage.scene(), stage.pose
    if stage.plot == "turn":
        side = float(rng.choice([-1.0, 1.0]))
        pose = replace(pose, yaw=0.5 * pose.yaw + side * np.pi * changed)
        skin = Skin(stage.skin.front, unlike.front)
        target = replace(scene.target, skin=skin, motion=pose.motion())
    else:
        if stage.plot == "posture":
            wide = np.stack([1 + 0.45 * changed, 1 - 0.3 * changed, np.ones(stage.frames)], axis=1)
            pose = replace(pose, stretch=wide if rng.random() < 0.5 else wide[:, [1, 0, 2]])
        target = replace(scene.target, motion=pose.motion(), other=unlike, blend=changed)
    decoys = []
    for i, (first, last) in enumerate(spans):
        meeting = (0.4 * first + 0.6 * last) * stage.frames
        path = pose.path + crossing(rng, stage, meeting, float(rng.uniform(0, 2 * np.pi)))
        usual = replace(stage.pose, path=path, size=pose.size, yaw=np.roll(stage.pose.yaw, 9))
        decoys.append(stage.look_alike(usual, 75 + i, twins=1.0))
    return Take(replace(scene, target=target, behind=tuple(decoys), crowded=True), changed > 0.5)


def _unlike(stage: Stage, rng: np.random.Generator) -> Skin:
    """Return the skin whose colours, of eight drawn, are farthest from the target's."""
    own = np.mean(stage.skin.front.palette, axis=0)
    drawn = [stage.world.skin(rng, stage.hue + 0.5 + float(rng.uniform(-0.15, 0.15))) for _ in range(8)]
    return max(drawn, key=lambda skin: float(np.linalg.norm(np.mean(skin.front.palette, axis=0) - own)))


def scale(stage: Stage) -> Take:
    """The target's size changes beyond a half or a double, or its aspect ratio.

    Plots: it comes near (`approach`); it goes far (`retreat`); it is stretched and squeezed (`squash`).
    """
    rng = stage.draws(72)
    time = np.arange(stage.frames) / stage.frames
    if stage.plot == "squash":
        wave = np.sin(2 * np.pi * time * (1 if stage.frames < SHORT else 2) + rng.uniform(-0.3, 0.3))
        wide = np.exp(0.42 * (wave - wave[0]))
        pose = replace(stage.pose, stretch=np.stack([wide, 1 / wide, np.ones(stage.frames)], axis=1))
    else:
        growth = 0.5 - 0.5 * np.cos(2 * np.pi * time * rng.uniform(0.7, 0.95))
        factor = 2.3**growth if stage.plot == "approach" else 2.4**-growth
        start = 40 if stage.plot == "approach" else 78
        pose = replace(stage.pose, size=start * factor * np.exp(sway(rng, stage.frames, 0.04, 40)))
    scene = stage.scene(pose)
    boxes = Truth(scene).boxes
    area, shape = boxes[:, 2] * boxes[:, 3], boxes[:, 2] / boxes[:, 3]
    changed = np.maximum(np.abs(np.log(area / area[0])), np.abs(np.log(shape / shape[0])))
    return Take(scene, changed > np.log(1.4))


def rotation(stage: Stage) -> Take:
    """The target turns, in the plane of the image or out of it.

    Plots: it makes whole turns in the plane (`spin`), about an upright axis and a level one (`tumble`), or swings to
    and fro in the plane (`pendulum`).
    """
    rng = stage.draws(73)
    time, pose = np.arange(stage.frames), stage.pose
    side = float(rng.choice([-1.0, 1.0]))
    if stage.plot == "spin":
        pose = replace(pose, roll=side * np.radians(rng.uniform(3.0, 4.5)) * time)
    elif stage.plot == "tumble":
        pose = replace(
            pose,
            yaw=pose.yaw[0] + side * np.radians(rng.uniform(2.5, 4.0)) * time,
            pitch=0.5 * np.sin(np.radians(rng.uniform(2.0, 3.0)) * time),
        )
    else:
        swing = np.radians(rng.uniform(65, 95)) * np.sin(2 * np.pi * time / rng.uniform(45, 60))
        pose = replace(pose, roll=side * swing)
    scene = stage.scene(pose)
    in_plane, out_of_plane = Truth(scene).turned()
    return Take(scene, np.maximum(in_plane, out_of_plane) > np.radians(30))


def low_resolution(stage: Stage) -> Take:
    """The target covers fewer than 400 pixels.

    Plots: it is `tiny` all the time; it starts larger and goes far away (`receding`).
    """
    rng = stage.draws(74)
    time = np.arange(stage.frames) / stage.frames
    if stage.plot == "tiny":
        size = rng.uniform(14, 17) * np.exp(sway(rng, stage.frames, 0.08, 60))
    else:
        size = 34 * (14 / 34) ** np.clip(1.5 * time, 0, 1)
    scene = stage.scene(replace(stage.pose, size=size))
    scene = replace(scene, lens=replace(scene.lens, noise=0.02, defocus=np.full(stage.frames, 0.5)))
    boxes = Truth(scene).boxes
    return Take(scene, boxes[:, 2] * boxes[:, 3] < 400)
