"""Every branch of the decision."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from trackers.dualmn.config import DualMNConfig
from trackers.dualmn.decision import PARTS, Decider, Decision, Found, Reason, alone, decide, fused

CONFIG = DualMNConfig()
SIZE = torch.tensor([[20.0, 20.0]], dtype=torch.float64)


def found(
    shift: tuple[float, float],
    confidence: float,
    ratio: float = 5.0,
    size: tuple[float, float] = (20.0, 20.0),
    usable: bool = True,
) -> Found:
    def one(value: float | tuple[float, float]) -> torch.Tensor:
        return torch.tensor([value], dtype=torch.float64)

    return Found(one(shift), one(size), one(confidence), one(ratio), torch.tensor([usable]), one(0.5))


def decided(long: Found, short: Found, streak: int = 0, config: DualMNConfig = CONFIG) -> Decision:
    return decide(config, SIZE, long, short, torch.tensor([streak]))


def outcome(decision: Decision) -> tuple[Decider, Reason, int]:
    return (
        Decider(int(decision.decider[0])),
        Reason(int(decision.reason[0])),
        int(decision.disagreement[0]),
    )


def test_both_low_is_lost_and_the_box_stays() -> None:
    decision = decided(found((9, 9), 0.29, size=(5, 5)), found((-9, 9), 0.24), streak=3)
    assert outcome(decision) == (Decider.NEITHER, Reason.LOST, 3)
    assert decision.shift.tolist() == [[0, 0]]
    assert decision.size.tolist() == [[20, 20]]


def test_one_of_them_sure_is_not_lost() -> None:
    assert outcome(decided(found((9, 9), 0.31), found((-9, 9), 0.1)))[0] == Decider.LONG
    assert outcome(decided(found((90, 9), 0.1), found((-9, 9), 0.26)))[0] == Decider.SHORT


def test_agreement_mixes_the_centres_by_confidence_and_takes_the_long_branchs_size() -> None:
    decision = decided(found((4, 0), 0.9, size=(22, 18)), found((0, 2), 0.3), streak=7)
    assert outcome(decision) == (Decider.LONG, Reason.AGREE, 0)
    assert decision.trusts(Decider.SHORT).all()
    assert decision.trusts(Decider.LONG).all()
    assert decision.shift[0].tolist() == pytest.approx([3, 0.5])
    assert decision.size.tolist() == [[22, 18]]
    assert decision.score.item() == pytest.approx(0.75 * 0.9 + 0.25 * 0.3)


def test_boxes_agree_from_an_overlap_of_one_half() -> None:
    # Shifted by d along one side of 20, the IoU is (20 - d) / (20 + d): 1/2 at 20 / 3.
    assert outcome(decided(found((6.6, 0), 0.8), found((0, 0), 0.9)))[:2] == (Decider.SHORT, Reason.AGREE)
    assert outcome(decided(found((6.7, 0), 0.8), found((0, 0), 0.9)))[:2] == (Decider.SHORT, Reason.QUALITY)


def test_in_a_disagreement_confidence_nearness_and_sharpness_decide() -> None:
    here, there = (0.0, 0.0), (40.0, 0.0)
    nearer = decided(found(there, 0.8), found(here, 0.8))
    assert outcome(nearer) == (Decider.SHORT, Reason.QUALITY, 1)
    assert nearer.shift.tolist() == [[0, 0]]
    assert not nearer.trusts(Decider.LONG).any()
    assert nearer.score.item() == pytest.approx(0.8)
    surer = decided(found(here, 0.4), found((0.0, 12.0), 0.9))
    assert outcome(surer)[0] == Decider.SHORT
    sharper = decided(found(here, 0.8, ratio=1.9), found((0.0, 7.0), 0.8, ratio=1.1))
    assert outcome(sharper)[0] == Decider.LONG
    # A peak counts as at most twice its rival: beyond that, nearness decides.
    capped = decided(found((0.0, 7.0), 0.8, ratio=50), found(here, 0.8, ratio=2.5))
    assert outcome(capped)[0] == Decider.SHORT


def test_a_branch_that_found_nothing_never_decides() -> None:
    nothing = found((0, 0), 0.9, usable=False)
    assert outcome(decided(nothing, found((9, 0), 0.3)))[0] == Decider.SHORT
    assert outcome(decided(found((9, 0), 0.35), nothing))[0] == Decider.LONG
    assert outcome(decided(nothing, nothing))[1] == Reason.LOST


def test_after_long_disagreement_the_long_branch_is_preferred() -> None:
    long, short = found((40, 0), 0.5), found((0, 0), 0.9)
    assert outcome(decided(long, short, streak=19)) == (Decider.SHORT, Reason.QUALITY, 20)
    assert outcome(decided(long, short, streak=20)) == (Decider.LONG, Reason.PATIENCE, 21)
    unsure = found((40, 0), 0.2)
    assert outcome(decided(unsure, short, streak=50)) == (Decider.SHORT, Reason.QUALITY, 51)


def test_the_larger_confidence() -> None:
    config = replace(CONFIG, decision="max")
    decision = decided(found((40, 0), 0.6), found((0, 0), 0.5), config=config)
    assert outcome(decision)[:2] == (Decider.LONG, Reason.CONFIDENCE)
    assert decision.score.item() == pytest.approx(0.6)
    decision = decided(found((1, 0), 0.6), found((0, 0), 0.7), config=config)
    assert outcome(decision)[:2] == (Decider.SHORT, Reason.CONFIDENCE)
    assert decision.shift.tolist() == [[0, 0]]
    assert outcome(decided(found((1, 0), 0.1), found((0, 0), 0.1), config=config))[1] == Reason.LOST


def test_fused_maps_decide_together() -> None:
    both, low = found((3, 3), 0.5), found((0, 0), 0.1)
    decision = fused(CONFIG, SIZE, both, found((3, 3), 0.6), low, torch.tensor([4]))
    assert outcome(decision) == (Decider.BOTH, Reason.FUSED, 4)
    assert decision.shift.tolist() == [[3, 3]]
    assert outcome(fused(CONFIG, SIZE, both, low, low, torch.tensor([4])))[:2] == (Decider.NEITHER, Reason.LOST)


def test_a_branch_alone_decides_by_itself_or_not_at_all() -> None:
    decision = alone(found((3, 3), 0.5), SIZE, Decider.SHORT, 0.25, torch.tensor([0]))
    assert outcome(decision)[:2] == (Decider.SHORT, Reason.ALONE)
    assert decision.score.item() == 0.5
    decision = alone(found((3, 3), 0.2), SIZE, Decider.SHORT, 0.25, torch.tensor([0]))
    assert outcome(decision)[:2] == (Decider.NEITHER, Reason.LOST)
    assert decision.shift.tolist() == [[0, 0]]


def test_the_margin_says_how_near_another_decision_was() -> None:
    near = decided(found((6.6, 0), 0.9), found((0, 0), 0.9))  # an overlap of just over 1/2
    assert near.margin.item() < 0.01
    far = decided(found((1, 0), 0.9), found((0, 0), 0.9))
    assert far.margin.item() > 0.3


def test_what_is_decided_is_rounded_once_and_staying_is_exact() -> None:
    scale = torch.tensor([0.7], dtype=torch.float64)
    unit = 0.7 / PARTS
    decision = decided(found((2.2 * unit, -7.4 * unit), 0.9, size=(20 + 3.3 * unit, 20 - 0.4 * unit)), found((0, 0), 0))
    rounded = decision.rounded(SIZE, scale)
    assert rounded.shift[0].tolist() == pytest.approx([2 * unit, -7 * unit], abs=1e-12)
    assert rounded.size[0].tolist() == pytest.approx([20 + 3 * unit, 20], abs=1e-12)
    assert rounded.size[0, 1] == 20
    assert rounded.margin.item() == pytest.approx(0.1 / PARTS)
    again = rounded.rounded(SIZE, scale)
    assert torch.allclose(again.shift, rounded.shift, rtol=0, atol=1e-12)


def test_another_order_of_sums_gives_the_same_box_or_a_small_margin() -> None:
    generator = torch.Generator().manual_seed(0)
    lanes = 256
    size, scale = torch.full((lanes, 2), 20.0).double(), 0.3 + torch.rand(lanes, generator=generator).double()
    shift, new_size, noise = (torch.rand(lanes, 2, generator=generator).double() for _ in range(3))
    who = torch.zeros(lanes, dtype=torch.long)

    def moved(by: float) -> Decision:
        shifted = 9 * (shift - 0.5) + by * (noise - 0.5)
        ones = torch.ones(lanes, dtype=torch.float64)
        return Decision(shifted, 19 + 2 * new_size, ones, who, who, who, ones).rounded(size, scale)

    first, second = moved(0.0), moved(4e-3)
    same = (first.shift == second.shift).all(1)
    assert 0.85 < same.double().mean() < 1
    assert (first.margin[~same] < 2e-3 / scale[~same]).all()


def test_lanes_are_decided_one_by_one() -> None:
    pairs = [
        (found((9, 9), 0.1), found((-9, 9), 0.1)),
        (found((4, 0), 0.9), found((0, 2), 0.3)),
        (found((40, 0), 0.8), found((0, 0), 0.8)),
        (found((40, 0), 0.5), found((0, 0), 0.9)),
    ]
    streaks = [0, 0, 0, 20]

    def joined(several: list[Found]) -> Found:
        return Found(*(torch.cat([getattr(f, name) for f in several]) for name in Found.__dataclass_fields__))

    together = decide(
        CONFIG, SIZE.repeat(4, 1), joined([p[0] for p in pairs]), joined([p[1] for p in pairs]), torch.tensor(streaks)
    )
    for lane, ((long, short), streak) in enumerate(zip(pairs, streaks, strict=True)):
        single = decided(long, short, streak)
        for name in Decision.__dataclass_fields__:
            assert torch.equal(getattr(together, name)[lane], getattr(single, name)[0]), name
