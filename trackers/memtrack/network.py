"""MemTrack's network: features, controller and memory joined into one differentiable step.

A clip is followed by `MemTrackNet.begin` and then one `step` a frame; `Outcome.carried` gives what goes on. The
network holds no state of its own, so that training can unroll it and tracking can keep many lanes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trackers.memtrack.config import MemTrackConfig
from trackers.memtrack.controller import Controller, Controls
from trackers.memtrack.distractors import Cancelling, Distractors, find_distractors, least_used, no_distractors
from trackers.memtrack.distractors import written as written_distractors
from trackers.memtrack.memory import (
    Memory,
    allocation,
    empty_memory,
    enqueue,
    read_weights,
    retrieve,
    similarity,
    write,
    write_amount,
)
from trackers.nets.alexnet import AlexNet
from trackers.nets.correlation import correlate
from trackers.nets.lanes import see_lanes
from trackers.nets.lite_features import LiteFeatures
from trackers.nets.pointwise import Pointwise


@dataclass(frozen=True)
class Carried:
    """What B lanes carry from frame to frame."""

    first: Tensor
    """(B, C, h, w) the first template, for good."""
    memory: Memory
    cell: Tensor
    """(B, H) the LSTM's."""
    hidden: Tensor
    """(B, H)."""
    usage: Tensor
    """(B, N) how much each slot was read and written, decaying."""
    write_weight: Tensor
    """(B, N), by which the next frame writes this one's template; all 0 where it is not to be written."""
    gates: Tensor
    """(B, 3), for the same write."""
    decay: Tensor
    """(B, 1), for the same write."""
    distractors: Distractors

    def writing_where(self, worth: Tensor) -> Carried:
        """Return the state in which only lanes where `worth` (B,) holds write this frame's template."""
        return replace(self, write_weight=self.write_weight * worth[:, None])


@dataclass(frozen=True)
class Outcome:
    """One step of B lanes at S scales; where the controller ran on the middle scale alone, K is 1, else S."""

    response: Tensor
    """(B, S, m, m) correlation of search features and final template, before `MemTrackNet.logits`."""
    attention: Tensor
    """(B, K, m, m) over candidate windows, summing to 1."""
    controls: Controls
    """Each (B, K, ...)."""
    read_weight: Tensor
    """(B, K, N)."""
    write_weight: Tensor
    """(B, K, N)."""
    usage: Tensor
    """(B, K, N)."""
    cell: Tensor
    """(B, K, H)."""
    hidden: Tensor
    """(B, K, H)."""
    memory: Memory
    """After this step's write, the same for all scales."""
    first: Tensor
    distractors: Distractors
    """After this step's write, but for what `carried` adds."""
    distractor_usage: Tensor
    """(B, K, M)."""
    search: Tensor
    """(B, S, C, H, W)."""
    config: MemTrackConfig

    def of(self, values: Tensor, scale: Tensor) -> Tensor:
        """Return (B, ...), each lane's `values` (B, K, ...) at its chosen `scale` (B,)."""
        lane = torch.arange(len(values), device=values.device)
        return values[lane, scale if values.shape[1] > 1 else torch.zeros_like(scale)]

    def carried(self, scale: Tensor) -> Carried:
        """Return what goes on once each lane's scale (B,) is chosen."""
        return Carried(
            first=self.first,
            memory=self.memory,
            cell=self.of(self.cell, scale),
            hidden=self.of(self.hidden, scale),
            usage=self.of(self.usage, scale),
            write_weight=self.of(self.write_weight, scale),
            gates=self.of(self.controls.gates, scale),
            decay=self.of(self.controls.decay, scale),
            distractors=self._resembling(scale) if self.config.distractor_slots else self.distractors,
        )

    def _resembling(self, scale: Tensor) -> Distractors:
        """Return the second memory with what is to be written at the next step, as each controller's scale found it."""
        config, response, search = self.config, self.response, self.search
        if self.distractor_usage.shape[1] == 1:
            response, search = self.of(response, scale)[:, None], self.of(search, scale)[:, None]
        found = find_distractors(
            response.flatten(0, 1), search.flatten(0, 1), config.template_cells,
            count=config.distractor_writes, distance=config.distractor_distance, ratio=config.distractor_ratio,
        )  # fmt: skip
        return replace(
            self.distractors,
            slots=self.of(self.distractors.slots, scale),
            usage=self.of(self.distractor_usage, scale),
            templates=found.reshape(*response.shape[:2], *found.shape[1:]),
        )


class MemoryNet(nn.Module):
    """Everything behind the features: controller, memory, final template and response.

    Parameters do not depend on the variant, but for the second memory's: weights trained for one load into all.
    """

    def __init__(self, config: MemTrackConfig) -> None:
        super().__init__()
        self.config = config
        self.controller = Controller(config.channels, config.hidden, attend=config.attention)
        # TensorFlow's batch norm for the paper's preset (momentum .99, eps 1e-3); docs/memtrack.md
        self.response_norm = nn.BatchNorm2d(1, eps=1e-3, momentum=0.01)
        self.cancelling = Cancelling(config) if config.distractor_slots else None

    def begin(self, template: Tensor) -> Carried:
        """Return the state of lanes whose first templates are (B, C, h, w).

        Set so that the first step writes the template it is given completely into slot 0.
        """
        lanes, count = len(template), self.config.slots
        cell, hidden = self.controller.begin(template)
        slot_0 = F.one_hot(template.new_zeros(lanes, dtype=torch.long), count).to(template.dtype)
        allocate = F.one_hot(template.new_full((lanes,), 2, dtype=torch.long), 3).to(template.dtype)
        return Carried(
            first=template,
            memory=empty_memory(template, count),
            cell=cell,
            hidden=hidden,
            usage=slot_0,
            write_weight=slot_0,
            gates=allocate,
            decay=template.new_zeros(lanes, 1),
            distractors=no_distractors(template, self.config),
        )

    def step(self, carried: Carried, newest: Tensor, search: Tensor) -> Outcome:
        """Follow every lane into a frame.

        Args:
            carried: The state after the last frame.
            newest: (B, C, h, w) template of the last frame at the box found there.
            search: (B, S, C, H, W) search features of this frame.
        """
        config = self.config
        queue = config.memory == "queue"
        # 1. the delayed write: what the last frame decided, with the template it could not have known yet
        if queue:
            memory = enqueue(carried.memory, newest, carried.write_weight.sum(1) > 0)
        else:
            amount = write_amount(carried.write_weight, carried.gates, carried.decay)
            memory = write(carried.memory, newest, amount)
        # 2. the controller
        seen = search if config.control_per_scale else search[:, search.shape[1] // 2, None]
        cell, hidden, attention, controls = self._control(seen, carried)
        # 3. the read
        scores = similarity(controls.key, memory.slots) * controls.strength
        written = None if config.empty_slots_read else memory.occupancy
        read = read_weights(torch.zeros_like(scores) if queue else scores, written, hard=config.read == "hard")
        retrieved = retrieve(memory, read, whole=not config.empty_slots_read)
        # 4. the final template
        if config.residual_gate:
            retrieved = retrieved * controls.residual[..., None, None]
        template = carried.first[:, None] + retrieved
        # 5.-7. allocation, the next frame's write weight, usage
        least = allocation(carried.usage)[:, None]
        write_weight = controls.gates[..., 1:2] * read + controls.gates[..., 2:3] * least
        usage = config.usage_decay * carried.usage[:, None] + write_weight + read
        distractors, distractor_usage = carried.distractors, carried.distractors.usage[:, None]
        if self.cancelling is not None:
            distractors = written_distractors(distractors, hidden.shape[1])
            weights, distractor = self.cancelling.read(distractors, hidden)
            template = self.cancelling(template, distractor)
            choice = least_used(carried.distractors.usage, config.distractor_writes)
            distractor_usage = config.usage_decay * distractor_usage + choice.sum(1, keepdim=True) + weights
            distractors = replace(distractors, write_weight=choice)
        # 8. the response
        response = self.correlate(search, template)
        return Outcome(
            response, attention, controls, read, write_weight, usage, cell, hidden, memory, carried.first,
            distractors, distractor_usage, search, config,
        )  # fmt: skip

    def _control(self, seen: Tensor, carried: Carried) -> tuple[Tensor, Tensor, Tensor, Controls]:
        """Return cell, hidden (B, K, H), attention (B, K, m, m) and controls (B, K, ...) for seen (B, K, C, H, W)."""
        lanes, count = seen.shape[:2]
        cells = self.config.template_cells
        # the mean over a square is the mean over rows of means over columns, at a fraction of the cost
        # and channels-last is what pooling is fast in: a sixth of the time on a CPU
        maps = seen.flatten(0, 1).contiguous(memory_format=torch.channels_last)
        windows = F.avg_pool2d(F.avg_pool2d(maps, (cells, 1), 1), (1, cells), 1)
        cell, hidden = (state.repeat_interleave(count, 0) for state in (carried.cell, carried.hidden))
        attended, attention = self.controller.look(windows, hidden)
        cell, hidden = self.controller.lstm(attended, cell, hidden)

        def split(rows: Tensor) -> Tensor:
            return rows.reshape(lanes, count, *rows.shape[1:])

        controls = {name: split(value) for name, value in vars(self.controller.controls(hidden)).items()}
        return split(cell), split(hidden), split(attention), Controls(**controls)

    def correlate(self, search: Tensor, template: Tensor) -> Tensor:
        """Return the (B, S, m, m) response of search (B, S, C, H, W) to templates (B, K, C, h, w), K = S or 1."""
        if template.shape[1] == 1:
            return correlate(search, template[:, 0])
        response = correlate(search.flatten(0, 1)[:, None], template.flatten(0, 1))
        return response.reshape(*search.shape[:2], *response.shape[2:])

    def logits(self, response: Tensor) -> Tensor:
        """Return the (B, S, m, m) batch-normalised response, with its trained scale and shift."""
        normalised: Tensor = self.response_norm(response.reshape(-1, 1, *response.shape[2:]))
        return normalised.reshape(response.shape)


class MemTrackNet(MemoryNet):
    """The whole network: crops in."""

    def __init__(self, config: MemTrackConfig) -> None:
        super().__init__(config)
        if config.trunk == "lite0":
            self.backbone: nn.Module = (lite := LiteFeatures())
            self.neck: nn.Module = Pointwise(lite.channels, config.channels)
        else:
            self.backbone = AlexNet(groups=1, momentum=0.01, eps=1e-3)
            self.neck = nn.Identity()

    def features(self, crops: Tensor) -> Tensor:
        """Return the (B, S, C, h, w) features of uint8 crops (B, S, 3, H, W)."""
        image = crops.float()
        if self.config.trunk == "alexnet":
            image = image / 255
        return see_lanes(lambda lane: self.neck(self.backbone(lane)), image)

    def template(self, crops: Tensor) -> Tensor:
        """Return the (B, C, cells, cells) templates of crops (B, 1, 3, H, W)."""
        return self.templates(crops)[:, 0].contiguous()

    def templates(self, crops: Tensor) -> Tensor:
        """Return the (B, T, C, cells, cells) templates of crops (B, T, 3, H, W): the inner cells of their features."""
        features = self.features(crops)
        cells = self.config.template_cells
        border = (features.shape[-1] - cells) // 2
        return features[..., border : border + cells, border : border + cells]
