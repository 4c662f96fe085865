"""The short branch of preset ``dimp`` against DiMP: crops, network, optimiser, box, by stages."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from conftest import paint
from golden import golden, inputs, near, probed, table
from pretend_device import NAME

from trackers.dualmn.config import DIMP, DualMNConfig
from trackers.dualmn.dimp import _shaken, corner_boxes, drawn, locate
from trackers.dualmn.dimp_first import first_views
from trackers.dualmn.dimp_network import DimpNet
from trackers.dualmn.online import Samples
from trackers.dualmn.refiner import Climb, Refiner, pooled
from trackers.dualmn.search import Flag
from trackers.dualmn.sight import sampled
from trackers.nets.target import Target
from trackers.weights.formats.layouts import translated

CONFIG = DualMNConfig(**{**DIMP, "branches": "short"})


def patch(frame: np.ndarray, centre: tuple[float, float], side: float, size: int, inside: bool) -> torch.Tensor:
    """Return the (3, size, size) patch of a frame, by padding with the border's colours, cutting and resizing."""
    image = torch.from_numpy(frame).float().permute(2, 0, 1)[None]
    if inside:
        side = int(side / min(max(1.0, min(side / frame.shape[1], side / frame.shape[0])), 1.5))
    skip = max(int(side / size - 0.1), 1)
    x, y = (int(value) for value in centre)
    if skip > 1:
        image = image[..., y % skip :: skip, x % skip :: skip]
        x, y = (x - x % skip) // skip, (y - y % skip) // skip
    extent = max(round(side / skip), 2)
    left, top = x - (extent - 1) // 2, y - (extent - 1) // 2
    right, bottom = left + extent, top + extent
    if inside:
        width, height = image.shape[-1], image.shape[-2]
        moved = max(0, -left) - max(0, right - width), max(0, -top) - max(0, bottom - height)
        left, top, right, bottom = left + moved[0], top + moved[1], right + moved[0], bottom + moved[1]
        for axis, (low, high, room) in enumerate(((left, right, width), (top, bottom, height))):
            if (beyond := (max(0, -low) + max(0, high - room)) // 2) > 0:
                if axis == 0:
                    left, right = -beyond, -beyond + extent
                else:
                    top, bottom = -beyond, -beyond + extent
    cut = F.pad(image, (-left, right - image.shape[3], -top, bottom - image.shape[2]), "replicate")
    return F.interpolate(cut, (size, size), mode="bilinear")[0]


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize(
    ("centre", "side"), [((70.4, 60.2), 64.0), ((3.0, 110.7), 41.3), ((80.0, 61.0), 150.0), ((80.0, 61.0), 220.0)]
)
def test_crops_go_on_with_the_borders_colours(centre: tuple[float, float], side: float, inside: bool) -> None:
    frame = paint(1)[0]
    where = torch.tensor([centre], dtype=torch.float64), torch.tensor([side], dtype=torch.float64)
    crops, middle, scale = sampled([frame], *where, 36, inside)
    torch.testing.assert_close(crops[0], patch(frame, centre, side, 36, inside), atol=0.02, rtol=0)
    if not inside and side == 64:
        assert middle.tolist() == [[70.5, 60.5]]  # of pixels 39 to 102 and 29 to 92
        assert scale.item() == pytest.approx(64 / 36)


def test_the_first_frames_views_say_where_the_target_went() -> None:
    frame = np.zeros((200, 200, 3), np.uint8)
    frame[90:98, 100:108] = 255
    target = Target.from_boxes(np.array([[100.0, 90.0, 8.0, 8.0]]), [(200, 200)])
    config = DualMNConfig(**{**DIMP, "short_size": 80})
    first = first_views([frame], target, config, [torch.Generator().manual_seed(5)])
    assert first.crops.shape == (1, 13, 3, 80, 80)
    assert first.sizes.tolist() == [[16, 16]]
    for index, (view, place) in enumerate(zip(first.crops[0, :, 0], first.places[0], strict=True)):
        weight = view / view.sum()
        line = torch.arange(80) - 39.5
        found = torch.stack([(weight.sum(0) * line).sum(), (weight.sum(1) * line).sum()])
        # DiMP takes the patch's middle, which lies between frame pixels, for one; what is mirrored is off twice
        assert (found - place).abs().max() < (1.1 if index < 5 else 3.1)
    assert first.places[0, 1:5].sub(first.places[0, 0]).tolist() == [[24, 24], [24, -24], [-24, 24], [-24, -24]]


@pytest.mark.parametrize(
    ("second", "where", "flag", "taken"),
    [
        (0.2, (15, 15), Flag.NORMAL, (9, 10)),
        (0.6, (15, 15), Flag.HARD_NEGATIVE, (9, 10)),
        (0.9, (18, 18), Flag.HARD_NEGATIVE, (9, 10)),
        (0.9, (13, 9), Flag.UNCERTAIN, (9, 10)),
        (1.1, (18, 18), Flag.HARD_NEGATIVE, (9, 10)),
    ],
)
def test_the_two_highest_cells_make_the_flag(second: float, where: tuple[int, int], flag: Flag, taken) -> None:
    scores = torch.zeros(1, 19, 19)
    scores[0, 10, 9], scores[0, 10, 10], scores[0, where[1], where[0]] = 1.0, 0.95, second
    peaks, said = locate(scores, torch.tensor([[3.0, 2.0]]), CONFIG)
    assert said.flag.item() == flag
    assert said.place[0].tolist() == [taken[0] - 9, taken[1] - 9]
    assert peaks.second_height.item() == pytest.approx(min(second, 1.0))  # what is near the first counts not


def test_a_map_without_a_peak_is_not_found() -> None:
    _, said = locate(torch.full((1, 19, 19), 0.2), torch.tensor([[3.0, 3.0]]), CONFIG)
    assert said.flag.item() == Flag.NOT_FOUND


def test_starts_lie_around_the_box_within_their_jitter() -> None:
    first = corner_boxes(torch.zeros(1, 1, 2), torch.tensor([[[40.0, 90.0]]]), 288)
    assert first[0, 0].tolist() == [124, 99, 40, 90]  # pixels 124 to 163 around 143.5
    shaken = _shaken(first, torch.rand(1, 9, 4) - 0.5)
    middle = shaken[..., :2] + shaken[..., 2:] / 2 - (first[..., :2] + first[..., 2:] / 2)
    assert middle.abs().max() <= 0.05 * 60 + 1e-4
    assert (shaken[..., 2:] - first[..., 2:]).abs().max() <= 0.25 * 60 + 1e-4
    narrow = _shaken(torch.tensor([[[0.0, 0.0, 9.0, 900.0]]]), torch.full((1, 9, 4), -0.5))
    assert narrow[..., 2].min() == 3


def test_chance_is_a_lanes_own_and_even() -> None:
    ages = torch.arange(2000)
    chance = drawn(torch.full((2000,), 7), ages)
    assert chance.min() >= -0.5
    assert chance.max() < 0.5
    assert chance.mean().abs() < 0.005
    assert (chance.std() - 12**-0.5).abs() < 0.003
    flat = chance.flatten(1)
    assert (torch.corrcoef(flat.T) - torch.eye(36)).abs().max() < 0.11  # of one number with another
    assert (
        torch.corrcoef(torch.stack([flat[1:].flatten(), flat[:-1].flatten()]))[0, 1].abs() < 0.02
    )  # of a frame with the next
    torch.testing.assert_close(drawn(torch.tensor([3, 7]), torch.tensor([5, 5]))[1], chance[5])
    assert not torch.equal(drawn(torch.tensor([3]), ages[:1]), drawn(torch.tensor([4]), ages[:1]))


def test_pooling_reads_cell_i_at_pixel_stride_i() -> None:
    maps = torch.arange(9.0).expand(1, 1, 9, 9)
    read = pooled(maps, torch.tensor([[[16.0, 32.0, 32.0, 16.0]]]), 2, 16)
    torch.testing.assert_close(read[0, 0, 0], torch.tensor([[1.5, 2.5], [1.5, 2.5]]))


@pytest.mark.parametrize("how", [Climb(5, 1e-3, False), Climb(5, 1e-3, True)])
def test_boxes_climb_towards_more_overlap(how: Climb) -> None:
    torch.manual_seed(0)
    refiner = Refiner().eval().requires_grad_(False)
    with torch.inference_mode():
        modulation = torch.rand(1, 256), torch.rand(1, 256)
        features = torch.rand(1, 256, 18, 18), torch.rand(1, 256, 9, 9)
        boxes = torch.tensor([[[40.0, 40.0, 50.0, 40.0], [30.0, 50.0, 40.0, 60.0]]])
        before = refiner.overlap(modulation, features, boxes)
        climbed, said = refiner.climbed(modulation, features, boxes, how)
        assert (refiner.overlap(modulation, features, climbed) > before).all()
        assert (said > before).all()
        still, _ = refiner.climbed(modulation, features, boxes, Climb(0, 1.0, how.relative))
        torch.testing.assert_close(still, boxes)


@pytest.mark.parametrize("relative", [False, True])
def test_boxes_climb_on_a_device_without_the_host(pretend, relative: bool) -> None:
    refiner = Refiner().eval().requires_grad_(False)
    maps = [torch.rand(2, 256, 18, 18), torch.rand(2, 256, 9, 9)]
    like, boxes = torch.rand(2, 2, 256), 30 + 20 * torch.rand(2, 3, 4)

    def climbed(device: str) -> list[torch.Tensor]:
        modulation, features = like.to(device).unbind(), [one.to(device) for one in maps]
        begun, net = boxes.to(device), refiner.to(device)
        pretend.clear()
        with torch.inference_mode():
            found = net.climbed(modulation, features, begun, Climb(2, 1e-3, relative))
        assert not pretend, "all of it stays there"
        return [one.cpu() for one in found]

    for here, there in zip(climbed("cpu"), climbed(NAME), strict=True):
        torch.testing.assert_close(there, here, rtol=0, atol=0)


@pytest.mark.slow
def test_the_networks_stages_are_theirs(shared_data: Path) -> None:
    folder = golden(shared_data)
    facts, stages, image = (
        json.loads((folder / "dimp50.json").read_text()), np.load(folder / "dimp50_stages.npz"), inputs(folder).image
    )  # fmt: skip
    net = DimpNet(CONFIG).eval().requires_grad_(False)
    ours = translated(table(folder, "dimp50"), Path("dimp50"))
    net.load_state_dict({name.removeprefix("short."): value for name, value in ours.items()})
    with torch.inference_mode():
        train = net.see(torch.stack([torch.from_numpy(image(288, f"train{t}")) for t in range(3)]))
        test = net.see(torch.from_numpy(image(288, "test"))[None])
        probed(train.middle, facts["train.layer2"])
        probed(train.last, facts["train.layer3"])
        probed(train.encoded, facts["train.classification"])
        near(test.encoded[0, 0], stages["test_classification_c0"])
        boxes = torch.tensor([[115, 110, 58, 70], [100, 120, 64, 60], [130.5, 96.25, 51, 77]])
        start = net.initial(train.encoded[None], boxes[None])
        near(start[0, 0], stages["initial_filter_c0"])
        centres = (boxes[:, :2] + boxes[:, 2:] / 2) / 16 - 9
        learnt = net.optimiser(start, [Samples(train.encoded[None], centres[None], torch.full((1, 3), 1 / 3))], 10)
        near(learnt.filters[0, 0], stages["filter_10_c0"])
        probed(learnt.filters, facts["filter_10"])
        near(learnt.losses[0], facts["losses_10"][:10])
        weighted = Samples(train.encoded[None], centres[None], torch.tensor([[0.5, 0.2, 0.3]]))
        again = net.optimiser(learnt.filters, [weighted], 2)
        probed(again.filters, facts["filter_weighted_2"])
        near(again.losses[0], facts["losses_weighted_2"][:2])
        near(net.raw_score(test.encoded, learnt.filters), stages["scores"], 1e-3)
        modulation = net.refiner.modulation(train.middle[:1], train.last[:1], boxes[:1])
        near(modulation[0], stages["modulation3"])
        near(modulation[1], stages["modulation4"])
        features = net.refiner.features(test.middle, test.last)
        probed(features[0], facts["iou_feat3"])
        probed(features[1], facts["iou_feat4"])
        proposed = torch.from_numpy(stages["boxes"]).float()
        near(net.refiner.overlap(modulation, features, proposed), stages["iou"])
        climbed, _ = net.refiner.climbed(modulation, features, proposed, Climb(1, 1.0, False))
        near((climbed - proposed) / proposed[..., 2:].repeat(1, 1, 2), stages["iou_gradient"])
