"""``run_bench audit``: whether runs repeat bit for bit, and where they do not, from which frame and how near it was."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.markup import escape
from rich.table import Table

from benchmark.commands.options import (
    choose,
    data_options,
    device_option,
    json_option,
    seed_option,
    trackers_option,
    write_json,
)
from benchmark.commands.terminal import echo, output, progress, remarks

if TYPE_CHECKING:
    from benchmark.engine.audit import Comparison

UNSOUND, UNSURE = 1, 3
"""Exit codes: boxes differ where they must not; they differ, and the tracker does not report its margins."""


class LaneCounts(click.ParamType[tuple[int, ...]]):
    """Lane counts, separated by commas."""

    name = "counts"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        """Read ``1,4``."""
        if isinstance(value, tuple):
            return value
        counts = [part.strip() for part in str(value).split(",")]
        if not all(part.isdigit() and int(part) for part in counts):
            self.fail(f"{value!r} is not a list of lane counts such as 1,4", param, ctx)
        return tuple(dict.fromkeys(map(int, counts)))


@click.command(epilog="""\b
Examples:
  run_bench audit -t siamfc,memtrack -d OTB100 --sequences Couple,Crossing
  run_bench audit -t dualmn -d demo --lanes 1,4,16 --json audit.json
""")  # fmt: skip
@trackers_option
@data_options
@device_option
@seed_option
@click.option("--lanes", type=LaneCounts(), default="1,4", show_default=True, metavar="B,B,...",
              help="Run twice at the first, once at each other.")  # fmt: skip
@click.option("--against", type=click.Choice(["cpu"]), help="Compare the device's boxes with those of the CPU.")
@json_option("every comparison")
def audit(
    *, trackers: tuple[str, ...], device: str, seed: int, lanes: tuple[int, ...], against: str | None,
    json_file: Path | None, **data: Any,
) -> None:  # fmt: skip
    """Run each tracker twice, and at other lane counts, and say whether the boxes are equal bit for bit.

    At one lane they must be. At other lane counts they may part only where a decision was a near-tie, its lead over the
    runner-up below a ten-thousandth; the frame, the distance in pixels and that lead are shown. Exit code 1 where boxes
    differ otherwise, 3 where the tracker does not report its margins. Nothing is kept.

    With --against cpu, the runs at every lane count are compared with one on the CPU at one lane. They may part where
    a lead is below a hundredth: a GPU cuts crops that differ by a rounding, and adds in another order.
    """
    from benchmark.engine.audit import against_cpu, audit_frames
    from benchmark.engine.audit import audit as run_audit
    from benchmark.engine.device import use_device
    from trackers.names import expand

    specs = expand(trackers)
    chosen = use_device(device)
    says = remarks()
    selection = choose(says, **data)
    rows: list[Comparison] = []
    with progress(says, "frames") as bars:
        for spec in specs:
            bar = bars.add_task(spec.name, total=audit_frames(spec, selection, lanes))
            compare = against_cpu if against else run_audit
            rows += compare(spec, selection, chosen, seed, lanes, lambda count, bar=bar: bars.advance(bar, count))  # type: ignore[misc]
    if not write_json([{**asdict(row), "sound": row.sound} for row in rows], json_file):
        if unequal := [row for row in rows if row.verdict != "equal"]:
            output().print(_table(unequal))
        for line in _summary(rows):
            echo(line)
    raise click.exceptions.Exit(_code(rows))


def _code(rows: list[Comparison]) -> int:
    unsound = [row for row in rows if not row.sound]
    if not unsound:
        return 0
    return UNSURE if all(row.verdict == "cannot tell" for row in unsound) else UNSOUND


def _table(rows: list[Comparison]) -> Table:
    table = Table(title="Where boxes differ", title_justify="left")
    for heading in ("tracker", "sequence", "lanes", "from frame", "pixels there", "at most", "margin", "verdict"):
        table.add_column(heading, justify="left" if heading in ("tracker", "sequence", "verdict") else "right")
    for row in rows:
        verdict = f"failed: {row.reason}" if row.reason else row.verdict
        numbers = [_number(row.pixels), _number(row.largest), _number(row.margin)]
        frame = "-" if row.frame is None else str(row.frame)
        cells = (row.tracker, row.sequence, _lanes(row), frame, *numbers, verdict if row.sound else verdict.upper())
        table.add_row(*map(escape, cells))
    return table


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2g}"


def _lanes(row: Comparison) -> str:
    if row.devices[0] != row.devices[1]:
        return " and ".join(f"{count} on {device}" for count, device in zip(row.lanes, row.devices, strict=True))
    return f"{row.lanes[0]}, again" if row.repeated else f"{row.lanes[0]} and {row.lanes[1]}"


def _summary(rows: list[Comparison]) -> list[str]:
    """Return a line for each tracker and pair of lane counts."""
    lines = []
    for tracker, lanes in dict.fromkeys((row.tracker, row.lanes) for row in rows):
        own = [row for row in rows if (row.tracker, row.lanes) == (tracker, lanes)]
        equal = sum(row.verdict == "equal" for row in own)
        others = [row.verdict for row in own if row.verdict != "equal"]
        rest = ", ".join(f"{others.count(verdict)} {verdict}" for verdict in dict.fromkeys(others))
        what = f"lanes {_lanes(own[0])}: {equal} of {len(own)} sequences equal bit for bit"
        lines.append(f"{tracker}, {what}" + (f"; {rest}" if rest else ""))
    return lines
