"""MemDTC's second memory, part by part (step by step: test_reference.py), and that without it nothing changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from authors_tables import variables
from conftest import paint
from golden import track

from trackers.memtrack.config import PAPER, VARIANTS, MemTrackConfig
from trackers.memtrack.distractors import Distractors, find_distractors, least_used, written
from trackers.memtrack.network import MemoryNet, MemTrackNet
from trackers.names import resolve
from trackers.weights.formats.layouts import find_layout
from trackers.weights.formats.memtrack import from_memdtc

TINY = MemTrackConfig(
    channels=4, hidden=6, template_cells=2, slots=3, distractor_slots=4, empty_slots_read=True, control_per_scale=True,
    distractor_distance=1.0, distractor_ratio=0.2, pyramid="crops",
)  # fmt: skip


def test_templates_go_into_the_slots_chosen_for_them() -> None:
    slots = torch.arange(3.0)[None, :, None, None, None].expand(1, 3, 2, 1, 1) + 5
    templates = torch.stack([torch.full((1, 2, 1, 1), 50.0), torch.full((1, 2, 1, 1), 70.0)], 1)
    weight = torch.tensor([[[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]])
    memory = written(Distractors(slots, torch.zeros(1, 3), weight, torch.stack([templates, templates + 1], 1)), 2)
    assert memory.slots[0, :, :, 0, 0, 0].tolist() == [[5, 50, 70], [5, 51, 71]]


def test_the_least_used_slots_are_chosen_the_first_of_equals() -> None:
    chosen = least_used(torch.tensor([[0.5, 0.0, 0.9, 0.0, 0.0], [0.1, 0.4, 0.3, 0.2, 0.0]]), 2)
    assert chosen.argmax(2).tolist() == [[1, 3], [4, 0]]
    assert chosen.sum().item() == 4


def test_distractors_are_what_answers_nearly_as_the_target_and_is_not_near_it() -> None:
    response = torch.zeros(2, 9, 9)
    response[0, 4, 4], response[0, 4, 6], response[0, 1, 8], response[0, 8, 0] = 10.0, 9.5, 8.0, 6.9
    response[1, 0, 0], response[1, 8, 8], response[1, 8, 2], response[1, 2, 2] = 10.0, 9.0, 7.5, 9.9
    search = torch.arange(2 * 3 * 10 * 10.0).reshape(2, 3, 10, 10)
    found = find_distractors(response, search, 2, count=2, distance=3.0, ratio=0.7)
    assert torch.equal(found[0, 0], search[0, :, 1:3, 8:10])
    assert not found[0, 1].any()  # 6.9 is not above .7 of 10
    assert torch.equal(found[1, 0], search[1, :, 8:10, 8:10])  # 9.9 lies 2.8 cells from the target
    assert torch.equal(found[1, 1], search[1, :, 8:10, 2:4])


@pytest.mark.parametrize(
    ("change", "scales"), [({}, 3), ({"control_per_scale": False}, 3), ({"pyramid": "templates"}, 1)]
)
def test_a_lane_that_begins_can_be_put_beside_one_that_has_gone_on(change: dict[str, object], scales: int) -> None:
    net = MemoryNet(replace(TINY, **change)).eval()
    with torch.inference_mode():
        first = torch.rand(2, 4, 2, 2)
        fresh = net.begin(first)
        outcome = net.step(fresh, first, torch.rand(2, scales, 4, 7, 7))
        after = outcome.carried(torch.tensor([0, scales - 1]))
    for name, value in vars(after.distractors).items():
        assert value.shape == getattr(fresh.distractors, name).shape, name


def test_without_a_second_memory_nothing_is_carried_for_it() -> None:
    net = MemoryNet(MemTrackConfig(channels=4, hidden=6, template_cells=2, slots=3))
    carried = net.begin(torch.rand(2, 4, 2, 2))
    assert net.cancelling is None
    assert sum(value.numel() for value in vars(carried.distractors).values()) == 0


def test_the_variant_follows() -> None:
    seen, box = paint(4), np.array([40.0, 40.0, 30.0, 24.0])
    assert np.isfinite(track("memtrack-dtc", seen, box)).all()


def test_the_authors_variables_fill_the_paper_presets_network() -> None:
    net = MemTrackNet(MemTrackConfig(**{**PAPER, **VARIANTS["dtc"]}))
    ours, theirs = net.state_dict(), variables(net)
    layout = find_layout(theirs)
    assert layout is not None
    config = resolve(f"{layout.tracker}@random").config
    assert isinstance(config, MemTrackConfig)
    found = config.scale_step, config.scale_penalty, config.scale_damping, config.window_weight
    assert found == (1.05, 0.97, 0.5, 0.19)
    found = config.distractor_slots, config.distractor_writes, config.distractor_distance, config.distractor_ratio
    assert found == (16, 2, 4, 0.7)
    again = from_memdtc(theirs)
    assert again.keys() == ours.keys()
    assert all(torch.equal(again[name], value) for name, value in ours.items())
