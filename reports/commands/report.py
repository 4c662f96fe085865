"""``run_bench report``: the page, tables and figures of one run, or of several on one page."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from benchmark.commands import completing
from benchmark.commands.lists import split_names
from benchmark.commands.options import results_option
from benchmark.commands.outputs import output_path
from benchmark.commands.terminal import echo
from trackers.errors import InputError


@click.command(epilog="""\b
Examples:
  run_bench report latest                               again, into the run's own folder
  run_bench report latest --show Couple,Man             with strips of frames of these sequences too
  run_bench report latest --columns auc,precision       LaTeX tables that fit a paper's column
  run_bench report 20261121T104217345Z-1a2b3c latest -o both    two runs' trackers on one page
""")  # fmt: skip
@click.argument("runs", nargs=-1, required=True, metavar="RUN...", shell_complete=completing.runs)
@results_option
@click.option("--out", "-o", type=click.Path(path_type=Path, file_okay=False), callback=output_path, metavar="DIR",
              help="Where to write.  [default: the run's own folder]")  # fmt: skip
@click.option("--show", metavar="NAMES", help="Sequences to picture beside the 12 worst, separated by commas.")
@click.option("--data-root", type=click.Path(path_type=Path), metavar="DIR",
              help="Where the frames are, if no longer where the run found them.")  # fmt: skip
@click.option("--frames/--no-frames", default=True, help="With or without pictures.")
@click.option("--columns", metavar="NAMES",
              help="Columns of the LaTeX tables, by their names in the CSV, separated by commas.")  # fmt: skip
@click.option("--intervals/--no-intervals", default=True, help="LaTeX tables with or without intervals.")
@click.option("--table-width", type=click.Choice(["auto", "column", "page"]), default="auto", show_default=True,
              help="How wide LaTeX tables may be: auto takes one column where the table fits.")  # fmt: skip
@click.option("--base", default="", metavar="NAME",
              help="What the others' curves are held against.  [default: siamfc, else the first tracker]")  # fmt: skip
@click.option("--bands", is_flag=True, help="Success and precision curves with their bands.")
def report(
    *, runs: tuple[str, ...], results: Path, out: Path | None, show: str | None, data_root: Path | None, frames: bool,
    base: str, bands: bool, columns: str | None, intervals: bool, table_width: Literal["auto", "column", "page"],
) -> None:  # fmt: skip
    """Write the report of RUNs (a folder, an id, a name or `latest`): HTML, Markdown, LaTeX, CSV, JSON and figures.

    Several runs of the same sequences, profile and protocol come on one page; runs on several datasets on one with a
    section for each.
    """
    from benchmark.store.results import writing
    from reports.model import build_report
    from reports.tables.layout import Paper
    from reports.write import write_report

    folders = [folder for run in runs for folder in find_runs(run, results)]
    if out is None and len(runs) > 1:
        raise InputError("the report of several runs belongs to none of them: say where to write it with --out DIR")
    chosen, keys = tuple(split_names(show or "")), tuple(split_names(columns or ""))
    place = out or folders[-1]  # where the command on several datasets has put the page of all
    groups = by_dataset(folders)
    if len(groups) > 1:
        from reports.several import write_several

        if ignored := next(
            (one for one, given in (("--show", show), ("--columns", columns), ("--base", base)) if given), ""
        ):
            raise InputError(f"{ignored} goes with runs on one dataset: these are on {', '.join(groups)}")
        with writing(place):
            echo(write_several(list(groups.values()), place))
        return
    drawn = build_report(folders, frames=frames, data_root=data_root, chosen=chosen, base=base)
    with writing(place):
        paper = Paper(keys, intervals, table_width)
        echo(write_report(drawn, place, paper=paper, bands=bands, wide=True))


def by_dataset(folders: list[Path]) -> dict[str, list[Path]]:
    """Return runs' folders by the dataset that each is on."""
    from benchmark.store.reading import read_manifest

    found: dict[str, list[Path]] = {}
    for folder in folders:
        found.setdefault(read_manifest(folder)["dataset"]["name"], []).append(folder)
    return found


def find_runs(run: str, results: Path) -> list[Path]:
    """Return the folders that a RUN argument stands for: those of all datasets where its command ran on several."""
    from benchmark.store.results import Results

    if (Path(run) / "manifest.json").is_file():
        return [Path(run)]
    return Results(results, write=False).find_runs(run)


def find_run(run: str, results: Path) -> Path:
    """Return the folder of a RUN argument; a run's own folder need not lie in a results folder."""
    from benchmark.store.results import Results

    return Path(run) if (Path(run) / "manifest.json").is_file() else Results(results, write=False).find_run(run)
