"""Measure what a frame costs beside the tracker's own work where the tracker runs in another process.

    python -m benchmark.measurements.other_environment [--python PYTHON] [--frames 300] [--rounds 5]

Trackers that return the same box at once: in this process (``py:``), in another Python (``env:``) and, where vot-trax
is installed here, over TraX (``trax:``). A frame of each in turns; what counts is the clock's time.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import numpy as np

from benchmark.engine.device import environment_class, use_device
from benchmark.engine.load import Watch
from trackers.api import Tracker
from trackers.names import resolve

SIZES = ((640, 480), (1280, 720), (1920, 1080))
AIM = "2 ms at 640x480 with `env:`"
CLASS = """
class Still:
    def init(self, image, box): self.box = box
    def update(self, image): return self.box
"""
REGISTERED = 'from trackers.api import register\n@register("still", remembers="nothing")' + CLASS
SERVER = """
import trax
with trax.Server([trax.Region.RECTANGLE], [trax.Image.PATH]) as server:
    while (request := server.wait()).type not in ("quit", "error"):
        if request.type == "initialize": box = request.objects[0][0]
        server.status([(box, {})])
"""


@click.command()
@click.option("--python", default=sys.executable, help="The other environment's Python.")
@click.option("--frames", default=300)
@click.option("--rounds", default=5)
@click.option("--out", type=click.Path(path_type=Path), default=Path("results/tables"))
def main(python: str, frames: int, rounds: int, out: Path) -> None:
    """Measure and write ``other-environment.md``."""
    device, watch = use_device("cpu"), Watch()
    with TemporaryDirectory() as folder:
        names = _write(Path(folder), python)
        rows = [_row(size, names, frames, rounds, device) for size in SIZES]
    heads = " | ".join(f"`{kind}:`" for kind in names)
    text = f"""# What another process costs a frame

`python -m benchmark.measurements.other_environment`: a tracker that returns its box at once, called as a run calls it
(guard, copy of the frame and check of the answer included). Milliseconds a frame, median and, in brackets, 95th
percentile of {rounds} x {frames} frames in turns; {datetime.now(UTC):%Y-%m-%d}, {environment_class(device)["device"]};
other processes kept {watch.others():.2f} cores busy meanwhile. TraX hands frames over as bitmaps, the reading of which
is not in it. The aim: less than {AIM}.

| frame | {heads} | `env:` - `py:` |
|---|{"---|" * (len(names) + 1)}
{chr(10).join(rows)}
"""
    out.mkdir(parents=True, exist_ok=True)
    (out / "other-environment.md").write_text(text, "utf-8")


def _write(folder: Path, python: str) -> dict[str, str]:
    """Write the trackers and return their names, by their kinds."""
    for name, code in (("registered", REGISTERED), ("still", CLASS), ("server", SERVER)):
        (folder / f"{name}.py").write_text(code)
    names = {"py": f"py:{folder / 'registered.py'}", "env": f"env:{python} {folder / 'still.py'}:Still"}
    if find_spec("trax"):
        names["trax"] = f'trax:"{sys.executable} {folder / "server.py"}"'
    return names


def _row(size: tuple[int, int], names: dict[str, str], frames: int, rounds: int, device: str) -> str:
    """Return a line of the table."""
    width, height = size
    frame = np.random.default_rng(0).integers(0, 255, (height, width, 3), np.uint8)
    trackers = {kind: resolve(name).build(device) for kind, name in names.items()}
    found: dict[str, list[float]] = {kind: [] for kind in names}
    for _ in range(rounds):
        for kind, seconds in _follow(trackers, frame, frames).items():
            found[kind] += seconds
    cells = [f"{1e3 * np.median(one):.2f} ({1e3 * np.percentile(one, 95):.2f})" for one in found.values()]
    more = 1e3 * (np.median(found["env"]) - np.median(found["py"]))
    click.echo(f"{width}x{height}: {dict(zip(names, cells, strict=True))}", err=True)
    return f"| {width}x{height} | {' | '.join(cells)} | {more:.2f} |"


def _follow(trackers: dict[str, Tracker[Any]], frame: Any, frames: int) -> dict[str, Sequence[float]]:
    """Return the seconds of each frame after the first, by kind; trackers take turns at every frame."""
    box = np.array([[20.0, 20.0, 40.0, 40.0]])
    states = {kind: tracker.start([frame], box, [0]) for kind, tracker in trackers.items()}
    found: dict[str, list[float]] = {kind: [] for kind in trackers}
    for _ in range(frames):
        for kind, tracker in trackers.items():
            began = time.perf_counter()
            _, states[kind] = tracker.step(states[kind], [frame])
            found[kind].append(time.perf_counter() - began)
    return dict(found)


if __name__ == "__main__":
    main()
