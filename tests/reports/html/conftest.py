"""Pages that several tests open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from studied import made_answer

from benchmark.studies.answer import write_answer
from reports.causes import cause_effects
from reports.model import build_report
from reports.write import write_report


@pytest.fixture(scope="session")
def page_file(made_run: Path) -> Path:
    return write_report(build_report([made_run]), made_run, figures=False)


CROWD = (
    "siamfc", "memtrack{slots=5}", "memtrack{slots=3}", "memtrack-noatt", "dualmn-short", "dualmn-long", "dualmn",
    "siamfc{scale_step=1.05}", "cv2:kcf", "cv2:csrt", "cv2:mil", "siamfc-s5",
)  # fmt: skip


@pytest.fixture(scope="session")
def crowded_file(tmp_path_factory: pytest.TempPathFactory, make: Callable[..., Path]) -> Path:
    """The page of twelve trackers, some with long names, on enough sequences for bands, with a study's answer."""
    skills = {name: 0.3 + 0.05 * index for index, name in enumerate(CROWD)}
    run = make(tmp_path_factory.mktemp("crowd"), skills, [f"s{n}" for n in range(12)], 30, pictures=False)
    write_answer(run, made_answer())
    return write_report(build_report([run]), run, figures=False)


@pytest.fixture(scope="session")
def thirteen_file(tmp_path_factory: pytest.TempPathFactory, make: Callable[..., Path]) -> Path:
    """The page of thirteen trackers, which ask twelve questions, and no study."""
    skills = {name: 0.3 + 0.05 * index for index, name in enumerate((*CROWD, "memtrack-m4"))}
    run = make(tmp_path_factory.mktemp("thirteen"), skills, ["s1", "s2", "s3"], 30, pictures=False)
    return write_report(build_report([run]), run, figures=False)


@pytest.fixture(scope="session")
def rendered_file(made_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a run as if its frames were rendered: all sequences but one have a cause that acts for a while."""
    report = build_report([made_run])
    views = tuple(
        replace(view, cause="occlusion" if number % 2 else "blur", acts=((30, 59),)) if number else view
        for number, view in enumerate(report.sequences)
    )
    causes = cause_effects(views, [one.name for one in report.scored], [one.pair for one in report.answers])
    changed = replace(report, sequences=views, causes=causes, scores=replace(report.scores, rendered=True))
    return write_report(changed, tmp_path_factory.mktemp("rendered"), figures=False)
