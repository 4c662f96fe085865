"""What the viewer knows of a run, whatever is missing of it."""

from __future__ import annotations

import base64
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmark.interop.trajectories import Trajectories, Trajectory, save_import
from benchmark.runs import Run
from benchmark.store.naming import give_name
from benchmark.store.record import read_arrays, write_arrays
from benchmark.store.results import Results
from reports.viewer.look import Look
from reports.viewer.shelf import Shelf
from trackers.errors import InputError

NAMES = ["one", "two"]


@pytest.fixture
def run(make, tmp_path: Path) -> Path:
    return make(
        tmp_path / "results", {"siamfc": 0.6, "memtrack": 0.8}, NAMES, 30, failed={"two": "Traceback\nKeyError: 3"}
    )


def floats(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4")


def change(run: Path, act) -> None:
    """Write a run's manifest anew."""
    file = run / "manifest.json"
    content: dict[str, Any] = json.loads(file.read_text())
    act(content)
    file.write_text(json.dumps(content))


def test_a_failed_sequence_is_shown_as_far_as_it_went(run: Path) -> None:
    store = Results(run.parents[1])
    entry = next(one for one in Run.read(run).manifest["records"] if one["status"] == "failed")
    record = store.find("folder", entry["tracker"], entry["key"], entry["sequence"], 0, 0)
    store.keep(replace(record, boxes=record.boxes[:7], scores=record.scores[:7]))
    look = Look([run], None)
    assert [line["failed"] for line in look.overview("r")["sequences"]] == [[False, False], [True, False]]
    assert look.kinds["sequences"]["two"][0] == ["failed"]
    found = look.sequence("two", "")
    assert [one["rows"] for one in found["tracks"]] == [7, 30]
    assert found["tracks"][0]["error"] == "KeyError: 3"
    assert found["remarks"] == ["siamfc failed after 7 frames: KeyError: 3"]


def test_a_viewer_opens_without_the_boxes_of_any_other_sequence(make, tmp_path: Path) -> None:
    """What opens is the run's scores and one sequence: a hundred sequences cost a page no more than two."""
    run = make(tmp_path / "results", {"siamfc": 0.6, "memtrack": 0.8}, NAMES, 30, pictures=False)
    for file in (*run.rglob("two.txt"), *(tmp_path / "results" / "records").rglob("two*")):
        file.unlink()
    look = Look([run], None)
    assert [line["name"] for line in look.overview("r")["sequences"]] == NAMES
    assert [one["rows"] for one in look.sequence("one", "")["tracks"]] == [30, 30]
    assert look.sequence("two", "")["tracks"] == []


def test_a_run_alone_is_drawn_from_its_own_texts(run: Path, tmp_path: Path) -> None:
    """A run's folder that somebody sent: no records, hence no scores, no telemetry, and no frames."""
    sent = tmp_path / "sent" / "theirs"
    shutil.copytree(run, sent)
    shutil.rmtree(run.parents[1])
    look = Look([sent], None)
    found = look.sequence("one", "")
    assert "not where the run found them" in found["missing"]
    assert min(found["size"]) > 100
    assert [len(floats(one["boxes"])) for one in found["tracks"]] == [120, 120]
    assert [one["scores"] for one in found["tracks"]] == ["", ""]
    assert [one["panels"] for one in found["tracks"]] == [[], []]
    assert look.sequence("two", "")["remarks"] == ["siamfc: failed: KeyError: 3"]
    with pytest.raises(InputError, match="not where the run found them"):
        look.reel("one").file(0)


def test_frames_are_looked_for_where_all_commands_look(run: Path, tmp_path: Path, monkeypatch) -> None:
    videos = run.parents[1] / "videos"
    shutil.copytree(videos, tmp_path / "elsewhere")
    shutil.rmtree(videos)
    assert Look([run], None).sequence("one", "")["missing"]
    assert not Look([run], tmp_path / "elsewhere").sequence("one", "")["missing"]
    monkeypatch.setenv("ENGRAM_DATA", str(tmp_path / "elsewhere"))
    assert not Look([run], None).sequence("one", "")["missing"]


def test_another_video_of_the_same_name_is_not_shown(run: Path) -> None:
    file = run.parents[1] / "videos" / "one" / "groundtruth_rect.txt"
    file.write_text(file.read_text().replace("40.00,32.00", "41.00,32.00", 1))
    found = Look([run], None).sequence("one", "")
    assert "it is not the same video" in found["missing"]
    assert len(found["tracks"]) == 2
    assert Look([run], None).sequence("two", "")["missing"] == ""


def test_a_dataset_of_another_revision_is_not_shown(run: Path) -> None:
    change(run, lambda content: content["dataset"].update(revision="0"))
    assert "of revision 1 here, the run's of 0" in Look([run], None).sequence("one", "")["missing"]


def test_the_first_frames_of_a_video_are_the_same_video(make, tmp_path: Path) -> None:
    run = make(tmp_path, {"siamfc": 0.6}, ["one"], 30)
    facts, arrays = read_arrays(run / "ground_truth.npz")
    write_arrays(run / "ground_truth.npz", facts | {"lengths": [20]}, {name: one[:20] for name, one in arrays.items()})
    found = Look([run], None).sequence("one", "")
    assert (found["missing"], found["frames"]) == ("", 20)
    assert [one["rows"] for one in found["tracks"]] == [20]


def test_boxes_behind_the_end_of_a_sequence_are_left_out(run: Path) -> None:
    store = Results(run.parents[1])
    entry = Run.read(run).manifest["records"][0]
    record = store.find("folder", entry["tracker"], entry["key"], "one", 0, 0)
    more = np.tile([1.0, 2.0, 3.0, 4.0], (50, 1))
    store.keep(replace(record, boxes=more, scores=np.ones(50)))
    look = Look([run], None)
    assert [one["rows"] for one in look.sequence("one", "")["tracks"]] == [30, 30]
    assert [len(trail.boxes) for trail in look.scene("one", "", look.trackers)[0].trails] == [30, 30]


def test_without_ground_truth_boxes_are_shown_and_nothing_is_judged(run: Path) -> None:
    (run / "ground_truth.npz").unlink()
    look = Look([run], run.parents[1] / "videos")
    found = look.sequence("one", "")
    assert found["missing"] == ""
    np.testing.assert_allclose(floats(found["truth"])[:4], look.reel("one").annotation.boxes[0], atol=1e-3)
    (run.parents[1] / "videos" / "one" / "img" / "0002.jpg").unlink()
    alone = Look([run], None).sequence("one", "")
    assert np.isnan(floats(alone["truth"])).all()
    assert [(one["overlap"], one["segments"]) for one in alone["tracks"]] == [("", []), ("", [])]


def test_where_a_server_alone_knows_the_truth_nobody_is_said_to_track(run: Path) -> None:
    facts, arrays = read_arrays(run / "ground_truth.npz")
    arrays["valid"][:] = np.arange(60) % 30 == 0
    write_arrays(run / "ground_truth.npz", facts, arrays)
    found = Look([run], None).sequence("one", "")
    assert [one["segments"] for one in found["tracks"]] == [[], []]
    assert np.isfinite(floats(found["truth"])).sum() == 4


def repeated(run: Path) -> None:
    """Give memtrack a second repeat, shifted by five pixels."""
    store = Results(run.parents[1])
    for one in [r for r in Run.read(run).manifest["records"] if r["tracker"] == "memtrack"]:
        record = store.find("folder", "memtrack", one["key"], one["sequence"], 0, 0)
        store.keep(replace(record, repeat=1, boxes=record.boxes + [5, 0, 0, 0]))
        change(run, lambda content, one=one: content["records"].append(one | {"repeat": 1}))


def test_repeats_are_chosen(run: Path) -> None:
    repeated(run)
    look = Look([run], None)
    found = look.sequence("one", "")
    assert (found["attempt"], found["attempts"]) == ("repeat 1", ["repeat 1", "repeat 2"])
    second = look.sequence("one", "repeat 2")
    assert second["remarks"] == ["siamfc: no boxes are kept of repeat 2"]
    (own,) = second["tracks"]
    assert floats(own["boxes"])[0] - floats(found["tracks"][1]["boxes"])[0] == 5
    with pytest.raises(InputError, match=r"no attempt 'repeat 3'\. Did you mean"):
        look.sequence("one", "repeat 3")


def test_repeats_of_a_run_alone_are_read_from_their_own_texts(run: Path, tmp_path: Path) -> None:
    repeated(run)
    texts = run / "boxes" / "memtrack"
    (texts / "repeat-2").mkdir()
    (texts / "repeat-2" / "one.txt").write_text("1,1,10,10\n" * 30)
    shutil.copytree(run, tmp_path / "sent")
    (own,) = Look([tmp_path / "sent"], None).sequence("one", "repeat 2")["tracks"]
    assert floats(own["boxes"])[:4].tolist() == [0, 0, 10, 10]


def test_starts_of_another_protocol_are_attempts(run: Path) -> None:
    def begin_elsewhere(content: dict[str, Any]) -> None:
        for one in content["records"]:
            one["begun"] = "tre-01"

    change(run, begin_elsewhere)
    found = Look([run], None).sequence("one", "")
    assert found["attempts"] == ["tre-01"]
    assert len(found["tracks"]) == 2


def test_imported_results_are_looked_at_like_our_own(run: Path) -> None:
    truth = Run.read(run).truth.annotations["one"].boxes
    theirs = Trajectories("Their <Tracker>", "folder", "otb", "a file", {"one": Trajectory("one", truth + 1)})
    save_import(run.parents[1], theirs)
    scores = json.loads((run / "scores.json").read_text())
    imported = scores["trackers"][0] | {"name": "Their <Tracker> (imported)", "failed": {}}
    imported["sequences"] = {"one": imported["sequences"]["one"]}
    scores["trackers"].append(imported)
    (run / "scores.json").write_text(json.dumps(scores))
    found = Look([run], None).sequence("one", "")
    own = found["tracks"][2]
    np.testing.assert_allclose(floats(own["boxes"]).reshape(-1, 4), truth + 1, atol=1e-3)
    assert Look([run], None).sequence("two", "")["remarks"][-1] == "Their <Tracker> (imported): no boxes are kept"


def test_two_runs_stand_side_by_side(run: Path, make, tmp_path: Path) -> None:
    other = make(tmp_path / "other", {"siamfc": 0.9}, NAMES, 30, seed=3)
    shelf = Shelf(tmp_path, [str(run), str(other)], None)
    joined, *alone = shelf.lines()
    assert joined["id"] == f"{run.name} + {other.name}"
    assert [one["id"] for one in alone] == [run.name, other.name]
    assert joined["title"] == " + ".join(one["title"] for one in alone)
    look = shelf.look(joined["id"])
    assert look.trackers == ["siamfc", "memtrack", f"siamfc ({other.name})"]
    found = look.sequence("one", "")
    assert [one["tracker"] for one in found["tracks"]] == [0, 1, 2]
    assert found["tracks"][0]["boxes"] != found["tracks"][2]["boxes"]


def test_runs_that_do_not_go_together_are_looked_at_one_by_one(run: Path, make, tmp_path: Path) -> None:
    other = make(tmp_path / "other", {"siamfc": 0.9}, ["one"], 30)
    shelf = Shelf(tmp_path, [str(run), str(other)], None)
    assert [one["id"] for one in shelf.lines()] == [run.name, other.name]
    assert "coverage" in shelf.remark


def test_a_run_is_listed_by_its_name_however_it_was_chosen(run: Path) -> None:
    results = Results(run.parents[1])
    give_name(results, "before the fix", run.name)
    for chosen in ([], ["before the fix"], [str(run)]):
        [line] = Shelf(results.folder, chosen, None).lines()
        assert line["title"].startswith("before the fix, ")


def test_runs_of_one_name_on_several_datasets_are_told_apart(make, tmp_path: Path) -> None:
    first, second = (make(tmp_path, {"siamfc": 0.5}, ["one"], 30, pictures=False, seed=seed) for seed in range(2))
    manifest = json.loads((second / "manifest.json").read_text())
    manifest["dataset"]["name"] = "OTB100"
    (second / "manifest.json").write_text(json.dumps(manifest))
    give_name(Results(tmp_path), "mine", first.name, second.name)
    titles = {one["id"]: one["title"].partition(",")[0] for one in Shelf(tmp_path, [], None).lines()}
    assert titles == {first.name: "mine on folder", second.name: "mine on OTB100"}


def test_a_cause_is_told_with_the_frames_in_which_it_acts() -> None:
    from types import SimpleNamespace

    from benchmark.datasets.render.dataset import RenderedDataset
    from reports.viewer.footage import Footage

    demo = RenderedDataset.open("demo")
    run = SimpleNamespace(manifest={"dataset": {"name": "demo", "revision": demo.revision}}, truth=None)
    footage = Footage(run, None)
    name = next(one for one in demo.catalogue.entries if demo.cause(one) == "occlusion")
    assert footage.cause(name) == "occlusion"
    assert [(one["first"], one["last"]) for one in footage.causes(name)] == [
        (s.first, s.last) for s in demo.causes(name)
    ]
    assert footage.causes("no such sequence") == []
    run.manifest["dataset"]["revision"] = "of yesterday"
    assert Footage(run, None).cause(name) == ""
