"""The curve of a training run: a table that grows, and one picture of it."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

COLUMNS = ("step", "seconds", "loss", "logistic", "choice", "found", "held_out_found")


def add_row(path: Path, row: Mapping[str, object]) -> None:
    """Append a row to the table (CSV), which begins with the names of its columns."""
    fresh = not path.is_file()
    with path.open("a", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        if fresh:
            writer.writeheader()
        writer.writerow(row)


def draw_curve(table: Path, picture: Path) -> None:
    """Draw loss and the share of held-out searches in which the target was found, from `table` (CSV), into a PNG."""
    from matplotlib.figure import Figure

    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    figure = Figure(figsize=(6.4, 3.6), layout="constrained")
    loss = figure.add_subplot()
    found = loss.twinx()
    trained = [row for row in rows if row["loss"]]
    loss.plot([int(r["step"]) for r in trained], [float(r["loss"]) for r in trained], color="C1", label="loss")
    found.plot([int(r["step"]) for r in rows], [float(r["held_out_found"]) for r in rows], color="C0", marker="o")
    loss.set_xlabel("step")
    loss.set_ylabel("training loss", color="C1")
    found.set_ylabel("found in held-out clips", color="C0")
    figure.savefig(picture, dpi=120)
