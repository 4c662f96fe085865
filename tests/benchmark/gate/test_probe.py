"""The probe times other revisions' trackers: of these it may ask only what all revisions have."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

from conftest import REPOSITORY

LOADED = """
import json, sys
from benchmark.datasets.images import read_frame
from benchmark.engine import job, load, stopwatch
from benchmark.gate import probe
print(json.dumps([m.__file__ for name, m in sys.modules.items() if name.split(".")[0] == "benchmark"]))
"""
COMMON = {
    "trackers.api": {"Boxes", "Frame", "Tracker"},
    "trackers.errors": {"InputError", "did_you_mean"},
    "trackers.names": {"resolve"},
}
"""What the first blessed revision (688b396) has, by module."""


def test_what_the_probe_loads_asks_of_trackers_only_what_every_revision_has() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    asked: dict[str, set[str]] = {}
    for file in json.loads(done.stdout):
        for node in ast.walk(ast.parse(Path(file).read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "trackers":
                asked.setdefault(str(node.module), set()).update(alias.name for alias in node.names)
    assert asked
    for module, names in asked.items():
        assert names <= COMMON.get(module, set()), module
