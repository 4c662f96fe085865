"""The tables of a comparison."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from benchmark.merit import values
from reports.compare.model import Comparison, Pair
from reports.labels import circumstances, coverage, marks
from reports.speed import Speed
from reports.tables.grid import EMPTY, Cell, Column, Table, difference, p_cell, score, starred, tracker_cell, words

__all__ = ["comparison_tables"]


def comparison_tables(comparison: Comparison) -> dict[str, Table]:
    """Return the tables of a comparison by name."""
    found = (_pairs(comparison), *_groups(comparison), _sequences(comparison), _speeds(comparison),
             _changes(comparison))  # fmt: skip
    return {table.name: table for table in found if table.rows}


def _pairs(comparison: Comparison) -> Table:
    rows = []
    for pair in comparison.pairs:
        merit = pair.merit
        for measure, key, found, counts in (
            (merit.short, merit.key, pair.main, pair.counts), (merit.second, merit.second, pair.second, None),
        ):  # fmt: skip
            if found is None:
                continue
            own = [values(one, key) for one in (pair.a, pair.b)]
            names = [name for name in pair.sequences if all(name in one for one in own)]
            means = [sum(one[name] for name in names) / len(names) for one in own]
            better, alike, worse = counts or (found.wins, found.ties, found.losses)
            named = tracker_cell(_name(pair), (measure, *marks(pair.b)), measure=key, marks="; ".join(marks(pair.b)))
            same = "–" if pair.identical is None else f"{pair.identical} of {len(pair.sequences)}"
            rows.append(
                (named, score(means[0]), score(means[1]), difference(found.difference, found.interval),
                 p_cell(found.p_holm),
                 words(f"{better} / {alike} / {worse}", better=better, alike=alike, worse=worse),
                 score(found.detectable), words(same, same_boxes=pair.identical, sequences=len(pair.sequences)))
            )  # fmt: skip
    columns = (
        Column("Tracker", "tracker", "text"), Column("A", "a"), Column("B", "b"), Column("B − A", "difference"),
        Column("p, corrected", "p_holm", short="p"), Column("better / alike / worse", short="+/=/−"),
        Column("detectable", "detectable", short="detect."), Column("same boxes"),
    )  # fmt: skip
    notes = (
        "Over the sequences that both runs have, paired: mean difference with its 95 % interval, sign-flip p after "
        f"Holm's correction over the trackers of the table, {comparison.merit.counting}, and the smallest "
        "true difference that so many sequences would show in 80 of 100 experiments.",
    )
    return Table("comparison", "B against A", coverage(comparison.b.scores), columns, tuple(rows), notes,
                 circumstances(comparison.b.scores))  # fmt: skip


def _name(pair: Pair) -> str:
    return pair.a.name if pair.a.name == pair.b.name else f"{pair.a.name} → {pair.b.name}"


def _groups(comparison: Comparison) -> Iterator[Table]:
    merit = comparison.merit
    for kind, title in (("cause", "by cause of failure"), ("attribute", "by attribute")):
        groups = comparison.groups[kind]
        cells = sum(one is not None for group in groups for one in group.differences)
        rows = [
            (words(group.name), Cell(str(group.sequences), group.sequences), *map(starred, group.differences))
            for group in groups
        ]
        columns = (
            Column(kind.capitalize(), kind, "text"), Column("Sequences", "sequences", short="Seqs."),
            *(Column(_name(pair), f"{merit.key}_difference", tracker=_name(pair)) for pair in comparison.pairs),
        )  # fmt: skip
        notes = (
            "Mean difference on the sequences that share it, two or more, with its 95 % interval; * where p < .05 after"
            f" Holm's correction over the {cells} of this table.",
        )
        yield Table(f"by-{kind}", f"Change of {merit.name} {title}, B − A", coverage(comparison.b.scores), columns,
                    tuple(rows), notes, circumstances(comparison.b.scores))  # fmt: skip


def _sequences(comparison: Comparison) -> Table:
    merit = comparison.merit
    differences = [pair.differences() for pair in comparison.pairs]
    rows = []
    for view in comparison.views:
        cells = []
        for pair, found in zip(comparison.pairs, differences, strict=True):
            if view.name not in found:
                cells.append(EMPTY)
                continue
            a, b = (values(one, merit.key)[view.name] for one in (pair.a, pair.b))
            shown = difference(found[view.name], note=f"{a:.3f} → {b:.3f}")
            cells.append(replace(shown, facts={f"{merit.key}_a": a, f"{merit.key}_b": b}))
        listed = ", ".join(view.attributes)
        rows.append((words(view.name, listed, attributes=listed), *cells))
    names = [_name(pair) for pair in comparison.pairs]
    columns = (
        Column("Sequence", "sequence", "text"),
        *(Column(one, f"{merit.key}_difference", tracker=one) for one in names),
    )
    return Table("differences", f"Change of {merit.name}, B − A", coverage(comparison.b.scores), columns, tuple(rows),
                 (), circumstances(comparison.b.scores))  # fmt: skip


def _speeds(comparison: Comparison) -> Table:
    rows = []
    for pair in comparison.pairs:
        for letter, one, speed in (("A", pair.a, pair.speed_a), ("B", pair.b, pair.speed_b)):
            beside = {speed.load_mark, speed.latency.load_mark if speed.latency else ""} if speed else set()
            marked = [*marks(one), *sorted(filter(None, beside))]
            rows.append((tracker_cell(f"{letter}: {one.name}", marked), *_speed(speed)))
    columns = (
        Column("Tracker", "tracker", "text"), Column("latency, median ms", "latency_median_ms"),
        Column("p95 ms", "latency_p95_ms"), Column("× reference", "latency_median_over_reference", short="× ref."),
        Column("peak memory MB", "peak_memory_mb"), Column("throughput, frames/s", "throughput_frames_per_second"),
        Column("lanes", "throughput_lanes"),
    )  # fmt: skip
    notes = ("Latency is measured alone, throughput as the run went: they are different things, and of two machines "
             "only × reference compares.",)  # fmt: skip
    return Table("speed", "Speed", coverage(comparison.b.scores), columns, tuple(rows), notes,
                 circumstances(comparison.b.scores))  # fmt: skip


def _speed(speed: Speed | None) -> tuple[Cell, ...]:
    if speed is None:
        return (EMPTY,) * 6
    latency = speed.latency
    alone = (
        (score(latency.median_ms, digits=1), score(latency.p95_ms, digits=1),
         score(latency.median_ms / latency.calibration_ms, digits=1), score(latency.memory_mb, digits=0))
        if latency else (EMPTY,) * 4
    )  # fmt: skip
    return (*alone, score(speed.throughput, digits=1), Cell(str(speed.lanes), float(speed.lanes)))


def _changes(comparison: Comparison) -> Table:
    rows = tuple((words(one.what), words(one.a), words(one.b)) for one in comparison.changes)
    columns = (Column("What", "what", "text"), Column("A", "a", "text"), Column("B", "b", "text"))
    return Table("changes", "What differs between the runs", "From the runs' manifests", columns, rows)
