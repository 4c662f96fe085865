from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from trackers.nets.crops import context_side, mean_colour, square_crops
from trackers.nets.transfer import uploaded


def ramp(width: int = 120, height: int = 100) -> np.ndarray:
    """A picture whose red is x and whose green is y at every pixel's centre."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[..., 0] = np.arange(width)[None, :]
    picture[..., 1] = np.arange(height)[:, None]
    return picture


def crops(frames, centres, sides, size, **options) -> np.ndarray:
    fill = torch.full((len(frames), 3), 200.0)
    cut = square_crops(
        frames,
        torch.tensor(centres, dtype=torch.float64),
        torch.tensor(sides, dtype=torch.float64),
        size,
        fill,
        **options,
    )
    return cut.numpy().astype(float)


def test_a_crop_samples_continuous_coordinates_without_half_a_pixel_of_shift() -> None:
    (cut,) = crops([ramp()], [[50.0, 40.0]], [[48.0]], 16)[0]
    j = np.arange(16)
    # Output pixel j covers [c - s/2 + 3j, c - s/2 + 3j + 3); a pixel's value stands at its centre, index + 1/2.
    np.testing.assert_array_equal(cut[0, 8], 50 - 24 + (j + 0.5) * 3 - 0.5)
    np.testing.assert_array_equal(cut[1, :, 8], 40 - 24 + (j + 0.5) * 3 - 0.5)


def test_the_middle_of_a_crop_does_not_depend_on_its_scale() -> None:
    cut = crops([ramp()], [[50.0, 40.0]], [[16.0, 24.0, 48.0]], 16)[0]
    middles = cut[:, 0, :, 7:9].mean((1, 2))
    np.testing.assert_allclose(middles, 49.5, atol=0.51)


def test_beyond_the_border_is_the_fill_colour() -> None:
    (cut,) = crops([ramp()], [[0.0, 0.0]], [[40.0]], 20)[0]
    assert (cut[:, :9, :9] == 200).all()
    assert (cut[2, 11:, 11:] == 0).all()


def test_lanes_with_frames_of_other_sizes_are_cut_as_if_alone() -> None:
    frames, centres, sides = [ramp(), ramp(60, 200)], [[50.0, 40.0], [30.0, 90.0]], [[32.0, 40.0], [20.0, 25.0]]
    both = crops(frames, centres, sides, 16)
    for lane in range(2):
        alone = crops(frames[lane : lane + 1], centres[lane : lane + 1], sides[lane : lane + 1], 16)
        np.testing.assert_array_equal(both[lane], alone[0])


@pytest.mark.parametrize(("centre", "side"), [((50.3, 40.8), 31.4), ((3.0, 97.0), 44.0)])
def test_whole_pixels_are_those_of_the_authors_code(centre: tuple[float, float], side: float) -> None:
    """siamfc-pytorch pads with the fill colour, cuts round(side) pixels at round(centre - (side-1)/2), then resizes."""
    picture = np.random.default_rng(0).integers(0, 255, (100, 120, 3), np.uint8)
    whole = round(side)
    x, y = (round(c - 0.5 - (whole - 1) / 2) for c in centre)
    padded = cv2.copyMakeBorder(picture, 100, 100, 100, 100, cv2.BORDER_CONSTANT, value=(200, 200, 200))
    expected = cv2.resize(padded[y + 100 : y + 100 + whole, x + 100 : x + 100 + whole], (24, 24)).astype(float)
    (cut,) = crops([picture], [list(centre)], [[side]], 24, whole_pixels=True)[0]
    assert np.abs(cut.transpose(1, 2, 0) - expected)[1:-1, 1:-1].max() <= 2


def test_the_context_square_of_a_square_target_is_twice_its_side() -> None:
    size = torch.tensor([[40.0, 40.0], [30.0, 60.0]])
    np.testing.assert_allclose(context_side(size), [80.0, np.sqrt(75 * 105)], rtol=1e-6)


def test_the_mean_colour_is_each_frames_own() -> None:
    colour = mean_colour([np.full((4, 4, 3), 7, np.uint8), ramp(3, 5)])
    np.testing.assert_allclose(colour, [[7, 7, 7], [1, 2, 0]])


TOLERANCE = 1 if int(cv2.__version__.partition(".")[0]) >= 5 else 8
"""Grey levels by which a device's cut may differ: OpenCV 4 rounds places to a 32nd of a pixel, OpenCV 5 does not."""


@pytest.mark.parametrize("whole_pixels", [False, True])
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_a_device_cuts_what_opencv_cuts(whole_pixels: bool, seed: int) -> None:
    rng = np.random.default_rng(seed)
    frames = [rng.integers(0, 256, (*rng.integers(8, 90, 2), 3), np.uint8) for _ in range(3)]
    widths = np.array([[frame.shape[1], frame.shape[0]] for frame in frames])
    centres = torch.tensor(widths * rng.uniform(-0.2, 1.2, (3, 2)))
    sides = torch.tensor(rng.uniform(2, 200, (3, 2)))
    fill = torch.tensor(rng.uniform(0, 255, (3, 3)), dtype=torch.float32)
    size = int(rng.integers(5, 40))
    on_host = square_crops(frames, centres, sides, size, fill, whole_pixels=whole_pixels)
    there = uploaded(frames, torch.device("cpu"))
    on_device = square_crops(there, centres, sides, size, fill, whole_pixels=whole_pixels)
    assert on_device.shape == on_host.shape
    assert on_device.stride() == on_host.stride()
    apart = (on_device.int() - on_host.int()).abs()
    assert apart.max() <= TOLERANCE
    assert (apart > 0).float().mean() < (0.01 if TOLERANCE == 1 else 0.6)
    np.testing.assert_allclose(mean_colour(there), mean_colour(frames), rtol=1e-6)
