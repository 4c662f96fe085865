"""The random numbers that third-party code shares with others: each third party has generators of its own."""

from __future__ import annotations

import random
from types import TracebackType
from typing import Any, Self

import numpy as np

_numpy: Any = np.random  # whose stubs lack two names


class Chance:
    """The generators of random numbers that a process has in common, as one third party finds and leaves them.

    Within the context they are its own, seeded with 0 at first; outside they are as they were.
    """

    def __init__(self) -> None:
        self._own: tuple[Any, ...] | None = None
        self._others: list[tuple[Any, ...]] = []

    def __enter__(self) -> Self:
        self._others.append(_generators())
        if self._own is None:
            _numpy.set_bit_generator(np.random.MT19937(0))
            self.seed(0)
        else:
            _set_generators(self._own)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._own = _generators()
        _set_generators(self._others.pop())

    @staticmethod
    def seed(number: int) -> None:
        """Seed all of them; within the context, the third party's own."""
        import cv2
        import torch

        random.seed(number)
        np.random.seed(number % 2**32)  # noqa: NPY002  # the generator that a third party may use
        torch.manual_seed(number)
        cv2.setRNGSeed(number % 2**31)


def _generators() -> tuple[Any, ...]:
    import torch

    cuda: Any = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else []  # type: ignore[no-untyped-call]
    # NumPy's generator itself, not its state, which takes 20 times as long to read.
    return random.getstate(), _numpy.get_bit_generator(), torch.get_rng_state(), cuda


def _set_generators(value: tuple[Any, ...]) -> None:
    import torch

    python, numpy, cpu, cuda = value
    random.setstate(python)
    _numpy.set_bit_generator(numpy)
    torch.set_rng_state(cpu)
    if cuda:
        torch.cuda.set_rng_state_all(cuda)
