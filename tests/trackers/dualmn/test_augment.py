"""The first frame's samples: where the target goes, what depends on the seed, what does not."""

from __future__ import annotations

import numpy as np
import torch

from trackers.dualmn.augment import AUGMENTATIONS, FirstCrops, drop_channels, first_crops, generators


def picture(seed: int = 0) -> np.ndarray:
    frame = np.full((120, 160, 3), 90, np.uint8)
    frame[50:60, 70:80] = (250, 30, 30)  # the target, centred on (75, 55)
    frame[50:60, 80:84] = (30, 250, 30)  # and what is at its right
    return frame


def crops(seeds: tuple[int, ...] = (0,), count: int = len(AUGMENTATIONS)) -> FirstCrops:
    frames = [picture() for _ in seeds]
    centres = torch.tensor([[75.0, 55.0]], dtype=torch.float64).repeat(len(seeds), 1)
    sides = torch.full((len(seeds),), 64.0, dtype=torch.float64)
    fill = torch.full((len(seeds), 3), 90.0)
    return first_crops(frames, centres, sides, 128, fill, count, generators(seeds))


def red_centre(crop: torch.Tensor) -> torch.Tensor:
    """(2,) x, y from the middle of the crop, of what is red."""
    red = (crop[0].float() - crop[1].float()).clamp_min(0)
    line = torch.arange(128) - 63.5
    return torch.stack([(red.sum(0) * line).sum(), (red.sum(1) * line).sum()]) / red.sum()


def test_the_target_lies_where_every_sample_says() -> None:
    found = crops()
    assert found.crops.shape == (1, len(AUGMENTATIONS), 3, 128, 128)
    for index in range(len(AUGMENTATIONS)):
        # Blurred, some of the target's red is hidden by the green beside it.
        close = 1.6 if AUGMENTATIONS[index].blur else 0.5
        assert (red_centre(found.crops[0, index]) - found.shifts[0, index]).abs().max() < close, AUGMENTATIONS[index]


def test_the_mirrored_sample_is_mirrored_and_the_rotated_one_turned() -> None:
    found = crops()
    greens = {}
    for index, change in enumerate(AUGMENTATIONS):
        crop = found.crops[0, index].float()
        green = (crop[1] - crop[0]).clamp_min(0)
        line = torch.arange(128) - 63.5
        place = torch.stack([(green.sum(0) * line).sum(), (green.sum(1) * line).sum()]) / green.sum()
        greens[change] = place - found.shifts[0, index]
    plain = greens[AUGMENTATIONS[0]]
    assert plain[0] > 10
    assert abs(plain[1]) < 0.5
    mirrored = next(place for change, place in greens.items() if change.mirrored)
    assert torch.allclose(mirrored, plain * torch.tensor([-1.0, 1.0]), atol=0.5)
    turned = next(place for change, place in greens.items() if change.rotation == 45.0)
    assert torch.allclose(turned.abs(), plain[0] / 2**0.5 * torch.ones(2), atol=0.7)


def test_shifts_are_drawn_by_the_lanes_own_seed() -> None:
    together, alone, again = crops((1, 2)), crops((2,)), crops((2,))
    assert torch.equal(together.crops[1], alone.crops[0])
    assert torch.equal(together.shifts[1], alone.shifts[0])
    assert torch.equal(again.crops, alone.crops)
    assert not torch.equal(together.shifts[0], together.shifts[1])
    fixed = [i for i, change in enumerate(AUGMENTATIONS) if change.shift is not None]
    assert torch.equal(together.shifts[0][fixed], together.shifts[1][fixed])
    assert together.shifts.abs().max() <= 0.3 * 128 + 1e-4


def test_channels_are_dropped_by_the_lanes_own_seed_and_the_rest_made_up_for() -> None:
    features = torch.ones(2, len(AUGMENTATIONS), 200, 2, 2)
    dropped = drop_channels(features, generators((1, 2)))
    again = drop_channels(features[1:], generators((2,)))
    assert torch.equal(dropped[1:], again)
    for index, change in enumerate(AUGMENTATIONS):
        values = dropped[:, index, :, 0, 0]
        if change.dropout == 0:
            assert (values == 1).all()
        else:
            share = (values == 0).float().mean().item()
            assert abs(share - change.dropout) < 0.08
            assert torch.allclose(values[values > 0], torch.tensor(1 / (1 - change.dropout)))


def test_fewer_samples_are_the_first_of_the_list() -> None:
    assert torch.equal(crops(count=9).crops[:, :3], crops().crops[:, :3])
