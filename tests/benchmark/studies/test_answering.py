from __future__ import annotations

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
    text: str, shifts: dict[str, float], *, rendered: bool = True, count: int = 12, unrun: Several[str] = ()
) -> Answer:
    """Answer a study whose trackers are so many pixels off, by label, each repeat a little more or less.

    Trackers that are `unrun` have no record.
    """
    study = parse_study(text, "mine", "mine.toml")
    actors, rng = cast(study), np.random.default_rng(0)
    videos = [
        Sequence(Annotation(f"s{k}", TRUE, np.ones(10, bool), 0, ("OCC",) if k % 2 else ("SV",)), ())
        for k in range(count)
    ]
    selection = Selection("demo", "1", tuple(videos), count, rendered=rendered)
    records = {}
    for label, spec in actors.by_label.items():
        records[spec] = [
            Record(
                "k", "demo", spec.name, video.name, 0, repeat, "done",
                TRUE + [abs(shifts[label] + rng.normal(0, 0.2)), 0, 0, 0], np.ones(10), 1.0,
            )
            for repeat in range(study.repeats) for video in videos if label not in unrun
        ]  # fmt: skip
    scores = score_run("run", records, selection, load_profile(), jitter=study.jitter)
    causes = {video.name: "blur" if k < 6 else "plain" for k, video in enumerate(videos)} if rendered else {}
    costs = {spec.name: Cost(0.02 * (k + 1), 9) for k, spec in enumerate(actors.specs)}
    return answer(study, actors, Material(selection, records, scores, costs, causes))


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
