"""A run with others' trackers that fail, end the program, or return what is no box."""

from __future__ import annotations

import json
from pathlib import Path

TRACKERS = """
import sys
from trackers.api import register

class Still:
    fails = ""
    def init(self, image, box):
        self.box, self.seen = box, 0
        if self.fails == "init": raise ValueError("<b>no</b> target\\nsecond line")
    def update(self, image):
        self.seen += 1
        if self.fails == "exit" and self.seen == 5: sys.exit()
        return [float("inf")] * 4 if self.fails == "wild" and self.seen % 2 else self.box

@register("good", remembers="nothing")
class Good(Still): pass

@register("first", remembers="nothing")
class First(Still): fails = "init"

@register("last", remembers="nothing")
class Last(Still): fails = "exit"

@register("wild", remembers="nothing")
class Wild(Still): fails = "wild"
"""


def test_failures_and_what_is_no_box_are_told_and_others_scored(
    picture_folder: Path, tmp_path: Path, run_bench
) -> None:
    file = tmp_path / "four.py"
    file.write_text(TRACKERS)
    names = [f"py:{file}:{name}" for name in ("Good", "First", "Last", "Wild")]
    data = ("-d", "folder", "--data-root", picture_folder, "--sequences", "first")  # 6 frames: 5 updates
    done = run_bench("-t", ",".join(names), *data, "--json", tmp_path / "scores.json")
    assert done.returncode == 1
    good, first, last, wild = json.loads((tmp_path / "scores.json").read_text())["trackers"]
    assert good["summary"]
    assert "tracebacks" not in good
    assert first["failed"] == {"first": "ValueError: <b>no</b> target"}
    assert last["failed"] == {"first": "Ended: it called sys.exit()"}
    assert first["tracebacks"]["first"].startswith("Traceback")
    assert "four.py" in first["tracebacks"]["first"]
    assert wild["oddities"] == ["3 of 5 boxes are not finite, or beyond 1e+09 px"]
    assert "four.py:Wild: 3 of 5 boxes are not finite" in done.stderr
    assert "Warning" not in done.stderr
    page = Path(done.stdout.strip().splitlines()[-1].removeprefix("Report: ")).read_text()
    assert page.count("<details><summary>Traceback</summary><pre>Traceback") == 2
    assert "ValueError: &lt;b&gt;no&lt;/b&gt; target\nsecond line" in page
    assert "<b>no</b>" not in page
    assert "3 of 5 boxes are not finite" in page

    shown = run_bench("results", "--failed", "--results", tmp_path / "results")
    assert shown.returncode == 0
    lines = shown.stdout.splitlines()
    run = next((tmp_path / "results" / "runs").iterdir()).name
    assert f"py:four.py:First on first of folder, frame 1 (run {run}): ValueError: <b>no</b> target" in lines
    assert f"py:four.py:Last on first of folder, frame 6 (run {run}): Ended: it called sys.exit()" in lines
    assert lines[-1] == "2 failed"
    for line in ("    Traceback (most recent call last):", "    ValueError: <b>no</b> target", "    second line"):
        assert line in lines
    listed = json.loads(run_bench("results", "--failed", "--json", "--results", tmp_path / "results").stdout)
    assert {(one["tracker"], one["frame"], one["status"]) for one in listed} == {
        ("py:four.py:First", 1, "failed"), ("py:four.py:Last", 6, "failed"),
    }  # fmt: skip
