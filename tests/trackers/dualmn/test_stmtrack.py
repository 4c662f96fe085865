"""``dualmn-long:paper`` against STMTrack itself, at each stage where the two once differed, and over whole runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import paint
from golden import frames, golden, inputs, near, probed, table, track
from safetensors.torch import save_file

from trackers.dualmn.head import AnchorFreeHead
from trackers.dualmn.network import DualMNNet
from trackers.dualmn.sight import whole_cut
from trackers.names import resolve
from trackers.nets.crops import mean_colour
from trackers.nets.label_maps import whole_label_maps
from trackers.nets.target import Target
from trackers.nets.transfer import uploaded
from trackers.weights.formats.layouts import translated


def test_the_heads_norms_have_not_the_trunks_epsilon() -> None:
    head = AnchorFreeHead(8, 4, 2, 8, separable=False)
    assert {module.eps for module in head.modules() if isinstance(module, torch.nn.BatchNorm2d)} == {1e-5}


@pytest.mark.parametrize(
    ("case", "side", "box", "size"),
    [
        # an even and an odd side around a truncated centre, and one so large that every other pixel is taken
        ("even", 160, (130.2, 105.7), 40.0),
        ("odd", 173, (130.2, 105.7), 43.25),
        ("large", 340, (639.0, 479.0), 170.0),
    ],
)
def test_the_crop_is_one_pixel_wider_than_what_a_place_in_it_is_read_by(
    case: str, side: int, box: tuple[float, float], size: float
) -> None:
    every = 2 if case == "large" else 1
    ramp = np.abs(np.arange(1280) % 500 - 250).astype(np.uint8)
    frame = np.ascontiguousarray(np.broadcast_to(ramp[None, :, None], (960, 1280, 3)))
    target = Target.from_boxes(np.array([[*box, size, size]]), [(1280, 960)])
    cut = whole_cut([frame], target, mean_colour([frame]), 4.0, 289)
    assert cut.scale.item() == pytest.approx((side + 1) * every / 289)
    assert cut.size[0, 0].item() == pytest.approx(size / cut.scale.item())
    left = (int(box[0] + size / 2 - 0.5) // every - (side - 1) // 2) * every + int(box[0] + size / 2 - 0.5) % every
    row = frame[300].astype(float)[:, 0]
    expected = np.interp(left + np.arange(289) * side * every / 288, np.arange(1280), row)
    inner = (left + np.arange(289) * side * every / 288 > 0) & (expected > 3) & (expected < 247)
    assert inner.sum() > 100
    assert np.abs(cut.crops[0, 0, 144].numpy()[inner] - expected[inner]).max() <= 1
    there = whole_cut(uploaded([frame], torch.device("cpu")), target, mean_colour([frame]), 4.0, 289)
    assert (there.crops.int() - cut.crops.int()).abs().max() <= 1


def test_the_label_maps_ends_are_cut_off_and_both_in() -> None:
    label = whole_label_maps(torch.zeros(1, 2), torch.tensor([[49.5, 73.0]]), 289)[0]
    columns, rows = label.any(0).nonzero()[:, 0], label.any(1).nonzero()[:, 0]
    assert (columns[0].item(), columns[-1].item()) == (119, 168)  # 144 -+ 24.25
    assert (rows[0].item(), rows[-1].item()) == (108, 180)
    assert label.sum() == len(columns) * len(rows)


def test_otbs_boxes_can_be_taken_as_the_authors_take_them() -> None:
    seen, box = paint(3), np.array([40.0, 40.0, 30.0, 24.0])
    further = track("dualmn-long", seen, box + [1, 1, 0, 0])
    np.testing.assert_allclose(track("dualmn-long{authors_boxes=true}", seen, box), further - [1, 1, 0, 0], atol=1e-9)


def test_sizes_stay_between_ten_pixels_and_the_frames_and_the_centre_in_it() -> None:
    tracker = resolve("dualmn-long{authors_limits=true}").build("cpu")
    target = Target.from_boxes(np.array([[40.0, 40.0, 30.0, 24.0]]), [(160, 120)])
    moved = tracker._moved(target, torch.tensor([[500.0, -500.0]]), torch.tensor([[4.0, 900.0]]))
    assert moved.size.tolist() == [[10, 120]]
    assert moved.centre.tolist() == [[160.5, 0.5]]


def test_every_crop_is_theirs_to_the_byte(shared_data: Path) -> None:
    folder = golden(shared_data)
    made = inputs(folder)
    for name, known in json.loads((folder / "stmtrack_crops.json").read_text()).items():
        frame = made.frame(3)
        if "large" in name:
            frame = frame.repeat(4, 0).repeat(4, 1)
        side, centre = known["sqrt_wh"], np.array(known["centre_pixel_index"]) + 0.5
        target = Target.from_boxes(np.array([[*(centre - side / 2), side, side]]), [frame.shape[1::-1]])
        cut = whole_cut([frame], target, mean_colour([frame]), 4.0, 289)
        assert made.digest(cut.crops[0].permute(1, 2, 0).contiguous().numpy()) == known["sha256_16"], name
        assert 1 / cut.scale.item() == pytest.approx(known["decode_scale"])


@pytest.fixture(scope="module")
def net(shared_data: Path) -> Iterator[DualMNNet]:
    net = DualMNNet(resolve("dualmn-long:paper@random").config).eval()
    net.load_state_dict(translated(table(golden(shared_data), "stmtrack"), Path("stmtrack")))
    with torch.inference_mode():
        yield net


@pytest.mark.slow
def test_the_networks_stages_are_theirs(net: DualMNNet, shared_data: Path) -> None:
    folder = golden(shared_data)
    stages, image = np.load(folder / "stmtrack_stages.npz"), inputs(folder).image
    assert net.long is not None
    crops = [torch.from_numpy(image(289, tag)[::-1].copy())[None] for tag in ("memory", "memory two", "query")]
    memories = []
    for crop, (columns, rows) in zip(crops, (((120, 168), (108, 180)), ((90, 199), (100, 189))), strict=False):
        ends = torch.tensor([columns, rows], dtype=torch.float32)
        centre, size = ends.mean(1)[None] - 144, (ends[:, 1] - ends[:, 0] + 1)[None]
        memories.append(net.remember(crop, centre, size))
    query = net.long.query(net.features(crops[2][:, None])[:, 0])
    near(memories[0].features[0, 0], stages["fm_c0"])
    near(query[0, 0], stages["fq_c0"])
    facts = json.loads((folder / "stmtrack.json").read_text())
    for value, name in ((memories[0].features, "fm"), (memories[1].features, "fm2"), (query, "fq")):
        probed(value, facts[name])
    features, ballots = (
        torch.stack([getattr(one, name)[0] for one in memories])[None] for name in ("features", "ballots")
    )
    maps = net.long(query, features, ballots, torch.ones(1, 2, dtype=torch.bool))
    near(maps.classes, stages["cls_logit"])
    near(maps.centreness, stages["ctr_logit"])
    near((maps.distances / 8).log(), net.long.head.scale * torch.from_numpy(stages["offsets"]) + net.long.head.shift)
    near(maps.scores(), stages["score"])
    boxes = maps.boxes(8)[0].flatten(1).T
    corners = torch.cat([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2], 1) + 144
    near(corners, stages["bbox_xyxy"])


@pytest.mark.slow
def test_twelve_frames_are_followed_as_they_are_there(shared_data: Path, tmp_path: Path) -> None:
    folder = golden(shared_data)
    file = tmp_path / "stmtrack.safetensors"
    save_file(translated(table(folder, "stmtrack"), file), file)
    seen, box = frames(inputs(folder))
    run = json.loads((folder / "stmtrack.json").read_text())["tracker_otb"]
    boxes = track(f"dualmn-long:paper@{file}", seen, box)
    np.testing.assert_allclose(boxes, run["boxes_xywh_authors_convention"], atol=1e-3)
