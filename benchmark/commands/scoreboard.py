"""A run's scores on the terminal: one row a tracker, intervals and failures beside them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from benchmark.merit import merit_of, rank
from benchmark.profiles import load_profile
from trackers.printable import printable

if TYPE_CHECKING:
    from benchmark.scores import RunScores, TrackerScores
    from benchmark.statistics.best import Standing


SIGNS: dict[Standing, str] = {"": "", "best": "*", "alike": "~"}
"""Beside a score; signs that every terminal has."""
MEANINGS = {"*": "* better than every other, corrected", "~": "~ not told apart from the best"}


def table(scores: RunScores) -> Table:
    """Return the results as a table, best first."""
    notes = ", rendered frames" if scores.rendered else ""
    off = f", first boxes off by up to {scores.jitter:g} px" if scores.jitter else ""
    repeated = next((tracker.repeats.count for tracker in scores.trackers if tracker.repeats), 0)
    standing = {measure: scores.standings(measure) for measure in ("auc", "precision")}
    given = [mark for found in standing.values() for mark in found.values()]
    spread = ["[95 % interval over sequences]"] if any(tracker.intervals for tracker in scores.trackers) else []
    caption = "; ".join([*spread, *meanings(given), "frames/s inside the tracker, lanes side by side"])
    precision = f"precision @{load_profile(scores.profile, scores.dataset).precision_name}"
    if repeated:
        caption += f"; ± standard deviation of the AUC over {repeated} repeats"
    shown = Table(
        title=f"{scores.coverage}{notes} · {scores.protocol.upper()}{off} · profile {scores.profile}",
        caption=Text("\n".join(map(printable, (caption, *_loads(scores))))),
        title_justify="left",
        caption_justify="left",
    )
    columns = {
        "tracker": "left", "weights": "left", "success AUC": "left", precision: "left",
        "frames/s": "right", "lanes": "right", "failed": "right", "repeats": "left", "note": "left",
    }  # fmt: skip
    if not repeated:
        del columns["repeats"]
    if not any(tracker.marks for tracker in scores.trackers):
        del columns["note"]
    for heading, justify in columns.items():
        shown.add_column(heading, justify=justify)  # type: ignore[arg-type]
    for tracker in rank(scores.trackers, merit_of(scores.trackers)):
        cells = _cells(tracker, {name: SIGNS[found.get(tracker.name, "")] for name, found in standing.items()})
        shown.add_row(*(cells["precision" if heading == precision else heading] for heading in columns))
    return shown


def meanings(given: Iterable[Standing]) -> list[str]:
    """Return what the signs beside scores say, each that was given."""
    signs = {SIGNS[standing] for standing in given}
    return [text for sign, text in MEANINGS.items() if sign in signs]


def _loads(scores: RunScores) -> list[str]:
    """Return a line for each load of the machine under which trackers ran."""
    under: dict[str, list[str]] = {}
    for tracker in scores.trackers:
        if tracker.load_mark:
            under.setdefault(tracker.load_mark, []).append(tracker.name)
    return [f"! {', '.join(names)}: {mark}" for mark, names in under.items()]


def _cells(tracker: TrackerScores, signs: dict[str, str]) -> dict[str, str]:
    return {
        "tracker": escape(tracker.name),
        "weights": escape(tracker.weights),
        "success AUC": _score(tracker, "auc", signs["auc"]),
        "precision": _score(tracker, "precision", signs["precision"]),
        "frames/s": (f"{tracker.throughput:.1f}" if tracker.throughput else "-") + (" !" if tracker.load_mark else ""),
        "lanes": str(tracker.lanes) if tracker.throughput else "-",
        "failed": str(len(tracker.failed)),
        "repeats": _repeats(tracker),
        "note": escape(", ".join(tracker.marks)),
    }


def _score(tracker: TrackerScores, name: str, sign: str) -> str:
    if tracker.summary is None:
        return "-"
    value = f"{getattr(tracker.summary.overall, name):.3f}{sign}"
    interval = tracker.intervals.get(name)
    return f"{value:6} \\[{interval.low:z.3f}, {interval.high:z.3f}]" if interval else value


def _repeats(tracker: TrackerScores) -> str:
    if tracker.repeats is None:
        return "-"
    if tracker.repeats.identical:
        return "identical"
    return f"±{tracker.repeats.measures['auc'].deviation:.4f}"


def identical_repeats(scores: RunScores) -> str:
    """Return the line about trackers whose repeats do not differ, or ""."""
    same = [tracker.name for tracker in scores.trackers if tracker.repeats and tracker.repeats.identical]
    if not same:
        return ""
    return f"{', '.join(same)}: every repeat gave the same boxes, bit for bit; nothing is drawn at random there"


def oddities(scores: RunScores) -> list[str]:
    """Return a line for whatever is odd in a tracker's boxes or confidences."""
    return [f"{tracker.name}: {oddity}" for tracker in scores.trackers for oddity in tracker.oddities]


def failures(scores: RunScores) -> list[str]:
    """Return a line for every trajectory that failed."""
    return [
        f"{tracker.name} failed on {sequence}: {reason}"
        for tracker in scores.trackers
        for sequence, reason in tracker.failed.items()
    ]
