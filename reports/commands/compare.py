"""``run_bench compare``: two runs, or trackers of one run, paired sequence by sequence."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from benchmark.commands import completing
from benchmark.commands.options import json_option, results_option, write_json
from benchmark.commands.outputs import output_path
from benchmark.commands.terminal import echo

if TYPE_CHECKING:
    from benchmark.statistics.paired import PairedDifference
    from reports.compare.groups import Group
    from reports.compare.model import Comparison, Pair


@click.command(epilog="""\b
Examples:
  run_bench compare before-the-fix latest                what the newest run changed
  run_bench compare main/runs/a branch/runs/b -o compare
  run_bench compare latest -t siamfc,memtrack,dualmn     one run: memtrack and dualmn against siamfc

\b
Exit codes: 0 compared, whatever came out; 2 bad input. With --exit-code: 0 nothing is worse; 1 something is;
3 nothing is, but of something it cannot be told.
""")  # fmt: skip
@click.argument("a", metavar="A", shell_complete=completing.runs)
@click.argument("b", metavar="[B]", required=False, shell_complete=completing.runs)
@click.option("--trackers", "-t", "trackers", multiple=True, metavar="NAMES",
              help="Of two runs only these; of one run the base first, then those to compare with it.")  # fmt: skip
@results_option
@click.option("--out", "-o", type=click.Path(path_type=Path, file_okay=False), callback=output_path, metavar="DIR",
              help="Where to write.  [default: compare/ in the run's folder, of two in that of B]")  # fmt: skip
@click.option("--frames/--no-frames", default=True, help="With or without pictures.")
@click.option("--exit-code", is_flag=True, help="Let the exit code say what came out.")
@json_option("what came out")
@click.option("--quiet", "-q", is_flag=True, help="Print the page's path alone.")
def compare(
    *, a: str, b: str | None, trackers: tuple[str, ...], results: Path, out: Path | None, frames: bool,
    exit_code: bool, json_file: Path | None, quiet: bool,
) -> None:  # fmt: skip
    """Compare run B with run A (folders, ids, names or `latest`), or trackers of A with one another.

    Trackers of one name are paired, on the sequences that both have; two runs of one tracker each are compared
    whatever the two are called. Writes compare.html, compare.md and the tables as LaTeX and CSV, and prints a line a
    pair: better or worse where the paired difference of success AUC, of runs by VOT's protocols of EAO, is significant
    after Holm's correction.
    """
    from benchmark.store.results import slug, writing
    from reports.commands.report import find_run
    from reports.compare.files import write_comparison
    from reports.compare.model import compare_runs, compare_trackers
    from reports.compare.words import line, verdict
    from trackers.lists import split_lists

    names = split_lists(trackers) if trackers else []
    first = find_run(a, results)
    if b is None:
        comparison = compare_trackers(first, names, frames=frames)
        place = out or first / "compare" / slug(",".join(names))
    else:
        second = find_run(b, results)
        comparison = compare_runs(first, second, frames=frames, trackers=names)
        place = out or second / "compare" / first.name
    with writing(place):
        page = write_comparison(comparison, place)
    alone = write_json(_plain(comparison, page), json_file)
    if not (quiet or alone):
        for text in (*map(line, comparison.pairs), *(f"left out: {why}" for why in comparison.left_out)):
            echo(text)
    echo(page, err=alone)
    found = {verdict(pair) for pair in comparison.pairs}
    if exit_code:
        raise click.exceptions.Exit(1 if "worse" in found else 3 if "cannot tell" in found else 0)


def _plain(comparison: Comparison, page: Path) -> dict[str, Any]:
    return {
        "a": comparison.a.scores.run,
        "b": comparison.b.scores.run,
        "coverage": comparison.b.scores.coverage,
        "protocol": comparison.b.scores.protocol,
        "profile": comparison.profile.name,
        "pairs": [
            _plain_pair(pair) | {f"by_{kind}": _plain_groups(found, index) for kind, found in comparison.groups.items()}
            for index, pair in enumerate(comparison.pairs)
        ],
        "left_out": list(comparison.left_out),
        "page": str(page),
    }


def _plain_pair(pair: Pair) -> dict[str, Any]:
    from reports.compare.words import verdict

    measures: dict[str, Any] = {}
    for name, found in ((pair.merit.key, pair.main), (pair.merit.second, pair.second)):
        if found is None:
            continue
        counts = pair.counts if found is pair.main else (found.wins, found.ties, found.losses)
        measures[name] = {**_plain_difference(found), **dict(zip(("wins", "ties", "losses"), counts, strict=True))}
    return {
        "a": pair.a.name,
        "b": pair.b.name,
        "verdict": verdict(pair),
        "sequences": list(pair.sequences),
        "identical": pair.identical,
        **measures,
    }


def _plain_groups(groups: Sequence[Group], pair: int) -> dict[str, Any]:
    """Return one pair's differences by group."""
    own = {group.name: found for group in groups if (found := group.differences[pair])}
    return {name: {**_plain_difference(found), "sequences": found.sequences} for name, found in own.items()}


def _plain_difference(found: PairedDifference) -> dict[str, Any]:
    low, high = (found.interval.low, found.interval.high) if found.interval else (None, None)
    return {"difference": found.difference, "low": low, "high": high, "p": found.p, "p_holm": found.p_holm}
