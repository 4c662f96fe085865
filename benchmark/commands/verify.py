"""``run_bench verify``: score boxes whose scores are known, and say whether they come out."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table

from benchmark.commands.options import json_option, write_json
from benchmark.commands.terminal import echo, output
from benchmark.signed import signed

USUAL = ("auc", "precision")
SHORT = {"auc": "AUC", "precision": "P", "normalised_precision": "NP", "ao": "AO", "sr50": "SR.50", "sr75": "SR.75"}
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
        place = golden or "shipped with Engram"
        table = Table(title=f"AUC / precision where nothing else is said, {place}", title_justify="left")
        headings = ("tracker", "profile", "printed", "expected", "ours", "difference", "verdict", "expected by")
        for heading in headings:
            table.add_column(heading, no_wrap=True)
        digits = 4 if golden else 6
        for row in rows:
            pairs = [" / ".join(_score(v, digits) for v in pair) for pair in (row.expected, row.ours)]
            difference = signed(max(row.differences, key=abs), ".0e")
            printed = row.published + {True: "", False: " (differs)", None: ""}[row.as_printed]
            verdict = "ok" if row.ok else "MISS"
            of = "" if row.measures == USUAL else ": " + " / ".join(SHORT.get(name, name) for name in row.measures)
            named = f"{row.tracker}, {row.dataset}{of}"
            table.add_row(named, row.profile, printed, *pairs, difference, verdict, row.source)
        output().print(table)
        missed = sum(not row.ok for row in rows)
        echo(f"{missed} of {len(rows)} MISS" if missed else f"all {len(rows)} as expected")
    if not all(row.ok for row in rows):
        raise click.exceptions.Exit(MISS)


def _score(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".removeprefix("0")
