"""The network: what the untrained encoders leave alone, what training reaches, and the paper's sizes."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from trackers.dualmn.config import PAPER, DualMNConfig
from trackers.dualmn.dimp_network import DimpNet
from trackers.dualmn.network import DualMNNet, LongNet, ShortNet
from trackers.dualmn.online import Samples
from trackers.dualmn.read import affinity

COMPACT = DualMNConfig()


def parameters(module: torch.nn.Module | None) -> int:
    assert module is not None
    return sum(p.numel() for p in module.parameters())


def conv(channels_in: int, channels_out: int, area: int, bias: bool = True) -> int:
    return channels_in * channels_out * area + (channels_out if bias else 0)


@pytest.fixture(scope="module")
def paper() -> DualMNNet:
    return DualMNNet(DualMNConfig(**PAPER)).eval()


def test_untrained_encoders_leave_the_trunks_features_as_they_are() -> None:
    net = DualMNNet(COMPACT).eval()
    assert net.long is not None
    assert net.short is not None
    features = torch.nn.functional.normalize(torch.randn(1, 192, 6, 6), dim=1) * 1.25**0.5
    memory = net.long.remember(features, torch.zeros(1, 2), torch.full((1, 2), 24.0)).features
    torch.testing.assert_close(memory / memory.norm() * features.norm(), features, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(net.long.query(features), memory, rtol=1e-4, atol=1e-5)
    encoded = net.short.encode(features, memory=True)
    torch.testing.assert_close(encoded / encoded.norm() * features.norm(), features, rtol=1e-4, atol=1e-5)
    assert (encoded**2).mean().sqrt().item() == pytest.approx(1 / (5 * 192**0.5), rel=1e-4)
    # The logit of equal cells is `sharpness`.
    shares = affinity(net.long.query(features), memory[:, None], torch.ones(1, 1, dtype=torch.bool))
    cosines = torch.nn.functional.normalize(features, dim=1).flatten(2)[0]
    expected = torch.softmax(COMPACT.sharpness * cosines.T @ cosines, 1)
    torch.testing.assert_close(shares[0, :, 0], expected, rtol=1e-3, atol=1e-5)


def test_training_reaches_every_part_of_the_long_branch() -> None:
    torch.manual_seed(0)
    net = LongNet(replace(COMPACT, channels=16, tower_channels=16), 12, 8, labelled_trunk=False)
    trunk = torch.randn(2, 3, 12, 6, 6)
    kept = net.remember(trunk.flatten(0, 1), torch.zeros(6, 2), 16 + 16 * torch.rand(6, 2))
    memory, ballots = kept.features.reshape(2, 3, 16, 6, 6), kept.ballots.reshape(2, 3, 6, 6)
    maps = net(net.query(torch.randn(2, 12, 8, 8)), memory, ballots, torch.ones(2, 3, dtype=torch.bool))
    assert maps.scores().shape == (2, 8, 8)
    assert maps.boxes(8).shape == (2, 4, 8, 8)
    (maps.scores().sum() + maps.distances.log().sum()).backward()
    for name, parameter in net.named_parameters():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name
        if not name.endswith("bias"):
            assert parameter.grad.abs().sum() > 0, name


def test_the_compact_box_is_measured_by_the_first_frame_alone() -> None:
    torch.manual_seed(0)
    memory, ballots, valid = torch.randn(1, 3, 16, 6, 6), torch.rand(1, 3, 6, 6), torch.ones(1, 3, dtype=torch.bool)
    query = torch.randn(1, 16, 8, 8)
    other = torch.cat([memory[:, :1], torch.randn(1, 2, 16, 6, 6)], 1)
    for by_first in (True, False):
        config = replace(COMPACT, channels=16, tower_channels=16, box_by_first=by_first)
        net = LongNet(config, 12, 8, labelled_trunk=False)
        before, after = net(query, memory, ballots, valid), net(query, other, ballots, valid)
        assert not torch.equal(before.classes, after.classes)
        assert torch.equal(before.distances, after.distances) == by_first


def test_training_reaches_every_part_of_the_short_branch_through_the_optimiser() -> None:
    torch.manual_seed(0)
    net = ShortNet(replace(COMPACT, channels=12, tower_channels=16), 12, 8)
    train, test = torch.randn(2, 3, 12, 8, 8), torch.randn(2, 12, 8, 8)
    boxes = torch.tensor([-2.0, -1.5, 2.0, 1.5]).expand(2, 3, 4)
    samples = Samples(net.encode(train, memory=True), torch.zeros(2, 3, 2), torch.full((2, 3), 1 / 3))
    learnt = net.learn(samples, boxes, 3)
    assert len(learnt.path) == 3
    query = net.encode(test, memory=False)
    maps = net.score(query, learnt.filters)
    decoded = net.boxes(query, maps, net.target(samples.features[:, 0], torch.zeros(2, 2), torch.full((2, 2), 3.0)))
    (maps.sum() + decoded.scores().sum() + decoded.distances.log().sum()).backward()  # type: ignore[no-untyped-call]
    for name, parameter in net.named_parameters():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name
        if not name.endswith("bias"):
            assert parameter.grad.abs().sum() > 0, name


def test_a_target_is_the_mean_of_the_cells_that_its_box_covers() -> None:
    net = ShortNet(replace(COMPACT, channels=12, tower_channels=16), 12, 8)
    features = torch.zeros(1, 12, 8, 8)
    features[0, 0, 2:4, 5:7], features[0, 1, 2, 5] = 3.0, 8.0
    target = net.target(features, torch.tensor([[2.0, -1.0]]), torch.tensor([[2.0, 2.0]]))
    assert target[0, :2].tolist() == [3.0, 2.0]
    assert float(target[0, 2:].abs().sum()) == 0


def test_only_the_branches_asked_for_are_built() -> None:
    short, long, both = (DualMNNet(replace(COMPACT, branches=name)) for name in ("short", "long", "both"))
    assert short.long is None
    assert long.short is None
    assert parameters(both) == parameters(short) + parameters(long) - parameters(both.backbone)


def test_the_paper_presets_long_branch_has_stmtracks_size(paper: DualMNNet) -> None:
    trunk = 8_965_856  # Inception-v3 to Mixed_6e
    assert parameters(paper.backbone) == trunk
    assert parameters(paper.memory_backbone) == trunk + 3 * 3 * 32
    assert paper.long is not None
    assert parameters(paper.long.query) == parameters(paper.long.memory) == conv(768, 512, 9)
    tower = conv(1024, 256, 9) + 6 * conv(256, 256, 9)
    outputs = (conv(256, 1, 1) + 2) + (conv(256, 1, 1) + 2) + (conv(256, 4, 1) + 8)
    assert parameters(paper.long.head) == 2 * tower + outputs + 2
    assert parameters(paper.long) == 2 * conv(768, 512, 9) + 2 * tower + outputs + 2 == 18_880_532


def test_the_paper_presets_short_branch_has_dimps_size(paper: DualMNNet) -> None:
    assert isinstance(paper.short, DimpNet)
    assert parameters(paper.short.backbone) == 8_543_296  # ResNet-50 to its third group of blocks
    assert parameters(paper.short.optimiser) == 3 * 100 + 2
    assert parameters(paper.short.initial) == conv(512, 512, 9)
    assert parameters(paper.short.neck) == conv(1024, 512, 9, bias=False)


def test_the_paper_presets_shapes(paper: DualMNNet) -> None:
    assert paper.long is not None
    assert isinstance(paper.short, DimpNet)
    with torch.inference_mode():
        crops = torch.randint(0, 256, (1, 3, 289, 289), dtype=torch.uint8)
        features = paper.features(crops[:, None])[:, 0]
        query = paper.long.query(features)
        assert query.shape == (1, 512, 25, 25)
        remembered = paper.remember(crops, torch.zeros(1, 2), torch.tensor([[72.0, 72.0]]))
        assert remembered.features.shape == (1, 512, 25, 25)
        # 72 pixels are nine cells; centre-ness falls from 1 in the middle to (9 / 2 - 4) / (9 / 2 + 4) at the sides.
        assert remembered.ballots[0, 12, 12].item() == pytest.approx(1)
        assert remembered.ballots[0, 12, 16].item() == pytest.approx((0.5 / 8.5) ** 0.5)
        assert remembered.ballots[0, 12, 17].item() == 0
        ballots = remembered.ballots[:, None]
        maps = paper.long(query, remembered.features[:, None], ballots, torch.ones(1, 1, dtype=torch.bool))
        assert maps.boxes(8).shape == (1, 4, 25, 25)
        seen = paper.short.see(torch.randint(0, 256, (1, 3, 288, 288), dtype=torch.uint8))
        assert paper.short.raw_score(seen.encoded, torch.randn(1, 512, 4, 4)).shape == (1, 19, 19)
