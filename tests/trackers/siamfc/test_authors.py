"""``siamfc:paper`` against siamfc-pytorch itself: crops to the byte, boxes to a thousandth of a pixel."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from golden import frames, golden, inputs, near, table, track
from safetensors.torch import save_file

from trackers.nets.crops import square_crops
from trackers.nets.target import Target
from trackers.nets.transfer import uploaded
from trackers.siamfc.config import PAPER, SiamFCConfig
from trackers.siamfc.network import SiamFCNet


@pytest.mark.parametrize("centre", [(60.3, 40.8), (4.0, 90.0), (118.9, 3.2), (-40.0, 50.0)])
def test_crops_are_padded_cut_and_resized(centre: tuple[float, float]) -> None:
    frame = np.random.default_rng(0).integers(0, 255, (96, 120, 3), np.uint8)
    mean, side, size = frame.mean((0, 1)), 41, 25
    corner = [round(value - 0.5 - (side - 1) / 2) for value in centre]
    padded = cv2.copyMakeBorder(frame, 99, 99, 99, 99, cv2.BORDER_CONSTANT, value=mean.tolist())
    expected = cv2.resize(padded[corner[1] + 99 :, corner[0] + 99 :][:side, :side], (size, size))
    where = (torch.tensor([centre], dtype=torch.float64), torch.tensor([[41.2]]), size, torch.tensor(mean)[None])
    (cut,) = square_crops([frame], *where, whole_pixels=True)[0].permute(0, 2, 3, 1).numpy()
    np.testing.assert_array_equal(cut, expected)
    there = uploaded([frame], torch.device("cpu"))
    on_device = square_crops(there, where[0], where[1], size, where[3].float(), whole_pixels=True)[0, 0]
    assert np.abs(on_device.permute(1, 2, 0).numpy().astype(int) - expected).max() <= 1


def test_every_crop_is_theirs_to_the_byte(shared_data: Path) -> None:
    folder = golden(shared_data)
    made, run = inputs(folder), json.loads((folder / "siamfc.json").read_text())["tracker_border"]
    seen, box = frames(made, border=True)
    colour = torch.tensor(np.array(run_mean(seen[0])))[None]
    digests = []
    for t, known in enumerate([run["boxes_1_based"][0], *run["boxes_1_based"][:-1]]):
        target = Target.from_boxes(np.array([known]) - [1, 1, 0, 0], [seen[0].shape[1::-1]])
        side = (target.size + target.size.sum(1, keepdim=True) / 2).prod(1).sqrt()
        factors = [1.0] if t == 0 else [1.0375 ** (s - 1) * 255 / 127 for s in range(3)]
        sides = side[:, None] * torch.tensor(factors, dtype=torch.float64)
        cut = square_crops(
            [seen[t]], target.centre, sides, 127 if t == 0 else 255, colour, whole_pixels=True
        )  # fmt: skip
        digests += [made.digest(crop.permute(1, 2, 0).contiguous().numpy()) for crop in cut[0]]
    assert digests == run["crop_sha256_16"]
    assert box.tolist() == [20, 20, 44, 36]


def run_mean(frame: np.ndarray) -> list[float]:
    return list(cv2.mean(frame)[:3])


def test_the_networks_response_is_theirs(shared_data: Path) -> None:
    folder = golden(shared_data)
    made, stages = inputs(folder), np.load(folder / "siamfc_stages.npz")
    net = SiamFCNet(SiamFCConfig(**PAPER)).eval()
    net.load_state_dict({**table(folder, "siamfc"), "response_shift": torch.tensor(0.0)})
    with torch.inference_mode():
        (template, _) = net.templates(torch.from_numpy(made.image(127, "z"))[None, None])
        search = net.features(torch.from_numpy(made.image(255, "x"))[None, None])
        near(net.response(search, template[:, 0]), stages["response"])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("run", "name"),
    [
        ("tracker_default", "siamfc:paper"),
        ("tracker_penalty_0.999", "siamfc{scale_penalty=0.999}:paper"),
        ("tracker_border", "siamfc:paper"),
    ],
)
def test_twelve_frames_are_followed_as_they_are_there(shared_data: Path, tmp_path: Path, run: str, name: str) -> None:
    folder = golden(shared_data)
    save_file(table(folder, "siamfc"), tmp_path / "siamfc.safetensors")
    seen, box = frames(inputs(folder), border="border" in run)
    expected = np.array(json.loads((folder / "siamfc.json").read_text())[run]["boxes_1_based"]) - [1, 1, 0, 0]
    boxes = track(f"{name}@{tmp_path / 'siamfc.safetensors'}", seen, box)
    np.testing.assert_allclose(boxes, expected, atol=1e-3)
