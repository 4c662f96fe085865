"""A run made from Python: one tracker that never moves and one that knows where the target goes."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import write_folder

from benchmark import run
from benchmark.notebook.loading import LoadedRun

TRACKERS = """
from trackers.api import register


@register("still", remembers="where the target was")
class Still:
    def init(self, image, box):
        self.box = box

    def update(self, image):
        return self.box


@register("moving", remembers="where it goes")
class Moving(Still):
    def update(self, image):
        self.box = self.box + [2.0, 0.0, 0.0, 0.0]
        return self.box
"""


FAILING = """
from trackers.api import register

@register("none-at-all", remembers="nothing")
class Failing:
    def init(self, image, box):
        raise RuntimeError

    def update(self, image):
        return box
"""


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with three short videos and a file of two trackers."""
    place = tmp_path_factory.mktemp("notebook")
    for index, name in enumerate(("first", "second", "third")):
        write_folder(place / "videos" / name, frames=6 + 2 * index, seed=index)
    (place / "two.py").write_text(TRACKERS)
    return place


@pytest.fixture(scope="session")
def loaded(place: Path) -> LoadedRun:
    """Their run."""
    names = [f"py:{place / 'two.py'}:{name}" for name in ("Still", "Moving")]
    return run(names, "folder", data_root=place / "videos", results=place / "results", quiet=True)


@pytest.fixture(scope="session")
def trackers(loaded: LoadedRun) -> dict[str, str]:
    """The two trackers' full names."""
    return dict(zip(("still", "moving"), loaded.trackers, strict=True))


@pytest.fixture(scope="session")
def failed_run(place: Path) -> LoadedRun:
    """A run of a tracker that fails everywhere."""
    (place / "none.py").write_text(FAILING)
    tracker = f"py:{place / 'none.py'}:Failing"
    return run(tracker, "folder", data_root=place / "videos", results=place / "failed", quiet=True)
