"""The tables of a comparison."""

from __future__ import annotations

from reports.compare.model import Comparison, Pair
from reports.labels import coverage, marks
from reports.speed import Speed
from reports.tables.grid import Cell, Column, Table, score, tracker_cell, words

__all__ = ["comparison_tables"]


def comparison_tables(comparison: Comparison) -> dict[str, Table]:
    """Return the tables of a comparison by name."""
    found = (_pairs(comparison), _sequences(comparison), _speeds(comparison), _changes(comparison))
    return {table.name: table for table in found if table.rows}


def _pairs(comparison: Comparison) -> Table:
    rows = []
    for pair in comparison.pairs:
        for measure, difference in (("AUC", pair.auc), ("precision", pair.precision)):
            key = measure.lower()
            interval = difference.interval
            means = [sum(getattr(t.sequences[n], key) for n in pair.sequences) / len(pair.sequences)
                     for t in (pair.a, pair.b)]  # fmt: skip
            p = Cell("–") if difference.p_holm is None else Cell(f"{difference.p_holm:.3f}", difference.p_holm)
            rows.append(
                (tracker_cell(_name(pair), (measure, *marks(pair.b))), score(means[0]), score(means[1]),
                 Cell(f"{difference.difference:+.3f}", difference.difference,
                      f"{interval.low:+.3f} to {interval.high:+.3f}" if interval else ""),
                 p, words(f"{difference.wins} / {difference.ties} / {difference.losses}"), score(difference.detectable),
                 words("–" if pair.identical is None else f"{pair.identical} of {len(pair.sequences)}"))
            )  # fmt: skip
    columns = (Column("Tracker", "text"), Column("A"), Column("B"), Column("B − A"), Column("p, corrected"),
               Column("better / alike / worse"), Column("detectable"), Column("same boxes"))  # fmt: skip
    notes = (
        "Over the sequences that both runs have, paired: mean difference with its 95 % interval, sign-flip p after "
        "Holm's correction over the trackers of the table, sequences that differ by more than .01, and the smallest "
        "true difference that so many sequences would show in 80 of 100 experiments.",
    )
    return Table("comparison", "B against A", coverage(comparison.b.scores), columns, tuple(rows), notes)


def _name(pair: Pair) -> str:
    return pair.a.name if pair.a.name == pair.b.name else f"{pair.a.name} → {pair.b.name}"


def _sequences(comparison: Comparison) -> Table:
    differences = [pair.differences() for pair in comparison.pairs]
    rows = []
    for view in comparison.views:
        cells = []
        for pair, found in zip(comparison.pairs, differences, strict=True):
            if view.name not in found:
                cells.append(Cell("–"))
                continue
            a, b = pair.a.sequences[view.name].auc, pair.b.sequences[view.name].auc
            cells.append(Cell(f"{found[view.name]:+.3f}", found[view.name], f"{a:.3f} → {b:.3f}"))
        rows.append((words(view.name, ", ".join(view.attributes)), *cells))
    columns = (Column("Sequence", "text"), *(Column(_name(pair)) for pair in comparison.pairs))
    return Table("differences", "Change of success AUC, B − A", coverage(comparison.b.scores), columns, tuple(rows))


def _speeds(comparison: Comparison) -> Table:
    rows = []
    for pair in comparison.pairs:
        for letter, one, speed in (("A", pair.a, pair.speed_a), ("B", pair.b, pair.speed_b)):
            rows.append((tracker_cell(f"{letter}: {one.name}", marks(one)), *_speed(speed)))
    columns = (Column("Tracker", "text"), Column("latency, median ms"), Column("p95 ms"), Column("× reference"),
               Column("peak memory MB"), Column("throughput, frames/s"), Column("lanes"))  # fmt: skip
    notes = ("Latency is measured alone, throughput as the run went: they are different things, and of two machines "
             "only × reference compares.",)  # fmt: skip
    return Table("speed", "Speed", coverage(comparison.b.scores), columns, tuple(rows), notes)


def _speed(speed: Speed | None) -> tuple[Cell, ...]:
    if speed is None:
        return tuple(Cell("–") for _ in range(6))
    latency = speed.latency
    alone = (
        (score(latency.median_ms, digits=1), score(latency.p95_ms, digits=1),
         score(latency.median_ms / latency.calibration_ms, digits=1), score(latency.memory_mb, digits=0))
        if latency else tuple(Cell("–") for _ in range(4))
    )  # fmt: skip
    return (*alone, score(speed.throughput, digits=1), Cell(str(speed.lanes), float(speed.lanes)))


def _changes(comparison: Comparison) -> Table:
    rows = tuple((words(one.what), words(one.a), words(one.b)) for one in comparison.changes)
    columns = (Column("What", "text"), Column("A", "text"), Column("B", "text"))
    return Table("changes", "What differs between the runs", "From the runs' manifests", columns, rows)
