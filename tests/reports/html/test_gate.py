from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

from benchmark.gate.verdict import GateResult, Verdict
from reports.html.gate import render_gate, write_gate

FACTS = {
    "rule": "equal",
    "by_sequence": {"Couple": [0.6, 0.7], "<Jogging>": [0.5, 0.25]},
    "parted": [{"sequence": "<Jogging>", "frame": 12, "pixels": 3.25}],
}
RESULT = GateResult(
    "run-1", "base.json", "2026-03-01", "2026-03-02T10:00:00Z", "c0ffee+", "OTB100, 2 of 100 sequences", "otb", "abc",
    (
        Verdict("siamfc", "accuracy", "fail", "equal: same weights", "boxes differ & <more>", 0.55, 0.475, FACTS),
        Verdict("siamfc", "median", "pass", "in turns", "no slower", 20.0, 20.0, {"unit": "ms"}),
    ),
    ("a remark",),
)  # fmt: skip


class _Balance(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in ("meta",):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_shows_verdicts_and_sequences_the_largest_loss_first(tmp_path: Path) -> None:
    write_gate(RESULT, tmp_path / "gate.html")
    page = (tmp_path / "gate.html").read_text()
    assert 'Gate: <span class="fail">worse</span>' in page
    assert page.index("&lt;Jogging&gt;") < page.index("Couple")
    assert "-0.2500" in page
    assert "from frame 12 on, by up to 3.25 px" in page
    assert "boxes differ &amp; &lt;more&gt;" in page
    assert "c0ffee" in page
    balance = _Balance()
    balance.feed(page)
    assert balance.open == []


def test_the_page_needs_nothing_from_elsewhere() -> None:
    page = render_gate(RESULT)
    assert not re.search(r"(src|href)=|https?://|@import|<script", page)
