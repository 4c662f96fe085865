"""``run_bench board``: a leaderboard over many runs, as a static site."""

from __future__ import annotations

from pathlib import Path

import click

from benchmark.commands.outputs import output_path
from benchmark.commands.terminal import echo, remarks


@click.command(epilog="""\b
Examples:
  run_bench board results -o site                       all runs of a results folder
  run_bench board results submissions -o site           with what others submitted, as far as it can be checked
  run_bench board results --history gate.jsonl -o site  with what the gate found over time
A submission is a JSON file beside a bundle (`run_bench export RUN --format bundle`): docs/board.md.
""")  # fmt: skip
@click.argument("places", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="DIR...")
@click.option("--out", "-o", type=click.Path(path_type=Path, file_okay=False), callback=output_path,
              default=Path("board"), show_default=True, metavar="DIR", help="Where to write the site.")  # fmt: skip
@click.option("--title", default="", metavar="TEXT", help="What the board is called.  [default: Leaderboard]")
@click.option("--history", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE",
              help="What `run_bench gate --history FILE` kept.")  # fmt: skip
@click.option("--data-root", type=click.Path(path_type=Path), metavar="DIR",
              help="Where datasets are, to check submissions by their ground truth.")  # fmt: skip
def board(*, places: tuple[Path, ...], out: Path, title: str, history: Path | None, data_root: Path | None) -> None:
    """Write a leaderboard over the runs in DIRs: trackers by datasets, as a static site."""
    from tempfile import TemporaryDirectory

    from benchmark.gate.history import read, series
    from benchmark.store.results import writing
    from reports.board.gathering import gather
    from reports.board.model import make_board
    from reports.board.page import write_board

    found = series(read(history)) if history else []
    with TemporaryDirectory(prefix="engram-board-") as room:
        made = make_board(gather(places, Path(room), data_root))
        for what, why in made.refused:
            remarks().print(f"not listed: {what}: {why}", markup=False, soft_wrap=True)
        with writing(out):
            echo(write_board(made, out, title=title, history=found))
