"""The batched network against a slow one written out in loops: one lane, one scale, one slot, one cell at a time."""

from __future__ import annotations

import math
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch

from trackers.memtrack.config import PAPER, VARIANTS, MemTrackConfig
from trackers.memtrack.network import MemoryNet

SMALL = {"channels": 5, "template_cells": 2, "hidden": 6}
LANES, SCALES, SEARCH, STEPS = 2, 3, 4, 50
CLOSE = {"atol": 1e-5, "rtol": 1e-5}
QUIRKS = {name: PAPER[name] for name in ("empty_slots_read", "control_per_scale")}


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def softmax(values: list[float]) -> list[float]:
    powers = [math.exp(value - max(values)) for value in values]
    return [power / sum(powers) for power in powers]


@cache
def table(layer: torch.nn.Module) -> tuple[list[list[float]], list[float]]:
    weight = layer.weight.detach().reshape(layer.weight.shape[0], -1).tolist()
    return weight, [0.0] * len(weight) if layer.bias is None else layer.bias.tolist()


def dense(layer: torch.nn.Module, x: list[float]) -> list[float]:
    weight, bias = table(layer)
    return [sum(w * value for w, value in zip(row, x, strict=True)) + b for row, b in zip(weight, bias, strict=True)]


def normalise(values: list[float], gain: list[float], shift: list[float]) -> list[float]:
    mean = sum(values) / len(values)
    variance = sum((value - mean) ** 2 for value in values) / len(values)
    return [(v - mean) / math.sqrt(variance + 1e-12) * g + s for v, g, s in zip(values, gain, shift, strict=True)]


def mean_over(feature: np.ndarray, row: int, column: int, cells: int) -> list[float]:
    """The mean vector of the window whose top-left cell is (row, column)."""
    return [
        sum(feature[c, row + i, column + j] for i in range(cells) for j in range(cells)) / cells**2
        for c in range(feature.shape[0])
    ]


@dataclass
class Copy:
    """All that one scale of one lane remembers, as in the authors' code."""

    first: np.ndarray
    slots: list[np.ndarray]
    written: list[float]
    cell: list[float]
    hidden: list[float]
    usage: list[float]
    write_weight: list[float]
    gates: list[float]
    decay: float
    rivals: list[np.ndarray]
    """MemDTC's second memory: templates of what resembled the target."""
    rival_usage: list[float]
    places: list[int]
    """The slots that the next step writes what was found into."""
    found: list[np.ndarray]


class Plain:
    """The paper's step, read off in its order; where there is a second memory, MemDTC's."""

    def __init__(self, net: MemoryNet, config: MemTrackConfig) -> None:
        self.net, self.config = net, config

    def begin(self, template: np.ndarray) -> Copy:
        config, controller = self.config, self.net.controller
        mean = mean_over(template, 0, 0, config.template_cells)
        one = [1.0] + [0.0] * (config.slots - 1)
        return Copy(
            first=template,
            slots=[np.zeros_like(template) for _ in range(config.slots)],
            written=[0.0] * config.slots,
            cell=[math.tanh(x) for x in dense(controller.first_cell, mean)],
            hidden=[math.tanh(x) for x in dense(controller.first_hidden, mean)],
            usage=list(one),
            write_weight=list(one),
            gates=[0.0, 0.0, 1.0],
            decay=0.0,
            rivals=[np.zeros_like(template) for _ in range(config.distractor_slots)],
            rival_usage=[0.0] * config.distractor_slots,
            places=[],
            found=[],
        )

    def attend(self, search: np.ndarray, hidden: list[float]) -> list[float]:
        attention, cells = self.net.controller.attention, self.config.template_cells
        side = search.shape[1] - cells + 1
        windows = [mean_over(search, row, column, cells) for row in range(side) for column in range(side)]
        if self.config.attention:
            query = dense(attention.query, hidden)
            energies = []
            for window in windows:
                inner = [math.tanh(f + q) for f, q in zip(dense(attention.features, window), query, strict=True)]
                energies.append(dense(attention.score, inner)[0])
            shares = softmax(energies)
        else:
            shares = [1 / len(windows)] * len(windows)
        return [sum(s * w[c] for s, w in zip(shares, windows, strict=True)) for c in range(self.config.channels)]

    def lstm(self, x: list[float], cell: list[float], hidden: list[float]) -> tuple[list[float], list[float]]:
        layer, size = self.net.controller.lstm, self.config.hidden
        flat = dense(layer.kernel, x + hidden)
        gain, shift = layer.gain.tolist(), layer.shift.tolist()
        i, j, f, o = (normalise(flat[g * size : (g + 1) * size], gain[g], shift[g]) for g in range(4))
        new = [c * sigmoid(fk + 1) + sigmoid(ik) * math.tanh(jk) for c, fk, ik, jk in zip(cell, f, i, j, strict=True)]
        new = normalise(new, gain[4], shift[4])
        return new, [math.tanh(c) * sigmoid(ok) for c, ok in zip(new, o, strict=True)]

    def write(self, copy: Copy, newest: np.ndarray) -> None:
        if self.config.memory == "queue":
            copy.slots = [newest, *copy.slots[:-1]]
            copy.written = [1.0, *copy.written[:-1]]
            return
        erased = copy.decay * copy.gates[1] + copy.gates[2]
        for j in range(self.config.slots):
            q = copy.write_weight[j] * erased
            copy.slots[j] = copy.slots[j] * (1 - q) + q * newest
            copy.written[j] = copy.written[j] * (1 - q) + q

    def cosine(self, key: list[float], slot: np.ndarray) -> float:
        mean = mean_over(slot, 0, 0, self.config.template_cells)
        norms = [math.sqrt(sum(x * x for x in vector) + 1e-6) for vector in (key, mean)]
        return sum(k * m for k, m in zip(key, mean, strict=True)) / (norms[0] * norms[1] + 1e-6)

    def read(self, copy: Copy, key: list[float], strength: float) -> list[float]:
        config = self.config
        weights = softmax([0.0 if config.memory == "queue" else self.cosine(key, s) * strength for s in copy.slots])
        if not config.empty_slots_read:
            mass = [w * o for w, o in zip(weights, copy.written, strict=True)]
            weights = [m / sum(mass) for m in mass]
        if config.read == "hard":
            weights = [float(j == weights.index(max(weights))) for j in range(config.slots)]
        return weights

    def cancel(self, copy: Copy, template: np.ndarray) -> np.ndarray:
        """Write what was found last, read it, and take of the template what it shares with that."""
        layers, config = self.net.cancelling, self.config
        for place, found in zip(copy.places, copy.found, strict=True):
            copy.rivals[place] = found
        key, strength = dense(layers.key, copy.hidden), math.log1p(math.exp(dense(layers.strength, copy.hidden)[0]))
        weights = softmax([strength * self.cosine(key, slot) for slot in copy.rivals])
        rival = sum(weight * slot for weight, slot in zip(weights, copy.rivals, strict=True))
        inner = np.zeros_like(template)
        for row in range(config.template_cells):
            for column in range(config.template_cells):
                own, other = template[:, row, column].tolist(), rival[:, row, column].tolist()
                both = zip(dense(layers.target, own), dense(layers.distractor, other), strict=True)
                inner[:, row, column] = [math.tanh(a + b) for a, b in both]
        gate = [sigmoid(x) for x in dense(layers.gate, inner.flatten().tolist())]
        order = sorted(range(config.distractor_slots), key=lambda j: (copy.rival_usage[j], j))
        copy.places = order[: config.distractor_writes]
        usage = zip(copy.rival_usage, weights, strict=True)
        copy.rival_usage = [0.99 * u + float(j in copy.places) + w for j, (u, w) in enumerate(usage)]
        return template - np.array(gate)[:, None, None] * rival

    def resembling(self, response: np.ndarray, search: np.ndarray) -> list[np.ndarray]:
        """What answers nearly as the highest cell does and lies beyond the distance; zeros where there is no more."""
        config, cells = self.config, self.config.template_cells
        peak = np.unravel_index(response.argmax(), response.shape)
        beyond = [at for at in np.ndindex(response.shape) if math.dist(at, peak) > config.distractor_distance]
        windows = []
        for row, column in sorted(beyond, key=lambda at: -response[at])[: config.distractor_writes]:
            window = search[:, row : row + cells, column : column + cells]
            alike = response[row, column] > config.distractor_ratio * response[peak]
            windows.append(window if alike else np.zeros_like(window))
        return windows

    def step(self, copy: Copy, newest: np.ndarray, search: np.ndarray, seen: np.ndarray) -> np.ndarray:
        config, controller = self.config, self.net.controller
        self.write(copy, newest)
        copy.cell, copy.hidden = self.lstm(self.attend(seen, copy.hidden), copy.cell, copy.hidden)
        h = copy.hidden
        key, strength = dense(controller.key, h), math.log1p(math.exp(dense(controller.strength, h)[0]))
        gates, decay = softmax(dense(controller.gates, h)), sigmoid(dense(controller.decay, h)[0])
        residual = [sigmoid(x) for x in dense(controller.residual, h)]
        weights = self.read(copy, key, strength)
        template = copy.first.copy()
        for j, weight in enumerate(weights):
            whole = 1.0 if config.empty_slots_read else max(copy.written[j], 1e-6)
            for c in range(config.channels):
                gate = residual[c] if config.residual_gate else 1.0
                template[c] += gate * weight * copy.slots[j][c] / whole
        least = copy.usage.index(min(copy.usage))
        copy.write_weight = [gates[1] * w + gates[2] * float(j == least) for j, w in enumerate(weights)]
        copy.usage = [0.99 * u + w + r for u, w, r in zip(copy.usage, copy.write_weight, weights, strict=True)]
        copy.gates, copy.decay = gates, decay
        if config.distractor_slots:
            template = self.cancel(copy, template)
        cells = config.template_cells
        side = search.shape[1] - cells + 1
        response = np.zeros((side, side))
        for row in range(side):
            for column in range(side):
                response[row, column] = (search[:, row : row + cells, column : column + cells] * template).sum()
        if config.distractor_slots:
            copy.found = self.resembling(response, search)
        return response


def random_net(config: MemTrackConfig, dtype: torch.dtype) -> MemoryNet:
    generator = torch.Generator().manual_seed(5)
    net = MemoryNet(config).to(dtype).eval()
    for parameter in net.parameters():
        parameter.data.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64) * 0.6)
    return net


CASES: dict[str, dict[str, Any]] = {"default": {}, **{name: dict(delta) for name, delta in VARIANTS.items()}}
CASES["dtc"] = {"distractor_slots": 4, "distractor_distance": 1.0, "distractor_ratio": 0.2}
"""Of so few cells none is four away from the highest, as MemDTC asks."""


@pytest.mark.parametrize("quirks", [{}, QUIRKS], ids=["compact", "paper"])
@pytest.mark.parametrize("variant", CASES)
def test_batched_network_equals_loops_over_fifty_steps(variant: str, quirks: dict[str, Any]) -> None:
    config = replace(MemTrackConfig(**SMALL), **{"slots": 3, **CASES[variant], **quirks})
    rng = np.random.default_rng(8)
    net = random_net(config, torch.float32)
    plain = Plain(net, config)
    shape = (config.channels, config.template_cells, config.template_cells)
    first = rng.normal(size=(LANES, *shape)) * 0.4
    carried = net.begin(torch.tensor(first, dtype=torch.float32))
    copies = [[plain.begin(first[lane]) for _ in range(SCALES)] for lane in range(LANES)]
    newest, resembled = first, 0
    for _ in range(STEPS):
        search = rng.normal(size=(LANES, SCALES, config.channels, SEARCH, SEARCH)) * 0.4
        with torch.no_grad():
            outcome = net.step(
                carried, torch.tensor(newest, dtype=torch.float32), torch.tensor(search, dtype=torch.float32)
            )
        chosen = rng.integers(SCALES, size=LANES)
        for lane in range(LANES):
            for scale in range(SCALES):
                seen = search[lane, scale if config.control_per_scale else SCALES // 2]
                response = plain.step(copies[lane][scale], newest[lane], search[lane, scale], seen)
                np.testing.assert_allclose(outcome.response[lane, scale].numpy(), response, **CLOSE)
            kept, found = copies[lane][chosen[lane]], [copy.found for copy in copies[lane]]
            copies[lane] = [deepcopy(kept) for _ in range(SCALES)]
            if config.control_per_scale:  # each scale writes next what it has found itself
                for copy, own in zip(copies[lane], found, strict=True):
                    copy.found = own
            resembled += sum(bool(one.any()) for one in kept.found)
        carried = outcome.carried(torch.tensor(chosen))
        for lane in range(LANES):
            kept = copies[lane][0]
            for name in ("cell", "hidden", "usage", "write_weight", "gates"):
                np.testing.assert_allclose(getattr(carried, name)[lane].numpy(), getattr(kept, name), **CLOSE)
            np.testing.assert_allclose(carried.memory.slots[lane].numpy(), np.stack(kept.slots), **CLOSE)
            np.testing.assert_allclose(carried.memory.occupancy[lane].numpy(), kept.written, **CLOSE)
            if config.distractor_slots:
                second = carried.distractors
                np.testing.assert_allclose(second.slots[lane].numpy(), np.stack(kept.rivals), **CLOSE)
                np.testing.assert_allclose(second.usage[lane].numpy(), kept.rival_usage, **CLOSE)
                found = [copy.found for copy in copies[lane]][: second.templates.shape[1]]
                np.testing.assert_allclose(second.templates[lane].numpy(), np.array(found), **CLOSE)
        newest = rng.normal(size=(LANES, *shape)) * 0.4
    assert bool(resembled) == bool(config.distractor_slots)
