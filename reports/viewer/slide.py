"""Pictures for a slide: a row of frames with everybody's boxes and who is who below, and a clip."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmark.playback.files import GIF_MOST
from benchmark.playback.scene import Cut, Scene
from reports.failures import cut
from reports.plots.style import colours
from reports.strips import PICTURES, moments
from reports.video.lettering import Canvas, Colour, Lettering, rgb
from reports.video.picture import TRUTH_NAME, paint_frame
from reports.video.render import write_video
from reports.viewer.footage import Reel
from trackers.boxes import tame
from trackers.errors import InputError

WIDTH = 480
"""Of each picture of a strip, in pixels."""
PAPER: Colour = (255, 255, 255)
INK: Colour = (28, 33, 39)
SOFT: Colour = (87, 97, 108)
GAP, LINE = 12, 34
FPS = 25.0
MOST = 1500
"""Frames of a clip: a minute, more than any slide shows."""
SLOW_MOST = 400
"""The same without ffmpeg, where some dozen frames a second are written."""


def strip_frames(scene: Scene, span: Cut | None) -> list[int]:
    """Return which frames a strip shows: the moments that matter, or frames spread over a span."""
    if span is not None:
        count = min(PICTURES, span.last - span.first + 1)
        return sorted({round(float(one)) for one in np.linspace(span.first, span.last, count)})
    cuts = []
    for trail in scene.trails:
        rows = slice(trail.start, trail.start + len(trail.boxes))
        truth = scene.truth
        own = cut(tame(trail.boxes), truth.boxes[rows], truth.valid[rows]) if truth and len(trail.boxes) else ()
        cuts.append((trail.start, own))
    return moments(cuts, scene.length)


def strip_picture(scene: Scene, reel: Reel, frames: Sequence[int], size: tuple[int, int]) -> bytes:
    """Return the strip as a PNG; frames of (width, height) `size` that cannot be had are grey."""
    given = {name: rgb(colour) for name, colour in colours(scene.cast).items()}
    height = min(round(WIDTH * size[1] / size[0]), round(1.25 * WIDTH))
    width = len(frames) * (WIDTH + GAP) + GAP
    letters, small = Lettering(20), Lettering(17)
    rows = list(_legend(scene, given, letters, width - 2 * GAP))
    canvas = np.full((GAP + height + LINE * (1 + len(rows)), width, 3), PAPER, np.uint8)
    for place, index in enumerate(frames):
        x = GAP + place * (WIDTH + GAP)
        paint_frame(
            canvas[GAP : GAP + height, x : x + WIDTH], reel.pixels(index, size), index, scene, given, thickness=3
        )
        small.write(canvas, f"frame {index + 1}", x, GAP + height + LINE // 2, SOFT)
    title = small.shortened(f"{scene.name} ({scene.source})", WIDTH - small.width(f"frame {scene.length}") - 2 * GAP)
    small.write(canvas, title, width - GAP, GAP + height + LINE // 2, SOFT, "right")
    for number, row in enumerate(rows):
        middle = GAP + height + LINE * (1 + number) + LINE // 2
        for x, text, colour in row:
            _swatch(canvas[middle - 3 : middle + 3, x : x + 30], colour)
            letters.write(canvas, text, x + 38, middle, INK)
    _, data = cv2.imencode(".png", cv2.cvtColor(canvas, cv2.COLOR_RGB2BGR))
    return data.tobytes()


@contextmanager
def clip(scene: Scene, reel: Reel, span: Cut, size: tuple[int, int], ending: str, width: int) -> Iterator[Path]:
    """Write a clip and give its file, which is gone afterwards. InputError where it would be too long."""
    most = GIF_MOST if ending == ".gif" else MOST
    if len(span) > most:
        raise InputError(f"{len(span)} frames are more than the {most} of such a clip: mark fewer with i and o")
    if ending == ".webm" and len(span) > SLOW_MOST:
        raise InputError(
            f"no ffmpeg is found, so that a video of {len(span)} frames would take long: install ffmpeg or"
            f" 'engram-bench[video]', or mark at most {SLOW_MOST} frames with i and o"
        )
    with tempfile.TemporaryDirectory(prefix="engram-clip-") as folder:
        frames = ((index, reel.pixels(index, size)) for index in range(span.first, span.last + 1))
        yield write_video(scene, span, frames, Path(folder) / f"clip{ending}", width=width, fps=FPS)


def _legend(
    scene: Scene, given: dict[str, Colour], letters: Lettering, room: int
) -> Iterator[list[tuple[int, str, Colour | None]]]:
    """Yield the legend's rows: where an entry begins, its text and its colour; None for the ground truth."""
    entries: list[tuple[str, Colour | None]] = [(trail.name, given[trail.name]) for trail in scene.trails]
    if scene.truth is not None:
        entries.append((TRUTH_NAME, None))
    row: list[tuple[int, str, Colour | None]] = []
    x = GAP
    for name, colour in entries:
        text = letters.shortened(name, room - 38)
        if row and x + 38 + letters.width(text) > room:
            yield row
            row, x = [], GAP
        row.append((x, text, colour))
        x += 38 + letters.width(text) + 28
    yield row


def _swatch(place: Canvas, colour: Colour | None) -> None:
    if colour is not None:
        place[:] = colour
        return
    bar: NDArray[np.uint8] = np.full_like(place, 255)
    bar[:, [*range(12), *range(18, 30)]] = 150  # the dashed white of the frames, on white
    place[:] = bar
