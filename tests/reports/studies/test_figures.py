from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from drawn import covered
from studied import a_finding, an_actor, made_answer

from benchmark.studies.answer import Answer
from reports.studies.figures import study_figures

NAMES = (
    "siamfc", "memtrack", "memtrack-noatt", "memtrack{slots=4}", "memtrack{slots=16,read_top=2}", "dualmn-short",
    "dualmn-long", "dualmn", 'dualmn{decision="confidence"}', "memtrack-m1", "memtrack-queue", "siamfc-s5", "siamfc-s1",
)  # fmt: skip


def crowded(findings: int) -> Answer:
    """The answer of thirteen trackers that are much alike in gain and cost."""
    rng = np.random.default_rng(0)
    actors = tuple(an_actor(name, 0.6 + 0.02 * rng.random(), 0.04 + 0.01 * rng.random()) for name in NAMES)
    found = [a_finding(name, "siamfc", 0.01 * k - 0.05, k + 1, None) for k, name in enumerate(NAMES[1:])]
    return replace(made_answer(), actors=actors, base="siamfc", findings=tuple(found[:findings]))


@pytest.mark.parametrize("answer", [made_answer(), crowded(8), crowded(12)], ids=["few", "eight", "twelve"])
def test_no_letters_cover_others(answer: Answer) -> None:
    figures = study_figures(answer)
    assert set(figures) == {"forest", "waterfall", "causes", "gain-cost", "study"}
    assert {name: found for name, figure in figures.items() if (found := covered(figure))} == {}


def test_the_sheet_is_no_higher_than_a_page() -> None:
    heights = [study_figures(one)["study"].get_size_inches()[1] for one in (made_answer(), crowded(5), crowded(8))]
    assert heights == sorted(heights)
    assert heights[-1] < 11


def test_every_tracker_is_named_beside_its_gain_and_cost() -> None:
    (axis,) = study_figures(crowded(3))["gain-cost"].axes
    assert sorted(text.get_text().replace("\n", "") for text in axis.texts) == sorted(NAMES)
