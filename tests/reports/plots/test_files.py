from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from drawn import covered
from matplotlib.figure import Figure

from reports.differences import Kind
from reports.model import Report, build_report
from reports.plots.attributes import radar_figure
from reports.plots.curves import curve_figure
from reports.plots.differences import difference_figure
from reports.plots.files import drawn_figures, write_figures
from reports.plots.forest import forest_figure
from reports.plots.sheet import COLUMN, PAGE
from reports.sentences import answers_forest

LONG = "memtrack{slots=4,gate=0.25,write_threshold=0.5,template_size=128}:compact@weights_of_a_long_name$x$"


@pytest.fixture(scope="module")
def report(make: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Report:
    skills = {"siamfc": 0.5, "memtrack": 0.7, "dualmn": 0.9, "cv2:kcf": 0.3}
    run = make(tmp_path_factory.mktemp("results"), skills, [f"s{n}" for n in range(14)], 30, pictures=False)
    found = build_report([run], frames=False)
    coverage = "a dataset with a long name, and only a part of it: 14 of 1000 sequences, of which more is to be said"
    trackers = tuple(replace(t, name=LONG) if t.name == "cv2:kcf" else t for t in found.scores.trackers)
    scores = replace(found.scores, coverage=coverage, trackers=trackers)
    differences = tuple(
        replace(one, score=replace(one.score, other=LONG)) if one.score.other == "cv2:kcf" else one
        for one in found.differences
    )
    speeds = tuple(replace(one, tracker=LONG) if one.tracker == "cv2:kcf" else one for one in found.speeds)
    return replace(found, scores=scores, differences=differences, speeds=speeds)


def legend_of(figure: Figure) -> list[str]:
    return [text.get_text().replace("\n", "") for text in figure.legends[0].get_texts()]


def test_pdfs_hold_no_type_3_font_and_are_a_column_or_a_page_wide(report: Report, tmp_path: Path) -> None:
    files = write_figures(report, tmp_path, wide=True)
    names = {file.stem for file in files}
    assert {"answers", "success", "precision", "success-difference", "precision-difference", "accuracy-latency"} == {
        name for name in names if not name.endswith("-wide")
    }
    assert len(names) == 12
    for file in files:
        if file.suffix != ".pdf":
            continue
        content = file.read_bytes()
        assert b"/Type3" not in content, file.name
        assert b"/CIDFontType2" in content, "TrueType, as type 42"
        box = re.search(rb"/MediaBox \[ 0 0 ([\d.]+) [\d.]+ \]", content)
        assert box is not None
        assert float(box[1]) == pytest.approx(72 * (PAGE if file.stem.endswith("-wide") else COLUMN), abs=0.5)


def test_no_letters_cover_others(report: Report) -> None:
    figures = drawn_figures(report, bands=False, wide=True)
    assert {name: found for name, figure in figures if (found := covered(figure))} == {}


def test_legends_are_in_the_order_of_each_plots_own_score(report: Report) -> None:
    trackers = list(report.scored)
    worst = trackers[-1].summary
    assert worst is not None
    overall = replace(worst.overall, precision=1.0)
    turned = replace(trackers[-1], summary=replace(worst, overall=overall))
    changed = replace(report, scores=replace(report.scores, trackers=(*trackers[:-1], turned)))
    success, precision = (legend_of(curve_figure(changed, kind)) for kind in ("success", "precision"))
    for labels in (success, precision):
        values = [float(label[1:6]) for label in labels]
        assert values == sorted(values, reverse=True)
    assert precision[0].startswith("[1.000]")
    assert success[-1][8:] == precision[0][8:], "the least AUC, the greatest precision"


@pytest.mark.parametrize(("attributes", "drawn"), [(4, False), (5, True)])
def test_a_radar_needs_five_attributes(report: Report, attributes: int, drawn: bool) -> None:
    trackers = []
    for one in report.scored:
        assert one.summary is not None
        groups = {f"A{k}": one.summary.overall for k in range(attributes)}
        trackers.append(replace(one, summary=replace(one.summary, by_attribute=groups)))
    found = radar_figure(replace(report, scores=replace(report.scores, trackers=tuple(trackers))))
    assert (found is not None) == drawn


def test_a_forest_shows_every_answer_with_its_word_and_its_number_of_sequences(report: Report) -> None:
    plot = answers_forest(report.answers, report.merit)
    figure = forest_figure(plot, "Answers")
    assert figure is not None
    (axis,) = figure.axes
    assert [text.get_text() for text in axis.texts] == [f"{row.found}\n14 seq." for row in plot.rows]
    points = [line for line in axis.lines if line.get_marker() in ("o", "s", "D")]
    assert [line.get_xdata()[0] for line in points] == [row.difference for row in plot.rows]
    assert [line.get_markerfacecolor() == "white" for line in points] == [
        row.found in ("not shown", "one sequence") for row in plot.rows
    ]
    figure.draw_without_rendering()
    assert all(text.get_window_extent().x1 <= figure.bbox.x1 + 1 for text in axis.texts)
    assert forest_figure(answers_forest((), report.merit), "") is None


@pytest.mark.parametrize("rows", [1, 2, 9])
def test_each_row_of_a_forest_has_room(report: Report, rows: int) -> None:
    plot = answers_forest(report.answers, report.merit)
    one = replace(plot.rows[0], corrected=plot.rows[0].interval)
    figure = forest_figure(replace(plot, rows=(one,) * rows), "A question that takes more than a line of a column")
    assert figure is not None
    figure.draw_without_rendering()
    (axis,) = figure.axes
    assert axis.get_position().height * figure.get_size_inches()[1] > 0.24 * rows
    assert ("all rows" in axis.get_xlabel()) == (rows > 1)


@pytest.mark.parametrize("width", [COLUMN, PAGE])
@pytest.mark.parametrize("kind", ["success", "precision"])
def test_titles_and_names_are_whole_and_on_the_figure(report: Report, kind: Kind, width: float) -> None:
    for figure in (curve_figure(report, kind, width), difference_figure(report, kind, width)):
        assert figure is not None
        figure.draw_without_rendering()
        sheet = figure.bbox
        title = figure._suptitle
        texts = [title, *(axis.title for axis in figure.axes)]
        legends = [*figure.legends, *(axis.get_legend() for axis in figure.axes if axis.get_legend())]
        texts += [text for legend in legends for text in legend.get_texts()]
        axis_titles = [axis._left_title for axis in figure.axes]
        for text in (*texts, *axis_titles):
            if text.get_text() and text.get_visible():
                box = text.get_window_extent()
                assert box.x0 >= sheet.x0 - 1, text
                assert box.x1 <= sheet.x1 + 1, text
                assert box.y1 <= sheet.y1 + 1, text
        said = "".join(text.get_text() for text in (*texts, *axis_titles)).replace("\n", "").replace(" ", "")
        assert report.scores.coverage.replace(" ", "") in said
        assert LONG.replace("$", r"\$") in said


def test_bands_are_drawn_on_demand_and_round_differences_always(report: Report) -> None:
    without, with_bands = (curve_figure(report, "success", bands=shown).axes[0] for shown in (False, True))
    assert len(without.collections) == 0
    assert len(with_bands.collections) == 4
    figure = difference_figure(report, "success")
    assert figure is not None
    panels = [axis for axis in figure.axes if axis.lines]
    assert len(panels) == 3
    assert all(len(axis.collections) == 1 for axis in panels)
    limits = np.array([axis.get_ylim() for axis in panels])
    assert np.ptp(limits, axis=0).max() == 0, "one scale"
