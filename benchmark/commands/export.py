"""``run_bench export``: a run, or imported results, in another toolkit's dialect or as one file."""

from __future__ import annotations

from pathlib import Path

import click

from benchmark.commands import completing
from benchmark.commands.outputs import output_path
from benchmark.commands.terminal import echo, output, remarks
from benchmark.interop.dialects import dialect_names, read_dialect
from benchmark.interop.trajectories import Trajectories, load_import
from benchmark.plurals import counted
from trackers.errors import InputError

BUNDLE = "bundle"
WORKSPACE = "vot-workspace"


@click.command(epilog="""\b
Examples:
  run_bench export latest --format got10k --out results/OTB2015     for got10k's own report
  run_bench export latest --format bundle --out run.zip             the whole run as one file
  run_bench export latest --format vot-workspace --out ws           for vot-toolkit's own analysis: docs/vot.md
""")  # fmt: skip
@click.argument("source", metavar="RUN", shell_complete=completing.runs)
@click.option("--format", "-f", "format_", type=click.Choice([*dialect_names(), BUNDLE, WORKSPACE]), required=True)
@click.option("--out", "-o", type=click.Path(path_type=Path), callback=output_path, required=True, metavar="PATH",
              help="The folder to write into; of a bundle, the file.")  # fmt: skip
@click.option("--origin", type=click.IntRange(0, 1), help="Number of the first pixel.  [default: the dataset's own]")
@click.option("--data-root", type=click.Path(path_type=Path), metavar="DIR",
              help="Of a vot-workspace: where the dataset is.  [default: where the run found it]")  # fmt: skip
@click.option("--results", type=click.Path(path_type=Path, file_okay=False), default=Path("results"),
              show_default=True, metavar="DIR", help="Where runs are kept.")  # fmt: skip
def export(*, source: str, format_: str, out: Path, origin: int | None, data_root: Path | None, results: Path) -> None:
    """Write a RUN (its folder, id or name, or `latest`), or an import's file, for other toolkits to read."""
    from benchmark.interop.bundle import pack
    from benchmark.interop.exporting import export_results
    from benchmark.store.results import Results

    if Path(source).suffix == ".npz":
        if format_ in (BUNDLE, WORKSPACE):
            raise InputError(f"{source}: a {format_} holds a run; export imported results in a dialect")
        exported = [load_import(Path(source))]
    else:
        run = Results(results, write=False).find_run(source)
        if format_ == BUNDLE:
            seal = pack(run, out)
            echo(out)
            echo(f"seal {seal}")
            return
        if format_ == WORKSPACE:
            _workspace(run, out, data_root)
            return
        exported = _run(run)
    dialect = read_dialect(format_)
    export_results(exported, dialect, out, origin=_origin(exported[0].dataset) if origin is None else origin)
    for one in exported:
        many = len(one.by_sequence)
        count = f"{counted(many, 'sequence')} of {one.dataset}"
        output().print(f"{one.tracker}: {count} ({dialect.title})", markup=False)
        if dialect.times and (lacking := len(one.by_sequence) - len(one.times)):
            remarks().print(
                f"{one.tracker}: {lacking} of them have no times: none were kept when they ran", markup=False
            )
    echo(out)


def _workspace(run: Path, out: Path, data_root: Path | None) -> None:
    """Write a run for vot-toolkit, and say how it is analysed there."""
    from benchmark.scores import RunScores
    from benchmark.vot.exporting import export_workspace

    for remark in export_workspace(run, RunScores.read(run).protocol, out, data_root):
        remarks().print(remark, markup=False, soft_wrap=True)
    echo(out)
    remarks().print(f"run_bench vot analyse {out} runs the toolkit's own analysis on it", markup=False, soft_wrap=True)


def _origin(dataset: str) -> int:
    """Return the number of the first pixel in a dataset's own files."""
    from benchmark.datasets.catalogue import family, read_head

    return read_head(family(dataset)).origin if family(dataset) else 1


def _run(run: Path) -> list[Trajectories]:
    from benchmark.interop.exporting import run_trajectories
    from benchmark.interop.run_manifest import parse_manifest

    file = run / "manifest.json"
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror})") from error
    return run_trajectories(run, parse_manifest(content, str(file)))
