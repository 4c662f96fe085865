"""What measures a tracker: datasets, the engine, the store, metrics and statistics.

Three functions are for notebooks and scripts; nothing is loaded before one of them is asked for::

    from benchmark import compare, load, run
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmark.notebook.comparing import compare as compare
    from benchmark.notebook.loading import load as load
    from benchmark.notebook.running import run as run

__all__ = ["compare", "load", "run"]

_PLACES = {"compare": "comparing", "load": "loading", "run": "running"}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"benchmark.notebook.{_PLACES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
