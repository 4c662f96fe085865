"""``run_bench compare A B``: two runs, paired sequence by sequence."""

from __future__ import annotations

from pathlib import Path

import click

from benchmark.commands.options import results_option
from benchmark.commands.terminal import echo


@click.command(epilog="""\b
Examples:
  run_bench compare 20261121T104217345Z-1a2b3c latest    what the newest run changed
  run_bench compare main/runs/a branch/runs/b -o compare
""")  # fmt: skip
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@results_option
@click.option("--out", "-o", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Where to write.  [default: compare/ID of A, in the folder of B]")  # fmt: skip
@click.option("--frames/--no-frames", default=True, help="With or without pictures.")
def compare(*, a: str, b: str, results: Path, out: Path | None, frames: bool) -> None:
    """Compare run B with run A (folders, ids, names or `latest`): trackers of one name on the sequences both have.

    Writes compare.html, compare.md and the tables as LaTeX and CSV. Two runs of one tracker each are compared whatever
    the two are called.
    """
    from benchmark.store.results import writing
    from reports.commands.report import find_run
    from reports.compare.files import write_comparison
    from reports.compare.model import compare_runs

    first, second = find_run(a, results), find_run(b, results)
    place = out or second / "compare" / first.name
    comparison = compare_runs(first, second, frames=frames)
    with writing(place):
        echo(write_comparison(comparison, place))
