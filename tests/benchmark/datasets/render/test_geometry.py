"""Boxes of primitives are exact, and rays meet them where they are."""

from __future__ import annotations

import numpy as np
import pytest

from benchmark.datasets.render.geometry import Rays, Solid, about_axis, covers, euler, half_extents, outward


def _matrix(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    turn = np.linalg.qr(rng.standard_normal((3, 3)))[0]
    return np.asarray(turn * rng.uniform(8, 40, 3) @ np.linalg.qr(rng.standard_normal((3, 3)))[0])


@pytest.mark.parametrize("solid", list(Solid))
@pytest.mark.parametrize("seed", range(4))
def test_the_silhouette_fills_its_box(solid: Solid, seed: int) -> None:
    matrix, centre = _matrix(seed), np.array([5.25, -3.5, 9.0])
    reach = half_extents(solid, matrix)
    step = 0.25
    x, y = np.meshgrid(np.arange(-80, 80, step) + centre[0], np.arange(-80, 80, step) + centre[1])
    mask = covers(solid, matrix, centre, x.ravel().astype(np.float32), y.ravel().astype(np.float32)).reshape(x.shape)
    found = (np.ptp(x[mask]) / 2, np.ptp(y[mask]) / 2)
    # A pointed corner is thinner than the grid within a few steps of its tip.
    assert found == pytest.approx(reach, abs=6 * step)
    assert np.all(np.array(found) <= reach + step)


@pytest.mark.parametrize("solid", list(Solid))
def test_rays_meet_the_surface_and_normals_face_the_viewer(solid: Solid) -> None:
    matrix, centre = _matrix(7), np.zeros(3)
    rng = np.random.default_rng(1)
    x, y = rng.uniform(-20, 20, (2, 400)).astype(np.float32)
    rays = Rays.through(matrix, centre, x, y)
    hit, enter = rays.meet(solid)
    local = rays.start[:, hit] + rays.along[:, None] * enter[hit]
    if solid is Solid.BALL:
        surface = np.linalg.norm(local, axis=0)
    elif solid is Solid.CUBE:
        surface = np.abs(local).max(0)
    else:
        surface = np.maximum(np.hypot(local[0], local[2]), np.abs(local[1]))
    assert hit.sum() > 50
    assert surface == pytest.approx(np.ones(hit.sum()), abs=1e-3)
    normals = outward(solid, matrix, local)
    assert np.linalg.norm(normals, axis=0) == pytest.approx(np.ones(hit.sum()), abs=1e-4)
    assert np.all(normals[2] < 1e-3)


def test_a_yaw_moves_the_front_sideways_and_a_roll_turns_the_picture() -> None:
    front, right = np.array([0, 0, -1.0]), np.array([1.0, 0, 0])
    quarter = np.array([np.pi / 2])
    zero = np.zeros(1)
    assert abs((euler(quarter, zero, zero)[0] @ front)[0]) == pytest.approx(1)
    assert euler(zero, zero, quarter)[0] @ right == pytest.approx([0, 1, 0])
    assert about_axis((0, 0, 2), quarter)[0] @ right == pytest.approx([0, 1, 0])
