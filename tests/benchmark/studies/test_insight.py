from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmark.datasets.sequence import Annotation
from benchmark.store.record import Record
from benchmark.studies import insight
from benchmark.studies.insight import Episode, episodes_of, insights
from trackers.registry import find_family

FRAMES = 60
TRUE = np.tile([50.0, 40.0, 20.0, 20.0], (FRAMES, 1))


def episode(telemetry: dict, lost: slice | None = None, hidden: slice | None = None) -> Episode:
    boxes, away = TRUE.copy(), None
    if lost is not None:
        boxes[lost, :2] += 100
    if hidden is not None:
        away = np.zeros(FRAMES, bool)
        away[hidden] = True
    arrays = {name: np.asarray(values, np.float32) for name, values in telemetry.items()}
    return Episode(boxes, TRUE, np.ones(FRAMES, bool), arrays, away)


def shares(even: slice) -> np.ndarray:
    """Read weights of four slots: one slot alone, all four alike in some frames."""
    weights = np.zeros((FRAMES, 4))
    weights[:, 0] = 1
    weights[even] = 0.25
    return weights


def test_entropy_that_rises_before_a_loss_is_found() -> None:
    rising = episode({"read_weights": shares(slice(20, 30))}, lost=slice(30, 45))
    assert insight.entropy_before_loss(rising) == pytest.approx(1.0, abs=1e-6)
    flat = episode({"read_weights": shares(slice(0, FRAMES))}, lost=slice(30, 45))
    assert insight.entropy_before_loss(flat) == pytest.approx(0.0, abs=1e-6)
    assert insight.entropy_before_loss(episode({"read_weights": shares(slice(0, 1))})) is None, "nothing was lost"
    assert insight.entropy_before_loss(episode({"peak": np.ones(FRAMES)}, lost=slice(30, 45))) is None
    short = episode({"read_weights": shares(slice(20, 30))}, lost=slice(30, 33))
    assert insight.entropy_before_loss(short) is None, "three frames are no loss"


def test_age_of_what_is_read_when_the_target_comes_back() -> None:
    ages = np.column_stack([np.full(FRAMES, 30.0), np.full(FRAMES, 2.0), np.full(FRAMES, -1.0)])
    mass = np.column_stack([np.full(FRAMES, 0.5), np.full(FRAMES, 0.5), np.zeros(FRAMES)])
    mass[40:45] = [0.75, 0.25, 0]
    one = episode({"read_age": ages, "read_mass": mass}, hidden=slice(30, 40))
    assert insight.age_at_return(one) == pytest.approx(0.75 * 30 + 0.25 * 2)
    assert insight.age_at_return(episode({"read_age": ages, "read_mass": mass})) is None
    by_overlap = episode({"read_age": ages, "read_mass": mass}, lost=slice(30, 40))
    assert (insight.age_at_return(by_overlap), by_overlap.told_by) == (pytest.approx(23.0), "overlap")


def test_gates_that_shut_while_the_target_is_hidden() -> None:
    gates = np.tile([0.2, 0.5, 0.3], (FRAMES, 1))
    gates[30:40] = [0.9, 0.05, 0.05]
    assert insight.writing_while_hidden(episode({"write_gates": gates}, hidden=slice(30, 40))) == pytest.approx(-0.7)
    stored = np.ones(FRAMES)
    stored[30:40] = 0
    both = {"long_stored": stored, "short_stored": np.ones(FRAMES)}
    assert insight.writing_while_hidden(episode(both, hidden=slice(30, 40))) == pytest.approx(-0.5)


def test_the_worse_branch_is_counted_where_they_clearly_differ() -> None:
    good, bad = TRUE.copy(), TRUE + [8.0, 0, 0, 0]
    decider = np.full(FRAMES, 2.0)  # the long branch
    decider[:15] = 1
    told = {"long_box": bad, "short_box": good, "decider": decider}
    assert insight.wrong_branch(episode(told)) == pytest.approx(0.75)
    assert insight.wrong_branch(episode(told | {"long_box": good})) is None


def test_drift_is_the_fall_of_the_cosine() -> None:
    assert insight.content_drift(episode({"read_cosine": np.linspace(1, 0.4, FRAMES)})) == pytest.approx(
        -0.457, abs=0.01
    )


def test_a_number_is_over_sequences_each_the_mean_of_its_repeats() -> None:
    told = {"long_box": TRUE + [8.0, 0, 0, 0], "short_box": TRUE}
    one = [episode(told | {"decider": np.full(FRAMES, value)}) for value in (1.0, 2.0)]
    other = [episode(told | {"decider": np.full(FRAMES, 2.0)})]
    (found,) = insights("both", {"a": one, "b": other})
    assert found.by_sequence == {"a": 0.5, "b": 1.0}
    assert (found.value, found.sequences, found.tracker) == (0.75, 2, "both")
    assert found.interval.low < 0.75 < found.interval.high == 1, "no share is larger, however few the sequences are"


def test_episodes_begin_with_the_frame_after_the_first_and_need_telemetry() -> None:
    video = Annotation("a", np.arange(4.0 * 10).reshape(10, 4), np.arange(10) != 7)
    boxes = np.ones((6, 4))
    record = Record("k", "demo", "t", "a", 4, 0, "done", boxes, np.ones(6))
    hidden = {"a": np.arange(10) >= 8}
    told = {"slot_age": np.arange(10.0).reshape(5, 2), "attention_map": np.ones((5, 3, 3))}
    (one,) = episodes_of([record], {"a": video}, hidden, lambda _: told)["a"]
    np.testing.assert_array_equal(one.truth, video.boxes[5:])
    np.testing.assert_array_equal(one.valid, [True, True, False, True, True])
    np.testing.assert_array_equal(one.hidden, [False, False, False, True, True])
    assert set(one.telemetry) == {"slot_age"}
    assert one.away.shape == one.overlap.shape == (5,)
    assert episodes_of([record], {"a": video}, {}, lambda _: told)["a"][0].hidden is None
    assert episodes_of([record], {"a": video}, hidden, lambda _: None) == {}
    assert episodes_of([replace(record, status="failed")], {"a": video}, hidden, lambda _: told) == {}


def test_a_run_that_goes_back_is_held_against_the_frames_it_saw() -> None:
    video = Annotation("a", np.arange(4.0 * 10).reshape(10, 4), np.arange(10) != 2)
    rows = video.boxes[4::-1]
    record = Record("k", "demo", "t", "a", 4, 0, "done", rows, np.ones(5), begun="backward-00000004")
    told = {"read_cosine": np.linspace(1, 0, 4)}
    (one,) = episodes_of([record], {"a": video}, {"a": np.arange(10) == 3}, lambda _: told)["a"]
    np.testing.assert_array_equal(one.boxes, one.truth)
    np.testing.assert_array_equal(one.valid, [True, False, True, True])
    np.testing.assert_array_equal(one.hidden, [True, False, False, False])


def test_all_that_is_looked_at_is_reported_by_a_tracker_that_ships() -> None:
    told = {signal.name for name in ("memtrack", "dualmn") for signal in find_family(name).cls.signals}
    assert told >= insight.SHAPES.keys()
    assert "read_cosine" in {signal.name for signal in find_family("memtrack").cls.signals}


STRANGE: tuple[dict, ...] = (
    {"read_cosine": np.full(FRAMES, np.nan)},
    {"read_cosine": np.full(FRAMES, "high")},
    {"read_cosine": np.ones((FRAMES, 3))},
    {"write_gates": np.full((FRAMES, 3), np.nan)},
    {"write_gates": np.ones(FRAMES)},
    {"write_gates": np.ones((FRAMES, 0))},
    {"write_gates": np.where(np.arange(FRAMES) // 10 == 2, 7.0, 0.0)[:, None]},
    {"long_stored": np.full(FRAMES, np.inf)},
    {"read_weights": np.full((FRAMES, 4), np.nan)},
    {"read_weights": np.full((FRAMES, 4), np.inf)},
    {"read_weights": np.full((FRAMES, 4), -1)},
    {"read_weights": np.ones((FRAMES, 2, 2))},
    {"read_weights": np.ones((FRAMES, 1)), "slot_age": np.ones((FRAMES, 3))},
    {"read_mass": np.ones((FRAMES, 1)), "read_age": np.full((FRAMES, 1), np.inf)},
    {"long_box": TRUE[:, :3], "short_box": TRUE, "decider": np.ones(FRAMES)},
    {"long_box": TRUE, "short_box": TRUE + 9, "decider": np.ones((FRAMES, 2))},
)
"""What another tracker may report under a name that is looked at."""


@pytest.mark.parametrize("telemetry", STRANGE)
def test_what_is_no_such_signal_is_not_looked_at(telemetry: dict) -> None:
    video, boxes = Annotation("a", TRUE, np.ones(FRAMES, bool)), TRUE.copy()
    boxes[20:30, :2] += 100
    record = Record("k", "demo", "t", "a", 0, 0, "done", boxes, np.ones(FRAMES))
    told = {name: values[1:] for name, values in telemetry.items()}
    assert list(insights("x", episodes_of([record], {"a": video}, {}, lambda _: told))) == []
