"""One of our trackers as a TraX process, which vot-toolkit starts and talks to. One lane, as at ``--lanes 1``."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.region import Mask, Region
from benchmark.datasets.regions import cropped

__all__ = ["ALIVE", "Served", "main", "write_launcher"]

ALIVE = ".alive"
"""End of the name of a file that is touched while a tracker answers: whoever watches sees that it goes on."""
LAUNCHER = '''"""Starts one of Engram's trackers for vot-toolkit: the file that is named tells which."""
import sys

sys.path.insert(0, {home!r})
from benchmark.vot.server import main

main(sys.argv[1])
'''


@dataclass(frozen=True)
class Served:
    """What a server needs to know."""

    tracker: str
    """As `trackers.names.resolve` takes it, files by their full paths."""
    name: str
    """What it is called."""
    device: str
    seed: int
    dataset: str
    sequences: dict[str, str]
    """Names of sequences by their folders: what a lane draws at random depends on them."""


def write_launcher(folder: Path, served: dict[str, Served]) -> dict[str, list[str]]:
    """Write what starts each tracker into a workspace; return by identifier the words that follow the interpreter."""
    from benchmark.store.record import write_whole

    launcher = folder / "engram_tracker.py"
    write_whole(launcher, LAUNCHER.format(home=str(Path(__file__).resolve().parents[2])).encode())
    commands = {}
    for identifier, one in served.items():
        facts = folder / f"{identifier}.json"
        write_whole(facts, json.dumps(asdict(one), indent=1).encode())
        commands[identifier] = [str(launcher), str(facts)]
    return commands


def main(file: str) -> None:
    """Serve the tracker that a file describes until the client has enough of it.

    It is built before the first word to the client: what is wrong with it is then said, and ends the process.
    """
    import trax.server  # vot-trax, which nothing else of ours needs

    _own_streams(trax)
    alive, seen = Path(file).with_suffix(ALIVE), 0.0
    served = Served(**json.loads(Path(file).read_text("utf-8")))
    conversation = _Conversation(served)
    regions = [trax.Region.RECTANGLE, trax.Region.POLYGON, trax.Region.MASK]
    with trax.Server(regions, [trax.Image.PATH], tracker_name=served.name, tracker_family="Engram") as server:
        while (request := server.wait()).type in ("initialize", "frame"):
            path = Path(next(image for _, image in _pairs(request.image)).path())
            if request.type == "initialize":
                box, score = conversation.start(path, _region(request.objects[0][0], trax))
            else:
                box, score = conversation.step(path)
            if time.monotonic() - seen > 1.0:
                alive.touch()
                seen = time.monotonic()
            server.status([(trax.Rectangle.create(*map(float, box)), {"confidence": score})])


def _own_streams(trax: Any) -> None:
    """Keep the client's words and answers to it apart from what the tracker reads and prints, in C too.

    The library's server knows standard input and output alone; its own other way to begin takes any two streams.
    """
    from trax._ctypes import trax_server_setup_file_v

    words, answers = os.dup(0), os.dup(1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    trax.server.trax_server_setup_v = lambda told, log, more: trax_server_setup_file_v(told, words, answers, log, more)


class _Conversation:
    """What is asked of the tracker, and its state."""

    def __init__(self, served: Served) -> None:
        from benchmark.engine.device import use_device
        from trackers.names import resolve

        self._served = served
        device = use_device(served.device)
        self._tracker = resolve(served.tracker).build(device)
        self._state: Any = None

    def start(self, path: Path, region: Region) -> tuple[NDArray[np.float64], float]:
        from benchmark.datasets.images import read_frame
        from benchmark.engine.run import lane_seed
        from benchmark.protocols.vot import shown

        folder = next((part for part in path.parent.parts[::-1] if part in self._served.sequences), "")
        sequence = self._served.sequences.get(folder, folder)
        seed = lane_seed(self._served.seed, self._served.dataset, sequence)
        box = shown(region)
        self._state = self._tracker.start([read_frame(path)], box[None], [seed])
        return box, 1.0

    def step(self, path: Path) -> tuple[NDArray[np.float64], float]:
        from benchmark.datasets.images import read_frame

        found, self._state = self._tracker.step(self._state, [read_frame(path)])
        if found.boxes.shape != (1, 4):
            raise ValueError(f"the tracker returned boxes of shape {found.boxes.shape}, not (1, 4)")
        box = found.boxes[0]
        return box if np.isfinite(box).all() else np.array([-2.0, -2.0, 1.0, 1.0]), float(found.scores[0])


def _pairs(images: Any) -> Any:
    return images.items() if hasattr(images, "items") else enumerate(images)


def _region(region: Any, trax: Any) -> Region:
    """Return a region of TraX as ours: what stands for it is decided by our rule, not by TraX's."""
    if region.type == trax.Region.MASK:
        x, y = region.offset()
        return cropped(Mask(int(x), int(y), np.asarray(region.array()) > 0))
    if region.type == trax.Region.POLYGON:
        return np.array([[float(x), float(y)] for x, y in region])
    return np.array([float(value) for value in region.bounds()])
