from __future__ import annotations

from pathlib import Path

from drawn import covered

from benchmark.gate.history import Entry, Series
from benchmark.statistics.change_points import ChangePoint
from reports.plots.history import history_figure, write_history


def _series(tracker: str, measure: str, changes: tuple[ChangePoint, ...] = ()) -> Series:
    entries = tuple(Entry(f"2026-03-{n + 1:02d}", f"c{n}fee", "m", "demo", "pass", {}) for n in range(10))
    return Series(tracker, measure, entries, tuple(1.0 + (n > 4) for n in range(10)), changes)


def test_every_series_is_drawn_and_its_changes_are_marked(tmp_path: Path) -> None:
    found = [_series("siamfc", "median", (ChangePoint(5, 1.0, 2.0),)), _series("memtrack", "accuracy")]
    figure = history_figure(found)
    drawn = [axis for axis in figure.axes if axis.lines]
    assert sorted(len(axis.lines) for axis in drawn) == [1, 2]
    assert {text.get_text() for axis in figure.axes for text in axis.texts} == {"c5fee"}
    write_history(found, tmp_path / "h.svg")
    first = (tmp_path / "h.svg").read_bytes()
    write_history(found, tmp_path / "h.svg")
    assert (tmp_path / "h.svg").read_bytes() == first


def test_names_and_changes_close_to_one_another_are_all_read(tmp_path: Path) -> None:
    changes = tuple(ChangePoint(index, 1.0, 2.0) for index in (3, 4, 8))
    found = [_series("memtrack{slots=4}@a$x^$b_of_a_long_name", "median", changes), _series("siamfc", "median")]
    assert covered(history_figure(found)) == []


def test_nothing_to_draw_is_an_empty_picture(tmp_path: Path) -> None:
    write_history([], tmp_path / "h.svg")
    assert (tmp_path / "h.svg").stat().st_size > 0
