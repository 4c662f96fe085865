"""Results folders of one's own and of strangers, and submissions."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmark.interop.bundle import pack

SKILLS = {"siamfc": 0.4, "memtrack": 0.6, "dualmn": 0.9}


@pytest.fixture
def own(make: Callable[..., Path], tmp_path: Path) -> Path:
    """A results folder with one run of three trackers; its videos lie in it."""
    make(tmp_path / "own", SKILLS, frames=30, pictures=True)
    return tmp_path / "own"


@pytest.fixture
def their_run(make: Callable[..., Path], tmp_path: Path, own: Path) -> Path:
    """A stranger's run on the same videos."""
    return make(tmp_path / "theirs", {"cv2:kcf": 0.8}, frames=30, extras=False, seed=5)


@pytest.fixture
def submit(tmp_path: Path) -> Callable[..., Path]:
    """Pack a run and write its submission; return the folder of submissions."""

    def write(run: Path, name: str = "theirs", **changes: object) -> Path:
        folder = tmp_path / "submissions"
        folder.mkdir(exist_ok=True)
        seal = pack(run, folder / f"{name}.zip")
        said = {"schema": 1, "bundle": f"{name}.zip", "seal": seal, "by": "Some Group", **changes}
        (folder / f"{name}.json").write_text(json.dumps({key: one for key, one in said.items() if one is not None}))
        return folder

    return write


@pytest.fixture
def ended() -> Callable[[Path, float], None]:
    """Say when a run ended."""
    return lambda run, seconds: os.utime(run / "manifest.json", (seconds, seconds))
