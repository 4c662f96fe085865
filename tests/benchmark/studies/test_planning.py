from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchmark.engine.device import environment_class
from benchmark.engine.executors.local import Local
from benchmark.engine.run import Plan, execute, lay_out
from benchmark.store.results import Results
from benchmark.studies.cost import Cost
from benchmark.studies.costs import Costs, cost_key
from benchmark.studies.planning import Narrowing, Part, Planner, cast, check_data, choose_data, look_at, shared
from benchmark.studies.reading import parse_study
from trackers.errors import InputError

STUDY = parse_study('question = "?"\nbase = "cv2:kcf"\n[variants]\nb = "cv2:mil"\n', "mine", "mine.toml")


def laid(folder: Path, root: Path, **changes) -> Part:
    narrowing = Narrowing(root)
    data = look_at("folder", narrowing)
    study = replace(STUDY, **changes)
    environment = environment_class("cpu")
    planner = Planner(Results(folder), environment, Costs.read(folder), narrowing)
    return planner.part(study, cast(study), data)


def test_a_plan_counts_what_is_kept_and_what_is_left(picture_folder: Path, tmp_path: Path) -> None:
    store = Results(tmp_path / "results")
    part = laid(store.folder, picture_folder)
    assert [(row.tracker, row.trajectories, row.kept, row.frames, row.left) for row in part.rows] == [
        ("cv2:kcf", 9, 0, 72, 72), ("cv2:mil", 9, 0, 72, 72),
    ]  # fmt: skip
    assert part.rows[0].seconds_left is None
    selection = choose_data("folder", Narrowing(picture_folder))
    plan = Plan(cast(STUDY).specs[:1], selection, "cpu", repeats=2, jitter=0.5)
    list(execute(plan, lay_out(plan, store, environment_class("cpu")), store, Local("cpu")))
    again = laid(store.folder, picture_folder)
    assert [(row.kept, row.left) for row in again.rows] == [(6, 24), (0, 72)]
    assert laid(store.folder, picture_folder, jitter=0.25).rows[0].kept == 0
    assert sum(row.trajectories - row.kept for row in again.rows) == 12


def test_a_known_speed_says_how_long_the_rest_takes(picture_folder: Path, tmp_path: Path) -> None:
    store = Results(tmp_path / "results")
    kcf = cast(STUDY).specs[0]
    Costs.read(store.folder).learn({cost_key(kcf, environment_class("cpu")): Cost(0.5, 10, 0, 0, 0.0)})
    rows = laid(store.folder, picture_folder).rows
    assert [row.seconds_left for row in rows] == [36.0, None]
    (store.folder / "costs.json").write_text('{"schema": 1, "costs": {"a": {"seconds": "x"}}}')
    assert Costs.read(store.folder).known == {}


def test_nothing_is_rendered_to_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGRAM_CACHE", str(tmp_path / "cache"))
    narrowing = Narrowing(sequences=("plain-1", "blur-2"), limit_frames=100)
    data = look_at("demo-full", narrowing)
    assert (data.undrawn, data.drawn) == (("plain-1", "blur-2"), None)
    store = Results(tmp_path / "results")
    planner = Planner(store, environment_class("cpu"), Costs.read(tmp_path), narrowing)
    part = planner.part(STUDY, cast(STUDY), data)
    assert part.coverage == "demo-full, 2 of 72 sequences, first 100 frames"
    assert [(row.trajectories, row.frames, row.left) for row in part.rows] == [(6, 600, 600)] * 2
    assert not (tmp_path / "cache").exists()


def test_what_is_kept_of_a_set_that_is_rendered_in_part_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENGRAM_CACHE", str(tmp_path / "cache"))
    store, both = Results(tmp_path / "results"), Narrowing(sequences=("plain-1", "blur-1"), limit_frames=4)
    drawn = choose_data("demo", replace(both, sequences=("plain-1",)))
    plan = Plan(cast(STUDY).specs[:1], drawn, "cpu", repeats=3, jitter=0.5)
    list(execute(plan, lay_out(plan, store, environment_class("cpu")), store, Local("cpu")))
    planner = Planner(store, environment_class("cpu"), Costs.read(tmp_path), both)
    part = planner.part(STUDY, cast(STUDY), look_at("demo", both))
    assert (part.coverage, part.undrawn) == ("demo, 2 of 12 sequences, first 4 frames", 1)
    assert [(row.trajectories, row.kept, row.frames, row.left) for row in part.rows] == [(6, 3, 24, 12), (6, 0, 24, 24)]


def test_costs_that_two_processes_learn_are_both_kept(tmp_path: Path) -> None:
    one, other = Costs.read(tmp_path), Costs.read(tmp_path)
    one.learn({"a": Cost(0.5, 10), "b": Cost(0.5, 10)})
    other.learn({"b": Cost(0.25, 10)})
    assert Costs.read(tmp_path).known == {"a": Cost(0.5, 10), "b": Cost(0.25, 10)}


def test_what_is_wrong_with_data_is_told_before_any_is_read(picture_folder: Path) -> None:
    check_data(STUDY, Narrowing(picture_folder, sequences=("plain-1",)))
    with pytest.raises(InputError, match="no sequence 'plain-l'"):
        check_data(STUDY, Narrowing(picture_folder, sequences=("plain-l",)))
    with pytest.raises(InputError, match="OTB100: none of its 100 sequences is in"):
        check_data(replace(STUDY, datasets=("demo-full", "OTB100")), Narrowing(picture_folder))
    with pytest.raises(InputError, match="its server alone can score it"):
        check_data(replace(STUDY, datasets=("got10k/test",)), Narrowing(picture_folder))


def test_labels_that_behave_the_same_share_one_tracker() -> None:
    study = parse_study('question = "?"\nbase = "memtrack"\n[variants]\nm8 = "-m8"\nm4 = "-m4"\n', "x", "x.toml")
    actors = cast(study)
    assert [spec.name for spec in actors.specs] == ["memtrack", "memtrack-m4"]
    assert actors.by_label["m8"] is actors.by_label["base"]


def test_sequences_are_looked_for_in_every_dataset_of_a_study(picture_folder: Path) -> None:
    narrowing = Narrowing(picture_folder, sequences=("PLAIN-1", "first"))
    found = shared(("demo", "demo-full", "folder"), narrowing)
    assert {name: one.sequences for name, one in found.items()} == {
        "demo": ("PLAIN-1",), "demo-full": ("PLAIN-1",), "folder": ("first",),
    }  # fmt: skip
    assert list(shared(("demo", "folder"), Narrowing(picture_folder, sequences=("plain-1",)))) == ["demo"]
    with pytest.raises(InputError, match="none of demo, folder has a sequence 'plain-l'"):
        shared(("demo", "folder"), Narrowing(picture_folder, sequences=("plain-l",)))
    assert shared(("demo",), Narrowing(sequences=("nowhere",)))["demo"].sequences == ("nowhere",)
