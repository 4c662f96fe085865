"""Latency and throughput, in a table each."""

from __future__ import annotations

from collections.abc import Iterator

from reports.labels import circumstances, coverage, marks
from reports.model import Report
from reports.tables.grid import EMPTY, Cell, Column, Table, score, tracker_cell

__all__ = ["speed_tables"]

COLUMNS = (
    ("frames/s", "frames_per_second", ""), ("median ms", "median_ms", ""),
    ("p95 ms", "p95_ms", ""), ("p99 ms", "p99_ms", ""), ("first frame ms", "first_frame_ms", ""),
    ("start-up s", "start_up_s", ""), ("peak memory MB", "peak_memory_mb", ""), ("GFLOP", "gflop", ""),
    ("parameters, millions", "parameters", "params, M"), ("× reference", "median_over_reference", "× ref."),
)  # fmt: skip


def speed_tables(report: Report) -> Iterator[Table]:
    """Yield the table of latencies, then that of throughputs; without rows where none was measured."""
    by_name = {one.name: one for one in report.scored}
    measured = sorted((s for s in report.speeds if s.latency), key=lambda s: s.latency.median_ms if s.latency else 0)
    rows = []
    for one in measured:
        latency = one.latency
        assert latency is not None
        marked = [*marks(by_name[one.tracker]), *latency.invalid, *filter(None, [latency.load_mark])]
        numbers = (latency.fps, latency.median_ms, latency.p95_ms, latency.p99_ms, latency.first_frame_ms,
                   latency.start_up_s, latency.memory_mb, latency.gflop or None)  # fmt: skip
        rows.append(
            (tracker_cell(one.tracker, marked), score(one.score), *(score(n, digits=1) for n in numbers),
             Cell(f"{latency.parameters / 1e6:.2f}", float(latency.parameters)) if latency.parameters else EMPTY,
             score(latency.median_ms / latency.calibration_ms, digits=1))
        )  # fmt: skip
    device = report.runs[0].manifest.get("environment", {}).get("device", "")
    notes = (
        "One lane, the device to itself, decoding left out; the boxes of the timed frames are those of the scores. "
        "× reference: median over the time of a fixed matrix workload on that machine.",
    )
    tracker = Column("Tracker", "tracker", "text")
    scored = Column(report.merit.title, report.merit.key, short=report.merit.short)
    columns = (tracker, scored, *(Column(heading, key, short=short) for heading, key, short in COLUMNS))
    yield Table("latency", f"Latency on {device}", coverage(report.scores), columns, tuple(rows), notes,
                circumstances(report.scores) | {"device": device})  # fmt: skip
    through = tuple(
        (tracker_cell(one.tracker, [*marks(by_name[one.tracker]), *filter(None, [one.load_mark])]),
         score(one.throughput, digits=1), Cell(str(one.lanes), one.lanes))
        for one in report.speeds if one.throughput is not None
    )  # fmt: skip
    yield Table(
        "throughput", "Throughput of this run", coverage(report.scores),
        (tracker, Column("frames/s", "frames_per_second"), Column("lanes", "lanes")), through,
        ("Inside the tracker, lanes and processes side by side, with whatever else the machine did: no latency.",),
        circumstances(report.scores),
    )  # fmt: skip
