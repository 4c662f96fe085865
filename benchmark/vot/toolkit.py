"""vot-toolkit in an environment of its own in the user's cache: made, found, checked and called; never imported.

It is GPL-3 and takes 600 MB. 0.7.4 is the newest version that runs every protocol, with attributee 0.1.9 alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmark.datasets.render.cache import cache_folder
from trackers.errors import InputError

__all__ = ["Toolkit", "find_toolkit", "set_up", "toolkit_folder"]

VERSIONS = {"vot-toolkit": "0.7.4", "attributee": "0.1.9"}
MEND = "`run_bench vot setup` makes its environment (600 MB, from PyPI)"
_ASK = (
    "import json, sys; from importlib.metadata import version; import vot;"
    "print(json.dumps({name: version(name) for name in sys.argv[1:]}))"
)
_STACK = (
    "import json, sys, yaml; from vot.stack import resolve_stack; path = resolve_stack(sys.argv[1]);"
    "print(json.dumps(yaml.safe_load(open(path))))"
)
_HELD = """
import os, runpy, signal, threading

def held():
    while os.read(0, 1):
        pass
    os.killpg(0, signal.SIGKILL) if hasattr(os, "killpg") else os._exit(1)

threading.Thread(target=held, daemon=True).start()
runpy.run_module("vot", run_name="__main__", alter_sys=True)
"""
"""Runs the toolkit until its standard input ends: then whoever started it is gone, and so are it and its trackers."""


@dataclass(frozen=True)
class Toolkit:
    """An environment that holds the toolkit."""

    folder: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def command(self, *words: str) -> list[str]:
        """Return the command line of one of the toolkit's commands, to be held by its standard input."""
        return [str(self.python), "-c", _HELD, *words]

    def stack(self, name: str) -> dict[str, object]:
        """Return a stack that the toolkit has, as plain data; InputError for another."""
        done = _call([str(self.python), "-c", _STACK, name])
        if done.returncode:
            raise InputError(f"vot-toolkit {VERSIONS['vot-toolkit']} has no stack {name!r}: {_last(done.stderr)}")
        found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
        return found


def toolkit_folder() -> Path:
    """Return where the environment is, or would be: ``ENGRAM_VOT``, else in the user's cache."""
    named = os.environ.get("ENGRAM_VOT")
    return Path(named) if named else cache_folder() / f"vot-toolkit-{VERSIONS['vot-toolkit']}"


def find_toolkit() -> Toolkit:
    """Return the environment, its versions checked; InputError where there is none, or another version is in it."""
    toolkit = Toolkit(toolkit_folder())
    if not toolkit.python.exists():
        raise InputError(f"vot-toolkit is not there (looked in {toolkit.folder}): {MEND}")
    done = _call([str(toolkit.python), "-c", _ASK, *VERSIONS])
    if done.returncode:
        raise InputError(f"vot-toolkit in {toolkit.folder} does not load ({_last(done.stderr)}): {MEND} anew")
    found = json.loads(done.stdout.splitlines()[-1])
    if other := {name: version for name, version in found.items() if version != VERSIONS[name]}:
        name, version = next(iter(other.items()))
        raise InputError(f"{toolkit.folder} has {name} {version}, {VERSIONS[name]} is wanted: {MEND} anew")
    return toolkit


def set_up(on_line: Callable[[str], None] = lambda line: None) -> Toolkit:
    """Make the environment, or complete it; InputError where that fails. Each line that pip says is handed on."""
    toolkit = Toolkit(toolkit_folder())
    wanted = [f"{name}=={version}" for name, version in VERSIONS.items()]
    pip = [str(toolkit.python), "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off"]
    steps = [] if toolkit.python.exists() else [[sys.executable, "-m", "venv", str(toolkit.folder)]]
    steps.append([*pip, *wanted])
    for step in steps:
        last = ""
        for line in _lines(step):
            last = line
            on_line(line)
        if last.startswith("exit "):
            raise InputError(f"{' '.join(step[:6])} ... failed ({last}): the lines above say why")
    return find_toolkit()


def _lines(command: Sequence[str]) -> Iterator[str]:
    """Yield what a command says, a line at a time; at last ``exit N`` where it failed."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip():
                yield line.rstrip()
    if process.returncode:
        yield f"exit {process.returncode}"


def _call(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL)


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else "it says nothing"
