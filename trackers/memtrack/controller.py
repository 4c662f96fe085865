"""The memory's controller: attention over the search region, an LSTM, and what it decides.

"Attention Scheme" and "LSTM Memory Controller" in the paper; step 2 in docs/memtrack.md.

``R`` rows are lanes times scales.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trackers.nets.pointwise import Pointwise

LAYER_NORM_EPS = 1e-12
DROPOUT = 0.2


class Attention(nn.Module):
    """Additive attention of the controller's hidden state over candidate windows."""

    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.features = Pointwise(channels, channels, bias=False)
        self.query = nn.Linear(hidden, channels)
        self.score = Pointwise(channels, 1, bias=False)

    def forward(self, windows: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Return the attended vector (R, C) and the map (R, P, P), summing to 1, over windows (R, C, P, P)."""
        scores = self.score(torch.tanh(self.features(windows) + self.query(hidden)[:, :, None, None]))
        weights = scores.flatten(1).softmax(1)
        attended = (windows.flatten(2) @ weights[:, :, None])[:, :, 0]
        return attended, weights.reshape(len(windows), *windows.shape[2:])


def plain_mean(windows: Tensor) -> tuple[Tensor, Tensor]:
    """Return what `Attention` returns, with the same weight for every window (the paper's NoAtt)."""
    rows, _, height, width = windows.shape
    return windows.mean((2, 3)), windows.new_full((rows, height, width), 1 / (height * width))


class LayerNormLSTM(nn.Module):
    """TensorFlow's LayerNormBasicLSTMCell: gates i, j, f, o and the new cell are layer-normalised.

    The carried cell is the normalised one. In training a fifth of the candidate is dropped.
    """

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__()
        self.kernel = nn.Linear(inputs + hidden, 4 * hidden, bias=False)
        self.gain = nn.Parameter(torch.ones(5, hidden))
        self.shift = nn.Parameter(torch.zeros(5, hidden))

    def forward(self, x: Tensor, cell: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Return the new cell and hidden state (R, H) from x (R, C) and the last ones."""
        size = cell.shape[1]
        gates = self.kernel(torch.cat([x, hidden], dim=1)).reshape(len(x), 4, size)
        gates = F.layer_norm(gates, (size,), eps=LAYER_NORM_EPS) * self.gain[:4] + self.shift[:4]
        enter, candidate, forget, leave = gates.unbind(1)
        # the forget bias of 1 is added after the normalisation
        kept = cell * torch.sigmoid(forget + 1)
        cell = kept + torch.sigmoid(enter) * F.dropout(torch.tanh(candidate), DROPOUT, self.training)
        cell = F.layer_norm(cell, (size,), self.gain[4], self.shift[4], LAYER_NORM_EPS)
        return cell, torch.tanh(cell) * torch.sigmoid(leave)


@dataclass(frozen=True)
class Controls:
    """What the controller decides, (R, ...)."""

    key: Tensor
    """(R, C) what to look for in the memory."""
    strength: Tensor
    """(R, 1) > 0, how sharply the most similar slot is preferred."""
    gates: Tensor
    """(R, 3), summing to 1: leave the memory alone, refresh the slots just read, allocate the least used one."""
    decay: Tensor
    """(R, 1) in (0, 1), how much of a refreshed slot is replaced."""
    residual: Tensor
    """(R, C) in (0, 1), how much of what was read is added to the first template."""


class Controller(nn.Module):
    """From candidate windows and the last state to the new state and the controls."""

    def __init__(self, channels: int, hidden: int, *, attend: bool) -> None:
        super().__init__()
        self.attend = attend
        self.attention = Attention(channels, hidden)
        self.lstm = LayerNormLSTM(channels, hidden)
        self.first_cell = nn.Linear(channels, hidden)
        self.first_hidden = nn.Linear(channels, hidden)
        self.key = nn.Linear(hidden, channels)
        self.strength = nn.Linear(hidden, 1)
        self.gates = nn.Linear(hidden, 3)
        self.decay = nn.Linear(hidden, 1)
        self.residual = nn.Linear(hidden, channels)

    def begin(self, template: Tensor) -> tuple[Tensor, Tensor]:
        """Return the first cell and hidden state (R, H) for templates (R, C, h, w)."""
        mean = template.mean((2, 3))
        return torch.tanh(self.first_cell(mean)), torch.tanh(self.first_hidden(mean))

    def look(self, windows: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Return the LSTM's input (R, C) and the attention map (R, P, P) for windows (R, C, P, P)."""
        return self.attention(windows, hidden) if self.attend else plain_mean(windows)

    def controls(self, hidden: Tensor) -> Controls:
        """Return the control signals of hidden states (R, H)."""
        return Controls(
            key=self.key(hidden),
            strength=F.softplus(self.strength(hidden)),
            gates=self.gates(hidden).softmax(1),
            decay=torch.sigmoid(self.decay(hidden)),
            residual=torch.sigmoid(self.residual(hidden)),
        )
