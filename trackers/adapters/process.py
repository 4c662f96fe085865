"""What third-party code can change in the process that it shares with others: how it is read and put back."""

from __future__ import annotations

import builtins
import decimal
import gc
import locale
import logging
import os
import signal
import socket
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np

from trackers.adapters.tf32 import precision, set_precision

SIGNALS = [
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGPIPE", "SIGCHLD", "SIGALRM")
    if hasattr(signal, name)
]
"""What asks a process to end, and what it hears of pipes, children and time."""
_TRAPS = tuple(decimal.getcontext().traps)
HANDLERS = "handlers of signals"
FOLDER = 0
"""Which of the facets is the working directory."""


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
        Facet("torch's autocasting", _autocast, _set_autocast),
        Facet("the flushing of denormal numbers", _flushes, torch.set_flush_denormal),
        _attribute("cuDNN's switches", torch.backends.cudnn, "enabled"),
        _attribute("cuDNN's switches", torch.backends.cudnn, "benchmark"),
        _attribute("cuDNN's switches", torch.backends.cudnn, "deterministic"),
        _attribute("Pillow's limits", Image, "MAX_IMAGE_PIXELS"),
        _attribute("Pillow's limits", ImageFile, "LOAD_TRUNCATED_IMAGES"),
        Facet("NumPy's treatment of errors", np.geterr, lambda value: np.seterr(**value)),
        Facet("NumPy's treatment of errors", np.geterrcall, np.seterrcall),
        Facet("NumPy's print options", np.get_printoptions, lambda value: np.set_printoptions(**value)),
        Facet("OpenCV's threads", cv2.getNumThreads, cv2.setNumThreads),
        Facet("OpenCV's optimised code", cv2.useOptimized, cv2.setUseOptimized),
        Facet("filters of warnings", lambda: list(warnings.filters), _set_filters),
        Facet("the root logger", _logging, _set_logging),
        Facet("the recursion limit", sys.getrecursionlimit, sys.setrecursionlimit),
        Facet("garbage collection", gc.isenabled, lambda value: gc.enable() if value else gc.disable()),
        Facet("garbage collection", gc.get_threshold, lambda value: gc.set_threshold(*value)),
        Facet("the context of decimal", _decimal, _set_decimal),
        Facet("built-in functions", lambda: dict(vars(builtins)), _set_builtins),
        Facet("the mask of new files", partial(_mask, _mask(0o77)), os.umask),
        *_cores(),
        Facet("the time limit of sockets", socket.getdefaulttimeout, socket.setdefaulttimeout),
        _attribute("hooks of exceptions", sys, "excepthook"),
        _attribute("hooks of exceptions", sys, "unraisablehook"),
        _attribute("hooks of exceptions", threading, "excepthook"),
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


def _autocast() -> tuple[bool, ...]:
    import torch

    return tuple(map(torch.is_autocast_enabled, ("cpu", "cuda")))


def _set_autocast(value: tuple[bool, ...]) -> None:
    import torch

    for device, enabled in zip(("cpu", "cuda"), value, strict=True):
        torch.set_autocast_enabled(device, enabled)


def _flushes(least: float = 5e-324) -> bool:
    """Return whether this thread takes the smallest numbers for 0, as it does once some libraries are loaded."""
    return least * 1.0 == 0


def _decimal() -> tuple[Any, ...]:
    now = decimal.getcontext()
    traps = tuple(map(now.traps.get, _TRAPS))
    return now.prec, now.rounding, now.Emin, now.Emax, now.capitals, now.clamp, traps


def _set_decimal(value: tuple[Any, ...]) -> None:
    digits, rounding, least, largest, capitals, clamp, traps = value
    trapped = [one for one, wanted in zip(_TRAPS, traps, strict=True) if wanted]
    decimal.setcontext(decimal.Context(digits, rounding, least, largest, capitals, clamp, [], trapped))


def _set_builtins(value: Mapping[str, Any]) -> None:
    there = vars(builtins)
    for name in there.keys() - value.keys():
        del there[name]
    there.update(value)


def _mask(likely: int) -> int:
    """Return the mask, which is told to who sets one alone: the likely one, lest another thread's file has another."""
    mask = os.umask(likely)
    if mask != likely:
        os.umask(mask)
    return mask


def _cores() -> Iterator[Facet]:
    if hasattr(os, "sched_getaffinity"):  # Linux
        yield Facet(
            "the cores to run on", lambda: os.sched_getaffinity(0), lambda value: os.sched_setaffinity(0, value)
        )


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


def put(facet: Facet, value: Any) -> None:
    """Write a facet; what cannot be had any more (a folder that is gone) stays as it is."""
    with suppress(OSError, ValueError, RecursionError, locale.Error):
        facet.write(value)
