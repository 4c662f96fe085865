from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from benchmark.runs import Run
from benchmark.store.record import read_arrays, write_arrays
from reports.model import build_report
from reports.papers import paper_tables
from reports.plots.pareto import pareto_figure
from reports.write import write_report
from trackers.errors import InputError


def test_a_run_with_everything_misses_nothing(made_run: Path) -> None:
    report = build_report([made_run])
    assert not report.missing
    assert all(view.strip and len(view.strip.pictures) == 6 for view in report.sequences)
    assert [memory.tracker for memory in report.sequences[0].memories] == ["memtrack"]
    assert {one.tracker for one in report.speeds if one.front} == {
        one.tracker for one in report.speeds
        if not any(
            o.score > one.score and o.latency.median_ms < one.latency.median_ms for o in report.speeds if o.latency
        )
    }  # fmt: skip


def test_what_a_run_lacks_is_said_with_how_to_have_it(make: Callable[..., Path], tmp_path: Path) -> None:
    run = make(tmp_path, {"siamfc": 0.5, "cv2:kcf": 0.3}, pictures=False, extras=False)
    (run / "ground_truth.npz").unlink()
    report = build_report([run])
    assert set(report.missing) == {"truth", "frames", "telemetry", "latency"}
    page = write_report(report, run, figures=False).read_text()
    for line in report.missing.values():
        assert line in page


@pytest.mark.parametrize("names", [["first"], ["first", "second"]])
def test_a_run_in_which_everything_failed_still_has_its_report(
    make: Callable[..., Path], tmp_path: Path, names: list[str]
) -> None:
    run = make(tmp_path, {"siamfc": 0.5}, names, failed=dict.fromkeys(names, "RuntimeError: no memory"), pictures=False)
    page = write_report(build_report([run]), run).read_text()
    assert "RuntimeError: no memory" in page
    assert "There is no score: every sequence failed." in page
    assert f"siamfc failed on {len(names)} sequence{'s' if len(names) > 1 else ''}, on first with" in page
    assert "No pictures" not in page, "nobody has done anything that could be shown"
    assert "No latency was measured" not in page


def test_curves_and_columns_are_called_what_the_profile_prints(make: Callable[..., Path], tmp_path: Path) -> None:
    run = make(tmp_path, {"siamfc": 0.5, "memtrack": 0.7}, frames=30, pictures=False)
    file = run / "scores.json"
    file.write_text(file.read_text().replace('"profile": "otb"', '"profile": "trackingnet"'))
    page = write_report(build_report([run]), run, figures=False).read_text()
    assert "Success: frames with an overlap at or above the threshold; the area below it, by trapezoids" in page
    assert page.count("Success: frames with an overlap at or above the threshold") == 2
    assert '<th scope="col" class="number">P@area</th>' in page
    assert '"sign": "≥"' in page or '"sign": "\\u2265"' in page
    assert "P@20" not in page
    assert "@20 px" not in page


def test_a_run_that_a_server_alone_can_score_is_not_said_to_have_failed(
    make: Callable[..., Path], withhold: Callable[[Path], Path], tmp_path: Path
) -> None:
    run = withhold(make(tmp_path, {"siamfc": 0.5, "memtrack": 0.7}, frames=30, pictures=False))
    page = write_report(build_report([run]), run, figures=False).read_text()
    assert "There is no score: GOT-10k/test is scored by its server alone." in page
    assert "failed" not in page.partition('id="answers"')[2].partition("</section>")[0]
    for line in ("No pictures", "add --telemetry", "No latency was measured"):
        assert line not in page


def test_without_frames_the_rest_is_drawn(made_run: Path) -> None:
    report = build_report([made_run], frames=False)
    assert report.missing == {"frames": "No pictures: left out by --no-frames."}
    assert all(track.segments for view in report.sequences for track in view.tracks)


def test_several_runs_come_on_one_page(make: Callable[..., Path], tmp_path: Path) -> None:
    first = make(tmp_path / "a", {"siamfc": 0.5}, pictures=False)
    second = make(tmp_path / "b", {"siamfc": 0.8, "dualmn": 0.9}, pictures=False, seed=3)
    names = [one.name for one in build_report([first, second], frames=False).scores.trackers]
    assert names == ["siamfc", f"siamfc ({second.name})", "dualmn"]


def test_runs_that_do_not_go_together_are_refused(make: Callable[..., Path], tmp_path: Path) -> None:
    first = make(tmp_path / "a", {"siamfc": 0.5}, pictures=False)
    second = make(tmp_path / "b", {"siamfc": 0.8}, ["first", "second"], pictures=False)
    with pytest.raises(InputError, match="do not go on one page"):
        build_report([first, second])


def test_an_unknown_sequence_is_named(made_run: Path) -> None:
    with pytest.raises(InputError, match=r"no sequence 'frist'\. Did you mean 'first'"):
        build_report([made_run], chosen=["frist"])


def test_a_damaged_run_is_one_line(made_run: Path, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"schema": 99}')
    with pytest.raises(InputError, match="schema 99"):
        Run.read(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(InputError, match=r"manifest\.json cannot be read .* run the same command again"):
        Run.read(tmp_path)


def test_differences_from_papers_are_drawn_on_the_whole_dataset_alone(made_run: Path) -> None:
    scores = Run.read(made_run).scores
    assert "no paper prints" in paper_tables(scores)[0].why_not
    whole = paper_tables(replace(scores, dataset="OTB100", coverage="OTB100, 100 sequences"))[0]
    assert whole.why_not == ""
    dual = next(row for row in whole.rows if row.row.label == "dual")
    auc = next(one for one in dual.measured if one.measure == "auc")
    assert auc.difference == pytest.approx(auc.value - 0.721)
    part = paper_tables(replace(scores, dataset="OTB100", complete=False))[0]
    assert "a part of the dataset" in part.why_not
    assert all(one.difference is None for row in part.rows for one in row.measured)


def test_the_json_has_all_and_is_strict(made_run: Path) -> None:
    write_report(build_report([made_run]), made_run, figures=False)
    data = json.loads((made_run / "report.json").read_text(), parse_constant=lambda name: pytest.fail(name))
    assert len(data["sequences"]) == 6
    assert len(base64.b64decode(data["sequences"][0]["trackers"][0]["overlap"])) == 90


def test_a_latency_whose_boxes_are_not_the_records_is_marked(make: Callable[..., Path], tmp_path: Path) -> None:
    run = make(tmp_path, {"siamfc": 0.5}, pictures=False)
    for file in (tmp_path / "records").rglob("*.latency.npz"):
        content = read_arrays(file)
        assert content is not None
        write_arrays(file, {**content[0], "invalid": "first: boxes differ"}, content[1])
    page = write_report(build_report([run], frames=False), run, figures=False).read_text()
    assert "first: boxes differ" in page


def test_latency_is_the_newest_session_and_says_what_is_invalid(made_run: Path) -> None:
    run = Run.read(made_run)
    found = run.latency("siamfc")
    assert found is not None
    assert found["sequences"] == ["first", "second"]
    assert found["median_ms"] == 40.0
    assert run.latency("nobody") is None


def test_one_tracker_alone_is_on_no_front_and_best_of_nothing(make: Callable[..., Path], tmp_path: Path) -> None:
    report = build_report([make(tmp_path, {"memtrack": 0.7}, frames=30, pictures=False)], frames=False)
    assert [one.front for one in report.speeds] == [False]
    assert report.scores.standings("auc") == {}
    assert pareto_figure(report) is not None
