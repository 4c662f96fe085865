"""A repository laid out as those with pytracking's interface are, made of a few lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from conftest import paint

from trackers.adapters.containment import Contained
from trackers.names import TrackerSpec, resolve

FIRST = np.array([[40.0, 40.0, 30.0, 24.0]])
PARAMS = """
class TrackerParams:
    pass
"""
TRACKER = """
from lib.test.utils import TrackerParams
class {name}:
    def __init__(self, {arguments}):
        self.params = params
        {built}
    def initialize(self, image, info):
        print("initialized")
        self.box = info["init_bbox"]
        assert isinstance(self.box, list)
    def track(self, image{info}):
        {track}
        self.box = [self.box[0] + self.params.step, *self.box[1:]]
        return {{"target_bbox": self.box}}
"""
ONE_MODULE = """
from lib.test.utils import TrackerParams
from lib.config import cfg
def parameters(name{more}):
    print("making", name)
    cfg.update({{"small": {{"step": 1}}, "large": {{"step": 5, "kept": True}}}}[name])
    params = TrackerParams()
    params.cfg, params.step, params.checkpoint = cfg, cfg["step"], {checkpoint!r}
    {set}
    return params
"""


def write(folder: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        for parent in file.parents:
            if parent == folder:
                break
            (parent / "__init__.py").touch()
        file.write_text(text)


def repository(
    folder: Path, *, arguments: str = "params, dataset_name", built: str = "pass", info: str = ", info=None",
    track: str = "pass", more: str = "", set: str = "pass",
) -> Path:  # fmt: skip
    """Write one like OSTrack's: a module a tracker, and one for all its settings."""
    tracker = TRACKER.format(name="Theirs", arguments=arguments, built=built, info=info, track=track)
    folder.mkdir(exist_ok=True)
    (folder / "net.pth").write_bytes(b"1")
    write(
        folder,
        {
            "lib/config.py": "cfg = {}",
            "lib/test/utils.py": PARAMS,
            "lib/test/tracker/theirs.py": tracker,
            "lib/test/parameter/theirs.py": ONE_MODULE.format(more=more, set=set, checkpoint=str(folder / "net.pth")),
        },
    )
    return folder


def named(folder: Path, setting: str = "small") -> TrackerSpec:
    return resolve(f"pytracking:{folder}/lib.test.tracker.theirs:Theirs{{{setting}}}")


def follow(spec: TrackerSpec, frames: int = 3) -> list[float]:
    """Return how far each box lies right of the first."""
    tracker: Any = spec.build("cpu")
    assert isinstance(tracker, Contained)
    video, rows = paint(frames), []
    state = tracker.start(video[:1], FIRST, [0])
    for frame in video[1:]:
        step, state = tracker.step(state, [frame])
        rows.append(float(step.boxes[0, 0] - 40))
    return rows
