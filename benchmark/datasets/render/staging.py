"""The ordinary scene that every script starts from: one moving target, a backdrop, a hand-held camera."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from benchmark.datasets.render.backdrop import KINDS
from benchmark.datasets.render.geometry import Floats, Mask, euler
from benchmark.datasets.render.motion import shiver, sway, wander
from benchmark.datasets.render.scene import Actor, Backdrop, Camera, Lens, Lighting, Scene
from benchmark.datasets.render.shapes import Body, Motion
from benchmark.datasets.render.textures import Colour, generator
from benchmark.datasets.render.worlds import Skin, World

SHORT = 80
"""Fewer frames than this are a short video, in which things happen once."""


@dataclass(frozen=True)
class Pose:
    """Angles (T,) from which a motion's rotation is made, radians, and the rest of it."""

    path: Floats
    size: Floats
    yaw: Floats
    pitch: Floats
    roll: Floats
    gait: Floats
    stretch: Floats

    def motion(self) -> Motion:
        """Return the motion."""
        return Motion(self.path, self.size, euler(self.yaw, self.pitch, self.roll), self.stretch, self.gait)


@dataclass(frozen=True)
class Take:
    """A script's result: the scene, and where its cause of failure acts."""

    scene: Scene
    acts: Mask
    """(T,) True in the frames where the cause acts."""

    def spans(self, shortest: int = 3) -> list[tuple[int, int]]:
        """Return the runs of frames in which it acts, (first, last) both included.

        Pauses of fewer than `shortest` frames are bridged first, then runs of fewer are dropped.
        """
        quiet = [(first, last) for first, last in runs(~self.acts) if last - first + 1 < shortest]
        acts = self.acts.copy()
        for first, last in quiet:
            if first > 0 and last < len(acts) - 1:
                acts[first : last + 1] = True
        return [(first, last) for first, last in runs(acts) if last - first + 1 >= shortest]


def runs(flags: Mask) -> list[tuple[int, int]]:
    """Return the runs of True as (first, last), both included."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(first), int(last) - 1) for first, last in edges.reshape(-1, 2)]


@dataclass(frozen=True)
class Stage:
    """What is given to a script: the world, the length and size of the video, who plays, and a seed for the rest."""

    world: World
    frames: int
    size: tuple[int, int]
    seed: int
    plot: str
    """Which of the script's plots to play."""
    family: str = ""
    """The target's family; drawn where empty."""
    pace: float = 2.5
    """The target's usual speed, pixels a frame."""
    extent: float = 56.0
    """The target's usual size, square root of width x height, pixels."""

    def draws(self, what: int) -> np.random.Generator:
        """Return a generator for one concern, so that changing one leaves the others as they are."""
        return generator(self.seed, what)

    @cached_property
    def trembles(self) -> Floats:
        """(T, 2) the hand's tremble, which moves backdrop and actors alike."""
        return shiver(self.draws(1), self.frames, 0.5)

    @cached_property
    def camera(self) -> Camera:
        """A slow pan."""
        rng = self.draws(2)
        speed = rng.uniform(0.2, 1.0) * rng.choice([-1, 1])
        drift = np.stack([speed * np.arange(self.frames), 0.25 * speed * np.arange(self.frames)], axis=1)
        limit = 0.35 * np.array(self.size)
        swing = limit * np.sin(drift / limit)
        return Camera(swing - self.trembles, np.ones(self.frames), np.zeros(self.frames))

    @cached_property
    def body(self) -> Body:
        """The target's body."""
        return self.world.body(self.draws(3), self.family)

    @cached_property
    def hue(self) -> float:
        """The target's colour on the wheel, 0 to 1."""
        return float(self.draws(4).random())

    @cached_property
    def skin(self) -> Skin:
        """What the target wears."""
        return self.world.skin(self.draws(5), self.hue)

    @cached_property
    def pose(self) -> Pose:
        """The target's usual motion: it wanders, sways a little, and its size breathes."""
        rng = self.draws(6)
        frames = self.frames
        path = wander(rng, frames, self.size, 0.75 * self.extent, self.pace) + self.trembles
        size = self.extent * rng.uniform(0.9, 1.15) * np.exp(sway(rng, frames, 0.1, 90))
        return Pose(
            path,
            size,
            yaw=rng.uniform(-0.4, 0.4) + sway(rng, frames, 0.35, 70),
            pitch=rng.uniform(-0.15, 0.15) + sway(rng, frames, 0.12, 80),
            roll=sway(rng, frames, 0.14, 60),
            gait=rng.uniform(0, 6) + np.cumsum(rng.uniform(0.25, 0.4) * np.ones(frames)),
            stretch=np.ones((frames, 3)),
        )

    def scene(self, pose: Pose | None = None) -> Scene:
        """Return the ordinary scene, its target moving as `pose` says."""
        rng = self.draws(7)
        towards = (float(rng.uniform(-0.8, 0.8)), -0.7, -0.6)
        return Scene(
            world=self.world,
            size=self.size,
            backdrop=Backdrop(str(rng.choice(KINDS)), int(rng.integers(2**31)), items=int(rng.integers(10, 17))),
            camera=self.camera,
            lighting=Lighting.steady(self.frames, towards),
            lens=Lens.sharp(self.frames),
            target=Actor(self.body, self.skin, (pose or self.pose).motion()),
            seed=self.seed,
        )

    def jolted(self, pose: Pose, knocks: Floats) -> Scene:
        """Return the scene of `pose`, which has the (T, 2) pixels in it by which the camera is knocked about."""
        scene = self.scene(pose)
        return replace(scene, camera=replace(self.camera, shift=self.camera.shift - knocks))

    def look_alike(self, pose: Pose, what: int, twins: float = 0.35) -> Actor:
        """Return an actor of the target's family and colours: a share `twins` in other shades, else another pattern."""
        rng = self.draws(what)
        twin = rng.random() < twins
        skin, fresh = self.skin, self.world.texture(rng, self.hue)
        palette = _mixed(skin.front.palette, fresh.palette, 0.18 if twin else 0.08)
        front = replace(skin.front, seed=skin.front.seed + (0 if twin else what), palette=palette)
        return Actor(self.body, Skin(front, replace(skin.back, seed=skin.back.seed + what)), pose.motion())


def _mixed(own: tuple[Colour, ...], other: tuple[Colour, ...], share: float) -> tuple[Colour, ...]:
    """Return the colours `own` with a share of `other`'s in each."""
    mixed = []
    for i, (red, green, blue) in enumerate(own):
        r, g, b = other[i % len(other)]
        mixed.append((red + share * (r - red), green + share * (g - green), blue + share * (b - blue)))
    return tuple(mixed)
