"""Turns a scene into frames: backdrop, shadows, bodies, light, lens and sensor."""

from __future__ import annotations

from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.render.backdrop import Layer, foot_shadow, lay, paint_layers
from benchmark.datasets.render.geometry import Floats, Floats32
from benchmark.datasets.render.scene import Actor, Scene
from benchmark.datasets.render.sprites import Light, Sprite, Wardrobe, draw
from benchmark.datasets.render.textures import fractal, generator

MARGIN = 40
"""Pixels around the frame in which bodies are drawn too, so that their blur reaches in."""


class Painter:
    """Draws the frames of one scene; frames may be asked for in any order."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._wardrobes = {id(actor): _dress(actor, scene.seed) for actor in self._actors()}
        rng = generator(scene.seed, 17)
        width, height = scene.size
        self._noise = rng.standard_normal((height + 64, width + 64, 3)).astype(np.float32)
        grid = np.stack(np.meshgrid(np.arange(2 * width), np.arange(2 * height), [0.0]), -1)[:, :, 0]
        shade = fractal(rng, np.asarray(grid * (2.2 / height), np.float32), octaves=2)
        self._shade = np.clip(4 * (shade - np.float32(0.47)), 0, 1)

    @cached_property
    def _layers(self) -> tuple[Layer, ...]:
        return paint_layers(self.scene)

    def _actors(self) -> tuple[Actor, ...]:
        return (*self.scene.behind, self.scene.target, *self.scene.before)

    def frame(self, t: int) -> NDArray[np.uint8]:
        """Return frame `t` as uint8 RGB (H, W, 3)."""
        scene = self.scene
        width, height = scene.size
        light = Light(tuple(scene.lighting.towards[t]), float(scene.lighting.ambient[t]))
        picture = np.zeros((height, width, 3), np.float32)
        for layer in self._layers:
            self._slide(picture, layer, t)
        picture *= np.float32(1 / 255)
        for actor in self._actors():
            sprite = self.sprite(actor, t, light)
            if sprite is not None:
                if actor.shadow:
                    lay(picture, foot_shadow(sprite, light, actor.shadow))
                lay(picture, sprite)
        return self._expose(picture, t)

    def sprite(self, actor: Actor, t: int, light: Light) -> Sprite | None:
        """Draw one actor at frame `t`, smeared along its path while the shutter is open."""
        blend = 0.0 if actor.blend is None else float(actor.blend[t])
        width, height = self.scene.size
        within = (-MARGIN, -MARGIN, width + MARGIN, height + MARGIN)
        skins = tuple(zip(self._wardrobes[id(actor)], (1 - blend, blend)))
        sprite = draw(actor.posed, t, skins, light, within)
        if sprite is None:
            return None
        smear = _kernel(_velocity(actor.motion.position, t) * self.scene.lens.shutter[t])
        if smear is None:
            return sprite
        pad = smear.shape[0] // 2
        padded = cv2.copyMakeBorder(sprite.image, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0))
        return Sprite(np.asarray(cv2.filter2D(padded, -1, smear), np.float32), sprite.left - pad, sprite.top - pad)

    def _slide(self, picture: Floats32, layer: Layer, t: int) -> None:
        """Lay the part of a layer that the camera sees over the picture, whose values here run to 255."""
        scene = self.scene
        width, height = scene.size
        centres = scene.camera.project((width / 2, height / 2), scene.size, layer.parallax)
        zoom = scene.camera.zoom[t] ** layer.parallax
        cosine, sine = zoom * np.cos(scene.camera.roll[t]), zoom * np.sin(scene.camera.roll[t])
        turn = np.array([[cosine, -sine], [sine, cosine]])
        middle = np.array([layer.image.shape[1], layer.image.shape[0]]) / 2
        # Pixel i covers [i, i+1), but the warp works on pixel indices.
        shift = centres[t] - 0.5 - turn @ (middle - 0.5)
        seen = cv2.warpAffine(
            layer.image, np.column_stack([turn, shift]), scene.size, borderMode=cv2.BORDER_REFLECT_101
        )
        smear = _kernel(_velocity(centres, t) * scene.lens.shutter[t])
        if smear is not None:
            seen = cv2.filter2D(seen, -1, smear)
        if layer is self._layers[0]:
            picture[:] = seen[..., :3]
            return
        cover = seen[..., 3:].astype(np.float32) * np.float32(1 / 255)
        picture *= 1 - cover
        picture += seen[..., :3]

    def _expose(self, picture: Floats32, t: int) -> NDArray[np.uint8]:
        scene = self.scene
        width, height = scene.size
        if scene.lighting.shade[t]:
            x, y = int(width / 2 + width / 2 * np.sin(0.05 * t)), int(height / 2 + height / 2 * np.cos(0.037 * t))
            picture *= 1 - np.float32(scene.lighting.shade[t]) * self._shade[y : y + height, x : x + width, None]
        picture *= scene.lighting.gain[t].astype(np.float32)
        if scene.lens.defocus[t] > 0.2:
            picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), float(scene.lens.defocus[t])), np.float32)
        rng = generator(scene.seed, 23, t)
        row, column = (int(n) for n in rng.integers(64, size=2))
        picture += np.float32(scene.lens.noise) * self._noise[row : row + height, column : column + width]
        return np.asarray(np.clip(picture * 255 + np.float32(0.5), 0, 255), np.uint8)


def _dress(actor: Actor, seed: int) -> tuple[Wardrobe, ...]:
    first = Wardrobe(actor.body, actor.skin, seed)
    return (first,) if actor.other is None else (first, Wardrobe(actor.body, actor.other, seed + 1))


def _velocity(path: Floats, t: int) -> Floats:
    before, after = max(t - 1, 0), min(t + 1, len(path) - 1)
    return np.asarray((path[after] - path[before]) / max(after - before, 1), dtype=np.float64)


def _kernel(smear: Floats) -> Floats32 | None:
    """Return the normalised line kernel of a smear (dx, dy) in pixels, centred; None under a pixel and a half."""
    length = float(np.hypot(*smear))
    if length < 1.5:
        return None
    radius = int(np.ceil(length / 2))
    kernel = np.zeros((2 * radius + 1, 2 * radius + 1), np.float32)
    ends = radius + np.outer([-0.5, 0.5], smear)
    first, second = (tuple(int(v) for v in np.round(end * 256)) for end in ends)
    cv2.line(kernel, first, second, 1.0, 1, cv2.LINE_AA, 8)
    return np.asarray(kernel / kernel.sum(), np.float32)
