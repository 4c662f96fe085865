from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from benchmark.commands.scoreboard import table
from benchmark.commands.terminal import output
from benchmark.datasets.sequence import Annotation
from benchmark.metrics import score_sequence, summarise
from benchmark.profiles import load_profile
from benchmark.scores import RunScores, TrackerScores
from benchmark.statistics.intervals import Interval
from benchmark.statistics.uncertainty import Uncertainty


def shown(
    shifts: Mapping[str, float], capsys: pytest.CaptureFixture[str], busy: float | None = None, name: str = "otb",
    **more: Any,
) -> str:  # fmt: skip
    """Return the scoreboard of trackers whose boxes lie so many pixels beside the truth, on twelve sequences."""
    profile, truth = load_profile(name), np.tile([50.0, 50.0, 40.0, 40.0], (20, 1))
    videos = [Annotation(f"s{n}", truth, np.ones(20, bool), 0, ()) for n in range(12)]
    trackers = []
    for tracker, shift in shifts.items():
        boxes = {one.name: truth + [shift + n / 10, 0, 0, 0] for n, one in enumerate(videos)}
        own = {one.name: score_sequence(boxes[one.name], one, profile) for one in videos}
        trackers.append(
            TrackerScores(**{"name": tracker, "remembers": "", "paper": "", "preset": "", "weights": "none",
                             "marks": (), "uncertainty": None, "summary": summarise(own, profile), "sequences": own,
                             "busy_cores": busy, "cores": 1, **more})
        )  # fmt: skip
    scores = RunScores(run="r", profile=name, protocol="ope", dataset="d", coverage="d", complete=True, rendered=False,
                       trackers=tuple(trackers))  # fmt: skip
    output().print(table(scores))
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("shifts", "signs"),
    [
        ({"a": 1.0, "b": 30.0}, {"a": "*", "b": " "}),
        ({"a": 1.0, "b": 1.0, "c": 30.0}, {"a": "~", "b": "~", "c": " "}),
        ({"a": 1.0}, {"a": " "}),
    ],
)
def test_best_is_said_of_whom_the_evidence_lets(
    shifts: Mapping[str, float], signs: Mapping[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    text = shown(shifts, capsys)
    for name, sign in signs.items():
        row = next(line for line in text.splitlines() if line.startswith(f"│ {name} "))
        assert ("*" in row, "~" in row) == (sign == "*", sign == "~")
    assert ("better than every other" in text) == ("*" in signs.values())
    assert ("not told apart from the best" in text) == ("~" in signs.values())


def test_precision_is_called_what_the_profile_prints(capsys: pytest.CaptureFixture[str]) -> None:
    assert "precision @20 px" in shown({"a": 1.0}, capsys)
    assert "precision @area" in shown({"a": 1.0}, capsys, name="trackingnet")


def test_intervals_are_explained_where_there_are_some(capsys: pytest.CaptureFixture[str]) -> None:
    assert "95 % interval" not in shown({"a": 1.0}, capsys)
    known = Uncertainty(draws=0, level=0.95, overall={"auc": Interval(0.5, 0.7)}, bands={}, by_attribute={})
    assert "95 % interval" in shown({"a": 1.0}, capsys, uncertainty=known)


def test_lanes_are_shown_of_what_has_run_here(capsys: pytest.CaptureFixture[str]) -> None:
    for throughput, lanes in ((None, "-"), (9.0, "3")):
        assert re.search(rf"│ +{lanes} │ +0 │", shown({"a": 1.0}, capsys, lanes=3, throughput=throughput))


def test_the_load_of_the_machine_stands_on_a_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown({"a": 1.0}, capsys, busy=0.6).splitlines()
    assert next(line for line in lines if "beside other work" in line).startswith("! a: ")
    assert not any("\\n" in line for line in lines)
