"""The curve of a training run: a table that grows, and one picture of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from benchmark.store.record import write_whole
from trackers.errors import InputError


def add_row(path: Path, row: Mapping[str, object]) -> None:
    """Append a row to the table (CSV); what the row has and the table has not becomes a column."""
    table = pd.DataFrame([row])
    if path.is_file():
        try:
            table = pd.concat([pd.read_csv(path), table])
        except ValueError as error:  # not UTF-8, or no table
            raise InputError(f"{path} is damaged ({error}): without it the curve begins anew") from error
    write_whole(path, table.to_csv(index=False).encode())


def draw_curve(table: Path, picture: Path) -> None:
    """Draw loss and the share of held-out searches in which the target was found, from `table` (CSV), into a PNG."""
    from matplotlib.figure import Figure

    rows = pd.read_csv(table)
    figure = Figure(figsize=(6.4, 3.6), layout="constrained")
    loss = figure.add_subplot()
    found = loss.twinx()
    if "loss" in rows:
        trained = rows.dropna(subset="loss")
        loss.plot(trained["step"], trained["loss"], color="C1")
    found.plot(rows["step"], rows["held_out_found"], color="C0", marker="o")
    loss.set_xlabel("step")
    loss.set_ylabel("training loss", color="C1")
    found.set_ylabel("found in held-out clips", color="C0")
    figure.savefig(picture, dpi=120)
