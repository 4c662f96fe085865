"""What the README shows is what happens."""

from __future__ import annotations

import json
import re
from pathlib import Path

from conftest import REPOSITORY

README = (REPOSITORY / "README.md").read_text()


def test_the_example_tracker_runs_as_shown(tmp_path: Path, picture_folder: Path, run_bench) -> None:
    (code,) = re.findall(r"```python\n# ncc\.py.*?\n(.*?)```", README, re.DOTALL)
    (tmp_path / "ncc.py").write_text(code)
    assert "run_bench --trackers py:ncc.py,siamfc" in README
    words = ("-t", f"py:{tmp_path / 'ncc.py'}", "--dataset", "folder", "--data-root", picture_folder, "--json", "-")
    done = run_bench(*words)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["trackers"][0]["summary"]["overall"]["auc"] > 0.9


def test_the_trackers_of_the_table_are_those_of_all() -> None:
    from trackers.registry import PAPERS_FIVE

    assert tuple(re.findall(r"^\| `([a-z-]+)` \|", README, re.MULTILINE)) == PAPERS_FIVE
