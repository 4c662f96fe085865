"""Writes the video of a scene."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from benchmark.playback.files import check_file
from benchmark.playback.scene import Cut, Scene
from reports.video.encode import is_slow, open_video
from reports.video.picture import Painter
from trackers.errors import InputError

if TYPE_CHECKING:
    from trackers.api import Frame

LONG = 50
"""Frames of a video from which on it matters how fast they are written."""


def write_video(
    scene: Scene,
    cut: Cut,
    frames: Iterable[tuple[int, Frame]],
    out: Path,
    *,
    width: int,
    fps: float,
    on_frame: Callable[[], None] = lambda: None,
    on_remark: Callable[[str], None] = lambda line: None,
) -> Path:
    """Draw a scene's frames into a file and return it.

    Args:
        scene: What is drawn.
        cut: Which frames of it.
        frames: These, each with its index in the video.
        out: The file; its ending says of what kind.
        width: Of the picture in pixels; an odd one is made even.
        fps: Pictures a second.
        on_frame: Called after each.
        on_remark: Called with a line that the user may want to know beforehand.

    Raises InputError where the file cannot be written or has another ending.
    """
    check_file(out, len(cut))
    todo = iter(frames)
    first = next(todo, None)
    if first is None:
        raise InputError(f"{scene.name}: no frame to show")
    if len(cut) > LONG and is_slow(out):
        on_remark(
            "no ffmpeg is found, so that an .mp4 is written as VP9, a few frames a second: write a .webm, or install"
            " ffmpeg or 'engram-bench[video]'"
        )
    painter = Painter(scene, cut, width + width % 2, (first[1].shape[1], first[1].shape[0]))
    with open_video(out, painter.size, fps) as write:
        for index, frame in chain([first], todo):
            write(painter.paint(frame, index))
            on_frame()
    return out
