"""Mean ranks over sequences, with the critical difference."""

from __future__ import annotations

from benchmark.p_values import p_equals
from reports.labels import circumstances, coverage, marks
from reports.model import Report
from reports.tables.grid import EMPTY, Cell, Column, Table, tracker_cell

__all__ = ["rank_table"]


def rank_table(report: Report) -> Table:
    """Return the mean ranks of three or more trackers on the sequences all have; without rows where there are fewer."""
    merit = report.merit
    columns = (Column("Tracker", "tracker", "text"), Column("Mean rank", f"mean_rank_by_{merit.key}", short="rank"),
               Column("Not told apart from", "alike", "text"))  # fmt: skip
    title, caption = f"Mean ranks by {merit.name}", coverage(report.scores)
    by_name = {one.name: one for one in report.scored}
    found = merit.ranks(report.scored)
    if found is None:
        return Table("ranks", title, caption, columns, ())
    rows = []
    for name, rank in found.mean_ranks.items():
        alike = dict.fromkeys(other for group in found.groups if name in group for other in group if other != name)
        others = Cell(", ".join(alike)) if alike else EMPTY
        rows.append((tracker_cell(name, marks(by_name[name])), Cell(f"{rank:.2f}", rank), others))
    which = "that have a part in each EAO" if merit.key == "eao" else "that all finished"
    note = (
        f"On the {found.sequences} sequences {which}. Friedman's {p_equals(found.p)}; mean ranks differ "
        f"where they are further apart than Nemenyi's critical difference of {found.difference:.2f}."
    )
    facts = circumstances(report.scores) | {"critical_difference": found.difference, "friedman_p": found.p}
    return Table("ranks", title, caption, columns, tuple(rows), (note,), facts)
