"""Measure a GPU: all that is to be known of it, in at most the given time.

    python -m benchmark.measurements.gpu [--minutes 20] [--device cuda] [--out results/tables]

It runs from a copy of the repository (PYTHONPATH=.). Every row is written at once to gpu.json and gpu.md; the same
command goes on where the last one stopped, and tries again what failed. No failure stops what comes after it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import click
import torch

from benchmark.engine.device import environment_class, machine, use_device
from benchmark.measurements.gpu.agreement import audit, modes
from benchmark.measurements.gpu.ledger import FAILED, Ledger
from benchmark.measurements.gpu.setting import Part, Setting
from benchmark.measurements.gpu.speeds import bounds, decoding, lanes, latency
from benchmark.measurements.gpu.whole import cold, otb
from trackers.errors import InputError, describe

PARTS: dict[str, tuple[Part, float]] = {
    "audit": (audit, 0.15),
    "lanes": (lanes, 0.4),
    "bounds": (bounds, 0.45),
    "decoding": (decoding, 0.5),
    "otb": (otb, 0.5),
    "cold": (cold, 0.75),
    "latency": (latency, 0.85),
    "modes": (modes, 1.0),
}
"""Each part, and the share of all time at which it has to end: what one does not need, the next ones have."""


@click.command(help=__doc__)
@click.option("--device", default="auto", show_default=True)
@click.option("--minutes", default=20.0, show_default=True, help="No row is begun after this time.")
@click.option("--parts", default=",".join(PARTS), show_default=True)
@click.option("--small", is_flag=True, help="Seconds' worth of everything, to see that it works.")
@click.option("--fresh", is_flag=True, help="Measure all anew.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("results/tables"))
def main(device: str, minutes: float, parts: str, small: bool, fresh: bool, out: Path) -> None:
    """Measure and write."""
    began = time.monotonic()
    try:
        setting = Setting(use_device(device), small)
        chosen = {name: PARTS[name] for name in parts.split(",")}
    except InputError as error:
        raise click.UsageError(str(error)) from None
    except KeyError as error:
        raise click.UsageError(f"no part {error}; there are {', '.join(PARTS)}") from None
    facts = {"environment": environment_class(setting.device), "torch": torch.__version__, "machine": machine()}
    if fresh:
        (out / "gpu.json").unlink(missing_ok=True)
    ledger = Ledger(out, {**facts, "small": small})
    for name, (part, share) in chosen.items():
        measure(name, part, setting, ledger, lambda share=share: time.monotonic() - began < 60 * minutes * share)  # type: ignore[misc]
    click.echo(out / "gpu.md")


def measure(name: str, part: Part, setting: Setting, ledger: Ledger, in_time: Callable[[], bool]) -> None:
    """Measure what a part lacks, a row at a time; a row that fails says why."""
    for what, call in part(setting, ledger.tables):
        if ledger.has(name, what):
            continue
        if not in_time():
            click.echo(f"{name}: out of time before {what}")
            return
        try:
            row = call()
        except Exception as error:  # whatever a device does to one row, the others are measured
            row = {FAILED: describe(error)}
        ledger.add(name, what, row)
        click.echo(f"{name}: {what}: " + ", ".join(f"{column} {value}" for column, value in row.items()))
