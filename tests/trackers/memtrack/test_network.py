"""The step as a whole, the presets' sizes, and that training reaches every parameter."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, tensor

from trackers.memtrack.config import PAPER, VARIANTS, MemTrackConfig
from trackers.memtrack.initial import initialise
from trackers.memtrack.network import Carried, MemoryNet, MemTrackNet, Outcome

SMALL = MemTrackConfig(channels=3, template_cells=2, hidden=4, slots=3)


def small_net(config: MemTrackConfig = SMALL) -> MemoryNet:
    torch.manual_seed(3)
    return MemoryNet(config).eval()


def features(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(sum(shape)))


def first_scale(outcome: Outcome) -> Carried:
    return outcome.carried(torch.zeros(len(outcome.response), dtype=torch.long))


def test_beginning_is_the_authors() -> None:
    template = features(2, 3, 2, 2)
    carried = small_net().begin(template)
    assert torch.equal(carried.first, template)
    assert not carried.memory.slots.any()
    assert carried.usage.tolist() == carried.write_weight.tolist() == [[1.0, 0.0, 0.0]] * 2
    assert carried.gates.tolist() == [[0.0, 0.0, 1.0]] * 2
    assert carried.decay.tolist() == [[0.0]] * 2


def test_first_step_writes_the_first_template_completely_into_slot_0() -> None:
    net, template = small_net(), features(2, 3, 2, 2)
    memory = net.step(net.begin(template), template, features(2, 1, 3, 5, 5)).memory
    torch.testing.assert_close(memory.slots[:, 0], template)
    assert not memory.slots[:, 1:].any()
    assert memory.occupancy.tolist() == [[1.0, 0.0, 0.0]] * 2


def test_writing_is_delayed_by_a_frame() -> None:
    net, template = small_net(), features(1, 3, 2, 2)
    once = first_scale(net.step(net.begin(template), template, features(1, 1, 3, 5, 5)))
    decided = once.write_weight * (once.decay * once.gates[:, 1:2] + once.gates[:, 2:3])
    newest = features(1, 3, 2, 2) + 1
    # what the next frame looks like changes what is decided then, not what is written now
    for search in (features(1, 1, 3, 5, 5), features(1, 1, 3, 5, 5) * 2):
        memory = net.step(once, newest, search).memory
        amount = decided[:, :, None, None, None]
        torch.testing.assert_close(memory.slots, once.memory.slots * (1 - amount) + amount * newest[:, None])


def test_template_usage_and_next_write() -> None:
    net, template = small_net(), features(1, 3, 2, 2)
    carried = first_scale(net.step(net.begin(template), template, features(1, 1, 3, 5, 5)))
    search = features(1, 1, 3, 6, 6)
    outcome = net.step(carried, template, search)
    gates, read = outcome.controls.gates[0, 0], outcome.read_weight[0, 0]
    least = torch.zeros(3)
    least[carried.usage[0].argmin()] = 1
    torch.testing.assert_close(outcome.write_weight[0, 0], gates[1] * read + gates[2] * least)
    torch.testing.assert_close(
        outcome.usage[0, 0], 0.99 * carried.usage[0] + outcome.write_weight[0, 0] + outcome.read_weight[0, 0]
    )
    held = outcome.memory
    whole = held.slots[0] / held.occupancy[0].clamp_min(1e-6)[:, None, None, None]
    retrieved = (read[:, None, None, None] * whole).sum(0)
    final = template[0] + outcome.controls.residual[0, 0][:, None, None] * retrieved
    expected = torch.stack(
        [
            torch.stack([(search[0, 0, :, row : row + 2, column : column + 2] * final).sum() for column in range(5)])
            for row in range(5)
        ]
    )
    torch.testing.assert_close(outcome.response[0, 0], expected, atol=1e-5, rtol=1e-5)


def test_logits_are_the_normalised_response() -> None:
    net = small_net()
    norm = net.response_norm
    norm.running_mean.fill_(2.0)  # type: ignore[union-attr]
    norm.running_var.fill_(4.0 - 1e-3)  # type: ignore[union-attr]
    norm.weight.data.fill_(3.0)
    norm.bias.data.fill_(-1.0)
    # (6 - 2) / 2 * 3 - 1
    torch.testing.assert_close(net.logits(torch.full((2, 3, 1, 1), 6.0)), torch.full((2, 3, 1, 1), 5.0))


def test_the_chosen_scales_state_goes_on() -> None:
    net, template = small_net(replace(SMALL, control_per_scale=True)), features(2, 3, 2, 2)
    outcome = net.step(net.begin(template), template, features(2, 3, 3, 5, 5))
    assert outcome.hidden.shape == (2, 3, 4)
    carried = outcome.carried(tensor([2, 0]))
    for name in ("cell", "hidden", "usage", "write_weight"):
        values = getattr(outcome, name)
        assert torch.equal(getattr(carried, name), torch.stack([values[0, 2], values[1, 0]]))
    assert torch.equal(carried.gates, torch.stack([outcome.controls.gates[0, 2], outcome.controls.gates[1, 0]]))


def test_one_controller_a_lane_sees_the_middle_scale() -> None:
    template, search = features(2, 3, 2, 2), features(2, 3, 3, 5, 5)
    one, each = small_net(), small_net(replace(SMALL, control_per_scale=True))
    outcome, authors = (
        one.step(one.begin(template), template, search),
        each.step(each.begin(template), template, search),
    )
    torch.testing.assert_close(outcome.response[:, 1], authors.response[:, 1])
    for name in ("hidden", "usage", "attention", "read_weight"):
        torch.testing.assert_close(getattr(outcome, name)[:, 0], getattr(authors, name)[:, 1])
    assert not torch.allclose(outcome.response[:, 0], authors.response[:, 0])


def count(module: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def test_paper_preset_has_the_published_sizes() -> None:
    net = MemTrackNet(MemTrackConfig(**PAPER))
    convolutions = (
        (11 * 11 * 3 + 1) * 96 + (5 * 5 * 96 + 1) * 256 + (3 * 3 * 256 + 1) * 384 + (3 * 3 * 384 + 1) * 384
        + (3 * 3 * 384 + 1) * 256
    )  # fmt: skip
    assert count(net.backbone) == convolutions + 2 * (96 + 256 + 384 + 384) == 3_749_440
    assert count(net.controller.attention) == 256 * 256 + (512 + 1) * 256 + 256 == 197_120
    assert count(net.controller.lstm) == (256 + 512) * 4 * 512 + 2 * 5 * 512 == 1_577_984
    first = count(net.controller.first_cell) + count(net.controller.first_hidden)
    assert first == 2 * (256 + 1) * 512
    heads = sum(count(getattr(net.controller, name)) for name in ("key", "strength", "gates", "decay", "residual"))
    assert heads == (512 + 1) * (256 + 1 + 3 + 1 + 256)
    assert count(net.response_norm) == 2
    assert count(net) == 6_052_935


def test_paper_preset_on_random_weights() -> None:
    config = MemTrackConfig(**PAPER)
    net = MemTrackNet(config).eval()
    initialise(net, config)
    generator = torch.Generator().manual_seed(1)
    crops = torch.randint(0, 256, (1, 1, 3, 127, 127), generator=generator, dtype=torch.uint8)
    search = torch.randint(0, 256, (1, 3, 3, 255, 255), generator=generator, dtype=torch.uint8)
    with torch.inference_mode():
        template = net.template(crops)
        assert template.shape == (1, 256, 6, 6)
        seen = net.features(search)
        assert seen.shape == (1, 3, 256, 22, 22)
        outcome = net.step(net.begin(template), template, seen)
    assert outcome.response.shape == outcome.attention.shape == (1, 3, 17, 17)
    assert outcome.memory.slots.shape == (1, 8, 256, 6, 6)
    torch.testing.assert_close(outcome.attention.sum((2, 3)), torch.ones(1, 3))
    # the authors' read: seven empty slots take their share
    assert (outcome.read_weight > 0).all()
    assert torch.isfinite(outcome.response).all()


def test_compact_preset_sizes() -> None:
    net = MemTrackNet(MemTrackConfig())
    assert count(net.neck) == 192 * 192 + 192
    assert count(net.controller) == COMPACT_CONTROLLER
    assert net.step(
        net.begin(torch.zeros(1, 192, 8, 8)), torch.zeros(1, 192, 8, 8), torch.zeros(1, 3, 192, 32, 32)
    ).response.shape == (1, 3, 25, 25)


COMPACT_CONTROLLER = (
    192 * 192 + (256 + 1) * 192 + 192  # attention
    + (192 + 256) * 4 * 256 + 2 * 5 * 256  # LSTM
    + 2 * (192 + 1) * 256  # first state
    + (256 + 1) * (192 + 1 + 3 + 1 + 192)  # control signals
)  # fmt: skip


def clip_loss(net: MemTrackNet, size: tuple[int, int], steps: int = 4) -> Tensor:
    """A training clip: templates one frame behind the search regions, loss on the logits of every step."""
    generator = torch.Generator().manual_seed(2)

    def crops(side: int) -> Tensor:
        return torch.randint(0, 256, (2, 1, 3, side, side), generator=generator).to(torch.uint8)

    newest = net.template(crops(size[0]))
    carried, loss = net.begin(newest), newest.new_zeros(())
    for step in range(steps):
        outcome = net.step(carried, newest, net.features(crops(size[1])))
        logits = net.logits(outcome.response)
        target = torch.zeros_like(logits)
        target[..., 2 + step, 3] = 1
        loss = loss + torch.nn.functional.binary_cross_entropy_with_logits(logits, target)
        carried, newest = first_scale(outcome), net.template(crops(size[0]))
    return loss


@pytest.mark.parametrize(
    ("config", "size"),
    [
        (MemTrackConfig(), (128, 160)),
        (MemTrackConfig(read="hard"), (128, 160)),
        (MemTrackConfig(**PAPER), (127, 175)),
    ],
    ids=["compact", "hardread", "paper"],
)
def test_gradient_reaches_every_parameter_through_a_clip(config: MemTrackConfig, size: tuple[int, int]) -> None:
    net = MemTrackNet(config).eval()  # batch norm by running averages: biases before it count too
    initialise(net, config)
    clip_loss(net, size).backward()  # type: ignore[no-untyped-call]
    for name, parameter in net.named_parameters():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name
        assert parameter.grad.abs().max() > 0, name


def test_training_mode_drops_and_updates_running_averages() -> None:
    config = MemTrackConfig()
    net = MemTrackNet(config).train()
    initialise(net, config)
    before = net.response_norm.running_mean.clone()  # type: ignore[union-attr]
    torch.manual_seed(0)
    losses = {clip_loss(net, (128, 160), steps=2).item() for _ in range(2)}
    assert len(losses) == 2
    assert not torch.equal(before, net.response_norm.running_mean)  # type: ignore[arg-type]


def test_fresh_weights_do_not_depend_on_the_global_generator() -> None:
    config = MemTrackConfig(hidden=256)
    states: list[dict[str, Any]] = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        net = MemTrackNet(config)
        initialise(net, config)
        states.append(net.state_dict())
    for name, value in states[0].items():
        assert torch.equal(value, states[1][name]), name


def test_variants_share_their_parameters() -> None:
    shapes = {name: value.shape for name, value in MemoryNet(MemTrackConfig()).state_dict().items()}
    for delta in VARIANTS.values():
        net = MemoryNet(replace(MemTrackConfig(), **delta))
        own = {name: value.shape for name, value in net.state_dict().items() if not name.startswith("cancelling.")}
        assert own == shapes
        assert len(own) == len(net.state_dict()) or delta.get("distractor_slots")
