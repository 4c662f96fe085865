"""``run_bench track VIDEO``: trackers on the user's own video, of which nobody knows the truth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np
from numpy.typing import NDArray

from benchmark.commands.options import device_option, json_option, seed_option, trackers_option, write_json
from benchmark.commands.terminal import echo, progress, remarks
from benchmark.commands.video import range_options, stoppable, video_options, write
from benchmark.plurals import counted
from trackers.boxes import oddities
from trackers.errors import InputError

if TYPE_CHECKING:
    from benchmark.datasets.footage import Footage
    from benchmark.playback.scene import Trail
    from trackers.api import Frame
    from trackers.names import TrackerSpec

LEAST = 2
"""Frames without which there is nothing to track."""


@click.command(
    epilog="""\b
Examples:
  run_bench track walk.mp4 --init 312,140,48,120                    the papers' five trackers
  run_bench track frames/ --init 10,20,30,40 -t memtrack,cv2:csrt -o seen.gif --every 2
  run_bench track walk.mp4 --init 312,140,48,120 --from 250 --to 900 --json boxes.json
Beside the video lies one text of boxes a tracker: x,y,w,h a frame, 1-based as OTB's (the first pixel is 1,1).
"""
)
@click.argument("video", type=click.Path(path_type=Path))
@click.option("--init", required=True, metavar="X,Y,W,H",
              help="The target in the first frame: left, top, width, height in pixels, counted from 0.")  # fmt: skip
@trackers_option
@click.option("--out", "-o", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="The video: .mp4 (slow to write without ffmpeg), .webm, .avi or .gif; boxes lie "
                   "beside it.  [default: NAME-tracked.mp4 here, .webm without ffmpeg]")  # fmt: skip
@json_option("boxes, scores and telemetry")
@range_options("tracked")
@video_options
@device_option
@seed_option
def track(
    *, video: Path, init: str, trackers: tuple[str, ...], out: Path | None, json_file: Path | None, begin: int | None,
    end: int | None, width: int, fps: float | None, every: int, quiet: bool, device: str, seed: int,
) -> None:  # fmt: skip
    """Run trackers on your own video and show what they do.

    VIDEO is a video file, or a folder of images. The target is the box --init in the first frame, or in the one that
    --from names. Trackers see every frame, whatever --every shows.
    """
    from benchmark.datasets.footage import open_footage
    from benchmark.playback.files import check_file, usual_ending
    from benchmark.playback.scene import Cut, Scene
    from trackers.names import expand

    says = remarks(quiet)
    footage = open_footage(video)
    box = parse_box(init, footage.size)
    file = out or Path(f"{footage.name}-tracked{usual_ending()}")
    if file.exists() and video.exists() and file.samefile(video):
        raise InputError(f"--out {file} would overwrite the video itself")
    check_file(file, footage.announced // every if end is None else (end - (begin or 1)) // every)
    start, stop = (begin or 1) - 1, end
    if stop is not None and stop - start < LEAST:
        raise InputError(f"--to {end}: at least {LEAST} frames are needed, from {start + 1} to {start + LEAST}")
    trails, seen = _follow(footage, tuple(expand(trackers)), box, start, stop, device, seed, quiet)
    length = start + seen
    if end is None and not footage.images and length < footage.announced:
        says.print(
            f"{video}: {length} of about {footage.announced} frames could be decoded", markup=False, soft_wrap=True
        )
    texts = [_write_boxes(file, trail) for trail in trails]
    to_stdout = write_json(_content(footage, trails, box, start, length, seed), json_file)
    scene = Scene(footage.name, "", length, tuple(trails), tuple(trail.name for trail in trails))
    cut = Cut.of(start, length, begin, end, every)
    frames = ((index, frame) for index, frame in _numbered(footage, start, length) if index in cut)
    write(scene, cut, frames, file, width, fps or max(footage.fps / every, 1), quiet)
    for trail in trails:
        for oddity in oddities(trail.boxes[1:], trail.scores[1:]):
            says.print(f"{trail.name}: {oddity}", markup=False, soft_wrap=True)
        if trail.error:
            after = f"after {len(trail.boxes)} of {seen} frames"
            says.print(f"{trail.name} failed {after}: {trail.error}", markup=False, soft_wrap=True)
    if not quiet:
        for text in texts:
            echo(f"Boxes: {text} (x,y,w,h, 1-based)", err=to_stdout)
    echo(file if quiet else f"Video: {file}", err=to_stdout)
    raise click.exceptions.Exit(1 if any(trail.error for trail in trails) else 0)


def parse_box(text: str, size: tuple[int, int]) -> NDArray[np.float64]:
    """Return ``x,y,w,h`` as (4,) pixels; InputError where that is no box, or none within a (width, height) frame."""
    try:
        box = np.array([float(part) for part in text.replace(";", ",").split(",")])
    except ValueError:
        box = np.empty(0)
    if box.shape != (4,) or not np.isfinite(box).all():
        raise InputError(f"--init {text}: four numbers are needed, x,y,w,h in pixels, e.g. --init 120,80,40,60")
    x, y, w, h = box
    if w <= 0 or h <= 0:
        raise InputError(f"--init {text}: width and height, the last two, must be above 0")
    if x >= size[0] or y >= size[1] or x + w <= 0 or y + h <= 0:
        raise InputError(f"--init {text}: the box lies outside of the frame, which is {size[0]}x{size[1]} pixels")
    return box


def _follow(
    footage: Footage, specs: Sequence[TrackerSpec], box: NDArray[np.float64], start: int, stop: int | None,
    device: str, seed: int, quiet: bool,
) -> tuple[list[Trail], int]:  # fmt: skip
    """Run the trackers over the frames from `start` on; return their trails and how many frames there were."""
    from benchmark.engine.device import use_device
    from benchmark.engine.follow import follow
    from benchmark.engine.run import lane_seed

    where = use_device(device)
    built = {spec.name: spec.build(where) for spec in specs}
    announced = max(min(stop or footage.announced, footage.announced) - start, 0)
    seen = 0

    def watched() -> Iterator[Frame]:
        nonlocal seen
        for _, frame in _numbered(footage, start, stop):
            if not seen:
                parse_box(",".join(f"{value:g}" for value in box), (frame.shape[1], frame.shape[0]))
            seen += 1
            yield frame

    with stoppable(), progress(remarks(quiet), "frames") as bars:
        bar = bars.add_task("tracking", total=announced or None)
        # As in a run on the same frames, so that boxes are the same.
        own = lane_seed(seed, "folder", footage.name)
        frames = watched()
        trails = follow(built, frames, box, own, start, lambda: bars.advance(bar))
        for _ in frames:  # that nobody was left to follow: the video is shown to its end all the same
            bars.advance(bar)
    if seen < LEAST:
        which = f"from frame {start + 1} on " if start else ""
        raise InputError(f"{footage.path}: {which}{counted(seen, 'frame')} to track; at least {LEAST} are needed")
    return trails, seen


def _numbered(footage: Footage, start: int, stop: int | None) -> Iterator[tuple[int, Frame]]:
    return islice(enumerate(footage.frames()), start, stop)


def _write_boxes(video: Path, trail: Trail) -> Path:
    """Write a tracker's boxes as OTB text, 1-based, beside the video; return the file."""
    from benchmark.store.results import slug

    file = video.with_name(f"{video.stem}.{slug(trail.name)}.txt")
    rows = (f"{x + 1:.4f},{y + 1:.4f},{w:.4f},{h:.4f}\n" for x, y, w, h in trail.boxes)
    try:
        file.write_text("".join(rows), "utf-8")
    except OSError as error:
        raise InputError(f"cannot write {file} ({error.strerror or error})") from error
    return file


def _content(
    footage: Footage, trails: Sequence[Trail], box: NDArray[np.float64], start: int, length: int, seed: int
) -> dict[str, Any]:
    """Return what --json writes."""
    return {
        "video": str(footage.path),
        "width": footage.size[0],
        "height": footage.size[1],
        "fps": footage.fps,
        "first_frame": start + 1,
        "last_frame": length,
        "boxes_are": "x, y, w, h in pixels, 0-based: the first pixel covers 0 to 1; a row a frame from the first on",
        "init": box.tolist(),
        "seed": seed,
        "trackers": [
            {
                "name": trail.name,
                "error": trail.error,
                "seconds": trail.seconds,
                "boxes": _plain(trail.boxes),
                "scores": _plain(trail.scores),
                "telemetry": {name: _plain(values) for name, values in trail.telemetry.items()},
            }
            for trail in trails
        ],
    }


def _plain(values: NDArray[Any]) -> list[Any]:
    """Return an array as JSON has it: null where a value is not finite."""
    real = values.astype(object)
    real[~np.isfinite(values)] = None
    plain: list[Any] = real.tolist()
    return plain
