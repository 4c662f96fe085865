from __future__ import annotations

import numpy as np
import pytest

from reports.memory import COLUMNS, memory_of

BOXES = np.tile([10.0, 10, 20, 20], (1000, 1))


def panels(telemetry: dict[str, np.ndarray]) -> dict[str, object]:
    found = memory_of("t", telemetry, 0, BOXES, [], None)
    return {} if found is None else {panel.title: panel for panel in found.panels}


def test_known_signals_have_their_panels_and_unknown_ones_their_names() -> None:
    found = panels({"read_weights": np.ones((50, 8)) / 8, "mine": np.arange(50.0), "decision_margin": np.zeros(50)})
    assert list(found) == ["Read weights, by slot", "mine"]
    assert found["mine"].low == 0
    assert found["mine"].high == 49
    assert found["Read weights, by slot"].values.shape == (8, 50)


def test_how_like_the_first_target_the_read_is_has_a_panel() -> None:
    found = panels({"read_cosine": np.linspace(1, 0.8, 50)})
    panel = found["Likeness of what is read to the first frame's target"]
    assert (panel.kind, panel.rows, panel.high) == ("lines", ("cosine",), 1)
    assert panel.low == pytest.approx(0.8)


def test_long_sequences_are_drawn_in_blocks() -> None:
    found = panels({"residual_mean": np.repeat([0.0, 1.0], 480), "decider": np.repeat([1.0, 2.0], 480)})
    assert found["Gates"].values.shape == (1, COLUMNS)
    assert found["Gates"].values.mean() == pytest.approx(0.5)
    assert set(found["Who decided"].values.ravel()) == {1.0, 2.0}


def test_empty_slots_are_unknown_and_not_shown() -> None:
    ages = np.array([[1.0, 0.0], [2.0, 1.0], [3.0, 2.0]])
    weights = np.array([[1.0, 0.0], [0.7, 0.3], [0.5, 0.5]])
    found = memory_of("t", {"slot_age": ages, "read_weights": weights}, 5, BOXES, [5, 6, 8], None)
    assert found is not None
    assert [(m.frame, [(s.label, s.frame, s.weight) for s in m.slots]) for m in found.moments] == [
        (6, [("1", 5, 1.0)]),
        (8, [("1", 5, 0.5), ("2", 6, 0.5)]),
    ]
    ages_panel = next(panel for panel in found.panels if panel.title == "Slot age, frames")
    assert np.isnan(ages_panel.values[1, 0])


def test_attention_is_kept_at_the_moments() -> None:
    maps = np.arange(12.0).reshape(3, 2, 2) + 1
    found = memory_of("t", {"attention_map": maps, "mine": np.zeros(3)}, 0, BOXES, [0, 2], None)
    assert found is not None
    (moment,) = found.moments
    assert moment.frame == 2
    np.testing.assert_allclose(moment.attention, maps[1] / 8)


def test_what_a_stranger_reports_under_known_names_is_drawn_as_far_as_it_can_be() -> None:
    odd = {
        "slot_age": np.array([1.0, 2.0, 3.0]), "read_weights": np.full((3, 2), np.nan), "peak": np.zeros((3, 2, 2)),
        "decider": np.array(["a", "b", "c"]), "attention_map": np.full((3, 2, 2), np.nan), "mine": np.arange(3.0),
    }  # fmt: skip
    found = memory_of("t", odd, 0, BOXES, [0, 1, 2], None)
    assert found is not None
    assert found.moments == ()
    assert {panel.title for panel in found.panels} == {"Read weights, by slot", "Slot age, frames", "mine"}
    ages = {"slot_age": np.array([[np.nan, 1.0]] * 3), "read_weights": np.array([[0.2, np.nan]] * 3)}
    found = memory_of("t", ages, 0, BOXES, [1], None)
    assert found is not None
    assert [(one.label, one.weight) for one in found.moments[0].slots] == [("2", None)]


def test_no_telemetry_is_no_memory() -> None:
    assert memory_of("t", {}, 0, BOXES, [], None) is None
    assert memory_of("t", {"a": np.zeros(3), "b": np.zeros(4)}, 0, BOXES, [], None) is None
    assert memory_of("t", {"decision_margin": np.zeros(3)}, 0, BOXES, [], None) is None
