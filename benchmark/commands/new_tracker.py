"""``run_bench new-tracker``: a tracker's package to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from benchmark.commands.terminal import echo, near


@click.command(
    "new-tracker",
    epilog="""\b
Examples:
  run_bench new-tracker mine
  run_bench new-tracker mine --lanes --out ~/trackers
""",
)
@click.argument("name")
@click.option("--lanes", is_flag=True, help="Many targets in lock-step; else one target, with init and update.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path(), metavar="DIR",
              help="Where the folder NAME is made.  [default: here]")  # fmt: skip
def new_tracker(*, name: str, lanes: bool, out: Path) -> None:
    """Write the package of a new tracker: installable, known by NAME, with a test of the contract and a workflow.

    It runs as it is; what to replace is in NAME/NAME/tracker.py.
    """
    from benchmark.scaffold.write import write_tracker

    folder = out.absolute() / name
    for file in write_tracker(name, out.absolute(), lanes):
        echo(near(file))
    echo(f"next: pip install -e {near(folder)} && run_bench check-tracker {name}")
