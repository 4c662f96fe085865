from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmark.gate import history
from benchmark.gate.verdict import GateResult, Verdict
from trackers.errors import InputError


def result(number: int, median: float, auc: float = 0.6, coverage: str = "demo") -> GateResult:
    verdicts = (
        Verdict("siamfc", "accuracy", "pass", "", "", 0.6, auc),
        Verdict("siamfc", "median", "pass", "", "", 20.0, 99.0, {"unit": "ms", "calibrated": median}),
    )
    return GateResult("run", "base", "", f"2026-03-{number + 1:02d}T10:00:00Z", f"commit{number}", coverage, "otb",
                      "machine", verdicts)  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "deep" / "history.jsonl"
    for number in range(16):
        wobble = 0.01 * (number % 3)
        history.append(file, result(number, (1.0 if number < 8 else 1.2) + wobble))
    return file


def test_a_change_of_level_is_found_and_told(file: Path) -> None:
    found = {one.measure: one for one in history.series(history.read(file))}
    (point,) = found["median"].changes
    assert point.index == 8
    assert (point.before, point.after) == (pytest.approx(1.01), pytest.approx(1.21))
    assert found["accuracy"].changes == ()
    assert history.sentences(list(found.values())) == ["siamfc, median: 1.01 became 1.21 on 2026-03-09 at commit8"]


def test_gates_of_other_sequences_are_another_series(file: Path) -> None:
    history.append(file, result(20, 5.0, coverage="OTB100"))
    assert [len(one.values) for one in history.series(history.read(file))] == [1, 1]


def test_a_line_that_is_none_is_named(file: Path) -> None:
    for line in ("{", "[]", json.dumps({"schema": 9})):
        with file.open("a") as lines:
            lines.write(line + "\n")
        with pytest.raises(InputError, match="line 17: no entry of a gate"):
            history.read(file)
        file.write_text("\n".join(file.read_text().splitlines()[:16]) + "\n")


def test_nothing_was_found_before_anything_was_gated() -> None:
    assert history.series([]) == []
