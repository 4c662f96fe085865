"""Scripts in which something looks like the target: look-alikes, and clutter around it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from benchmark.datasets.render.geometry import Floats
from benchmark.datasets.render.motion import jolts, sway
from benchmark.datasets.render.scene import Actor
from benchmark.datasets.render.staging import SHORT, Stage, Take
from benchmark.datasets.render.truth import Truth
from benchmark.datasets.render.worlds import Skin

DISTRACTOR_PLOTS = ("crossing", "swarm", "companion")
CLUTTER_PLOTS = ("camouflage", "litter")


def distractor(stage: Stage) -> Take:
    """Bodies of the target's family and colours, but of other shades or patterns, come near it.

    Plots: some come `crossing` its way; a `swarm` keeps around it; a `companion` goes beside it and leaves. The target
    sways more than they do, so that at times they look more like its first frame than it does.
    """
    rng = stage.draws(51)
    frames, time = stage.frames, np.arange(stage.frames)
    knocks = jolts(stage.draws(53), frames, 7)
    usual = stage.pose
    pose = replace(
        usual,
        path=usual.path + knocks,
        yaw=usual.yaw[0] + 2.4 * (usual.yaw - usual.yaw[0]),
        roll=2.4 * usual.roll,
    )
    behind: list[Actor] = []
    before: list[Actor] = []
    count = {"crossing": 2 if frames < SHORT else 4, "swarm": 4, "companion": 1 if frames < SHORT else 2}[stage.plot]
    for i in range(count):
        angle = float(rng.uniform(0, 2 * np.pi))
        if stage.plot == "crossing":
            meeting = frames * ((0.5 if frames < SHORT else 0.3) + 0.6 * i / count + rng.uniform(-0.04, 0.04))
            path = pose.path + crossing(rng, stage, meeting, angle)
        elif stage.plot == "swarm":
            radius = stage.extent * np.maximum(rng.uniform(1.15, 1.6) + sway(rng, frames, 0.9, 50), 0.45)
            turn = angle + 2 * np.pi * i / count + sway(rng, frames, 1.2, 90)
            path = pose.path + radius[:, None] * np.stack([np.cos(turn), 0.7 * np.sin(turn)], axis=1)
        else:
            meeting = frames * (0.35 + 0.4 * i)
            gap = stage.extent * (0.3 + ((time - meeting) / (0.22 * frames)) ** 2)
            path = pose.path + gap[:, None] * np.array([np.cos(angle), 0.5 * np.sin(angle)])
        # They hold themselves as the target did at first.
        other = replace(
            pose,
            path=path,
            size=pose.size * rng.uniform(0.95, 1.1),
            yaw=usual.yaw[0] + 0.3 * (usual.yaw - usual.yaw[0]),
            roll=-0.5 * usual.roll,
            gait=pose.gait + rng.uniform(-0.5, 0.5),
        )
        (before if rng.random() < 0.5 else behind).append(stage.look_alike(other, 60 + i, twins=0.75))
    scene = replace(stage.jolted(pose, knocks), behind=tuple(behind), before=tuple(before), crowded=True)
    return Take(scene, Truth(scene).nearest((*behind, *before)) < 1.5)


def crossing(rng: np.random.Generator, stage: Stage, meeting: float, angle: float) -> Floats:
    """Return how far from the target (T, 2) one is that passes it at `angle`, nearest at the frame `meeting`."""
    miss = stage.extent * rng.uniform(0.1, 0.4) * np.array([-np.sin(angle), np.cos(angle)])
    speed = stage.pace * rng.uniform(0.7, 1.1) * (1.8 if stage.frames < SHORT else 1.0)
    away = (np.arange(stage.frames) - meeting)[:, None] * speed
    return np.asarray(miss + away * np.array([np.cos(angle), np.sin(angle)]), dtype=np.float64)


def clutter(stage: Stage) -> Take:
    """What surrounds the target has its colours and its texture, from the first frame to the last.

    Plots: `camouflage`, the large surfaces are painted with its own texture's family and colours; `litter`, many
    things that stand about are painted like it.
    """
    rng = stage.draws(52)
    scene = stage.scene()
    if stage.plot == "camouflage":
        own = stage.skin.front
        cover = replace(own, seed=own.seed + 1, frequency=1.5 * own.frequency)
        backdrop = replace(
            scene.backdrop,
            cover=cover,
            kind=str(rng.choice(["desk", "room"])),
            items=8,
            strewn=((stage.body, stage.skin),) * 4,
        )
    else:
        strewn = []
        for i in range(36):
            front = replace(stage.skin.front, seed=stage.skin.front.seed + i)
            skin = Skin(front, replace(stage.skin.back, seed=stage.skin.back.seed + i))
            strewn.append((stage.body if rng.random() < 0.6 else stage.world.body(rng), skin))
        backdrop = replace(scene.backdrop, strewn=tuple(strewn), items=36, kind="desk")
    scene = replace(scene, backdrop=backdrop, crowded=True)
    return Take(scene, np.ones(stage.frames, dtype=np.bool_))
