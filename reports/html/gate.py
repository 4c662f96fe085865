"""The page of one gate: the verdicts, and each tracker's sequences before and after."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmark.gate.summary import number
from benchmark.gate.verdict import GateResult, Verdict
from benchmark.store.record import write_whole
from reports.html.page import environment

__all__ = ["render_gate", "write_gate"]

WORDS = {"pass": "ok", "fail": "worse", "unsure": "cannot tell"}


def write_gate(result: GateResult, file: Path) -> None:
    """Write the page: self-contained, every text escaped."""
    write_whole(file, render_gate(result).encode())


def render_gate(result: GateResult) -> str:
    """Return the page."""
    return (
        environment()
        .get_template("gate.html")
        .render(
            result=result,
            words=WORDS,
            number=number,
            sequences={one.tracker: _sequences(one) for one in result.verdicts if one.measure == "accuracy"},
        )
    )


def _sequences(verdict: Verdict) -> list[dict[str, Any]]:
    """Return a tracker's sequences, the largest loss first, with where their boxes part."""
    parted = {one["sequence"]: one for one in verdict.facts.get("parted", ())}
    rows = [
        {"name": name, "old": old, "new": new, "difference": new - old, "parted": parted.get(name)}
        for name, (old, new) in verdict.facts.get("by_sequence", {}).items()
    ]
    return sorted(rows, key=lambda row: (row["difference"], row["name"]))
