"""``run_bench gate``: whether a change made a tracker worse, by boxes, scores and speed against a baseline."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.markup import escape
from rich.table import Table

from benchmark.commands import completing
from benchmark.commands.numbers import Number
from benchmark.commands.options import device_option, json_option, results_option, write_json
from benchmark.commands.outputs import output_path
from benchmark.commands.terminal import echo, output, progress, remarks
from benchmark.store.record import write_whole
from benchmark.store.results import writing
from trackers.errors import InputError

if TYPE_CHECKING:
    from benchmark.gate.baseline import Baseline
    from benchmark.gate.snapshot import Snapshot
    from benchmark.gate.verdict import GateResult, Verdict

WRITE_PAGE = "benchmark.commands.gate.write_page"
WRITE_COMPARISON = "benchmark.commands.gate.write_comparison"
WRITE_HISTORY = "benchmark.commands.gate.write_history"
"""Where the context keeps what draws a result into a file, two runs into a folder, and what was found over time into a
file; `run_bench` hands them in, as this layer knows no reports."""
EFFECT_PERCENT = 5.0

run_argument = click.argument("run", default="latest", shell_complete=completing.runs)
data_root_option = click.option("--data-root", type=click.Path(path_type=Path), metavar="DIR",
                                help="Where the dataset is, for timing.  [default: as for run]")  # fmt: skip
speed_option = click.option("--speed/--no-speed", default=True, show_default=True, help="Time the trackers.")


@click.command(epilog="""\b
Examples:
  run_bench gate --baseline results/baselines/demo.json                 judge the latest run
  run_bench gate --baseline FILE --against main                         speed: this code and main in turns
  run_bench gate --baseline FILE --no-speed --partial --out gate        boxes alone, of a run of fewer sequences
  run_bench gate --baseline FILE --intended siamfc                      siamfc's boxes were meant to move
""")  # fmt: skip
@run_argument
@click.option("--baseline", "file", type=click.Path(path_type=Path, dir_okay=False), required=True, metavar="FILE",
              help="What `run_bench bless` wrote.")  # fmt: skip
@results_option
@data_root_option
@device_option
@speed_option
@click.option("--against", metavar="REV", help="Time this git revision too, in turns, in a worktree of its own.")
@click.option("--effect", type=Number(min=0.1, max=100), default=EFFECT_PERCENT, show_default=True,
              metavar="PERCENT", help="The smallest slowdown of the median that counts.")  # fmt: skip
@click.option("--intended", multiple=True, metavar="NAMES",
              help="Trackers whose boxes were meant to move: judged as if retrained.")  # fmt: skip
@click.option("--partial", is_flag=True, help="Judge what the run has of the baseline; else all of it must be there.")
@click.option("--informational", is_flag=True, help="Say everything, but end with 0 whatever was found.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), callback=output_path, metavar="DIR",
              help="Write gate.md, gate.xml (JUnit), gate.json and gate.html there; compare/ too, where"
                   " the run that was blessed is still kept.")  # fmt: skip
@click.option("--history", type=click.Path(path_type=Path, dir_okay=False), callback=output_path, metavar="FILE",
              help="Append the figures to this JSON-lines file, find changes in it, draw it beside.")  # fmt: skip
@json_option("the result")
@click.pass_context
def gate(
    ctx: click.Context, /, *, run: str, file: Path, results: Path, data_root: Path | None, device: str, speed: bool,
    against: str | None, effect: float, intended: tuple[str, ...], partial: bool, informational: bool,
    out: Path | None, history: Path | None, json_file: Path | None,
) -> None:  # fmt: skip
    """Judge RUN (the latest by default) by a baseline: did a change make a tracker worse?

    Boxes: equal where weights and environment are those of the baseline; near where only the environment differs;
    within what equally good checkpoints differ by where weights do. Speed: worse only where a rank test, the effect
    and processes that do not overlap agree. Exit code 1 where something is worse, 3 where it cannot be told.
    """
    from benchmark.gate import judging, matching, timings
    from benchmark.gate.baseline import read_baseline
    from benchmark.gate.history import read as read_history
    from benchmark.gate.snapshot import read_run
    from benchmark.store.results import Results
    from trackers.lists import split_lists

    if against is not None and not speed:
        raise InputError("--against times another revision: it does not go with --no-speed")
    says = remarks()
    baseline = read_baseline(file)
    if history is not None:
        read_history(history)  # a damaged one stops here, not after the work
    store = Results(results, write=False)
    folder = store.find_run(run)
    new = read_run(store, folder)
    meant = set(split_lists(intended)) if intended else set()
    notes = matching.match(file, baseline.snapshot, new, partial=partial, intended=meant)
    matching.check_current(new)
    verdicts = judging.judge_accuracy(baseline.snapshot, new, meant)
    machine = timings.here().id
    if speed:
        verdicts += _time(baseline, new, data_root, device, against, effect / 100, notes)
    result = judging.conclude(folder.name, new, str(file), baseline, machine, verdicts, notes)
    if history is not None:
        result = _remember(ctx, history, result)
    if out is not None:
        _write(ctx, out, result, results / "runs" / baseline.run, folder)
    if not write_json(result.to_dict(), json_file):
        output().print(_table(result))
        for line in (*result.remarks, result.headline):
            echo(line)
    if informational and result.exit_code:
        says.print(f"informational: exit code 0 in place of {result.exit_code}")
    raise click.exceptions.Exit(0 if informational else result.exit_code)


def _time(
    baseline: Baseline, new: Snapshot, data_root: Path | None, device: str, against: str | None, effect: float,
    notes: list[str],
) -> list[Verdict]:  # fmt: skip
    """Time the trackers that both have, against another revision or the baseline's timings."""
    from benchmark.gate.figures import Stopwatch
    from benchmark.gate.judging import judge_speed
    from benchmark.gate.measuring import HERE, ROUNDS, VISITS
    from benchmark.gate.worktree import other_revision

    old = baseline.snapshot
    timed = [name for name, one in old.trackers.items() if name in new.trackers and (one.speed or against)]
    if not timed:
        notes.append("the baseline has no speeds: bless it without --no-speed, or compare with --against REV")
        return []
    first = next((one.speed.sample for one in old.trackers.values() if one.speed), ())
    watch = Stopwatch(new, data_root, device, first)
    measured, doubts = {}, {}
    with ExitStack() as stack, progress(remarks(), "rounds") as bars:
        sides = [HERE]
        if against is not None:
            sides = [stack.enter_context(other_revision(against, Path.cwd())), HERE]
        for name in timed:
            bar = bars.add_task(f"timing {name}", total=VISITS * ROUNDS * len(sides))
            measured[name] = watch.measure(name, sides, lambda bar=bar: bars.advance(bar))  # type: ignore[misc]
            doubts[name] = watch.doubt(name, measured[name][-1])
    return judge_speed(old, measured, doubts, effect)


def _remember(ctx: click.Context, file: Path, result: GateResult) -> GateResult:
    from benchmark.gate import history

    history.append(file, result)
    found = history.series(history.read(file))
    with writing(file.with_suffix(".svg")):
        ctx.meta[WRITE_HISTORY](found, file.with_suffix(".svg"))
    lines = [f"over time: {line}" for line in history.sentences(found)]
    return replace(result, remarks=(*result.remarks, *lines))


def _write(ctx: click.Context, folder: Path, result: GateResult, old: Path, new: Path) -> None:
    """Write what others read; where the run that was blessed is still there, both runs side by side too."""
    from benchmark.gate.summary import junit, markdown

    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / "gate.md", markdown(result).encode())
        write_whole(folder / "gate.xml", junit(result).encode())
        write_whole(folder / "gate.json", (json.dumps(result.to_dict(), indent=1, allow_nan=False) + "\n").encode())
        ctx.meta[WRITE_PAGE](result, folder / "gate.html")
        if (old / "manifest.json").is_file() and old.name != new.name:
            ctx.meta[WRITE_COMPARISON](old, new, folder / "compare")


def _table(result: GateResult) -> Table:
    from benchmark.gate.summary import number

    table = Table(
        title=f"{escape(result.coverage)} · profile {result.profile} · baseline {escape(result.baseline)},"
        f" blessed {result.blessed}",
        title_justify="left",
    )
    for heading in ("tracker", "measure", "verdict", "baseline", "now", "found", "judged by"):
        table.add_column(heading, justify="right" if heading in ("baseline", "now") else "left")
    words = {"pass": "ok", "fail": "[bold red]WORSE[/]", "unsure": "[yellow]cannot tell[/]"}
    for one in result.verdicts:
        figures = (number(one, one.old), number(one, one.new))
        table.add_row(escape(one.tracker), one.measure, words[one.status], *figures, escape(one.says),
                      escape(one.basis))  # fmt: skip
    return table
