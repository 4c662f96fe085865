"""``run_bench bless``: make a run the baseline that later ones are judged by."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchmark.commands.gate import data_root_option, run_argument, speed_option
from benchmark.commands.options import device_option, results_option
from benchmark.commands.outputs import output_path
from benchmark.commands.terminal import echo, progress, remarks
from benchmark.plurals import counted
from trackers.errors import InputError

if TYPE_CHECKING:
    from benchmark.gate.snapshot import Snapshot


@click.command(epilog="""\b
Examples:
  run_bench && run_bench bless --baseline results/baselines/demo.json --reason "first baseline"
  run_bench bless --baseline FILE --reason "window weight .3 -> .35, better on appearance" --no-speed
""")  # fmt: skip
@run_argument
@click.option("--baseline", "file", type=click.Path(path_type=Path, dir_okay=False), callback=output_path,
              required=True, metavar="FILE", help="Where to write it; commit that file.")  # fmt: skip
@click.option("--reason", required=True, help="Why these results are right; kept in the file for whoever reviews it.")
@results_option
@data_root_option
@device_option
@speed_option
def bless(
    *, run: str, file: Path, reason: str, results: Path, data_root: Path | None, device: str, speed: bool
) -> None:
    """Write the baseline file from RUN (the latest by default), and time its trackers.

    What the new file changes is listed: review it as you review code.
    """
    from benchmark.gate import matching
    from benchmark.gate.baseline import Baseline, write_baseline
    from benchmark.gate.snapshot import read_run
    from benchmark.store.results import Results

    store = Results(results, write=False)
    folder = store.find_run(run)
    new = read_run(store, folder)
    for tracker in new.trackers.values():
        for sequence, why in tracker.failed.items():
            raise InputError(f"{tracker.name} failed on {sequence} ({why}): a baseline must be whole; mend that first")
    matching.check_current(new)
    lines = _changes(file, new)
    if speed:
        new = _time(new, data_root, device)
    write_baseline(file, Baseline(new, f"{datetime.now(UTC):%Y-%m-%d %H:%M}", reason, folder.name))
    for line in lines:
        echo(line)
    echo(f"{file}: {new.coverage}, {counted(len(new.trackers), 'tracker')}{'' if speed else ', without speeds'}")


def _changes(file: Path, new: Snapshot) -> list[str]:
    """Return what the new baseline changes, in words; nothing where there was none that can be read."""
    from benchmark.gate.baseline import read_baseline
    from benchmark.gate.judging import judge_accuracy
    from benchmark.gate.matching import match

    if not file.exists():
        return []
    try:
        old = read_baseline(file).snapshot
        lines = match(file, old, new, partial=True)
    except InputError as error:
        return [f"replaced without a comparison: {error}"]
    gone = [name for name in old.trackers if name not in new.trackers]
    lines = [f"no longer in the baseline: {', '.join(gone)}"] if gone else []
    return lines + [
        f"{one.tracker}: AUC {one.old:.4f} -> {one.new:.4f}; {one.says}"
        for one in judge_accuracy(old, new)
        if one.old is not None and one.new is not None
    ]


def _time(new: Snapshot, data_root: Path | None, device: str) -> Snapshot:
    from benchmark.gate.figures import Stopwatch
    from benchmark.gate.measuring import ROUNDS, VISITS

    watch = Stopwatch(new, data_root, device)
    timed = {}
    with progress(remarks(), "rounds") as bars:
        for name, tracker in new.trackers.items():
            bar = bars.add_task(f"timing {name}", total=VISITS * ROUNDS)
            (measured,) = watch.measure(name, on_round=lambda bar=bar: bars.advance(bar))  # type: ignore[misc]
            if doubt := watch.doubt(name, measured):
                raise InputError(f"{name}: {doubt}; run again, or bless with --no-speed")
            timed[name] = replace(tracker, speed=measured.timings)
    return replace(new, trackers=timed)
