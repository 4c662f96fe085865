from __future__ import annotations

from pathlib import Path

import layouts
import numpy as np
import pytest

from benchmark.datasets.lookup import open_dataset
from trackers.errors import InputError


@pytest.mark.parametrize("inner", ["", "TrackingNet"])
def test_images_are_taken_by_their_numbers_from_0_on_and_the_first_box_alone(tmp_path: Path, inner):
    layouts.trackingnet(tmp_path / inner, "-Dz7OIf54b0_0", 12, (5, 6, 30, 20))
    dataset = open_dataset("TrackingNet", tmp_path)
    (sequence,) = dataset.load(["-Dz7OIf54b0_0"])
    assert [frame.name for frame in sequence.frames] == [f"{number}.jpg" for number in range(12)]
    assert sequence.annotation.boxes[0].tolist() == [5, 6, 30, 20]
    assert np.isnan(sequence.annotation.boxes[1:]).all()
    assert (sequence.annotation.secret, dataset.profile) == (True, "trackingnet")


def test_a_gap_between_images_is_said(tmp_path: Path):
    layouts.trackingnet(tmp_path, "0-6LB4FqxoE_0", 12, (5, 6, 30, 20))
    (tmp_path / "TEST" / "frames" / "0-6LB4FqxoE_0" / "7.jpg").unlink()
    with pytest.raises(InputError, match="lacks image 7: 1 of the sequence's images 0-11 are missing"):
        open_dataset("TrackingNet", tmp_path).load(["0-6LB4FqxoE_0"])


def test_the_box_belongs_to_image_0(tmp_path: Path):
    layouts.trackingnet(tmp_path, "0-6LB4FqxoE_0", 12, (5, 6, 30, 20))
    (tmp_path / "TEST" / "frames" / "0-6LB4FqxoE_0" / "0.jpg").unlink()
    with pytest.raises(InputError, match="lacks image 0, to which its box belongs: unpack it again"):
        open_dataset("TrackingNet", tmp_path).load(["0-6LB4FqxoE_0"])
