"""``run_bench data get``: fetch a published dataset, where it can be fetched, and put it where it is looked for."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchmark.commands.terminal import echo, output, progress, remarks, size_text
from benchmark.plurals import counted
from trackers.errors import InputError

if TYPE_CHECKING:
    from benchmark.datasets.download import Source
    from benchmark.datasets.published import PublishedDataset


@click.group()
def data() -> None:
    """Get published datasets; nothing is fetched unasked."""


@data.command(epilog="""\b
Examples:
  run_bench data get OTB100 --data-root ~/data
  run_bench data get UAV123                     says where it is had, and what to put where
  run_bench data get VOT2019 --yes              for scripts: the terms are accepted
""")  # fmt: skip
@click.argument("name")
@click.option("--data-root", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Where to put it.  [default: $ENGRAM_DATA, else data/]")  # fmt: skip
@click.option("--yes", is_flag=True, help="Accept the dataset's terms without being asked.")
@click.option("--keep-archives", is_flag=True, help="Keep the zips when they are unpacked.")
@click.option("--sources", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Addresses of one's own, in the form of benchmark/datasets/download/sources.toml.")  # fmt: skip
def get(*, name: str, data_root: Path | None, yes: bool, keep_archives: bool, sources: Path | None) -> None:
    """Fetch what is missing of the dataset NAME, check it and unpack it; go on where an earlier call was stopped."""
    from benchmark.datasets.download import get_dataset, lacking, read_source
    from benchmark.datasets.lookup import data_root as find_root
    from benchmark.datasets.lookup import find_dataset, open_dataset
    from benchmark.datasets.published import PublishedDataset

    known = find_dataset(name)
    if data_root is not None:
        try:
            data_root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"--data-root {data_root}: cannot be made ({error.strerror})") from error
    dataset = open_dataset(known, data_root)
    if not isinstance(dataset, PublishedDataset):
        raise InputError(f"{known} is not fetched: {dataset.source}")
    source, root = read_source(known, sources), find_root(data_root)
    place = root / source.place(known)
    _tidy(dataset, source, root)
    if source.by_hand:
        output().print(f"{known} cannot be fetched by a program: {source.page}", markup=False, soft_wrap=True)
        output().print(f"{source.by_hand} ({place})", markup=False, soft_wrap=True)
        output().print(f"Terms: {source.terms}.", markup=False, soft_wrap=True)
        raise click.exceptions.Exit(1)
    if dataset.total and not lacking(dataset):
        echo(f"{known}: all {dataset.total} sequences are there, in {root}")
        return
    remarks().print(f"{known}, {source.page}: {source.terms}.", markup=False, soft_wrap=True)
    if not yes and not (sys.stdin.isatty() and click.confirm(f"Fetch it into {place} under these terms?", err=True)):
        raise InputError(f"nothing was fetched: accept the terms of {known} with --yes")
    with progress(remarks(), "bytes") as bars:
        bar = bars.add_task("", total=None)
        fetched = get_dataset(
            dataset, source, root, keep=keep_archives,
            on_file=lambda file, number, of: bars.update(bar, description=f"{file} ({number} of {of})", completed=0),
            on_bytes=lambda size, total: bars.update(bar, completed=size, total=total or None),
        )  # fmt: skip
    there = open_dataset(known, data_root).inventory()
    files = counted(fetched, "file")
    echo(f"{known}: {files} fetched; {len(there.found)} of {dataset.total} sequences are there, in {place}")
    if there.missing:
        echo(f"missing: {', '.join(there.missing[:5])}; run_bench doctor -d {known} says more")
        raise click.exceptions.Exit(1)


def _tidy(dataset: PublishedDataset, source: Source, root: Path) -> None:
    """Clear what an earlier call left that was killed, and say so."""
    from benchmark.datasets.download import awaited, clear, leftovers

    found = leftovers(dataset, source, root)
    if found.any and not found.running:
        cleared, size = clear(found, needed=awaited(dataset, source, root))
        if cleared:
            left = "an earlier call that was stopped had left it"
            remarks().print(f"{cleared} cleared ({size_text(size)}): {left}", markup=False, soft_wrap=True)
