"""An analysis of the toolkit's that is damaged or hostile is one line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmark.vot.figures import ToolkitFigures, read_analysis
from tests.benchmark.vot.test_workspace import ANALYSIS
from trackers.errors import InputError


def _changed(change: Callable[[dict[str, Any]], object]) -> str:
    content = json.loads(json.dumps(ANALYSIS))
    change(content)
    return json.dumps(content)


def _analysis(number: int, name: str, value: object) -> str:
    return _changed(
        lambda content: content["results"]["baseline"]["parameters"]["analyses"][number].update({name: value})
    )


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{}", "NaN", "[" * 100_000, "\udcff", _changed(lambda content: content.pop("trackers")),
        _analysis(0, "burnin", float("inf")), _analysis(0, "burnin", 10**400), _analysis(1, "low", -3),
        _changed(lambda content: content["results"]["baseline"].update(results=[[[1e300, 2.0]] * 2] * 3)),
        _changed(lambda content: content["results"]["baseline"].update(results=[[[[], {}]] * 2] * 3)),
        _changed(lambda content: content.update(toolkit=3)),
        json.dumps({"toolkit": "0.7.4", "sequences": {}, "trackers": list(map(str, range(1000))),
                    "results": {f"e{n}": {"type": "", "parameters": {"analyses": []}, "results": []}
                                for n in range(101)}}),
    ],
)  # fmt: skip
def test_what_is_no_analysis_is_one_line(tmp_path: Path, text: str) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError) as caught:
        read_analysis(file, "s", "c", {})
    assert str(file) in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("html", ["../../report.html", "javascript:alert(1)", "/etc/passwd", ".x", 3])
def test_a_page_that_does_not_lie_beside_it_is_not_linked_to(tmp_path: Path, html: object) -> None:
    file = tmp_path / "x.json"
    kept = ToolkitFigures("0.7.4", "s", "c", 2, (), "x.html").to_dict()
    file.write_text(json.dumps(kept))
    assert ToolkitFigures.read(file).html == "x.html"
    file.write_text(json.dumps({**kept, "html": html}))
    with pytest.raises(InputError, match="cannot be read"):
        ToolkitFigures.read(file)
