"""The page of one gate: the verdicts, and each tracker's sequences before and after."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from benchmark.gate.summary import number
from benchmark.gate.verdict import GateResult, Verdict

__all__ = ["render_gate", "write_gate"]

WORDS = {"pass": "ok", "fail": "worse", "unsure": "cannot tell"}


def write_gate(result: GateResult, file: Path) -> None:
    """Write the page: self-contained, every text escaped."""
    file.write_text(render_gate(result), "utf-8")


def render_gate(result: GateResult) -> str:
    """Return the page."""
    made = Environment(
        loader=PackageLoader("reports.html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return made.get_template("gate.html").render(
        result=result,
        words=WORDS,
        number=number,
        sequences={one.tracker: _sequences(one) for one in result.verdicts if one.measure == "accuracy"},
    )


def _sequences(verdict: Verdict) -> list[dict[str, Any]]:
    """Return a tracker's sequences, the largest loss first, with where their boxes part."""
    parted = {one["sequence"]: one for one in verdict.facts.get("parted", ())}
    rows = [
        {"name": name, "old": old, "new": new, "difference": new - old, "parted": parted.get(name)}
        for name, (old, new) in verdict.facts.get("by_sequence", {}).items()
    ]
    return sorted(rows, key=lambda row: (row["difference"], row["name"]))
