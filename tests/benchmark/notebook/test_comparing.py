from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmark import compare, run
from benchmark.notebook.loading import LoadedRun
from benchmark.statistics.paired import compare as paired
from trackers.errors import InputError


def test_trackers_of_one_run_are_held_against_the_first(loaded: LoadedRun, trackers: dict[str, str]) -> None:
    found = compare(loaded, measures=["ao"])
    (row,) = found.table.itertuples()
    assert (row.a, row.b, row.sequences) == (trackers["still"], trackers["moving"], 3)
    scores = loaded.sequences.pivot(index="sequence", columns="tracker", values="ao")
    assert row.difference == pytest.approx((scores[row.b] - scores[row.a]).mean())
    (expected,) = paired({name: scores[name].to_dict() for name in scores}, [(row.a, row.b)])
    assert (row.low, row.high, row.p) == (expected.interval.low, expected.interval.high, expected.p)
    assert (row.better, row.alike, row.worse) == (3, 0, 0)
    each = found.sequences.set_index("sequence")["difference"]
    assert each.to_dict() == pytest.approx((scores[row.b] - scores[row.a]).to_dict())


def test_two_runs_are_paired_by_tracker_on_what_both_have(
    loaded: LoadedRun, place: Path, trackers: dict[str, str]
) -> None:
    options = {"data_root": place / "videos", "results": place / "results", "quiet": True}
    fewer = run(f"py:{place / 'two.py'}:Moving", "folder", sequences=["first", "third"], **options)
    with pytest.raises(InputError, match="has no tracker 'nobody'"):
        compare(loaded, fewer, trackers=["nobody"])
    found = compare(loaded, fewer)
    assert list(found.table["b"]) == [trackers["moving"]] * 2
    assert list(found.table["sequences"]) == [2, 2]
    assert (found.table["difference"] == 0).all()
    assert not found.table["significant"].any()
    assert any("second" in line for line in found.left_out)
    assert any(trackers["still"] in line for line in found.left_out)


def test_a_measure_that_there_is_not_is_refused(loaded: LoadedRun) -> None:
    with pytest.raises(InputError, match="no measure 'eao'"):
        compare(loaded, measures=["eao"])


def test_names_come_in_one_text_or_one_by_one(loaded: LoadedRun) -> None:
    listed = compare(loaded, trackers=list(loaded.trackers), measures=["auc", "ao"]).table
    for measures in ("auc,ao", " auc , ao "):
        assert compare(loaded, measures=measures).table.equals(listed)
    assert loaded.boxes("first", loaded.trackers[1]).equals(loaded.boxes("first", [loaded.trackers[1]]))


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda run: compare("latest"), "'latest' is no run that was loaded: load"),
        (lambda run: compare(run, run.folder), "is no run that was loaded"),
        (lambda run: compare(run, measures=[]), "name a measure"),
        (lambda run: compare(run, trackers=[run.trackers[0]] * 2), "two or more"),
    ],
)
def test_what_cannot_be_compared_is_one_line(loaded: LoadedRun, ask: Callable[[LoadedRun], Any], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        ask(loaded)
    assert len(str(caught.value).splitlines()) == 1


def test_it_shows_itself_escaped(loaded: LoadedRun) -> None:
    found = compare(loaded)
    found.left_out = ("<script>",)
    shown = found._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert "p_holm" in shown
    assert "1 pair" in repr(found)
