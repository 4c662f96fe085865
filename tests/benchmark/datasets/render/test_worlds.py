"""Bodies and textures: every family works, seeds decide, and the two worlds have nothing in common."""

from __future__ import annotations

import numpy as np
import pytest

from benchmark.datasets.render import bodies, textures
from benchmark.datasets.render.geometry import euler
from benchmark.datasets.render.shapes import Motion, Posed
from benchmark.datasets.render.sprites import Light, Wardrobe, draw
from benchmark.datasets.render.textures import Texture, generator
from benchmark.datasets.render.worlds import demo_world, training_world

PALETTE = ((0.1, 0.2, 0.8), (0.9, 0.8, 0.2))


def _points(side: int = 24) -> np.ndarray:
    x, y = np.meshgrid(np.linspace(-2, 2, side), np.linspace(-2, 2, side))
    return np.stack([x, y, 0.5 * x], axis=-1).astype(np.float32)


def test_worlds_are_disjoint_and_use_up_what_there_is() -> None:
    demo, training = demo_world(), training_world()
    assert not set(demo.bodies) & set(training.bodies)
    assert set(demo.broad) < set(demo.bodies)
    assert set(training.broad) < set(training.bodies)
    assert not set(demo.textures) & set(training.textures)
    assert set(demo.bodies) | set(training.bodies) == set(bodies.FAMILIES)
    assert set(demo.textures) | set(training.textures) == set(textures.FIELDS)


@pytest.mark.parametrize("family", list(textures.FIELDS))
def test_a_texture_repeats_by_its_seed_and_has_structure(family: str) -> None:
    paint = Texture(family, 1, PALETTE).paint(_points())
    assert paint.shape == (24, 24, 3)
    assert paint.min() >= 0
    assert paint.max() <= 1
    assert paint.std(axis=(0, 1)).max() > 0.03
    assert np.array_equal(paint, Texture(family, 1, PALETTE).paint(_points()))
    assert not np.array_equal(paint, Texture(family, 2, PALETTE).paint(_points()))


@pytest.mark.parametrize("family", list(bodies.FAMILIES))
def test_the_drawn_silhouette_fills_the_exact_box(family: str) -> None:
    body = bodies.build(family, 3)
    rng = generator(5)
    frames = 3
    yaw, pitch, roll = rng.uniform(-3, 3, (3, frames))
    motion = Motion(
        rng.uniform(90, 110, (frames, 2)),
        np.array([70.0, 40.0, 18.0]),
        euler(yaw, pitch, roll),
        rng.uniform(0.7, 1.4, (frames, 3)),
        rng.uniform(0, 6, frames),
    )
    posed = Posed.of(body, motion)
    wardrobe = Wardrobe(body, demo_world().skin(rng), 1, detail=0.25)
    for t, box in enumerate(posed.boxes()):
        sprite = draw(posed, t, ((wardrobe, 1.0),), Light(), (0, 0, 200, 200))
        assert sprite is not None
        alpha = sprite.image[..., 3]
        rows, columns = np.flatnonzero(alpha.max(1) > 0), np.flatnonzero(alpha.max(0) > 0)
        low = np.array([sprite.left + columns[0], sprite.top + rows[0]])
        high = np.array([sprite.left + columns[-1] + 1, sprite.top + rows[-1] + 1])
        # Whole pixels hold the box, and no more than a pixel (a pointed tip: two) is missing.
        assert np.all(low >= np.floor(box[:2]))
        assert np.all(high <= np.ceil(box[:2] + box[2:]))
        assert np.all(low <= box[:2] + 2)
        assert np.all(high >= box[:2] + box[2:] - 2)


def test_a_body_has_the_size_that_its_motion_says() -> None:
    for family in bodies.FAMILIES:
        motion = Motion.still(1)
        box = Posed.of(bodies.build(family, 1), motion).boxes()[0]
        assert np.sqrt(box[2] * box[3]) == pytest.approx(1.0)


def test_light_comes_from_its_lamp() -> None:
    body = bodies.build("ball", 0)
    grey = Texture("noise", 1, ((0.5,) * 3, (0.5,) * 3), grain=0)
    skin = demo_world().skin(generator(1))
    wardrobe = Wardrobe(body, type(skin)(grey, grey), 1, detail=0.25)
    motion = Motion(np.full((1, 2), 50.0), np.array([60.0]), np.eye(3)[None], np.ones((1, 3)), np.zeros(1))
    posed = Posed.of(body, motion)
    for sign in (-1.0, 1.0):
        sprite = draw(posed, 0, ((wardrobe, 1.0),), Light((sign, 0.0, -0.3), 0.2), (0, 0, 100, 100))
        assert sprite is not None
        half = sprite.image.shape[1] // 2
        left, right = sprite.image[:, :half, 0].sum(), sprite.image[:, half:, 0].sum()
        assert (right > 1.3 * left) if sign > 0 else (left > 1.3 * right)
