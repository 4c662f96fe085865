"""Draws one posed, textured and lit body as a small picture with coverage."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from benchmark.datasets.render.geometry import Floats32, Rays, Solid, half_extents, outward
from benchmark.datasets.render.shapes import Body, Part, Posed
from benchmark.datasets.render.textures import fractal, generator
from benchmark.datasets.render.worlds import Skin


@dataclass(frozen=True)
class Light:
    """A distant lamp and the light from all around."""

    towards: tuple[float, float, float] = (-0.45, -0.7, -0.55)
    """Direction from the scene to the lamp; x right, y down, z away from the viewer."""
    ambient: float = 0.4
    """Share of the light that comes from all around, 0 to 1."""


@dataclass(frozen=True)
class Sprite:
    """A picture to be laid over a frame."""

    image: Floats32
    """(h, w, 4): red, green, blue times coverage, and coverage; all in [0, 1]."""
    left: int
    top: int


class Atlas:
    """The colours and the bumps of one part, on the six faces of the cube around it, at several resolutions."""

    def __init__(self, part: Part, skin: Skin, seed: int, detail: float = 1.0) -> None:
        cells = int(detail * (96 if max(part.half) > 0.45 else 48))
        cube = _cube_points(cells)
        surface = _onto(part.solid, cube)
        frame = part.frame().astype(np.float32)
        points = surface @ frame.T + np.asarray(part.centre, np.float32)
        facing = (surface @ frame.T)[..., 2:] / max(float(np.abs(frame[2]).max()), 1e-6)
        front = np.clip(0.5 - 3 * facing, 0, 1)
        colours = skin.front.paint(points) * front + skin.back.paint(points) * (1 - front)
        rng = generator(seed, 5)
        bumps = fractal(rng, points * np.float32(4), octaves=2, channels=3) - np.float32(0.5)
        self._levels = [(np.clip(colours * np.float32(part.tint), 0, 1), bumps)]
        while self._levels[-1][0].shape[1] > 12:
            half = (self._levels[-1][0].shape[1] // 2, self._levels[-1][0].shape[0] // 2)
            first, second = (cv2.resize(image, half, interpolation=cv2.INTER_AREA) for image in self._levels[-1])
            self._levels.append((np.asarray(first, np.float32), np.asarray(second, np.float32)))

    def read(self, local: Floats32, pixels: float) -> tuple[Floats32, Floats32]:
        """Return colours and bumps, both (N, 3), at points (3, N) of the unit solid drawn `pixels` wide."""
        level = next((pair for pair in self._levels if pair[0].shape[1] <= 1.6 * pixels), self._levels[-1])
        cells = level[0].shape[1]
        x, y, z = local
        widest, deepest = np.abs(x) >= np.abs(y), np.abs(z) > np.maximum(np.abs(x), np.abs(y))
        sideways = widest & ~deepest
        along = np.where(deepest, z, np.where(sideways, x, y))
        first, second = np.where(sideways, y, x), np.where(deepest, y, z)
        axis = np.where(deepest, 2, np.where(sideways, 0, 1))
        scale = np.float32(0.5 * (cells - 1)) / (np.abs(along) + np.float32(1e-9))
        middle = np.float32(0.5 * (cells - 1))
        face = (2 * axis + (along > 0)).astype(np.float32)
        count, width = local.shape[1], 256
        grid = np.zeros((2, -(-count // width) * width), np.float32)
        grid[0, :count], grid[1, :count] = first * scale + middle, second * scale + middle + face * cells
        u, v = grid.reshape(2, -1, width)
        colours, bumps = (cv2.remap(image, u, v, cv2.INTER_LINEAR).reshape(-1, 3)[:count] for image in level)
        return np.asarray(colours, np.float32), np.asarray(bumps, np.float32)


def _cube_points(cells: int) -> Floats32:
    """Return points of the cube's surface (6 * cells, cells, 3), face by face, as `Atlas.read` looks them up."""
    line = np.linspace(-1, 1, cells, dtype=np.float32)
    second, first = np.meshgrid(line, line, indexing="ij")
    faces = []
    for _, others in ((0, (1, 2)), (1, (0, 2)), (2, (0, 1))):
        for side in (-1, 1):
            face = np.full((cells, cells, 3), side, np.float32)
            face[..., others[0]], face[..., others[1]] = first, second
            faces.append(face)
    return np.concatenate(faces)


def _onto(solid: Solid, cube: Floats32) -> Floats32:
    """Move the cube's points along rays from its centre onto the unit solid."""
    if solid is Solid.BALL:
        return np.asarray(cube / np.linalg.norm(cube, axis=-1, keepdims=True), np.float32)
    if solid is Solid.CYLINDER:
        radius = np.maximum(np.hypot(cube[..., 0], cube[..., 2]), np.abs(cube[..., 1]))
        return np.asarray(cube / radius[..., None], np.float32)
    return cube


class Wardrobe:
    """The atlases of a body in one skin."""

    def __init__(self, body: Body, skin: Skin, seed: int, detail: float = 1.0) -> None:
        """Paint them; `detail` is a factor on their resolution."""
        self.atlases = tuple(Atlas(part, skin, seed + i, detail) for i, part in enumerate(body.parts))


def draw(
    posed: Posed,
    t: int,
    wardrobes: tuple[tuple[Wardrobe, float], ...],
    light: Light,
    within: tuple[int, int, int, int],
) -> Sprite | None:
    """Draw the body at frame `t` where it lies within (left, top, right, bottom); None where it does not.

    `wardrobes` are the skins with their weights, which sum to 1.
    """
    matrices, centres = posed.matrices[t], posed.centres[t]
    reach = np.stack([half_extents(p.solid, matrices[i]) for i, p in enumerate(posed.body.parts)])
    low, high = (centres[:, :2] - reach).min(0), (centres[:, :2] + reach).max(0)
    left, top = max(int(np.floor(low[0])) - 1, within[0]), max(int(np.floor(low[1])) - 1, within[1])
    right, bottom = min(int(np.ceil(high[0])) + 1, within[2]), min(int(np.ceil(high[1])) + 1, within[3])
    if right <= left or bottom <= top:
        return None
    extent = float((high - low).max())
    over = 2 if extent > 48 else 3 if extent > 24 else 4
    width, height = (right - left) * over, (bottom - top) * over
    image = np.zeros((height, width, 4), np.float32)
    depths = np.full((height, width), np.inf, np.float32)
    for i, part in enumerate(posed.body.parts):
        columns = _window(centres[i, 0], reach[i, 0], left, width, over)
        rows = _window(centres[i, 1], reach[i, 1], top, height, over)
        if columns.stop <= columns.start or rows.stop <= rows.start:
            continue
        x = (np.arange(columns.start, columns.stop, dtype=np.float32) + np.float32(0.5)) / np.float32(over) + left
        y = (np.arange(rows.start, rows.stop, dtype=np.float32) + np.float32(0.5)) / np.float32(over) + top
        across, down = (grid.ravel() for grid in np.meshgrid(x, y))
        rays = Rays.through(matrices[i], centres[i], across, down)
        hit, enter = rays.meet(part.solid)
        depth = enter + np.float32(centres[i, 2])
        behind = depths[rows, columns]
        chosen = hit & (depth < behind.ravel())
        if not chosen.any():
            continue
        local = rays.start[:, chosen] + rays.along[:, None] * enter[chosen]
        normal = outward(part.solid, matrices[i], local).T
        tile = image[rows, columns]
        mask = chosen.reshape(tile.shape[:2])
        tile[mask, :3] = _shade(part, i, local, normal, wardrobes, light, float(reach[i].max()) * 2)
        tile[mask, 3] = 1
        behind[mask] = depth[chosen]
    small = cv2.resize(image, (right - left, bottom - top), interpolation=cv2.INTER_AREA)
    return Sprite(np.asarray(small, np.float32), left, top)


def _window(centre: float, reach: float, origin: int, size: int, over: int) -> slice:
    start = int(np.floor((centre - reach - origin) * over))
    stop = int(np.ceil((centre + reach - origin) * over)) + 1
    return slice(max(start, 0), min(stop, size))


def _shade(
    part: Part,
    index: int,
    local: Floats32,
    normal: Floats32,
    wardrobes: tuple[tuple[Wardrobe, float], ...],
    light: Light,
    pixels: float,
) -> Floats32:
    """Return lit colours (K, 3): Lambert's law on bumped normals, light from above all around, and a highlight."""
    colours = np.zeros((local.shape[1], 3), np.float32)
    bumps = np.zeros_like(colours)
    for wardrobe, weight in wardrobes:
        if weight > 0:
            painted, rough = wardrobe.atlases[index].read(local, pixels)
            colours += np.float32(weight) * painted
            bumps += np.float32(weight) * rough
    bumped = normal + np.float32(0.55) * bumps
    bumped /= np.sqrt((bumped**2).sum(1, keepdims=True)) + np.float32(1e-6)
    lamp = np.asarray(light.towards, np.float32)
    lamp /= np.linalg.norm(lamp)
    half_way = lamp + np.array([0, 0, -1], np.float32)
    half_way /= np.linalg.norm(half_way)
    direct = np.maximum(bumped @ lamp, 0) * np.float32(1 - light.ambient) * np.float32(1.25)
    around = np.float32(light.ambient) * (np.float32(0.95) - np.float32(0.3) * bumped[:, 1])
    shine = np.float32(part.gloss * (1 - light.ambient)) * np.maximum(bumped @ half_way, 0) ** 24
    lit = colours * (direct + around)[:, None] + shine[:, None]
    return np.asarray(np.clip(lit, 0, 1), np.float32)
