"""What a video shows, frame by frame, as plain values: actors, camera, light, lens. Nothing is drawn here."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from benchmark.datasets.render.geometry import Floats
from benchmark.datasets.render.shapes import Body, Motion, Posed
from benchmark.datasets.render.textures import Texture
from benchmark.datasets.render.worlds import Skin, World


@dataclass(frozen=True)
class Actor:
    """A body that moves in front of the backdrop."""

    body: Body
    skin: Skin
    motion: Motion
    other: Skin | None = None
    """A second skin that it changes to and from."""
    blend: Floats | None = None
    """(T,) share of the second skin, 0 to 1."""
    shadow: float = 0.4
    """Darkness of the shadow at its foot, 0 to 1."""

    @cached_property
    def posed(self) -> Posed:
        """Its parts in image pixels, frame by frame."""
        return Posed.of(self.body, self.motion)

    @cached_property
    def boxes(self) -> Floats:
        """(T, 4) exact boxes of its whole silhouette."""
        return self.posed.boxes()


@dataclass(frozen=True)
class Camera:
    """How the view moves over the backdrop (T frames). Actors' motions are given in the image, camera included."""

    shift: Floats
    """(T, 2) pixels that the plane of the actors has moved out of the view."""
    zoom: Floats
    """(T,)"""
    roll: Floats
    """(T,) radians"""

    @classmethod
    def fixed(cls, frames: int) -> Camera:
        """Return a camera on a tripod."""
        return cls(np.zeros((frames, 2)), np.ones(frames), np.zeros(frames))

    def unproject(self, seen: tuple[float, float], t: int, size: tuple[int, int]) -> tuple[float, float]:
        """Return the fixed point that is seen at `seen` at frame `t`, in the plane of the actors."""
        centre = np.array(size) / 2
        cosine, sine = np.cos(-self.roll[t]), np.sin(-self.roll[t])
        x, y = (np.asarray(seen) - centre) / self.zoom[t]
        point = centre + np.array([cosine * x - sine * y, sine * x + cosine * y]) + self.shift[t]
        return float(point[0]), float(point[1])

    def project(self, point: tuple[float, float], size: tuple[int, int], parallax: float = 1.0) -> Floats:
        """Return where a fixed point, given in pixels of the unmoved image, is seen: (T, 2)."""
        centre = np.array(size) / 2
        offset = np.asarray(point) - centre - parallax * self.shift
        cosine, sine = np.cos(self.roll), np.sin(self.roll)
        turned = np.stack(
            [cosine * offset[:, 0] - sine * offset[:, 1], sine * offset[:, 0] + cosine * offset[:, 1]], axis=1
        )
        return np.asarray(centre + turned * (self.zoom**parallax)[:, None], dtype=np.float64)


@dataclass(frozen=True)
class Lighting:
    """The light (T frames)."""

    towards: Floats
    """(T, 3) direction to the lamp."""
    ambient: Floats
    """(T,) share of light from all around."""
    gain: Floats
    """(T, 3) factor on red, green and blue."""
    shade: Floats
    """(T,) depth of the cast shade that drifts over the picture, 0 to 1."""

    @classmethod
    def steady(cls, frames: int, towards: tuple[float, float, float] = (-0.45, -0.7, -0.55)) -> Lighting:
        """Return a light that does not change."""
        return cls(np.tile(towards, (frames, 1)), np.full(frames, 0.4), np.ones((frames, 3)), np.zeros(frames))


@dataclass(frozen=True)
class Lens:
    """What the camera does to the picture (T frames)."""

    shutter: Floats
    """(T,) share of the time between frames that the shutter is open."""
    defocus: Floats
    """(T,) standard deviation of the blur, pixels."""
    noise: float = 0.012
    """Standard deviation of the sensor's noise; the range of values is 1."""
    quality: int = 92
    """JPEG quality."""

    @classmethod
    def sharp(cls, frames: int) -> Lens:
        """Return a lens in focus and a shutter at a third."""
        return cls(np.full(frames, 0.33), np.zeros(frames))


@dataclass(frozen=True)
class Backdrop:
    """What lies behind the actors."""

    kind: str
    """One of `backdrop.KINDS`."""
    seed: int
    items: int = 9
    """Number of bodies standing about."""
    cover: Texture | None = None
    """A texture for the large surfaces, instead of a drawn one."""
    strewn: tuple[tuple[Body, Skin], ...] = ()
    """Bodies to be among those standing about."""


@dataclass(frozen=True)
class Scene:
    """A whole video."""

    world: World
    size: tuple[int, int]
    """Width and height of the frames, pixels."""
    backdrop: Backdrop
    camera: Camera
    lighting: Lighting
    lens: Lens
    target: Actor
    behind: tuple[Actor, ...] = ()
    """Actors farther than the target, the farthest first."""
    before: tuple[Actor, ...] = field(default=())
    """Actors nearer than the target, the farthest first."""
    crowded: bool = False
    """Whether what surrounds the target has its colours or its texture."""
    seed: int = 0
    """Of the sensor's noise."""

    def __len__(self) -> int:
        return len(self.target.motion)
