from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from benchmark.gate.summary import junit, markdown
from benchmark.gate.verdict import GateResult, Verdict

PASS = Verdict("siamfc", "accuracy", "pass", "equal: same weights", "boxes are equal", 0.61, 0.61, {"rule": "equal"})
FAIL = Verdict("py:<b>|x|_\x00", "median", "fail", "in turns", "slower | by & <20%>", 20.0, 24.0, {"unit": "ms"})
UNSURE = Verdict("siamfc", "memory", "unsure", "calibrated", "overlap", 400.0, 500.0, {"unit": "MB"})


@pytest.fixture
def result() -> GateResult:
    return GateResult("run-1", "base.json", "2026-03-01 17:05", "2026-03-02T10:00:00Z", "c0ffee", "demo, 12 sequences",
                      "otb", "0123456789ab", (PASS, FAIL, UNSURE), ("a <remark>",))  # fmt: skip


@pytest.mark.parametrize(
    ("verdicts", "status", "code"),
    [((PASS,), "pass", 0), ((PASS, UNSURE), "unsure", 3), ((UNSURE, FAIL, PASS), "fail", 1), ((), "pass", 0)],
)
def test_the_worst_verdict_decides(result: GateResult, verdicts, status: str, code: int) -> None:
    found = replace(result, verdicts=verdicts)
    assert (found.status, found.exit_code) == (status, code)


def test_markdown_leads_with_what_matters_and_escapes_the_rest(result: GateResult) -> None:
    text = markdown(result)
    assert text.startswith("### Gate: failed\n")
    assert "1 of 3 verdicts: worse than the baseline" in text
    first, _, folded = text.partition("<details>")
    assert "WORSE" in first
    assert "boxes are equal" not in first
    assert "boxes are equal" in folded
    assert "<b>" not in text
    assert "slower \\| by &amp; &lt;20%&gt;" in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.replace("\\|", "").count("|") for line in rows} == {8}


def test_junit_has_a_case_a_verdict_and_can_be_parsed(result: GateResult) -> None:
    root = ElementTree.fromstring(junit(result))
    assert (root.get("tests"), root.get("failures"), root.get("skipped")) == ("3", "1", "1")
    cases = root.findall("./testsuite/testcase")
    assert [len(case) for case in cases] == [0, 1, 1]
    assert cases[1].find("failure").get("message") == "slower | by & <20%>"  # type: ignore[union-attr]
    assert cases[1].get("classname") == "py:<b>|x|_\\x00"
    assert cases[2].find("skipped") is not None


def test_the_result_is_plain_data(result: GateResult) -> None:
    data = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert (data["status"], data["exit_code"], data["schema"]) == ("fail", 1, 1)
    assert data["verdicts"][2]["facts"] == {"unit": "MB"}
