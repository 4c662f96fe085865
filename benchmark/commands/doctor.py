"""``run_bench doctor``: what of the datasets is found here, what is wrong with it, and how to mend that."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from benchmark.commands.options import json_option, results_option, split_datasets, write_json
from benchmark.commands.terminal import echo, output, remarks, sequence_progress, size_text
from trackers.errors import InputError

if TYPE_CHECKING:
    from benchmark.datasets.base import Dataset
    from benchmark.datasets.doctor import Examination

FAULT = 1
"""Exit code where what is there cannot be run, or a dataset that was named is not all there."""
SIGNS = {"missing": "missing", "damaged": "damaged", "layout": "mend", "note": "note"}


@click.command(epilog="""\b
Examples:
  run_bench doctor                                  every published dataset that is found here
  run_bench doctor -d UAV123,GOT-10k/val --data-root ~/data
  run_bench doctor -d LaSOT --deep --json lasot.json      decodes every frame
""")  # fmt: skip
@click.option("--dataset", "-d", metavar="NAMES", help="Datasets, separated by commas.  [default: what is found]")
@click.option("--data-root", type=click.Path(path_type=Path), metavar="DIR",
              help="The dataset's folder or one that holds it.  [default: $ENGRAM_DATA, else data/]")  # fmt: skip
@click.option("--deep", is_flag=True, help="Decode every frame, and not only look at where it begins and ends.")
@results_option
@json_option("what is found")
def doctor(
    *, dataset: str | None, data_root: Path | None, deep: bool, results: Path, json_file: Path | None
) -> None:  # fmt: skip
    """Say what of the datasets is found, missing or damaged, how to lay it out, and how long it would take.

    Exit code 1 where something cannot be run, or a dataset that was named is not all there.
    """
    from benchmark.datasets.lookup import data_root as find_root

    root = find_root(data_root)
    named = split_datasets(dataset) if dataset else None
    found = [_examine(name, data_root, root, deep) for name in (named or _there(data_root, root))]
    speeds = known_speeds(results)
    alone = write_json([_plain(one, speeds) for one in found], json_file)
    if not alone:
        for one in found:
            _say(one, speeds, whole=named is not None)
        if not found:
            echo(f"no published dataset is found in {root}; name one with -d to see how it is laid out")
    if any(not one.sound or (named and one.state != "found") for one in found):
        raise click.exceptions.Exit(FAULT)


def known_speeds(results: Path) -> dict[str, float]:
    """Return the frames a second of the papers' five trackers, by the newest runs of a results folder that say so."""
    from benchmark.datasets.listing import folders
    from benchmark.scores import RunScores
    from trackers.registry import PAPERS_FIVE

    found: dict[str, float] = {}
    runs = folders(results / "runs") if (results / "runs").is_dir() else []
    for folder in runs[:-51:-1]:
        try:
            scores = RunScores.read(folder)
        except InputError:
            continue
        for one in scores.trackers:
            if one.name in PAPERS_FIVE and one.throughput:
                found.setdefault(one.name, one.throughput)
        if len(found) == len(PAPERS_FIVE):
            break
    return found


def _there(data_root: Path | None, root: Path) -> list[str]:
    """Return the published datasets of which anything is found, or was being fetched."""
    from benchmark.datasets.lookup import open_dataset, published_sets

    opened = {name: open_dataset(name, data_root) for name in published_sets()}
    found = {name: dataset.inventory().found for name, dataset in opened.items()}
    there = {name for name, dataset in opened.items() if found[name] and dataset.evident(found[name])}
    there |= _being_fetched(opened, there, root)
    return [name for name in opened if name in there]


def _being_fetched(opened: dict[str, Dataset], there: set[str], root: Path) -> set[str]:
    """Return which other sets were being fetched; of those in one folder the last, which is the largest."""
    from benchmark.datasets.download import leftovers, read_source
    from benchmark.datasets.published import PublishedDataset

    sources = {name: read_source(name) for name in opened}
    told = {sources[name].place(name) for name in there}
    found = set()
    for name, dataset in reversed(opened.items()):
        place = sources[name].place(name)
        if place not in told and isinstance(dataset, PublishedDataset) and leftovers(dataset, sources[name], root).any:
            found.add(name)
            told.add(place)
    return found


def _examine(name: str, data_root: Path | None, root: Path, deep: bool) -> Examination:
    from benchmark.datasets.doctor import examine
    from benchmark.datasets.lookup import open_dataset

    with sequence_progress(remarks(), f"looking at {name}") as advance:
        return examine(open_dataset(name, data_root), root, deep=deep, progress=advance)


def _seconds(one: Examination, speeds: dict[str, float]) -> float | None:
    """Return how long the papers' five would take on what is there, one after the other; None where none can say."""
    from trackers.registry import PAPERS_FIVE

    if not all(name in speeds for name in PAPERS_FIVE):
        return None
    return sum(one.frames / speeds[name] for name in PAPERS_FIVE)


def _plain(one: Examination, speeds: dict[str, float]) -> dict[str, Any]:
    return asdict(one) | {"state": one.state, "sound": one.sound, "five_trackers_seconds": _seconds(one, speeds)}


def _say(one: Examination, speeds: dict[str, float], *, whole: bool) -> None:
    out = output()
    out.print(f"[bold]{one.dataset}[/bold]: {one.state}, {one.found} of {one.total} sequences in {one.place}")
    if one.frames:
        seconds = _seconds(one, speeds)
        took = "how long the five trackers take is not known before a run of them here"
        if seconds is not None:
            took = f"the five trackers take about {_time(seconds)} at the speed of earlier runs here"
        out.print(f"  {one.frames:,} frames, {size_text(one.size)}; {took}", markup=False)
    for finding in one.findings:
        out.print(f"  {SIGNS[finding.kind]}: {finding.text}", markup=False, soft_wrap=True)
    if one.layout and (whole and one.state != "found"):
        out.print("  it is laid out so:", markup=False)
        for line in one.layout.strip().splitlines():
            out.print(f"    {line}", markup=False, soft_wrap=True)


def _time(seconds: float) -> str:
    for unit, size in (("days", 86400.0), ("hours", 3600.0), ("minutes", 60.0)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds"
