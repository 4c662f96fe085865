from __future__ import annotations

from pathlib import Path

import cv2
import pandas as pd

from benchmark.training.curve import add_row, draw_curve


def test_the_curve_takes_whatever_the_losses_are_called(tmp_path: Path) -> None:
    table, picture = tmp_path / "curve.csv", tmp_path / "curve.png"
    add_row(table, {"step": 0, "held_out_found": 0.25})
    draw_curve(table, picture)
    for step in (10, 20):
        add_row(table, {"step": step, "loss": 1 / step, "focal": 0.5, "held_out_found": 0.5})
    rows = pd.read_csv(table)
    assert list(rows["step"]) == [0, 10, 20]
    assert list(rows["focal"].fillna(-1)) == [-1, 0.5, 0.5]
    draw_curve(table, picture)
    assert cv2.imread(str(picture)).std() > 0
