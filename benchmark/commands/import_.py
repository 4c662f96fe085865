"""``run_bench import``: other toolkits' results, or a run that travelled as one file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from benchmark.commands.terminal import echo, output, remarks
from benchmark.datasets.base import Dataset
from benchmark.datasets.lookup import open_dataset
from benchmark.datasets.sequence import Annotation
from benchmark.interop.dialects import detect_dialect, dialect_names, read_dialect
from benchmark.interop.names import Names
from benchmark.interop.trajectories import Trajectories
from trackers.errors import InputError


@click.command("import", epilog="""\b
Examples:
  run_bench import results/OTB2015/SiamFC --tracker SiamFC        got10k's folder, with times
  run_bench import results_OPE --tracker KCF                      the MATLAB toolkit's *_KCF.mat
  run_bench import their-run.zip --seal 3f5a...                   a run made by `run_bench export --format bundle`
""")  # fmt: skip
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--tracker", metavar="NAME", help="What to call it.  [default: the folder's name]")
@click.option("--dialect", type=click.Choice(["auto", *dialect_names()]), default="auto", show_default=True)
@click.option(
    "--dataset", "-d", default="OTB100", show_default=True, help="A dataset's name; `run_bench list` shows all."
)
@click.option("--data-root", type=click.Path(path_type=Path), metavar="DIR", help="Where the dataset is looked for.")
@click.option("--ground-truth", type=click.Path(path_type=Path), metavar="DIR",
              help="A folder of <sequence>.txt, where the dataset's frames are not at hand.")  # fmt: skip
@click.option("--origin", type=click.IntRange(0, 1), help="Number of the first pixel.  [default: the dataset's own]")
@click.option("--keep-going", is_flag=True, help="Leave bad files out instead of stopping; exit code 1.")
@click.option("--seal", metavar="SHA256", help="Of a bundle: what `export` printed where it was made.")
@click.option("--results", type=click.Path(path_type=Path, file_okay=False), default=Path("results"),
              show_default=True, metavar="DIR", help="Where imports and runs are kept.")  # fmt: skip
def import_(
    *, path: Path, tracker: str | None, dialect: str, dataset: str, data_root: Path | None, ground_truth: Path | None,
    origin: int | None, keep_going: bool, seal: str | None, results: Path,
) -> None:  # fmt: skip
    """Take in the results of other toolkits, checked, so that they stand beside our own runs."""
    from benchmark.interop.bundle import is_bundle, unpack
    from benchmark.interop.importing import import_results
    from benchmark.interop.trajectories import save_import

    if not path.exists():
        raise InputError(f"{path}: no such file or folder")
    if is_bundle(path):
        echo(unpack(path, results / "runs", seal=seal))
        return
    name = tracker or (path.resolve().name if path.is_dir() else path.resolve().stem)
    if not name.isprintable():
        raise InputError(f"{name!r} is no name of a tracker; call it otherwise with --tracker")
    chosen = detect_dialect(path) if dialect == "auto" else read_dialect(dialect)
    opened = open_dataset(dataset, data_root)
    annotations = _ground_truth(opened, ground_truth)
    inventory = opened.inventory()
    targets = {*inventory.found, *inventory.missing}
    imported, errors = import_results(
        path,
        chosen,
        name,
        opened.name,
        annotations,
        names=Names(targets, opened.aliases()),
        targets=targets,
        origin=opened.origin if origin is None else origin,
        keep_going=keep_going,
    )
    say = remarks()
    for error in errors:
        say.print(f"left out: {error}", markup=False)
    for remark in imported.remarks:
        say.print(f"warning: {remark}", style="yellow", markup=False)
    if without := [name for name in imported.by_sequence if name not in annotations]:
        of = "1 sequence has" if len(without) == 1 else f"{len(without)} sequences have"
        say.print(f"{of} no ground truth here: only lengths were checked", markup=False)
    file = save_import(results, imported)
    count = f"{len(imported.by_sequence)} of {opened.total} sequences of {opened.name}"
    text = f"{imported.tracker}: {count} ({chosen.title}){_scores(imported, annotations, opened.profile)}"
    output().print(text, markup=False)
    echo(file)
    if errors:
        raise click.exceptions.Exit(1)


def _ground_truth(dataset: Dataset, folder: Path | None) -> Mapping[str, Annotation]:
    from benchmark.interop.ground_truth import read_ground_truth

    if folder:
        return read_ground_truth(folder, dataset.name)
    return {sequence.name: sequence.annotation for sequence in dataset.load(dataset.inventory().found)}


def _scores(imported: Trajectories, annotations: Mapping[str, Annotation], name: str) -> str:
    """Return what the results score where the ground truth is at hand: the quickest sign of a wrong convention."""
    from benchmark.metrics import score_sequences, summarise
    from benchmark.profiles import load_profile

    boxes = {s: rows for s, rows in imported.boxes.items() if s in annotations and not annotations[s].secret}
    if not boxes:
        return ""
    profile = load_profile(name, imported.dataset)
    overall = summarise(score_sequences(boxes, annotations, profile, starts=imported.starts), profile).overall
    return (
        f", AUC {overall.auc:.4f}, {profile.precision_short} {overall.precision:.4f} on {len(boxes)} of them"
        f" (profile {profile.name})"
    )
