"""``run_bench train NAME``: run a training recipe."""

from __future__ import annotations

from pathlib import Path

import click

from benchmark.commands.options import device_option, seed_option
from benchmark.commands.terminal import echo, output, progress, remarks


@click.command(
    epilog="""\b
Examples:
  run_bench train siamfc --data-root ~/data/crops         the recipe of the shipped weights
  run_bench train mine.toml --data-root ~/data            a recipe of your own (docs/training.md)
  run_bench train memtrack --data-root ~/data --validate  and track rendered videos at the end
The same command after a break goes on where the run was.
"""
)
@click.argument("name")
@click.option("--data-root", required=True, metavar="DIR",
              type=click.Path(path_type=Path, exists=True, file_okay=False),
              help="The folder in which the recipe's sources lie.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Where weights, checkpoint and curve go.  [default: results/training/NAME]")  # fmt: skip
@device_option
@seed_option
@click.option("--workers", type=click.IntRange(min=0), default=0, show_default=True, metavar="N",
              help="Processes that make clips; 0 makes them in this one.")  # fmt: skip
@click.option("--limit-steps", type=click.IntRange(min=1), metavar="N", help="Stop after N steps.")
@click.option("--validate", is_flag=True, help="Track rendered videos with the best weights, and score them.")
def train(
    name: str, data_root: Path, out: Path | None, device: str, seed: int, workers: int, limit_steps: int | None,
    validate: bool,
) -> None:  # fmt: skip
    """Train the tracker of a recipe: NAME of one that ships, or a TOML file."""
    from benchmark.engine.device import find_device
    from benchmark.training.curve import draw_curve
    from benchmark.training.data import read_tracks
    from benchmark.training.loop import CURVE
    from benchmark.training.loop import train as run
    from benchmark.training.recipe import read_recipe

    says = remarks()
    recipe = read_recipe(name)
    folder = out or Path("results") / "training" / recipe.name
    where = find_device(device)
    tracks = read_tracks(recipe, data_root)
    says.print(f"{recipe.name}: {len(tracks)} tracks, {recipe.schedule.steps} steps on {where}")
    with progress(says, "done") as bars:
        tasks: dict[str, object] = {}

        def show(what: str, done: int, total: int, remark: str) -> None:
            label = f"{what} ({remark})" if what == "features" else f"{what}  {remark}"
            key = label if what == "features" else what
            if key not in tasks:
                tasks[key] = bars.add_task(label, total=total)
            bars.update(tasks[key], completed=done, description=label)  # type: ignore[arg-type]

        done = run(
            recipe, tracks, folder, device=where, seed=seed, workers=workers, limit_steps=limit_steps, on_progress=show
        )
    draw_curve(folder / CURVE, folder / "curve.png")
    says.print(f"{done.steps} steps in {done.seconds:.0f} s; found in {done.found:.1%} of held-out searches")
    if validate:
        _validate(recipe.tracker, done.weights, where)
    echo(f"Weights: {done.weights}")


def _validate(tracker: str, weights: Path, device: str) -> None:
    """Show a table of what tracking rendered videos gives, by cause."""
    from rich.table import Table

    from benchmark.training.validation import track, validation_set

    says = remarks()
    dataset = validation_set()
    frames = sum(entry.frames - 1 for entry in dataset.catalogue.entries.values())
    table = Table("cause", "AUC", box=None)
    with progress(says, "frames") as bars:
        task = bars.add_task(f"tracking {dataset.name}", total=frames)
        lanes = 16 if device.startswith("cuda") else 1
        scores = track(
            f"{tracker}@{weights}",
            dataset,
            device=device,
            lanes=lanes,
            on_frames=lambda count: bars.advance(task, count),
        )
    for cause, score in scores.by_cause().items():
        table.add_row(cause, f"{score:.3f}")
    table.add_row("all", f"{scores.mean:.3f}")
    output().print(table)
