"""The answer of a study that nobody ran, with everything a page, a table or a figure can show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from benchmark.statistics.intervals import Interval
from benchmark.studies.answer import Actor, Answer, Crossed, Effect, Finding, Insight
from benchmark.studies.cost import Cost
from benchmark.studies.effects import corrected_level, effect, found_of, holm_corrected, verdict_of

CAUSES = ("plain", "occlusion", "distractor", "scale", "blur", "out-of-view")


def an_effect(mean: float, seed: int, count: int = 36, spread: float = 0.05) -> Effect:
    rng = np.random.default_rng(seed)
    values = {str(k): rng.normal(mean, spread) + rng.normal(0, 0.02, 3) for k in range(count)}
    one = effect(values, 0.01, corrected_level(3))
    assert one is not None
    return holm_corrected([one])[0]


def a_finding(other: str, base: str, mean: float, seed: int, expects: str | None) -> Finding:
    auc = an_effect(mean, seed)
    by_cause = {cause: an_effect(mean + 0.05 * (k - 2), 100 * seed + k, 6) for k, cause in enumerate(CAUSES)}
    return Finding(
        other, base, auc, an_effect(mean, seed + 50), found_of(auc, 0.01), 20, 9, 7, expects,  # type: ignore[arg-type]
        "a paper, table 1" if expects else "", verdict_of(auc, expects, 0.01),  # type: ignore[arg-type]
        {"OCC": an_effect(mean, seed + 7, 9), "SV": an_effect(-mean, seed + 8, 5)}, by_cause,
    )  # fmt: skip


def an_actor(label: str, auc: float, seconds: float, **changes) -> Actor:
    one = Actor(
        label, f"family-{label}".replace(" ", ""), "some-weights", (), auc, Interval(auc - 0.06, auc + 0.05), 0.2,
        0.004, auc + 0.1, 0, 1 / seconds, "", Cost(seconds, 9, 1_400_000, 490_000, 3.2),
    )  # fmt: skip
    return replace(one, **changes)


def made_answer() -> Answer:
    return Answer(
        study="made-up", question="Does every part of a made-up memory help?", about="Nothing of this was run.",
        digest="0" * 64, base="full", run="none", dataset="demo-full", coverage="demo-full, 36 of 72 sequences",
        complete=False, rendered=True, protocol="ope", profile="otb", repeats=3, jitter=0.5, relevant=0.01,
        actors=(
            an_actor("full", 0.70, 0.040), an_actor("no attention", 0.66, 0.030),
            an_actor("first in, first out", 0.62, 0.020),
            an_actor("oracle", 0.75, 0.041, marks=("oracle, shown the truth",)),
        ),
        findings=(
            a_finding("no attention", "full", -0.04, 1, "worse"),
            a_finding("first in, first out", "full", -0.08, 2, "better"),
            a_finding("oracle", "full", 0.004, 3, None),
        ),
        crossed=(
            Crossed("gate off against on", an_effect(-0.02, 4)), Crossed("gate off × memory one", an_effect(0.0, 5)),
        ),
        insights=(
            Insight("full", "read entropy in the 10 frames before a loss", "change of entropy", 0.11,
                    Interval(0.02, 0.2), 9, {"a": 0.1}, "overlap"),
        ),
        remarks=("the frames are rendered: what is found here is not shown of real video",),
    )  # fmt: skip
