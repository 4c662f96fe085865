"""VOT's measures of a run on the terminal: one row a tracker, a group of columns a toolkit's rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from benchmark.commands.scoreboard import SIGNS, meanings
from benchmark.merit import EAO, rank
from benchmark.profiles.vot import load_vot_profile

if TYPE_CHECKING:
    from benchmark.scores import RunScores


def vot_table(scores: RunScores) -> Table | None:
    """Return the measures as a table, the highest expected overlap first; None of a run by another protocol."""
    found = {tracker.name: tracker.vot for tracker in scores.trackers if tracker.vot}
    if not found:
        return None
    first = next(iter(found.values()))
    profiles = [load_vot_profile(one.profile) for one in first.measures]
    standing = EAO.standings(scores.trackers)
    told = [
        "; ".join(["[95 % interval over sequences]", *meanings(standing.values())]),
        f"EAO over {first.span_from}",
        *(f"R by {one.title}: {one.robustness_by(scores.protocol)}" for one in profiles),
    ]
    shown = Table(
        title=f"VOT's measures: {scores.coverage} · {scores.protocol}",
        caption=Text("\n".join(told)),
        title_justify="left",
        caption_justify="left",
    )
    shown.add_column("tracker")
    for profile in profiles:
        for letter in ("A", "R", "EAO"):
            shown.add_column(letter if len(profiles) == 1 else f"{letter} ({profile.title})", justify="right")
    shown.add_column("times lost", justify="right")
    for tracker in (one for one in rank(scores.trackers, EAO) if one.vot):
        own = found[tracker.name]
        values = [value for one in own.measures for value in (one.accuracy, one.robustness, one.eao)]
        cells = ["-" if value is None else f"{value:.4f}" for value in values]
        cells[2] += SIGNS[standing.get(tracker.name, "")]
        if interval := EAO.interval(tracker):
            cells[2] += f" \\[{interval.low:z.3f}, {interval.high:z.3f}]"
        shown.add_row(escape(tracker.name), *cells, f"{own.measures[0].failures:g}")
    return shown
