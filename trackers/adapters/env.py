"""A tracker in another environment: ``env:PYTHON FILE.py[:Class][{field=value,...}][@weights]``.

What stands behind PYTHON may be ``got10k:...`` or ``pytracking:...`` too. That Python, from 3.7 on, needs NumPy beside
what the tracker itself needs. It is started once and makes a new object a target; a failure ends it, and the next
target gets a new one. How it is spoken with is in `trackers.adapters.abroad.worker`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from weakref import finalize

import numpy as np
from numpy.typing import NDArray

from trackers.adapters.abroad.schools import take_input
from trackers.adapters.abroad.settings import parameter_modules, read_settings
from trackers.adapters.apart.lanes import START_SECONDS, ProcessLanes
from trackers.adapters.apart.worker import WorkerProcess
from trackers.adapters.containment import World
from trackers.adapters.modules import read_address, tracker_path
from trackers.api import Frame
from trackers.code.files import named_files
from trackers.code.reach import Walk
from trackers.errors import InputError
from trackers.registry import Family

START = Path(__file__).parent / "abroad" / "start.py"
ASK_SECONDS = 60.0
"""How long a Python may take to say what is installed for it."""
FORM = "env:PYTHON FILE.py:Class, env:PYTHON got10k:module:Class or env:PYTHON pytracking:module:Class{SETTING}"
_REST = re.compile(
    r'(?:"(?P<quoted>[^"]+)"|(?P<bare>\S+))\s+(?:(?P<kind>got10k|pytracking):(?P<address>.+)'
    r"|(?P<file>.+\.py)(?::(?P<name>\w+))?(?:\{(?P<settings>[^{}]*)\})?)",
    re.DOTALL,
)


@dataclass(frozen=True)
class Load:
    """What the worker is asked to load (`trackers.adapters.abroad.worker.Worker.load`), weights apart."""

    kind: str
    place: str
    name: str
    settings: str
    paths: list[str]
    folder: str
    arguments: list[str]


def family(text: str) -> Family:
    """Return the family of a tracker in another environment; InputError where that is none, or lacks NumPy."""
    match = _REST.fullmatch(text)
    if match is None:
        raise InputError(f"env:{text}: the form is {FORM}")
    python = _find_python(text, match["quoted"] or match["bare"])
    load, parts, reach = _in_modules(match) if match["kind"] else _in_file(text, match)
    try:
        setting, fields = read_settings(load.settings)
        if load.kind == "got10k":
            take_input(setting, dict(fields))
        elif setting and load.kind == "file":
            raise ValueError(f"in braces go fields, field=value: {setting} is none")
    except ValueError as error:
        raise InputError(f"env:{text}: {error}") from error
    for name in parameter_modules(load.place, setting, fields) if load.kind == "pytracking" else ():
        reach.name(name)
    for label, file in named_files(fields, "field").items():
        reach.file(label, file)
    facts = _ask(text, python)
    reach.packages("Python", facts["python"].split()[-1], json.dumps(facts))

    class EnvTracker(ProcessLanes):
        """One target a worker."""

        def __init__(self, config: Any, weights: Any, device: str) -> None:
            """Start a worker and let it load the class: what is missing there says so before the first frame."""
            super().__init__(config, weights, device)
            self._idle = [self._hire(START_SECONDS)]

        def begin(self, image: Frame, box: NDArray[np.float64], seed: int, seconds: float) -> Target:
            """Show the target to a worker that has none."""
            worker = self._idle.pop() if self._idle else self._hire(seconds)
            worker.ask(seconds, image, do="init", box=[float(value) for value in box], seed=seed)
            target = Target(worker)
            finalize(target, _give_back, self._idle, worker)
            return target

        def _hire(self, seconds: float) -> WorkerProcess:
            worker = WorkerProcess([python, str(START)], self.device, self.children)
            path = "" if self.weights.path is None else str(self.weights.path.absolute())
            worker.ask(seconds, do="load", weights=path, **asdict(load))
            return worker

    shown = [f'"{python}"' if " " in python else python, " "]
    return Family(
        "env:" + "".join(part if isinstance(part, str) else part.name for part in parts),
        EnvTracker,
        "what its author gave it",
        plug_in=facts["python"],
        reach=reach.finish(),
        world=World(load.place),
        parts=("env:", *shown, *parts),
    )


class Target:
    """One target and the worker that follows it."""

    def __init__(self, worker: WorkerProcess) -> None:
        self._worker = worker

    def update(self, image: Frame, seconds: float) -> tuple[NDArray[np.float64], float]:
        """Return box and score in the next frame."""
        answer = self._worker.ask(seconds, image, do="update")
        return np.array(answer["box"], np.float64), float(answer["score"])


def _give_back(idle: list[WorkerProcess], worker: WorkerProcess) -> None:
    if worker.sound:
        idle.append(worker)


def _in_file(text: str, match: re.Match[str]) -> tuple[Load, tuple[str | Path, ...], Walk]:
    """Return how a file's class is loaded, what it is called, and what its key covers."""
    file = Path(os.path.abspath(match["file"]))
    if not file.is_file():
        raise InputError(f"env:{text}: there is no Python file {file}; the form is {FORM}")
    settings = match["settings"] or ""
    paths = [str(place) for place in tracker_path()]
    walk = Walk([str(file.parent), *paths], alone=True)
    walk.main(file)
    cls = f":{match['name']}" if match["name"] else ""
    braces = f"{{{settings}}}" if settings else ""
    load = Load("file", str(file), match["name"] or "", settings, paths, "", [str(file)])
    return load, (file, cls + braces), walk


def _in_modules(match: re.Match[str]) -> tuple[Load, tuple[str | Path, ...], Walk]:
    """Return the same of a module's class."""
    kind = match["kind"]
    address = read_address(kind, match["address"])
    paths = [str(place) for place in address.paths]
    walk = Walk(paths, alone=True)
    walk.name(address.module)
    load = Load(
        kind, address.module, address.name, address.settings, paths, str(address.folder or ""), [address.module]
    )
    return load, (f"{kind}:", *address.parts), walk


def _find_python(text: str, python: str) -> str:
    """Return the absolute path of a program, links left as they are: an environment's Python is one."""
    found = shutil.which(os.path.expanduser(python))
    if found is None:
        raise InputError(f"env:{text}: there is no program {python}; the form is {FORM}")
    return os.path.abspath(found)


def _ask(text: str, python: str) -> Mapping[str, Any]:
    """Return what `trackers.adapters.abroad.start` says of a Python; InputError where it is none, or lacks NumPy."""
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    try:
        done = subprocess.run([python, str(START)], capture_output=True, timeout=ASK_SECONDS, env=clean)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InputError(f"env:{text}: {python} is no Python that can be started ({error})") from error
    try:
        facts: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError) as error:
        said = (done.stderr or done.stdout).decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise InputError(f"env:{text}: {python} is no Python from 3.7 on (it says {said[:200]!r})") from error
    if not facts["numpy"]:
        raise InputError(f"env:{text}: {python} ({facts['python']}) has no NumPy: install it there")
    return facts
