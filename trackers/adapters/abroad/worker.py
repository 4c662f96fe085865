"""A tracker in this Python for a benchmark in another: requests in lines of JSON, frames in shared memory.

Standard input and output are the benchmark's; what a tracker prints goes to the error stream, and a process that it
forks has neither. Requests: ``load``, ``init`` (a frame's height and width, the box, a seed), ``update``. Answers:
``{"box": [...], "score": s}``, ``{}``, or, where something was raised, ``{"says": one line, "traceback": all of it}``.
Both have the request's ``number``.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import json
import mmap
import os
import random
import sys
import traceback
from typing import TYPE_CHECKING, Any

import numpy as np

from .schools import Got10k, Plain, PyTracking, school_of, take_input, takes_arrays
from .settings import Parameters, read_settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

PARAMETERS = ("weights", "net_path")
"""What a class may call the parameter that takes the path of a file of weights; the latter is GOT-10k's."""


def main(frames: int) -> None:
    """Answer requests until there are no more; `frames` is the descriptor of the memory that frames are in."""
    requests, answers, nothing = os.fdopen(os.dup(0), "rb"), os.dup(1), os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)

    def apart() -> None:
        for descriptor in (requests.fileno(), answers):
            os.dup2(nothing, descriptor)

    os.register_at_fork(after_in_child=apart)  # a fork that comes back from the tracker too would answer beside us
    worker = Worker(Memory(frames))
    for line in requests:
        request = json.loads(line.decode())
        number = request.pop("number")
        try:
            answer = getattr(worker, request.pop("do"))(**request)
        except BaseException as error:  # whatever it is, the benchmark is to hear of it
            answer = {"says": _said(error), "traceback": traceback.format_exc()}
        os.write(answers, json.dumps({"number": number, **answer}).encode() + b"\n")


class Memory:
    """Frames as the benchmark writes them."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor, self._whole = descriptor, np.empty(0, np.uint8)

    def frame(self, height: int, width: int) -> NDArray[np.uint8]:
        """Return a copy of the frame that is there now: a tracker may keep it, or draw on it."""
        size = height * width * 3
        if len(self._whole) < size:
            room = mmap.mmap(self._descriptor, os.fstat(self._descriptor).st_size, prot=mmap.PROT_READ)
            self._whole = np.frombuffer(room, np.uint8)
        return self._whole[:size].reshape(height, width, 3).copy()


class Worker:
    """One tracker's class, and one object of it at a time. Its methods are the requests."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._tracker: Any = None

    def load(
        self, kind: str, place: str, name: str, settings: str, weights: str, paths: list[str], folder: str,
        arguments: list[str],
    ) -> dict[str, Any]:  # fmt: skip
        """Import the class and say how it is to be made.

        Args:
            kind: ``file``, ``got10k`` or ``pytracking``.
            place: A file, or a module's dotted name.
            name: The class; "" for the only one of a file.
            settings: What stands in braces.
            weights: A file; "" for none.
            paths: Where modules are looked for first.
            folder: The working directory; "" for the benchmark's.
            arguments: What the tracker sees as its command line.
        """
        sys.argv[:] = arguments
        sys.path[:0] = paths
        _seed(0)
        setting, fields = read_settings(settings)
        if folder:
            os.chdir(folder)
        module = _run(place) if kind == "file" else importlib.import_module(place)
        cls = getattr(module, name) if name else _only(module)
        school = school_of(cls) if kind == "file" else kind
        given = dict(fields)
        wanted = take_input(setting, given) if school == "got10k" else None
        if setting and kind == "file":
            raise ValueError(f"in braces go fields, field=value: {setting} is none")
        if weights:
            known = [key for key in PARAMETERS if key in inspect.signature(cls).parameters]
            if not known:
                raise TypeError(f"it takes no weights: its __init__ has no parameter {' or '.join(PARAMETERS)}")
            given[known[0]] = weights
        if school == "pytracking" and kind != "file":
            self._tracker = PyTracking(Parameters(cls, place, setting, fields, importlib.import_module).make)
        elif school == "got10k":
            arrays = takes_arrays(cls) if wanted is None else wanted == "array"
            self._tracker = Got10k(lambda: cls(**given), arrays=arrays)
        else:
            self._tracker = (PyTracking if school == "pytracking" else Plain)(lambda: cls(**given))
        return {}

    def init(self, shape: list[int], box: list[float], seed: int) -> dict[str, Any]:
        """Show a new tracker the target in the frame that is there now."""
        _seed(seed)
        self._tracker.init(self._memory.frame(*shape), np.array(box, np.float64))
        return {}

    def update(self, shape: list[int]) -> dict[str, Any]:
        """Return box and score in the frame that is there now."""
        box, score = self._tracker.update(self._memory.frame(*shape))
        return {"box": box.tolist(), "score": score}


def _run(place: str) -> Any:
    """Run a Python file as a module of its own name, its folder importable, as for ``python FILE``."""
    sys.path.insert(0, os.path.dirname(place))
    name = os.path.basename(place).rpartition(".")[0].replace(".", "_")
    spec = importlib.util.spec_from_file_location(name, place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _only(module: Any) -> Any:
    """Return the one class of a module that can be a tracker; ValueError where there is none, or several."""
    found = []
    for thing in list(vars(module).values()):
        if isinstance(thing, type) and thing.__module__ == module.__name__:
            try:
                school_of(thing)
            except TypeError:
                continue
            found.append(thing)
    if len(found) != 1:
        raise ValueError(f"say which class it is, FILE.py:Class: the file has {len(found)} that could be")
    return found[0]


def _seed(number: int) -> None:
    """Seed what this process draws from: Python, NumPy, and torch and OpenCV where they are loaded."""
    random.seed(number)
    np.random.seed(number % 2**32)  # noqa: NPY002  # the generator that a third party may use
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(number)
    if "cv2" in sys.modules:
        sys.modules["cv2"].setRNGSeed(number % 2**31)


def _said(error: BaseException) -> str:
    """Return an error's kind and what it says, in a line."""
    return ": ".join(filter(None, [type(error).__name__, " ".join(str(error).split())[:300]]))
