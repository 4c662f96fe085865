from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from benchmark.profiles import load_profile
from reports.model import Report, build_report
from reports.speed import Latency, Speed
from reports.tables.headline import headline_measures, headline_table


@pytest.fixture(scope="module")
def measured(made_run: Path) -> Report:
    return build_report([made_run], frames=False)


def with_latency(report: Report, change: Callable[[Latency], Latency]) -> Report:
    def changed(one: Speed) -> Speed:
        return replace(one, latency=change(one.latency) if one.latency else None)

    return replace(report, speeds=tuple(map(changed, report.speeds)))


def test_four_columns_say_who_how_well_and_at_what_cost(measured: Report) -> None:
    table = headline_table(measured)
    assert [column.key for column in table.columns] == ["tracker", "auc", "precision", "median_ms"]
    for row, one in zip(table.rows, measured.scored, strict=True):
        assert one.summary is not None
        assert (row[0].tracker, row[1].value, row[2].value) == (
            one.name, one.summary.overall.auc, one.summary.overall.precision,
        )  # fmt: skip
        assert row[1].interval == one.intervals["auc"]
    assert {row[0].tracker: row[3].value for row in table.rows} == {
        one.tracker: one.latency.median_ms for one in measured.speeds if one.latency
    }


def test_latency_and_throughput_never_share_the_column(measured: Report) -> None:
    first, *others = measured.speeds
    table = headline_table(replace(measured, speeds=(first, *(replace(one, latency=None) for one in others))))
    assert [row[3].value for row in table.rows if row[0].tracker != first.tracker] == [None] * len(others)
    table = headline_table(replace(measured, speeds=tuple(replace(one, latency=None) for one in measured.speeds)))
    assert table.columns[3].key == "frames_per_second"
    assert {row[0].tracker: row[3].value for row in table.rows} == {
        one.tracker: one.throughput for one in measured.speeds
    }


def test_imported_results_alone_cost_nothing_that_is_known(measured: Report) -> None:
    table = headline_table(replace(measured, speeds=()))
    assert [column.key for column in table.columns] == ["tracker", "auc", "precision"]
    assert {len(row) for row in table.rows} == {3}


def test_a_time_of_other_boxes_is_left_out_and_one_beside_other_work_said(measured: Report) -> None:
    invalid = headline_table(with_latency(measured, lambda one: replace(one, invalid=("boxes differ",))))
    assert {row[3].value for row in invalid.rows} == {None}
    beside = "speeds were measured beside other work"
    assert beside not in headline_table(measured).notes
    busy = with_latency(measured, lambda one: replace(one, busy_cores=float(one.cores)))
    assert beside in headline_table(busy).notes


def test_a_profile_that_pools_frames_has_its_own_measures() -> None:
    assert headline_measures(load_profile("got10k", "GOT-10k/val")) == ("ao", "sr50")
    assert headline_measures(load_profile("otb")) == ("auc", "precision")


def test_it_is_said_where_scores_are_of_frames_and_differences_of_sequences(measured: Report) -> None:
    pooled = "in the scores every frame weighs the same, in the differences every sequence"
    assert pooled not in headline_table(measured).notes
    got10k = replace(measured, profile=load_profile("got10k", "GOT-10k/val"))
    assert pooled in headline_table(got10k).notes
