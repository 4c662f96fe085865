"""Plots for notebooks: what is drawn is what the frames hold."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes

from benchmark import compare, load
from benchmark.notebook.loading import LoadedRun
from reports.plots import axes
from reports.plots.style import styles
from trackers.errors import InputError


@pytest.fixture(scope="module")
def run(made_run: Path) -> LoadedRun:
    return load(made_run)


@pytest.fixture(autouse=True)
def _no_window() -> Iterator[None]:
    with mpl.rc_context({"backend": "agg"}):
        yield
    plt.close("all")


def test_curves_are_those_of_the_frame_and_the_legend_has_the_scores(run: LoadedRun) -> None:
    drawn = axes.success(run, bands=True)
    lines = {tuple(np.round(line.get_ydata(), 9)) for line in drawn.lines}
    frame = run.curves[run.curves["curve"] == "success"]
    assert lines == {tuple(np.round(own["value"], 9)) for _, own in frame.groupby("tracker")}
    labels = [text.get_text().replace("\n", " ") for text in drawn.get_legend().get_texts()]
    auc = run.scores.query("measure == 'auc'").sort_values("value", ascending=False)
    assert [label[1:6] for label in labels] == [f"{value:.3f}" for value in auc["value"]]
    assert "6 of 6" in drawn.get_title(loc="left") or "folder" in drawn.get_title(loc="left")
    assert axes.precision(run).get_ylabel() == "precision"


def test_attributes_stand_at_their_scores(run: LoadedRun) -> None:
    drawn = axes.attributes(run, "precision")
    found = run.attributes.query("measure == 'precision'")
    points = sorted(value for one in drawn.containers for value in one.lines[0].get_xdata())
    assert points == sorted(found["value"])
    assert [label.get_text() for label in drawn.get_yticklabels()] == list(dict.fromkeys(found["attribute"]))


def test_precision_is_called_what_the_profile_prints(made_run: Path, tmp_path: Path) -> None:
    other = tmp_path / "runs" / made_run.name
    shutil.copytree(made_run, other)
    (other / "scores.json").write_text((other / "scores.json").read_text().replace('"otb"', '"trackingnet"'))
    for folder, name in ((made_run, "Precision @20 px"), (other, "Precision @area")):
        assert axes.attributes(load(folder), "precision").get_xlabel() == name
        compared = compare(load(folder), trackers=["siamfc", "memtrack"])
        assert axes.differences(compared, "precision").get_xlabel() == f"difference of {name}"


def test_sequences_are_a_map_with_the_hardest_on_top(run: LoadedRun) -> None:
    drawn = axes.sequences(run)
    means = run.sequences.groupby("sequence")["auc"].mean().sort_values()
    assert [label.get_text() for label in drawn.get_yticklabels()] == list(means.index)
    assert len(drawn.texts) == len(run.sequences)


def test_differences_are_drawn_with_their_ends(run: LoadedRun) -> None:
    compared = compare(run)
    drawn = axes.differences(compared, "auc")
    table = compared.table.query("measure == 'auc'")
    assert [one.lines[0].get_xdata()[0] for one in drawn.containers] == list(table["difference"])
    ends = [one.lines[2][0].get_segments()[0][:, 0] for one in drawn.containers]
    assert np.allclose(ends, table[["low", "high"]])


def test_overlap_and_telemetry_are_lines_over_frames(run: LoadedRun) -> None:
    drawn = axes.overlap(run, "first", ["memtrack"])
    assert np.allclose(drawn.lines[0].get_ydata(), run.boxes("first", ["memtrack"])["iou"])
    told = axes.telemetry(run, "memtrack", "first")
    assert {text.get_text() for text in told.get_legend().get_texts()} == {"residual_mean", "decider", "novel_signal"}
    with pytest.raises(InputError, match="nothing of siamfc on first was kept"):
        axes.telemetry(run, "siamfc", "first")
    with pytest.raises(InputError, match="no signal 'gates'"):
        axes.telemetry(run, "memtrack", "first", ["gates"])


@pytest.mark.parametrize(
    "draw",
    [axes.success, axes.precision, axes.attributes, axes.sequences, lambda run, ax: axes.overlap(run, "first", ax=ax)],
)
def test_each_draws_where_it_is_told_and_returns_the_axes(run: LoadedRun, draw: Callable[..., Axes]) -> None:
    _, given = plt.subplots()
    before = plt.get_fignums()
    assert draw(run, ax=given) is given
    assert plt.get_fignums() == before


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda run: axes.success("latest"), "'latest' is no run that was loaded"),
        (lambda run: axes.overlap(run, "first", []), "no tracker is chosen"),
        (lambda run: axes.telemetry(run, "memtrack", "first", []), "choose a signal: read_weights"),
        (lambda run: axes.differences(run), "is no comparison"),
    ],
)
def test_what_cannot_be_drawn_is_one_line(run: LoadedRun, draw: Callable[..., Axes], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        draw(run)
    assert len(str(caught.value).splitlines()) == 1


def test_where_all_failed_no_empty_axes_are_drawn(make: Callable[..., Path], tmp_path: Path) -> None:
    failed = load(make(tmp_path, {"siamfc": 0.5}, ["one"], 20, pictures=False, failed={"one": "KeyError: 1"}))
    for draw in (axes.success, axes.precision, axes.sequences, axes.attributes):
        with pytest.raises(InputError, match=r"no tracker of the run has a score|has no 'auc' of an attribute"):
            draw(failed)


def test_lines_of_overlap_are_the_reports(run: LoadedRun) -> None:
    look = styles(run.trackers)
    drawn = axes.overlap(run, "first", "siamfc,memtrack").get_lines()
    assert [(line.get_label(), line.get_color()) for line in drawn] == [
        (name, look[name].colour) for name in ("siamfc", "memtrack")
    ]
    assert [line.is_dashed() for line in drawn] == [False, True]


def test_hostile_names_are_drawn_as_they_are(make: Callable[..., Path], tmp_path: Path) -> None:
    run = load(make(tmp_path, {"siamfc": 0.5, "cv2:kcf": 0.4}, ["$x_{", "_hidden", "c"], 20, pictures=False))
    for drawn in (axes.success(run), axes.sequences(run), axes.overlap(run, "_hidden"), axes.overlap(run, "$x_{")):
        drawn.figure.canvas.draw()
    with pytest.raises(InputError, match="no measure 'ao2'"):
        axes.sequences(run, "ao2")
