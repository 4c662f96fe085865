"""What causes of failure did, cause by cause."""

from __future__ import annotations

from reports.causes import Share
from reports.labels import circumstances, coverage, heading, marks
from reports.model import Report
from reports.tables.grid import EMPTY, Cell, Column, Table, difference, words

__all__ = ["causes_table"]


def causes_table(report: Report) -> Table:
    """Return the table of rendered data's causes; without rows for other data."""
    groups: list[tuple[str, int, tuple[Share, ...]]] = []
    if causes := report.causes:
        groups = [(name, causes.sequences[name], shares) for name, shares in causes.by_cause.items()]
        groups.insert(0, ("all causes", sum(causes.sequences.values()), causes.overall))
    rows = []
    for name, count, shares in groups:
        found = {one.tracker: one for one in shares}
        both = max((one.difference.sequences for one in shares if one.difference), default=0)
        counted = Cell(str(count), count, f"{both} with both" if 0 < both < count else "")
        rows.append((words(name), counted, *(_cell(found.get(one.name)) for one in report.scored)))
    columns = (
        Column("Cause", "cause", "text"), Column("Sequences", "sequences", short="Seqs."),
        *(Column(heading(one), "overlap_difference", tracker=one.name, facts={"marks": "; ".join(marks(one))})
          for one in report.scored),
    )  # fmt: skip
    note = (
        "Mean overlap in the frames in which the cause acts minus that in the others of the same sequences, with its"
        " 95 % interval over sequences where there are two or more; below it both. Left out are the first frame, frames"
        " without ground truth, and of a difference the sequences in which a cause acts throughout. What is lost while"
        " a cause acts and never found again is missing in the frames after it too: the difference then says less."
    )
    return Table("causes", "Overlap while a cause acts", coverage(report.scores), columns, tuple(rows), (note,),
                 circumstances(report.scores))  # fmt: skip


def _cell(one: Share | None) -> Cell:
    if one is None:
        return EMPTY
    if one.difference is None or one.outside is None:
        return Cell("–", note=f"{one.inside:.3f} throughout", facts={"inside": one.inside})
    return difference(one.difference.difference, one.difference.interval, f"{one.inside:.3f}, else {one.outside:.3f}",
                      inside=one.inside, outside=one.outside, paired_sequences=one.difference.sequences)  # fmt: skip
