"""A user's own script is checked as strictly as ours: everything that the API returns has a type."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from conftest import REPOSITORY

SCRIPT = """
import pandas as pd
from matplotlib.axes import Axes

from benchmark import compare, load, run
from reports.plots import axes
from reports.tables.styled import styled, tables_of

mine = load("latest", results="results")
other = run("siamfc,memtrack", "demo", limit_frames=5)
scores: pd.DataFrame = mine.scores
boxes: pd.DataFrame = mine.boxes("plain-1")
names: tuple[str, ...] = mine.trackers
found = compare(mine, other)
table: pd.DataFrame = found.table
drawn: Axes = axes.success(mine, bands=True)
forest: Axes = axes.differences(found, "auc")
latex = styled(tables_of(mine)["scores"], "latex").to_latex()
reveal_type(mine.scores)
wrong: int = mine.scores
"""


def test_a_users_script_is_typed(tmp_path: Path) -> None:
    (tmp_path / "user.py").write_text(SCRIPT)
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", "/dev/null", "--follow-imports", "silent"]
    command += ["--cache-dir", str(REPOSITORY / ".mypy_cache"), "user.py"]
    env = {"MYPYPATH": str(REPOSITORY), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=env)
    lines = [line for line in done.stdout.splitlines() if line.startswith("user.py")]
    assert len(lines) == 2, done.stdout + done.stderr
    assert 'Revealed type is "pandas' in lines[0]
    assert "Incompatible types in assignment" in lines[1]
