"""Attention, LSTM and control signals against values worked out by hand."""

from __future__ import annotations

from math import e, exp, log, sqrt, tanh

import pytest
import torch
from torch import Tensor, nn, tensor

from trackers.memtrack.controller import Attention, Controller, LayerNormLSTM, plain_mean


def sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x))


def close(actual: Tensor, expected: object) -> None:
    torch.testing.assert_close(actual.detach(), torch.as_tensor(expected, dtype=actual.dtype), atol=1e-6, rtol=1e-6)


def put(layer: nn.Module, weight: list[list[float]], bias: list[float] | None = None) -> None:
    assert isinstance(layer, nn.Linear | nn.Conv2d)
    layer.weight.data = tensor(weight).reshape(layer.weight.shape)
    if bias is not None:
        layer.bias.data = tensor(bias)


def test_attention_by_hand() -> None:
    attention = Attention(channels=2, hidden=1)
    put(attention.features, [[1.0, 0.0], [0.0, 2.0]])
    put(attention.query, [[1.0], [0.0]], [0.0, -1.0])
    put(attention.score, [[1.0, 3.0]])
    windows = tensor([[[[0.5, 1.0]], [[0.5, 0.0]]]])  # two windows: (.5, .5) and (1, 0)
    attended, weights = attention(windows, tensor([[0.25]]))
    scores = [tanh(0.5 + 0.25) + 3 * tanh(1.0 - 1.0), tanh(1.0 + 0.25) + 3 * tanh(0.0 - 1.0)]
    share = exp(scores[0]) / (exp(scores[0]) + exp(scores[1]))
    close(weights, [[[share, 1 - share]]])
    close(attended, [[share * 0.5 + (1 - share) * 1.0, share * 0.5]])


def test_without_attention_every_window_counts_the_same() -> None:
    attended, weights = plain_mean(tensor([[[[1.0, 2.0], [3.0, 6.0]]]]))
    close(attended, [[3.0]])
    close(weights, [[[0.25, 0.25], [0.25, 0.25]]])


def test_attention_has_the_authors_biases() -> None:
    attention = Attention(3, 5)
    assert attention.features.bias is None
    assert attention.score.bias is None
    assert attention.query.bias is not None


def two_unit_lstm() -> LayerNormLSTM:
    """Two units, one input; every gate's pre-activations are (x, 0) times a sign of its own."""
    lstm = LayerNormLSTM(1, 2)
    kernel = torch.zeros(8, 3)
    for gate, sign in enumerate((1.0, 1.0, -1.0, -1.0)):  # i, j, f, o
        kernel[2 * gate, 0] = sign
    lstm.kernel.weight.data = kernel
    return lstm.eval()


def test_lstm_by_hand() -> None:
    # (x, 0) is normalised to (1, -1) for any x > 0: i = j = (1, -1), f = o = (-1, 1)
    cell, hidden = two_unit_lstm()(tensor([[3.0]]), tensor([[0.5, -0.25]]), torch.zeros(1, 2))
    raw = [
        0.5 * sigmoid(-1 + 1) + sigmoid(1.0) * tanh(1.0),
        -0.25 * sigmoid(1 + 1) + sigmoid(-1.0) * tanh(-1.0),
    ]
    assert raw[0] > raw[1]  # so that the new cell is normalised to (1, -1) too
    close(cell, [[1.0, -1.0]])
    close(hidden, [[tanh(1.0) * sigmoid(-1.0), tanh(-1.0) * sigmoid(1.0)]])


def test_lstm_scales_and_shifts_after_normalising() -> None:
    lstm = two_unit_lstm()
    lstm.gain.data = tensor([[0.0, 0.0], [1.0, 1.0], [0.0, 0.0], [0.0, 0.0], [2.0, 2.0]])
    lstm.shift.data = tensor([[0.0, 0.0], [0.0, 1.0], [0.0, 0.0], [0.0, 0.0], [0.5, 0.5]])
    cell, hidden = lstm(tensor([[3.0]]), torch.zeros(1, 2), torch.zeros(1, 2))
    # gates i and o are even; the candidate is tanh of (1, -1 + 1); normalised (1, -1), doubled and shifted by a half
    close(cell, [[2.5, -1.5]])
    close(hidden, [[tanh(2.5) * 0.5, tanh(-1.5) * 0.5]])


def test_three_units_are_normalised_by_their_standard_deviation() -> None:
    lstm = LayerNormLSTM(1, 3).eval()
    lstm.kernel.weight.data = torch.zeros(12, 4)
    lstm.kernel.weight.data[3:6, 0] = tensor([1.0, 2.0, 6.0])  # the candidate: mean 3, variance 14/3
    lstm.gain.data[[0, 2, 3]] = 0
    lstm.gain.data[4] = 0
    lstm.shift.data[4] = tensor([7.0, 8.0, 9.0])
    cell, _ = lstm(tensor([[1.0]]), torch.zeros(1, 3), torch.zeros(1, 3))
    close(cell, [[7.0, 8.0, 9.0]])  # a gain of 0 leaves the shift alone
    lstm.gain.data[4] = 1
    lstm.shift.data[4] = 0
    cell, _ = lstm(tensor([[1.0]]), torch.zeros(1, 3), torch.zeros(1, 3))
    raw = [0.5 * tanh(x / sqrt(14 / 3)) for x in (-2.0, -1.0, 3.0)]
    mean = sum(raw) / 3
    spread = sqrt(sum((r - mean) ** 2 for r in raw) / 3)
    close(cell, [[(r - mean) / spread for r in raw]])


def test_only_the_candidate_is_dropped_and_only_in_training() -> None:
    torch.manual_seed(0)
    lstm = LayerNormLSTM(1, 512)
    x, cell = torch.ones(1, 1), torch.zeros(1, 512)
    lstm.kernel.weight.data[:, 0] += 0.1
    assert torch.equal(lstm.eval()(x, cell, cell)[0], lstm(x, cell, cell)[0])
    lstm.gain.data[4] = 1
    dropped = lstm.train()(x, cell, cell)[0]
    # with an empty cell, a dropped candidate leaves the same value everywhere: minus the mean
    values, counts = dropped.round(decimals=4).unique(return_counts=True)
    assert 60 < counts.max() < 150  # about a fifth of 512
    assert len(values) > 200


def hand_controller() -> Controller:
    controller = Controller(channels=1, hidden=1, attend=True)
    put(controller.first_cell, [[2.0]], [0.1])
    put(controller.first_hidden, [[-1.0]], [0.0])
    put(controller.key, [[3.0]], [1.0])
    put(controller.strength, [[2.0]], [1.0])
    put(controller.gates, [[1.0], [0.0], [-1.0]], [0.0, 0.0, 1.0])
    put(controller.decay, [[-2.0]], [0.0])
    put(controller.residual, [[1.0]], [-2.0])
    return controller


def test_first_state_is_made_from_the_templates_mean() -> None:
    cell, hidden = hand_controller().begin(tensor([[[[0.0, 1.0], [2.0, 3.0]]]]))  # mean 1.5
    close(cell, [[tanh(3.1)]])
    close(hidden, [[tanh(-1.5)]])


def test_control_signals_by_hand() -> None:
    controls = hand_controller().controls(tensor([[0.5]]))
    close(controls.key, [[2.5]])
    close(controls.strength, [[log(1 + e**2)]])
    powers = [exp(0.5), 1.0, exp(0.5)]
    close(controls.gates, [[p / sum(powers) for p in powers]])
    close(controls.decay, [[sigmoid(-1.0)]])
    close(controls.residual, [[sigmoid(-1.5)]])


@pytest.mark.parametrize("attend", [True, False])
def test_controller_looks_as_told(attend: bool) -> None:
    controller = Controller(2, 3, attend=attend)
    windows, hidden = torch.randn(4, 2, 5, 5), torch.randn(4, 3)
    attended, weights = controller.look(windows, hidden)
    even = torch.allclose(weights, torch.full_like(weights, 1 / 25))
    assert even is not attend
    torch.testing.assert_close(attended, (windows * weights[:, None]).sum((2, 3)))
