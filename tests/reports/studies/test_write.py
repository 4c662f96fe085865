from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from studied import an_effect, made_answer

from benchmark.signed import signed
from benchmark.statistics.intervals import Interval
from benchmark.studies.answer import read_answer, write_answer
from reports.plots.style import PALETTE
from reports.studies.figures import study_figures
from reports.studies.page import section, strip
from reports.studies.tables import study_tables
from reports.studies.write import to_page, write_study
from reports.tables.latex import to_latex
from reports.tables.tidy import to_csv
from trackers.errors import InputError


def test_an_answer_is_read_as_it_was_written(tmp_path: Path) -> None:
    answer = made_answer()
    write_answer(tmp_path, answer)
    assert read_answer(tmp_path) == answer
    assert read_answer(tmp_path / "nowhere") is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda data: data["findings"][0]["auc"].update(difference="x"), "difference"),
        (lambda data: data["actors"][0].pop("label"), "label"),
        (lambda data: data["actors"][0].update(novel=1), "novel"),
        (lambda data: data.update(schema=2), "schema 2"),
        (lambda data: data.update(findings=3), "cannot be read"),
        (lambda data: data["actors"][0].update(label="another"), "not those that it compares"),
        (lambda data: data["actors"].append(data["actors"][0]), "not those that it compares"),
        (lambda data: data["actors"][0]["cost"].update(seconds=0), r"cost\.seconds is not a measurable number above 0"),
        (lambda data: data["actors"][0]["cost"].update(seconds=5e-324), r"cost\.seconds is not a measurable"),
        (lambda data: data["findings"][0]["auc"].update(difference=1e308), "difference is not a number"),
    ],
)
def test_a_damaged_answer_is_one_line(tmp_path: Path, change, says: str) -> None:
    file = write_answer(tmp_path, made_answer())
    data = json.loads(file.read_text())
    change(data)
    file.write_text(json.dumps(data))
    with pytest.raises(InputError, match=says):
        read_answer(tmp_path)


def test_tables_hold_the_answers_numbers() -> None:
    answer = made_answer()
    tables = study_tables(answer)
    assert list(tables) == [
        "study-findings", "study-trackers", "study-crossed", "study-by-cause", "study-by-attribute", "study-insights",
    ]  # fmt: skip
    rows = list(csv.DictReader(to_csv(tables["study-findings"]).splitlines()))
    for row, one in zip(rows, answer.findings, strict=True):
        assert float(row["auc_difference"]) == one.auc.difference
        assert float(row["auc_difference_low"]) == one.auc.interval.low
        assert float(row["p_holm"]) == one.auc.p_holm
        assert float(row["sequences_needed"]) == one.auc.needed
        assert (row["other"], row["base"], row["verdict"]) == (one.other, one.base, one.verdict or "")
        assert float(row["time_ratio"]) == pytest.approx(
            next(a.cost.seconds for a in answer.actors if a.label == one.other) / 0.04
        )
    causes = list(csv.DictReader(to_csv(tables["study-by-cause"]).splitlines()))
    assert len(causes) == 6 * 3
    assert float(causes[0]["auc_difference"]) == answer.findings[0].by_cause["plain"].difference
    latex = to_latex(tables["study-findings"])
    assert r"\toprule" in latex
    assert answer.question in latex


def test_too_few_sequences_for_so_many_cells_are_told() -> None:
    whole = made_answer()
    few = [replace(one, by_cause={c: replace(e, detectable=None) for c, e in one.by_cause.items()},
                   auc=replace(one.auc, detectable=None)) for one in whole.findings]  # fmt: skip
    text = to_page(replace(whole, findings=tuple(few)))
    assert "36 sequences cannot show any difference among so many; to decide one of 0.01 takes" in text
    assert "No cell of 6 sequences or fewer can have a star where 18 are looked at." in text
    enough = [replace(one, by_cause={c: replace(e, detectable=0.1) for c, e in one.by_cause.items()})
              for one in whole.findings]  # fmt: skip
    assert "No cell of" not in to_page(replace(whole, findings=tuple(enough)))


def test_the_markdown_page_says_findings_and_verdicts_first() -> None:
    text = to_page(made_answer())
    assert text.startswith("# Does every part of a made-up memory help?\n")
    assert "**no attention is worse than full.**" in text
    assert "(a paper, table 1): confirmed on 36 sequences of rendered video." in text
    assert "(a paper, table 1): contradicted on 36 sequences of rendered video." in text
    assert text.count("- Note: the frames are rendered") == text.count("the frames are rendered") == 1
    filmed = replace(made_answer(), rendered=False)
    assert "(a paper, table 1): confirmed on 36 sequences." in to_page(filmed)
    assert "(a paper, table 1): confirmed." in to_page(replace(filmed, complete=True))


def test_one_sequence_is_said_to_show_nothing() -> None:
    alone = replace(made_answer().findings[0], auc=an_effect(0.04, 1, count=1))
    text = to_page(replace(made_answer(), findings=(alone,)))
    assert "**One sequence does not tell no attention from full.** Success AUC" in text
    assert "| no attention − full | one sequence |" in text


def test_a_paper_that_shows_two_studies_can_refer_to_each_table() -> None:
    answer = made_answer()
    others = (replace(answer, study="other"), replace(answer, dataset="OTB100"))
    labels = [
        re.findall(r"\\label\{tab:([^}]*)\}", to_latex(table))
        for one in (answer, *others) for table in study_tables(one).values()
    ]  # fmt: skip
    assert labels[0] == ["made-up-demo-full-findings"]
    assert len({name for one in labels for name in one}) == len(labels) == 18


def test_what_is_made_to_be_kept_knows_no_run_and_no_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = {
        "id": "20260101T000000Z-aaaaaa", "command": ["run_bench", "--results", "/home/me/results"],
        "machine": {"processor": "my own"}, "git": {"commit": "1" * 40}, "environment": {"device": "a processor"},
    }  # fmt: skip
    monkeypatch.setattr("reports.studies.write.read_manifest", lambda run: manifest)
    folder = write_study(replace(made_answer(), run=manifest["id"]), tmp_path, tmp_path / "out", figures=False)
    said = "".join(file.read_text() for file in folder.rglob("*") if file.is_file())
    assert [one for one in ("/home", "my own", "20260101", "1" * 40) if one in said] == []
    assert json.loads((folder / "provenance.json").read_text())["environment"] == {"device": "a processor"}
    assert read_answer(folder) == replace(made_answer(), run="")


def test_trackers_that_are_not_done_stand_on_no_axis_with_others() -> None:
    answer = made_answer()
    actors = tuple(replace(one, sequences=36 if one.label != "oracle" else 2) for one in answer.actors)
    answer = replace(answer, actors=actors, sequences=36)
    figures = study_figures(answer)
    for name in ("waterfall", "gain-cost"):
        (axis,) = figures[name].axes
        drawn = {text.get_text().replace("\n", " ") for text in (*axis.texts, *axis.get_yticklabels())}
        assert "oracle" not in drawn
        assert "no attention" in drawn
        assert "without oracle" in figures[name].get_suptitle().replace("\n", " ")
    (row,) = [one for one in csv.DictReader(to_csv(study_tables(answer)["study-trackers"]).splitlines())
              if one["label"] == "oracle"]  # fmt: skip
    assert float(row["sequences"]) == 2


def test_a_tracker_of_two_labels_is_drawn_once() -> None:
    answer = made_answer()
    full = answer.actors[0]
    answer = replace(answer, actors=(replace(full, label="gate on"), *answer.actors))
    (bars,) = study_figures(answer)["waterfall"].axes
    labels = [one.get_text().replace("\n", " ") for one in bars.get_yticklabels()]
    assert labels == ["first in, first out", "no attention", "full = gate on", "oracle"]
    (gain,) = study_figures(answer)["gain-cost"].axes
    assert sorted(text.get_text().replace("\n", " ") for text in gain.texts) == sorted(labels)


def test_gains_have_the_intervals_of_their_comparisons() -> None:
    answer = made_answer()
    turned = replace(answer.findings[0], other="full", base="no attention")
    for findings, sign, good in ((answer.findings[:1], 1, False), ((turned,), -1, True)):
        (axis,) = study_figures(replace(answer, findings=findings))["gain-cost"].axes
        (span,) = [line for line in axis.lines if line.get_marker() == "None" and len(set(line.get_xdata())) == 1]
        interval = findings[0].auc.interval
        assert sorted(span.get_ydata()) == sorted((sign * interval.low, sign * interval.high))
        assert findings[0].found == "worse"
        assert (span.get_color() == PALETTE[2]) == good


def test_attributes_stand_in_for_causes_that_are_not_known() -> None:
    answer = made_answer()
    filmed = replace(answer, findings=tuple(replace(one, by_cause={}) for one in answer.findings))
    (axis,) = study_figures(filmed)["causes"].axes
    assert [one.get_text() for one in axis.get_yticklabels()] == ["OCC", "SV"]
    titles = [one.get_title(loc="left") for one in study_figures(filmed)["study"].axes]
    assert "By attribute, ± half of the 95 % interval" in titles
    titles = [one.get_title(loc="left") for one in study_figures(answer)["study"].axes]
    assert "By cause of failure, ± half of the 95 % interval" in titles


def test_every_cell_of_the_heat_map_has_its_difference_and_half_of_its_interval() -> None:
    answer = made_answer()
    first, *others = answer.findings
    alone = {"blur": an_effect(0.04, 1, count=1)}
    answer = replace(answer, findings=(replace(first, by_cause={**first.by_cause, **alone}), *others))
    (axis,) = study_figures(answer)["causes"].axes
    causes = [one.get_text() for one in axis.get_yticklabels()]
    cells = {text.get_position(): text.get_text() for text in axis.texts}
    for column, one in enumerate(answer.findings):
        for cause, effect in one.by_cause.items():
            said, *half = cells[column, causes.index(cause)].split("\n")
            assert float(said.rstrip("*")) == pytest.approx(effect.difference, abs=0.005001)
            assert said.endswith("*") == effect.significant
            if effect.interval is None:
                assert (cause, half) == ("blur", [])
            else:
                assert float(half[0].removeprefix("±")) == pytest.approx(
                    (effect.interval.high - effect.interval.low) / 2, abs=0.005001
                )


def test_figures_show_every_effect_and_leave_out_what_there_is_nothing_of() -> None:
    answer = made_answer()
    figures = study_figures(answer)
    assert list(figures) == ["forest", "waterfall", "causes", "gain-cost", "study"]
    (forest,) = figures["forest"].axes
    labels = [re.sub(r"\s+", " ", one.get_text()) for one in forest.get_yticklabels()]
    assert labels == [one.title for one in answer.findings] + [one.title for one in answer.crossed]
    assert sorted(line.get_xdata()[0] for line in forest.lines if line.get_marker() in ("o", "s", "D"))[
        0
    ] == pytest.approx(min(one.auc.difference for one in answer.findings))
    named = tuple(replace(one, label="$x_1$" if one.label == "full" else one.label) for one in answer.actors)
    found = tuple(replace(one, base="$x_1$") for one in answer.findings)
    odd = replace(answer, base="$x_1$", actors=named, findings=found)
    study_figures(odd)["study"].draw_without_rendering()
    bare = replace(
        answer, crossed=(), actors=tuple(replace(one, cost=None) for one in answer.actors),
        findings=tuple(replace(one, by_cause={}, by_attribute={}) for one in answer.findings),
    )  # fmt: skip
    assert list(study_figures(bare)) == ["forest", "waterfall", "study"]


def test_what_was_sized_to_take_the_same_time_shows_how_near_it_comes() -> None:
    answer = made_answer()
    first = replace(answer.findings[0], same_time=True)
    answer = replace(answer, findings=(first, *answer.findings[1:]))
    figures = study_figures(answer)
    (forest,), (gain,) = figures["forest"].axes, figures["gain-cost"].axes
    labels = [re.sub(r"\s+", " ", one.get_text()) for one in forest.get_yticklabels()]
    assert labels[:2] == [f"{first.title} (0.75 × its time)", answer.findings[1].title]
    (joined,) = [line for line in gain.lines if line.get_linestyle() == ":"]
    assert list(joined.get_xdata()) == pytest.approx([0.75, 1.0])
    assert list(joined.get_ydata()) == pytest.approx([-0.04, 0.0])
    assert "no attention takes 0.75\u00a0× the time a frame" in to_page(answer)
    unknown = replace(answer, actors=tuple(replace(one, cost=None) for one in answer.actors))
    assert unknown.time_ratio(first) is None
    (forest,) = study_figures(unknown)["forest"].axes
    assert re.sub(r"\s+", " ", forest.get_yticklabels()[0].get_text()) == first.title


def test_the_pages_section_has_a_row_a_comparison() -> None:
    answer = made_answer()
    plot = section(answer).forest
    assert [row.found for row in plot.rows[:3]] == [one.found for one in answer.findings]
    assert [row.group for row in plot.rows] == [""] * 3 + ["Main effects and interactions"] * 2
    assert signed(answer.findings[0].auc.difference) in plot.rows[0].words[0]
    assert "0.75\u00a0× the time a frame" in plot.rows[0].words[1]
    assert plot.rows[0].beside == f"the paper: {answer.findings[0].verdict}"
    effects = [one.auc for one in (*answer.findings, *answer.crossed)]
    assert plot.reach == max(abs(end) for one in effects for end in (one.corrected.low, one.corrected.high))
    assert plot.relevant == answer.relevant


def test_a_number_from_telemetry_is_drawn_to_scale() -> None:
    insight = replace(
        made_answer().insights[0], value=0.1, interval=Interval(0.0, 0.2), by_sequence={"a": -0.1, "b": 0.3}
    )
    drawn = strip(insight)
    assert drawn.dots == (5.0, 195.0)
    assert (drawn.zero, drawn.mean, drawn.low, drawn.high) == (52.5, 100.0, 52.5, 147.5)
    alone = strip(replace(insight, value=0.0, interval=None, by_sequence={"a": 0.0}))
    assert (alone.dots, alone.low) == ((5.0,), None)


def test_whatever_a_study_says_is_shown_as_it_is() -> None:
    text = to_page(replace(made_answer(), question="a_b <b> $x$?", about="*5* <i>", remarks=("a_b <script>",)))
    assert text.startswith("# a\\_b &lt;b&gt; \\$x\\$?\n")
    assert "\\*5\\* &lt;i&gt;" in text
    assert "- Note: a\\_b &lt;script&gt;." in text


def test_what_an_earlier_answer_had_and_this_one_has_not_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reports.studies.write.read_manifest", lambda run: {})
    whole = made_answer()
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "mine.csv").write_text("kept")
    write_study(whole, tmp_path, tmp_path)
    without = replace(whole, crossed=(), insights=(), actors=tuple(replace(one, cost=None) for one in whole.actors))
    write_study(without, tmp_path, tmp_path)
    left = {one.name for one in (*tmp_path.glob("tables/*"), *tmp_path.glob("figures/*"))}
    assert "mine.csv" in left
    assert {"study-findings.csv", "study.svg", "forest.pdf"} <= left
    assert not [name for name in left if name.startswith(("study-crossed", "study-insights", "gain-cost"))]
    write_study(whole, tmp_path, tmp_path)
    assert (tmp_path / "figures" / "gain-cost.svg").is_file()
