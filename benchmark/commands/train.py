"""``run_bench train NAME``: run a training recipe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchmark.bounds import MANY, SECONDS
from benchmark.commands.numbers import Number
from benchmark.commands.options import device_option, seed_option
from benchmark.commands.outputs import output_path
from benchmark.commands.terminal import echo, output, progress, remarks
from benchmark.plurals import counted
from benchmark.signed import signed
from trackers.errors import InputError

if TYPE_CHECKING:
    from benchmark.datasets.base import Dataset
    from benchmark.training.recipe import Recipe
    from benchmark.training.validation import Tracked


@click.command(
    epilog="""\b
Examples:
  run_bench train siamfc --data-root ~/data/crops         the recipe of the shipped weights
  run_bench train mine.toml --data-root ~/data            a recipe of your own (docs/training.md)
  run_bench train memtrack --data-root ~/data --validate  and track validation videos at the end
  run_bench train memtrack-video --tracker memtrack-noatt --data-root ~/data    a variant by its family's recipe
  run_bench train dualmn-long-paper dualmn-short-paper --data-root ~/data --device cuda    one after the other
The same command after a break goes on where the run was.
"""
)
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option("--data-root", required=True, metavar="DIR",
              type=click.Path(path_type=Path, exists=True, file_okay=False),
              help="The folder in which the recipe's sources lie.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), callback=output_path, metavar="DIR",
              help="Where weights, checkpoint and curve of a recipe go.  [default: results/training/NAME]")  # fmt: skip
@click.option("--tracker", metavar="NAME", help="Train this variant of the recipe's tracker in its place.")
@device_option
@seed_option
@click.option("--workers", type=click.IntRange(0, 4096), default=0, show_default=True, metavar="N",
              help="Processes that make clips; 0 makes them in this one.")  # fmt: skip
@click.option("--limit-steps", type=click.IntRange(1, MANY), metavar="N", help="Stop after N steps.")
@click.option("--limit-minutes", type=Number(0, SECONDS, min_open=True), metavar="N",
              help="Stop a recipe's steps after N minutes; again, it goes on.")  # fmt: skip
@click.option("--validate", is_flag=True, help="Track validation videos with the best weights and those that ship.")
def train(
    names: tuple[str, ...], data_root: Path, out: Path | None, tracker: str | None, device: str, seed: int,
    workers: int, limit_steps: int | None, limit_minutes: float | None, validate: bool,
) -> None:  # fmt: skip
    """Train the tracker of a recipe: NAME of one that ships, or a TOML file."""
    from benchmark.engine.device import find_device
    from benchmark.store.results import slug
    from benchmark.training.recipe import read_recipe

    if out is not None and len(names) > 1:
        raise InputError("--out is the place of one recipe's weights: leave it out, or train one after the other")
    recipes, where = [read_recipe(name) for name in names], find_device(device)
    if tracker is not None:
        recipes = [recipe.of_variant(tracker) for recipe in recipes]
    for recipe in recipes:
        folder = out or Path("results") / "training" / slug(recipe.name)
        weights = _train(
            recipe, data_root, folder, where, seed=seed, workers=workers, limit_steps=limit_steps,
            limit_minutes=limit_minutes,
        )  # fmt: skip
        if validate:
            _validate(recipe, data_root, weights, folder, where)
        echo(f"Weights: {weights}")


def _train(
    recipe: Recipe, data_root: Path, folder: Path, where: str, *, seed: int, workers: int, limit_steps: int | None,
    limit_minutes: float | None,
) -> Path:  # fmt: skip
    """Run a recipe, or go on with it; return its best weights."""
    from benchmark.store.results import writing
    from benchmark.training.curve import draw_curve
    from benchmark.training.data import read_judges, read_tracks
    from benchmark.training.loop import CURVE
    from benchmark.training.loop import train as run

    says = remarks()
    tracks = read_tracks(recipe, data_root)
    says.print(f"{recipe.name}: {counted(len(tracks), 'track')}, {counted(recipe.schedule.steps, 'step')} on {where}")
    with progress(says, "done") as bars:
        tasks: dict[str, object] = {}

        def show(what: str, done: int, total: int, remark: str) -> None:
            label = f"{what} ({remark})" if what == "features" else f"{what}  {remark}"
            key = label if what == "features" else what
            if key not in tasks:
                tasks[key] = bars.add_task(label, total=total)
            bars.update(tasks[key], completed=done, description=label)  # type: ignore[arg-type]

        done = run(
            recipe, tracks, folder, device=where, seed=seed, workers=workers, limit_steps=limit_steps,
            limit_minutes=limit_minutes, judges=read_judges(recipe, data_root), on_progress=show,
        )  # fmt: skip
    with writing(folder):
        draw_curve(folder / CURVE, folder / "curve.png")
    says.print(f"{counted(done.steps, 'step')} in {done.seconds:.0f} s; found in {done.found:.1%} of held-out searches")
    return done.weights


def _validate(recipe: Recipe, data_root: Path, weights: Path, folder: Path, device: str) -> None:
    """Track the validation videos with the weights that ship and with the new ones, and show both."""
    from benchmark.store.results import Results
    from benchmark.training.real_videos import unpack_videos
    from benchmark.training.validation import track, validation_set
    from trackers.names import resolve

    says = remarks()
    sets: list[Dataset] = [validation_set()]
    real = data_root / recipe.validation
    if recipe.validation and real.is_dir():
        sets.append(unpack_videos(real, folder / "videos"))
    elif recipe.validation:
        says.print(f"there are no real videos to validate by in {real}", markup=False, soft_wrap=True)
    tracker = recipe.validated or recipe.tracker
    results, names = Results(folder / "validation"), [f"{tracker}@{weights}"]
    try:
        resolve(tracker)
    except InputError:
        says.print(f"no weights ship for {tracker}: the new ones have nothing to be held against")
    else:
        names.insert(0, tracker)
    for dataset in sets:
        with progress(says, "frames") as bars:
            bar = bars.add_task(f"tracking {dataset.title}", total=None)
            lanes = 16 if device.startswith("cuda") else 1
            tracked = track(
                names, dataset, results, device=device, lanes=lanes,
                on_frames=lambda tracker, count, bars=bars, bar=bar: bars.advance(bar, count),  # type: ignore[misc]
            )  # fmt: skip
        _show(dataset.title, *tracked)


def _show(title: str, *tracked: Tracked) -> None:
    """Print by cause or video what ships, if anything does, and what was trained; and their paired difference."""
    from rich.table import Table

    from benchmark.statistics.paired import compare

    heads = ("ships", "trained")[-len(tracked) :]
    table = Table("", *heads, title=f"{title}: success AUC", title_justify="left", box=None)
    causes = [one.by_cause() for one in tracked]
    for cause in causes[0]:
        table.add_row(cause, *(f"{one[cause]:.3f}" for one in causes))
    table.add_row("all", *(f"{one.mean:.3f}" for one in tracked))
    output().print(table)
    if len(tracked) < 2:
        return
    before, after = tracked
    (pair,) = compare({"ships": before.by_sequence, "trained": after.by_sequence}, [("ships", "trained")])
    beyond = "" if pair.interval is None else f" [{signed(pair.interval.low)}, {signed(pair.interval.high)}]"
    output().print(
        f"trained minus what ships: {signed(pair.difference)}{beyond}, {counted(pair.sequences, 'video')}", markup=False
    )
