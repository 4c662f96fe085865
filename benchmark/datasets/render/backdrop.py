"""Paints what lies behind the actors: a few large pictures at several depths, which the camera slides over."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.render.geometry import Floats32, euler
from benchmark.datasets.render.scene import Scene
from benchmark.datasets.render.shapes import Motion, Posed
from benchmark.datasets.render.sprites import Light, Sprite, Wardrobe, draw
from benchmark.datasets.render.textures import Texture, generator
from benchmark.datasets.render.worlds import World

KINDS = ("street", "room", "meadow", "desk")
"""Kinds of backdrop."""


@dataclass(frozen=True)
class Layer:
    """A picture larger than the frame, with coverage, that moves by `parallax` times the camera's shift."""

    image: NDArray[np.uint8]
    """(H, W, 4)"""
    parallax: float


def paint_layers(scene: Scene) -> tuple[Layer, ...]:
    """Return the backdrop's layers, the farthest first; the first covers everything."""
    spec = scene.backdrop
    rng = generator(spec.seed, 3)
    width, height = int(scene.size[0] * 2), int(scene.size[1] * 1.8)
    unit = scene.size[1] / 6
    """Pixels to a unit of texture space."""
    world, light = scene.world, Light(tuple(scene.lighting.towards[0]))
    ground = spec.cover or _muted(world, rng, frequency=1.2)
    wall = spec.cover or _muted(world, rng, frequency=0.8)
    if spec.kind == "desk":
        plane = wall.paint(_plane(width, height, unit))
        _lay_sheets(plane, world, rng, unit, count=10)
        near = np.dstack([plane, np.ones((height, width), np.float32)])
        _place_items(near, scene, rng, light, (0.0, 1.0), spec.items)
        return (Layer(_bytes(near), 1.0),)
    horizon = int(height * rng.uniform(0.42, 0.56))
    far = np.dstack([_far_picture(spec.kind, wall, world, rng, width, height, horizon, unit), np.ones((height, width))])
    near = np.zeros((height, width, 4), np.float32)
    near[horizon:, :, :3] = ground.paint(_receding_plane(width, height - horizon, unit))
    near[horizon:, :, :3] *= np.linspace(0.8, 1.05, height - horizon, dtype=np.float32)[:, None, None]
    near[horizon:, :, 3] = 1
    _place_items(near, scene, rng, light, (horizon / height - 0.08, 1.0), spec.items)
    return (Layer(_bytes(far), 0.5), Layer(_bytes(near), 1.0))


def _muted(world: World, rng: np.random.Generator, frequency: float) -> Texture:
    return world.texture(rng, frequency=frequency, saturation=(0.05, 0.4), contrast=float(rng.uniform(0.3, 0.75)))


def _bytes(picture: Floats32) -> NDArray[np.uint8]:
    return np.asarray(np.clip(picture * 255 + 0.5, 0, 255), np.uint8)


def _plane(width: int, height: int, unit: float) -> Floats32:
    x, y = np.meshgrid(np.arange(width) / unit, np.arange(height) / unit)
    return np.stack([x, y, 0.3 * x - 0.2 * y], axis=-1).astype(np.float32)


def _receding_plane(width: int, height: int, unit: float) -> Floats32:
    """Return the points of a floor seen by an eye above it, far at the top."""
    near = np.linspace(0.35, 1.6, height)[:, None]
    x = (np.arange(width) - width / 2)[None, :] / unit / near
    z = np.broadcast_to(height / unit / near, x.shape)
    return np.stack([x, 0.1 * x, z * 1.5], axis=-1).astype(np.float32)


def _far_picture(
    kind: str,
    wall: Texture,
    world: World,
    rng: np.random.Generator,
    width: int,
    height: int,
    horizon: int,
    unit: float,
) -> Floats32:
    points = _plane(width, height, unit)
    if kind == "room":
        picture = wall.paint(points)
        _lay_sheets(picture[:horizon], world, rng, unit, count=9, upright=True)
        return picture
    sky = np.asarray(rng.uniform((0.45, 0.6, 0.7), (0.75, 0.85, 1.0)), np.float32)
    fade = np.linspace(0.75, 1.1, height, dtype=np.float32)[:, None, None]
    greys = ((0.82,) * 3, (1.0,) * 3, (1.0,) * 3)
    clouds = Texture(world.textures[0], int(rng.integers(2**31)), greys, frequency=0.6, grain=0.05)
    picture = clouds.paint(points) * sky * fade
    if kind == "street":
        x = -20
        while x < width:
            wide, tall = int(rng.uniform(50, 130)), int(horizon * rng.uniform(0.35, 0.95))
            front = _muted(world, rng, frequency=2.0).paint(points[:tall, :wide])
            _windows(front, rng)
            top, left = horizon - tall, max(x, 0)
            picture[top : horizon + 12, left : x + wide] = np.pad(front, ((0, 12), (0, 0), (0, 0)), mode="edge")[
                :, left - x : width - x
            ]
            x += wide + int(rng.uniform(-4, 18))
        return picture
    for step in range(3):
        ridge = horizon - (3 - step) * 0.13 * horizon + 14 * np.cumsum(rng.normal(0, 0.12, width))
        hill = _muted(world, rng, frequency=2.0).paint(points) * np.float32(0.65 + 0.12 * step)
        below = np.clip(np.arange(height)[:, None] - ridge[None, :], 0, 1)[..., None].astype(np.float32)
        picture = np.asarray(picture * (1 - below) + hill * below, np.float32)
    return picture


def _windows(front: Floats32, rng: np.random.Generator) -> None:
    step_x, step_y = int(rng.integers(12, 22)), int(rng.integers(14, 26))
    pane = rng.uniform(0.1, 0.45, 3) if rng.random() < 0.7 else rng.uniform(0.7, 0.95, 3)
    for top in range(8, front.shape[0] - step_y, step_y):
        for left in range(6, front.shape[1] - step_x + 4, step_x):
            front[top : top + step_y // 2, left : left + step_x // 2] = pane * rng.uniform(0.7, 1.3)


def _lay_sheets(
    picture: Floats32, world: World, rng: np.random.Generator, unit: float, count: int, upright: bool = False
) -> None:
    """Lay textured rectangles with a faint shadow: papers on a desk, pictures on a wall."""
    height, width = picture.shape[:2]
    for _ in range(count):
        sides = rng.uniform(0.15, 0.4, 2) * min(height, width)
        centre = (float(rng.uniform(0, width)), float(rng.uniform(0, height)))
        angle = 0.0 if upright else float(rng.uniform(0, 180))
        corners = cv2.boxPoints((centre, (float(sides[0]), float(sides[1])), angle))
        mask = np.zeros((height, width), np.float32)
        cv2.fillConvexPoly(mask, np.round(corners * 16).astype(np.int32), 1.0, cv2.LINE_AA, 4)
        x, y, w, h = cv2.boundingRect(corners)
        rows = slice(max(y - 8, 0), min(y + h + 8, height))
        columns = slice(max(x - 8, 0), min(x + w + 8, width))
        if rows.stop <= rows.start or columns.stop <= columns.start:
            continue
        cut = mask[rows, columns, None]
        shadow = cv2.GaussianBlur(mask[rows, columns], (0, 0), 3)[..., None]
        sheet = world.texture(rng, frequency=2.0, contrast=float(rng.uniform(0.4, 0.9)))
        paint = sheet.paint(_plane(cut.shape[1], cut.shape[0], unit))
        picture[rows, columns] = picture[rows, columns] * (1 - 0.4 * shadow) * (1 - cut) + paint * cut


def _place_items(
    canvas: Floats32,
    scene: Scene,
    rng: np.random.Generator,
    light: Light,
    band: tuple[float, float],
    count: int,
) -> None:
    """Stand bodies about on the canvas, between two heights given as shares of it, the farthest first."""
    height, width = canvas.shape[:2]
    feet = np.sort(rng.uniform(band[0], band[1], count))
    for place, foot in enumerate(feet):
        if place < len(scene.backdrop.strewn):
            body, skin = scene.backdrop.strewn[place]
        else:
            body, skin = scene.world.body(rng), scene.world.skin(rng)
        turn = euler(*(np.array([rng.normal(0, s)]) for s in (0.8, 0.25, 0.15)))
        size = scene.size[1] * rng.uniform(0.12, 0.26) * (0.7 + 0.5 * foot)
        spot = np.array([[rng.uniform(0, width), foot * height]])
        motion = Motion(spot, np.array([size]), turn, np.ones((1, 3)), rng.uniform(0, 6, 1))
        posed = Posed.of(body, motion)
        skins = ((Wardrobe(body, skin, int(rng.integers(2**31)), detail=0.5), 1.0),)
        sprite = draw(posed, 0, skins, light, (0, 0, width, height))
        if sprite is not None:
            lay(canvas[..., :3], foot_shadow(sprite, light, 0.4))
            lay(canvas, sprite)


def lay(picture: Floats32, sprite: Sprite | None) -> None:
    """Lay a sprite over a picture (H, W, 3) or (H, W, 4) in place; what falls outside is cut."""
    if sprite is None:
        return
    height, width = picture.shape[:2]
    left, top = max(sprite.left, 0), max(sprite.top, 0)
    right = min(sprite.left + sprite.image.shape[1], width)
    bottom = min(sprite.top + sprite.image.shape[0], height)
    if right <= left or bottom <= top:
        return
    cut = sprite.image[top - sprite.top : bottom - sprite.top, left - sprite.left : right - sprite.left]
    under = picture[top:bottom, left:right]
    under *= 1 - cut[..., 3:]
    under += cut[..., : picture.shape[2]]


def foot_shadow(sprite: Sprite, light: Light, darkness: float) -> Sprite:
    """Return the soft shadow that a drawn body throws on the ground at its foot: its outline, sheared and flat."""
    alpha = sprite.image[..., 3]
    h, w = alpha.shape
    lean = float(np.clip(-light.towards[0] / max(abs(light.towards[1]), 0.3), -1.2, 1.2)) * 0.45
    flat, margin = 0.28, int(4 + 0.45 * h)
    matrix = np.array([[1, -lean, margin + lean * h], [0, flat, margin + (1 - flat) * h - 0.06 * h]])
    cast = cv2.warpAffine(alpha, matrix, (w + 2 * margin, h + 2 * margin), flags=cv2.INTER_LINEAR)
    cast = cv2.GaussianBlur(cast, (0, 0), 1 + 0.03 * h) * np.float32(darkness)
    image = np.zeros((*cast.shape, 4), np.float32)
    image[..., 3] = cast
    return Sprite(image, sprite.left - margin, sprite.top - margin)
