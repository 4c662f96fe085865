"""What third-party code can change in the process that it shares with others: how it is read and put back."""

from __future__ import annotations

import gc
import locale
import logging
import os
import random
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Any, Self

import numpy as np

from trackers.adapters.tf32 import precision, set_precision

_numpy: Any = np.random  # whose stubs lack two names
SIGNALS = [
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGPIPE", "SIGCHLD", "SIGALRM")
    if hasattr(signal, name)
]
"""What asks a process to end, and what it hears of pipes, children and time."""
HANDLERS = "handlers of signals"


@dataclass(frozen=True)
class Facet:
    """One thing that belongs to the whole process; `read` costs next to nothing and compares with ``==``."""

    name: str
    """In words."""
    read: Callable[[], Any]
    write: Callable[[Any], object]
    lent: bool = True
    """Whether who changed it finds it so again; else it is put back for good."""


@cache
def facets() -> tuple[Facet, ...]:
    """Return all facets. The libraries are loaded here: who looks on knows them before a third party does."""
    import cv2
    import torch
    from PIL import Image, ImageFile

    return (
        Facet("the working directory", _folder, _set_folder),
        Facet("sys.path", lambda: list(sys.path), _set_path),
        Facet("environment variables", _environment, _set_environment),
        Facet("the locale", _locale, _set_locale),
        Facet("torch's default dtype", torch.get_default_dtype, torch.set_default_dtype),
        Facet("torch's default device", torch.get_default_device, _set_default_device),
        Facet("torch's threads", torch.get_num_threads, torch.set_num_threads),
        Facet("torch's gradients", torch.is_grad_enabled, torch.set_grad_enabled),
        Facet("torch's deterministic algorithms", _deterministic, _set_deterministic),
        Facet("torch's TF32", precision, set_precision),
        _attribute("cuDNN's switches", torch.backends.cudnn, "enabled"),
        _attribute("cuDNN's switches", torch.backends.cudnn, "benchmark"),
        _attribute("cuDNN's switches", torch.backends.cudnn, "deterministic"),
        _attribute("Pillow's limits", Image, "MAX_IMAGE_PIXELS"),
        _attribute("Pillow's limits", ImageFile, "LOAD_TRUNCATED_IMAGES"),
        Facet("NumPy's treatment of errors", np.geterr, lambda value: np.seterr(**value)),
        Facet("NumPy's print options", np.get_printoptions, lambda value: np.set_printoptions(**value)),
        Facet("OpenCV's threads", cv2.getNumThreads, cv2.setNumThreads),
        Facet("OpenCV's optimised code", cv2.useOptimized, cv2.setUseOptimized),
        Facet("filters of warnings", lambda: list(warnings.filters), _set_filters),
        Facet("the root logger", _logging, _set_logging),
        Facet("the recursion limit", sys.getrecursionlimit, sys.setrecursionlimit),
        Facet("garbage collection", gc.isenabled, lambda value: gc.enable() if value else gc.disable()),
        _attribute("sys.excepthook", sys, "excepthook"),
        Facet(HANDLERS, _handlers, _set_handlers, lent=False),
    )


def _attribute(what: str, owner: Any, name: str) -> Facet:
    return Facet(what, lambda: getattr(owner, name), lambda value: setattr(owner, name, value))


def _folder() -> str | None:
    try:
        return os.getcwd()
    except FileNotFoundError:  # someone removed it
        return None


def _set_folder(value: str | None) -> None:
    if value is not None:
        os.chdir(value)


def _set_path(value: list[str]) -> None:
    sys.path[:] = value


def _environment() -> Mapping[Any, Any]:
    return dict(os.environ._data)  # type: ignore[attr-defined]  # os.environ.copy() decodes every value, 100 times slower


def _set_environment(value: Mapping[Any, Any]) -> None:
    now = os.environ
    there = _environment()
    for key in there.keys() - value.keys():
        del now[now.decodekey(key)]
    for key, text in value.items():
        if there.get(key) != text:
            now[now.decodekey(key)] = now.decodevalue(text)


def _locale() -> str:
    return locale.setlocale(locale.LC_ALL)


def _set_locale(value: str) -> None:
    locale.setlocale(locale.LC_ALL, value)


def _set_default_device(value: Any) -> None:
    import torch

    torch.set_default_device(None if str(value) == "cpu" else value)


def _deterministic() -> tuple[bool, bool]:
    import torch

    return torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()


def _set_deterministic(value: tuple[bool, bool]) -> None:
    import torch

    torch.use_deterministic_algorithms(value[0], warn_only=value[1])


def _set_filters(value: list[Any]) -> None:
    with warnings.catch_warnings():
        pass  # its end says that filters have changed: what was remembered of them is void
    warnings.filters[:] = value  # type: ignore[index]


def _logging() -> tuple[Any, ...]:
    root = logging.getLogger()
    return root.level, root.manager.disable, tuple(root.handlers)


def _set_logging(value: tuple[Any, ...]) -> None:
    root = logging.getLogger()
    root.level, root.manager.disable, handlers = value
    root.handlers[:] = handlers
    root.manager._clear_cache()  # type: ignore[attr-defined]


def _handlers() -> tuple[Any, ...]:
    """Return the handlers of signals; () off the main thread, which alone can set them."""
    if threading.current_thread() is not threading.main_thread():
        return ()
    return tuple(map(signal.getsignal, SIGNALS))


def _set_handlers(value: tuple[Any, ...]) -> None:
    for number, handler in zip(SIGNALS, value, strict=True):
        if handler is not None and signal.getsignal(number) is not handler:
            if number != signal.SIGINT and number == getattr(signal, "SIGALRM", None):
                signal.setitimer(signal.ITIMER_REAL, 0)  # an alarm without its handler would end the process
            signal.signal(number, handler)


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


def put(facet: Facet, value: Any) -> None:
    """Write a facet; what cannot be had any more (a folder that is gone) stays as it is."""
    with suppress(OSError, ValueError, RecursionError, locale.Error):
        facet.write(value)
