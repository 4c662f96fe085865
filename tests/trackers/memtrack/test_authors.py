"""``memtrack:paper`` against the authors' graph: crops, and whole runs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import paint
from golden import frames, golden, inputs, near, probed, table, track
from safetensors.torch import save_file

from trackers.memtrack.authors_crops import authors_crops
from trackers.memtrack.config import PAPER, MemTrackConfig
from trackers.memtrack.network import MemTrackNet
from trackers.nets.crops import mean_colour
from trackers.weights.formats.layouts import translated


def cropped_and_resized(frame: np.ndarray, centre: np.ndarray, sides: list[float], size: int) -> np.ndarray:
    """Return what MemTrack's graph makes of a frame in 0..255: padded, normalised by its sides, bilinear, else 0."""
    mean = frame.reshape(-1, 3).mean(0)
    height, width = frame.shape[:2]
    half = max(sides) / 2
    beyond = [-np.round(centre - half), np.round(centre + half) - [width, height]]
    pad = max(0, int(np.max(beyond)))
    padded = np.pad(frame - mean, ((pad, pad), (pad, pad), (0, 0))) + mean
    out = np.zeros((len(sides), size, size, 3))
    for index, side in enumerate(sides):
        radius = (side - 1) / 2
        for row in range(size):
            for column in range(size):
                place = []
                for axis, step, extent in ((1, row, padded.shape[0]), (0, column, padded.shape[1])):
                    low = (pad + centre[axis] - radius) / extent
                    high = (pad + centre[axis] + radius) / extent
                    place.append(low * (extent - 1) + step * (high - low) * (extent - 1) / (size - 1))
                y, x = place
                if 0 <= y <= padded.shape[0] - 1 and 0 <= x <= padded.shape[1] - 1:
                    y0, x0 = int(y), int(x)
                    y1, x1 = min(y0 + 1, padded.shape[0] - 1), min(x0 + 1, padded.shape[1] - 1)
                    top = padded[y0, x0] * (1 - (x - x0)) + padded[y0, x1] * (x - x0)
                    bottom = padded[y1, x0] * (1 - (x - x0)) + padded[y1, x1] * (x - x0)
                    out[index, row, column] = top * (1 - (y - y0)) + bottom * (y - y0)
    return out


@pytest.mark.parametrize("centre", [(55.2, 52.7), (8.1, 60.0), (150.4, 118.3), (-3.0, 70.0)])
def test_crops_are_tensorflows(centre: tuple[float, float]) -> None:
    frame, sides = paint(1)[0], [30.4, 41.0, 43.0]
    cut = authors_crops(
        [frame], torch.tensor([centre]).double(), torch.tensor([sides]).double(), 17, mean_colour([frame])
    )  # fmt: skip
    expected = cropped_and_resized(frame.astype(float), np.array(centre), sides, 17)
    np.testing.assert_allclose(cut[0].permute(0, 2, 3, 1).numpy(), expected, atol=2e-2)


def test_the_first_search_crops_are_theirs(shared_data: Path) -> None:
    folder = golden(shared_data)
    facts = json.loads((folder / "memtrack.json").read_text())
    for run in ("tracker", "tracker_border"):
        seen, box = frames(inputs(folder), border="border" in run)
        side = np.sqrt(np.prod(box[2:] + box[2:].sum() / 2)) * 255 / 127
        sides = torch.tensor([[round(side * 1.05**s) for s in (-1, 0, 1)]]).double()
        cut = authors_crops(
            [seen[1]], torch.tensor(box[None, :2] + box[None, 2:] / 2), sides, 255, mean_colour([seen[1]])
        )  # fmt: skip
        probed(cut[0, 1].permute(1, 2, 0) / 255, facts[f"{run}.x_crop1"])


@pytest.mark.slow
def test_six_steps_are_theirs_at_every_stage(shared_data: Path) -> None:
    folder = golden(shared_data)
    facts, stages = json.loads((folder / "memtrack.json").read_text()), np.load(folder / "memtrack_stages.npz")
    image = inputs(folder).image
    net = MemTrackNet(MemTrackConfig(**PAPER)).eval()
    net.load_state_dict(translated(table(folder, "memtrack"), Path("memtrack")))

    def crops(size: int, *tags: str) -> torch.Tensor:
        return torch.from_numpy(np.stack([image(size, tag) for tag in tags]))[None]

    with torch.inference_mode():
        first = net.template(crops(127, "first"))
        carried = net.begin(first)
        near(carried.cell[0], stages["init.c"])
        near(carried.hidden[0], stages["init.h"])
        for k in range(6):
            newest = first if k == 0 else net.template(crops(127, f"z{k}"))
            outcome = net.step(carried, newest, net.features(crops(255, *(f"x{k}{scale}" for scale in "abc"))))
            near(net.logits(outcome.response)[0], stages["responses"][k])
            found = {
                "attention": outcome.attention, "c": outcome.cell, "h": outcome.hidden,
                "control_factors": outcome.controls.gates, "write_decay": outcome.controls.decay,
                "read_weight": outcome.read_weight, "write_weight": outcome.write_weight, "usage": outcome.usage,
            }  # fmt: skip
            for name, value in found.items():
                near(value[0], stages[f"step{k}.{name}"])
            slots = outcome.memory.slots[0].permute(0, 2, 3, 1)
            probed(slots.expand(3, *slots.shape), facts[f"step{k}.memory"])
            carried = outcome.carried(torch.tensor([1]))


def test_otbs_boxes_can_be_taken_as_the_authors_take_them() -> None:
    seen, box = paint(4), np.array([40.0, 40.0, 30.0, 24.0])
    further = track("memtrack", seen, box + [1, 1, 0, 0])
    np.testing.assert_allclose(track("memtrack{authors_boxes=true}", seen, box), further - [1, 1, 0, 0], atol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize(("run", "tolerance"), [("tracker", 1e-2), ("tracker_border", 0.35)])
def test_twelve_frames_are_followed_as_they_are_there(
    shared_data: Path, tmp_path: Path, run: str, tolerance: float
) -> None:
    """On the border run TensorFlow's bicubic table decides between two cells alike to it: one sixteenth of a cell."""
    folder = golden(shared_data)
    file = tmp_path / "memtrack.safetensors"
    save_file(translated(table(folder, "memtrack"), file), file)
    seen, box = frames(inputs(folder), border="border" in run)
    expected = np.array(json.loads((folder / "memtrack.json").read_text())[run]["boxes_xywh_0_based"])
    off = np.abs(track(f"memtrack:paper@{file}", seen, box) - expected).max(1)
    assert off.max() <= tolerance
    assert np.delete(off, slice(4, 8)).max() <= 1e-2
