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

from trackers.adapters import switches
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
UNREADABLE = object()
"""What stands for a facet that cannot be read."""
_ENVIRONMENT = os.environ
"""The one that leads to the process's own variables: a third party may put another in its place."""


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
        Facet("sys.path", _path, _set_path),
        Facet("environment variables", _environment, _set_environment),
        Facet("the locale", _locale, _set_locale),
        Facet("torch's default dtype", torch.get_default_dtype, torch.set_default_dtype),
        Facet("torch's default device", torch.get_default_device, switches.set_default_device),
        Facet("torch's threads", torch.get_num_threads, torch.set_num_threads),
        Facet("torch's gradients", torch.is_grad_enabled, torch.set_grad_enabled),
        Facet("torch's deterministic algorithms", switches.deterministic, switches.set_deterministic),
        Facet("torch's TF32", precision, set_precision),
        Facet("torch's autocasting", switches.autocast, switches.set_autocast),
        Facet("the flushing of denormal numbers", _flushes, torch.set_flush_denormal),
        _attribute("cuDNN's switches", torch.backends.cudnn, "enabled"),
        _attribute("cuDNN's switches", torch.backends.cudnn, "benchmark"),
        _attribute("cuDNN's switches", torch.backends.cudnn, "deterministic"),
        _attribute("oneDNN's switches", torch.backends.mkldnn, "enabled"),
        _attribute("oneDNN's switches", torch.backends.mkldnn, "deterministic"),
        _attribute("torch's reduced precision", torch.backends.cuda.matmul, "allow_fp16_reduced_precision_reduction"),
        _attribute("torch's reduced precision", torch.backends.cuda.matmul, "allow_bf16_reduced_precision_reduction"),
        Facet("torch's kinds of attention", switches.attention, switches.set_attention),
        Facet("torch's search for anomalies", switches.anomalies, lambda value: torch.set_anomaly_enabled(*value)),
        _attribute("Pillow's limits", Image, "MAX_IMAGE_PIXELS"),
        _attribute("Pillow's limits", ImageFile, "LOAD_TRUNCATED_IMAGES"),
        Facet("NumPy's treatment of errors", np.geterr, lambda value: np.seterr(**value)),
        Facet("NumPy's treatment of errors", np.geterrcall, np.seterrcall),
        Facet("NumPy's print options", np.get_printoptions, lambda value: np.set_printoptions(**value)),
        Facet("OpenCV's threads", cv2.getNumThreads, cv2.setNumThreads),
        Facet("OpenCV's optimised code", cv2.useOptimized, cv2.setUseOptimized),
        *_ipp(),  # which the switch before sets too
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


def _path() -> Any:
    return list(sys.path) if type(sys.path) is list else sys.path


def _set_path(value: Any) -> None:
    if type(sys.path) is type(value) is list:
        sys.path[:] = value
    else:
        sys.path = list(value) if type(value) is list else value


def _environment() -> tuple[int, Any, Mapping[Any, Any]]:
    """Return who stands for the variables, told apart by its number, and these as the process has them."""
    data = dict(_ENVIRONMENT._data)  # type: ignore[attr-defined]  # a copy() decodes every value, 100 times slower
    return id(os.environ), os.environ, data


def _set_environment(value: tuple[int, Any, Mapping[Any, Any]]) -> None:
    _, os.environ, wanted = value
    now, there = _ENVIRONMENT, _environment()[2]
    for key in there.keys() - wanted.keys():
        del now[now.decodekey(key)]
    for key, text in wanted.items():
        if there.get(key) != text:
            now[now.decodekey(key)] = now.decodevalue(text)


def _locale() -> str:
    return locale.setlocale(locale.LC_ALL)


def _set_locale(value: str) -> None:
    locale.setlocale(locale.LC_ALL, value)


def _ipp() -> Iterator[Facet]:
    """Yield OpenCV's switches of Intel's primitives, where it was built with them."""
    import cv2

    for name in ("IPP", "IPP_NotExact"):
        read, write = (getattr(getattr(cv2, "ipp", None), f"{verb}{name}", None) for verb in ("use", "setUse"))
        if read and write:
            yield Facet("OpenCV's use of IPP", read, write)


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


def look(facet: Facet) -> Any:
    """Return what a facet reads; `UNREADABLE` where it cannot be read: others are to be put back none the less."""
    try:
        return facet.read()
    except Exception:  # whatever a third party has put there
        return UNREADABLE


def put(facet: Facet, value: Any) -> None:
    """Write a facet; what cannot be had any more (a folder that is gone) stays as it is."""
    with suppress(Exception):
        facet.write(value)
