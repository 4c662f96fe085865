"""The tutorial notebook runs from its first cell to its last, and is committed without outputs.

Its cells are executed in this process: a kernel, and all of Jupyter for it, would weigh more than the tests.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from conftest import REPOSITORY
from matplotlib.axes import Axes

NOTEBOOK = REPOSITORY / "docs" / "tutorial.ipynb"


@pytest.fixture
def _no_window() -> Iterator[None]:
    with mpl.rc_context({"backend": "agg"}):
        yield
    plt.close("all")


def cells(kind: str) -> list[dict[str, Any]]:
    return [cell for cell in json.loads(NOTEBOOK.read_text())["cells"] if cell["cell_type"] == kind]


def run_cell(source: str, names: dict[str, Any]) -> Any:
    """Run a cell as a notebook does, and return the value of its last line."""
    body = ast.parse(source).body
    last = body.pop() if isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), NOTEBOOK.name, "exec"), names)
    return eval(compile(ast.Expression(last.value), NOTEBOOK.name, "eval"), names) if last else None


def test_it_is_a_notebook_without_outputs() -> None:
    content = json.loads(NOTEBOOK.read_text())
    assert (content["nbformat"], content["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in content["cells"]]
    assert len(set(ids)) == len(ids)
    for cell in cells("code"):
        assert (cell["outputs"], cell["execution_count"]) == ([], None)


@pytest.mark.usefixtures("_no_window")
def test_every_cell_runs_and_shows_something(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    shown = {cell["id"]: run_cell("".join(cell["source"]), names) for cell in cells("code")}
    printed = capsys.readouterr().out
    assert r"\begin{tabular}" in printed
    for name, value in shown.items():
        if name != "latex":
            assert value is not None, name
            assert getattr(value, "_repr_html_", value.__repr__)()
    assert all(isinstance(shown[name], Axes) for name in ("success", "overlap", "signals", "forest"))
    assert set(shown["table"]["measure"]) == {"auc", "precision"}
    assert "read_weights" in shown["telemetry"].index
    assert (tmp_path / "results" / "latest").is_file()
