"""``run_bench verify``: score boxes whose scores are known, and say whether they come out."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table

from benchmark.commands.options import json_option, write_json
from benchmark.commands.terminal import echo, output

MISS = 1
"""Exit code where a score is not as expected."""


@click.command()
@click.option(
    "--golden", type=click.Path(path_type=Path), metavar="DIR",
    help="Published trackers' boxes with a README.md of what they score.  [default: what ships with Engram]",
)  # fmt: skip
@json_option("the rows")
def verify(*, golden: Path | None, json_file: Path | None) -> None:
    """Prove the evaluation: stored boxes are scored again and must give the scores known from elsewhere.

    Without --golden these are made-up boxes that ship with the program; their scores were computed by the got10k
    package's own code and by a plain reference. Exit code 1 where a score misses.
    """
    from benchmark.verification import verify_golden, verify_shipped

    rows = verify_golden(golden) if golden else verify_shipped()
    if not write_json([row.to_dict() for row in rows], json_file):
        table = Table(title=f"AUC / precision at 20 px, {golden or 'shipped with Engram'}", title_justify="left")
        for heading in ("tracker", "profile", "printed", "expected", "ours", "difference", "verdict", "expected by"):
            table.add_column(heading, no_wrap=True)
        digits = 4 if golden else 6
        for row in rows:
            pairs = [" / ".join(_score(v, digits) for v in pair) for pair in (row.expected, row.ours)]
            difference = " / ".join(f"{value:+.1e}" for value in row.differences)
            printed = row.published + {True: "", False: " (differs)", None: ""}[row.as_printed]
            verdict = "ok" if row.ok else "MISS"
            table.add_row(row.tracker, row.profile, printed, *pairs, difference, verdict, row.source)
        output().print(table)
        missed = sum(not row.ok for row in rows)
        echo(f"{missed} of {len(rows)} MISS" if missed else f"all {len(rows)} as expected")
    if not all(row.ok for row in rows):
        raise click.exceptions.Exit(MISS)


def _score(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".removeprefix("0")
