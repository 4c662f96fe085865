"""What was measured so far: a file for the program, by which it goes on where it stopped, and a page for people."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmark.measurements.gpu.setting import Row

FAILED = "failed"
"""The column that says why a row has no numbers."""


class Ledger:
    """Rows by part, written at once.

    Args:
        folder: Where ``gpu.json`` and ``gpu.md`` are; both are begun anew where they speak of another machine.
        facts: What the numbers belong to.
    """

    def __init__(self, folder: Path, facts: dict[str, Any]) -> None:
        self._file = folder / "gpu.json"
        folder.mkdir(parents=True, exist_ok=True)
        kept = json.loads(self._file.read_text("utf-8")) if self._file.is_file() else {}
        self.facts = facts
        self.tables: dict[str, dict[str, Row]] = kept["tables"] if kept.get("facts") == facts else {}

    def has(self, part: str, what: str) -> bool:
        """Tell whether that was measured."""
        row = self.tables.get(part, {}).get(what)
        return row is not None and FAILED not in row

    def add(self, part: str, what: str, row: Row) -> None:
        """Keep a row."""
        self.tables.setdefault(part, {})[what] = row
        self._file.write_text(json.dumps({"facts": self.facts, "tables": self.tables}, indent=1) + "\n", "utf-8")
        self._file.with_suffix(".md").write_text("\n".join(self._page()) + "\n", "utf-8")

    def _page(self) -> Iterable[str]:
        made = f"Made by `python -m benchmark.measurements.gpu`, {datetime.now(UTC):%d %B %Y}."
        yield from ("# A GPU, measured", "", made, "")
        yield from (f"- {name}: {value}" for name, value in self.facts.items())
        for part, rows in self.tables.items():
            columns = list(dict.fromkeys(column for row in rows.values() for column in row))
            yield from ("", f"## {part}", "", f"| what | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|")
            for what, row in rows.items():
                yield f"| {what} | {' | '.join(_cell(row.get(column, '')) for column in columns)} |"


def _cell(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value).replace("|", "/")
