from __future__ import annotations

import re
from collections.abc import Sequence as Several

import numpy as np
import pytest

from benchmark.datasets.selection import Selection
from benchmark.datasets.sequence import Annotation, Sequence
from benchmark.profiles import load_profile
from benchmark.scoring import score_run
from benchmark.store.record import Record
from benchmark.studies.answer import Answer
from benchmark.studies.answering import Material, answer
from benchmark.studies.cost import Cost
from benchmark.studies.planning import cast
from benchmark.studies.reading import parse_study

TRUE = np.tile([50.0, 40.0, 20.0, 20.0], (10, 1))


def answered(
    text: str, shifts: dict[str, float], *, rendered: bool = True, count: int = 12, unrun: Several[str] = (),
    base: str = "", dataset: str = "demo", profile: str = "otb", lengths: Several[int] = (10,), takes: int = 1,
    failed: Several[str] = (),
) -> Answer:  # fmt: skip
    """Answer a study whose trackers are so many pixels off, by label, each repeat a little more or less.

    Trackers that are `unrun` have no record. Videos have so many frames, in turn; who is off on a long one is so by
    more. Each plot has so many takes. Who `failed` did so on the first sequence.
    """
    study = parse_study(text, "mine", "mine.toml", base=base)
    actors, rng = cast(study), np.random.default_rng(0)
    videos = [
        Sequence(
            Annotation(f"s{k}", np.resize(TRUE, (long, 4)), np.ones(long, bool), 0, ("OCC",) if k % 2 else ("SV",)), ()
        )
        for k in range(count)
        for long in (lengths[k % len(lengths)],)
    ]
    selection = Selection(dataset, "1", tuple(videos), count, rendered=rendered)
    records = {}
    for label, spec in actors.by_label.items():
        records[spec] = [
            Record(
                "k", dataset, spec.name, video.name, 0, repeat,
                "failed" if label in failed and video is videos[0] else "done",
                video.annotation.boxes + [long / 10 * abs(shifts[label] + rng.normal(0, 0.2)), 0, 0, 0],
                np.ones(long), 1.0,
            )
            for repeat in range(study.repeats) for video in videos if label not in unrun
            for long in (len(video.annotation),)
        ]  # fmt: skip
    scores = score_run("run", records, selection, load_profile(profile, dataset), jitter=study.jitter)
    causes = {video.name: "blur" if k < 6 else "plain" for k, video in enumerate(videos)} if rendered else {}
    costs = {spec.name: Cost(0.02 * (k + 1), 9) for k, spec in enumerate(actors.specs)}
    plots = {video.name: str(k // takes) for k, video in enumerate(videos)} if rendered else {}
    return answer(study, actors, Material(selection, records, scores, costs, causes, plots))


COMPONENTS = """
question = "?"
base = "memtrack{weights}"
label = "full"
learnt = ["queue"]
[variants]
queue = "-queue"
four = "-m4"
"""


def test_differences_causes_and_scores_are_those_of_the_boxes() -> None:
    found = answered(COMPONENTS.replace("{weights}", ""), {"full": 2.0, "queue": 6.0, "four": 2.0})
    worse, same = found.findings
    assert (worse.other, worse.found, same.found) == ("queue", "worse", "not shown")
    scored = {one.label: one.auc for one in found.actors}
    assert worse.auc.difference == pytest.approx(scored["queue"] - scored["full"])
    assert worse.losses == 12
    assert set(worse.by_cause) == {"blur", "plain"}
    assert set(worse.by_attribute) == {"OCC", "SV"}
    parts = worse.by_cause
    assert np.mean([parts["blur"].difference, parts["plain"].difference]) == pytest.approx(worse.auc.difference)
    assert (found.repeats, found.jitter) == (3, 0.5)
    assert 0 <= worse.auc.repeats_share <= 1
    assert [one.cost.seconds for one in found.actors] == [0.02, 0.04, 0.06]


def test_weights_that_do_not_fit_a_variant_are_told_of() -> None:
    shifts = {"full": 2.0, "queue": 6.0, "four": 2.0}
    untrained = answered(COMPONENTS.replace("{weights}", "@imagenet"), shifts).remarks
    assert any(one.startswith("queue changes what is learnt, and neither it nor full is trained") for one in untrained)
    trained = answered(COMPONENTS.replace("{weights}", "@memtrack-compact"), shifts).remarks
    assert any("queue changes what is learnt, but runs on the weights memtrack-compact" in one for one in trained)
    assert "four runs on the weights of full (memtrack-compact)" in trained


def test_training_that_one_side_alone_had_is_told_of_first() -> None:
    text = 'question = "?"\nbase = "siamfc"\n[variants]\naverage = "-avg"\nmemory = "memtrack@memtrack-compact"\n'
    shifts = {"base": 2.0, "average": 2.0, "memory": 2.0}
    assert answered(text, shifts).remarks[0] == (
        "trained for tracking: memory (memtrack-compact). Not trained: base (imagenet). Training is part of what"
        " differs between them"
    )
    alike = answered(text.replace("@memtrack-compact", "@imagenet"), shifts).remarks
    assert not [one for one in alike if "trained for tracking" in one]


def test_oracles_rendered_frames_and_few_sequences_are_told_of() -> None:
    text = 'question = "?"\nbase = "dualmn"\n[variants]\nbound = "-oracle"\nsame = ""\n'
    found = answered(text, {"base": 2.0, "bound": 1.0, "same": 2.0})
    assert any(line.startswith("bound is an oracle") for line in found.remarks)
    assert "same is the same as base" in found.remarks
    assert any("rendered" in line for line in found.remarks)
    assert any("oracle" in mark for mark in found.actors[1].marks)
    assert any(line.startswith("12 sequences show large differences alone") for line in found.remarks)


CROSSED = (
    'question = "?"\nbase = "dualmn"\n[factors.gate]\non = ""\noff = "-ungated"\n'
    '[factors.memory]\nfour = ""\none = "-n1"\n'
)
GATED = {"base": 1.0, "gate on, memory four": 1.0, "gate off, memory four": 3.0, "gate on, memory one": 1.0,
         "gate off, memory one": 3.0}  # fmt: skip
"""By how much combinations of `CROSSED` are off: three times as far without the gate, whatever the memory."""


def test_crossed_factors_have_their_effects() -> None:
    found = answered(CROSSED, GATED)
    gate, memory, both = found.crossed
    assert (gate.title, memory.title, both.title) == (
        "gate off against on", "memory one against four", "gate off × memory one",
    )  # fmt: skip
    assert gate.auc.significant
    assert gate.auc.difference < -0.05
    assert abs(memory.auc.difference) < 0.02
    assert abs(both.auc.difference) < 0.03
    assert found.findings == ()


def test_effects_of_combinations_that_are_not_run_are_named() -> None:
    found = answered(CROSSED, GATED, unrun=("gate off, memory one",))
    assert found.crossed == ()
    assert (
        "not compared, as they finished no sequence in common: gate off against on; memory one against four;"
        " gate off × memory one"
    ) in found.remarks
    assert [one.sequences for one in found.actors] == [12, 12, 12, 12, 0]
    assert len(found.alike) == 4


def test_times_that_were_to_match_and_do_not_are_told_of() -> None:
    text = 'question = "?"\nbase = "siamfc"\n[variants]\nslow = "-s5"\nslower = "memtrack"\n'
    pairs = '[[comparisons]]\nother = "slower"\nbase = "slow"\nsame_time = {}\n'
    shifts = {"base": 2.0, "slow": 2.0, "slower": 1.0}
    said = [one for one in answered(text + pairs.format("true"), shifts).remarks if "takes" in one]
    assert len(said) == 1
    assert said[0].startswith("slower was to take as long as slow and takes 1.50 times as long here")
    assert not [one for one in answered(text + pairs.format("false"), shifts).remarks if "takes" in one]


def test_takes_of_one_plot_are_said_to_be_no_plots_of_their_own() -> None:
    shifts = {"full": 2.0, "queue": 3.0, "four": 2.5}
    several = answered(COMPONENTS.replace("{weights}", ""), shifts, takes=3, lengths=(10, 10, 10, 40, 40, 40))
    (said,) = [one for one in several.remarks if "takes" in one]
    assert said.startswith(
        "the 12 sequences are takes of 4 plots that differ by their seeds alone: intervals are of further takes of"
        " these plots, not of further plots; over plots they would be "
    )
    least, most = map(float, re.findall(r"\d\.\d", said))
    assert 1.5 < least <= most, "what differs from plot to plot is most of what differs"
    assert not [one for one in answered(COMPONENTS.replace("{weights}", ""), shifts).remarks if "takes" in one]


def test_a_profile_that_weighs_frames_is_told_of_and_scores_fit_their_differences() -> None:
    text = COMPONENTS.replace("{weights}", "")
    shifts = {"full": 2.0, "queue": 3.0, "four": 2.5}
    found = answered(text, shifts, rendered=False, dataset="GOT-10k/val", profile="got10k", lengths=(10, 40))
    scored = {one.label: one.auc for one in found.actors}
    assert found.findings[0].auc.difference == pytest.approx(scored["queue"] - scored["full"])
    assert any("weighs a sequence by its frames" in one for one in found.remarks)
    assert not [one for one in answered(text, shifts).remarks if "by its frames" in one]


def test_what_papers_expect_is_not_said_of_another_tracker_in_the_place_of_the_base() -> None:
    text = (
        COMPONENTS.replace("{weights}", "")
        + """mil = "cv2:mil"
kcf = "cv2:kcf"
[[comparisons]]
other = "queue"
expects = "worse"
source = "a paper"
same_time = true
[[comparisons]]
other = "mil"
base = "kcf"
expects = "better"
source = "another paper"
"""
    )
    shifts = {"full": 2.0, "queue": 3.0, "four": 2.5, "mil": 2.0, "kcf": 5.0}
    own, moved = answered(text, shifts), answered(text, shifts, base="memtrack-m16")
    assert [(one.expects, one.verdict) for one in own.findings] == [("worse", "confirmed"), ("better", "confirmed")]
    assert [(one.expects, one.source) for one in moved.findings] == [(None, ""), ("better", "another paper")]
    assert not moved.findings[0].same_time
    assert any(one.startswith("full is memtrack-m16 here, in the place of") for one in moved.remarks)


def test_sequences_that_failed_are_told_of() -> None:
    found = answered(COMPONENTS.replace("{weights}", ""), {"full": 2.0, "queue": 6.0, "four": 2.0}, failed=("queue",))
    assert found.findings[0].auc.sequences == 11
    assert "failed, of 12 sequences: queue on 1. No comparison is of these" in found.remarks
