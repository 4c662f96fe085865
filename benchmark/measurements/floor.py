"""What one frame must cost: operations and bytes of a step over what the machine can do (the roofline's floor).

Only what the method itself needs counts: convolutions and matrix products, each at least as long as its operations at
the machine's best measured rate, and as its operands and its result at the machine's best measured bandwidth.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import flop_registry

from benchmark.measurements.stepping import seconds


@dataclass(frozen=True)
class Machine:
    """The best that was measured."""

    flops: float
    """Floating-point operations a second of a large matrix product."""
    bandwidth: float
    """Bytes a second, read and written, of a large copy."""


@dataclass(frozen=True)
class Floor:
    """What a piece of work needs."""

    gflop: float
    megabytes: float
    """Operands and results of every operation that counts, each once."""
    seconds: float
    """Sum over operations of the longer of its computation and its traffic."""


def measure_machine(device: str, rounds: int = 7) -> Machine:
    """Return the best of several rounds of a matrix product and a convolution, and of a copy."""
    a = torch.rand(2048, 2048, device=device)
    image, kernel = torch.rand(1, 256, 64, 64, device=device), torch.rand(256, 256, 3, 3, device=device)
    source, target = torch.rand(2**26, device=device), torch.empty(2**26, device=device)
    product = min(seconds(lambda: a @ a, device) for _ in range(rounds))
    convolution = min(seconds(lambda: F.conv2d(image, kernel, padding=1), device) for _ in range(rounds))
    copy = min(seconds(lambda: target.copy_(source), device) for _ in range(rounds))
    flops = max(2 * 2048**3 / product, 2 * 256**2 * 3**2 * 64**2 / convolution)
    return Machine(flops, 2 * source.nbytes / copy)


def floor(work: Callable[[], Any], machine: Machine) -> Floor:
    """Return what a call of `work` needs on that machine."""
    with _Recorder(machine) as recorder:
        work()
    return Floor(recorder.flop / 1e9, recorder.bytes / 1e6, recorder.seconds)


class _Recorder(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Adds up every operation whose floating-point operations torch knows."""

    def __init__(self, machine: Machine) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._machine = machine
        self.flop = self.bytes = self.seconds = 0.0

    def __torch_dispatch__(
        self, func: Any, types: Sequence[type], args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        if func.overloadpacket not in flop_registry:
            with self:  # in inference mode, compound operations arrive whole
                parts = func.decompose(*args, **(kwargs or {}))
            if parts is not NotImplemented:
                return parts
        result = func(*args, **(kwargs or {}))
        if (count := flop_registry.get(func.overloadpacket)) is not None:
            flop = float(count(*args, **(kwargs or {}), out_val=result))
            moved = float(sum(leaf.nbytes for leaf in tree_leaves((args, result)) if isinstance(leaf, Tensor)))
            self.flop += flop
            self.bytes += moved
            self.seconds += max(flop / self._machine.flops, moved / self._machine.bandwidth)
        return result
