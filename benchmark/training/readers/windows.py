"""Video files with a box a frame: windows around a target, or whole frames."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmark.training.films import films
from benchmark.training.sources import Shot, Track, VideoFrame
from trackers.errors import InputError

WINDOWS, WHOLE = "windows", "whole"


def read_windows(folder: Path) -> tuple[Track, ...]:
    """Return a track for each ``NAME.mp4`` with its ``NAME.json``.

    The JSON's ``windows`` has an entry a frame of the video, in the order of time, whose ``box`` is the target's x, y,
    w, h in pixels of that frame, 0-based. InputError where the folder has none, or one that is laid out otherwise.
    """
    return _tracks(folder, WINDOWS, lambda notes: [window["box"] for window in notes["windows"]])


def read_whole(folder: Path) -> tuple[Track, ...]:
    """Return a track for each ``NAME.mp4`` with its ``NAME.json``, whose ``boxes`` has an x, y, w, h a whole frame.

    A frame whose box has no area shows no target. InputError as in `read_windows`.
    """
    return _tracks(folder, WHOLE, lambda notes: notes["boxes"])


def _tracks(folder: Path, source: str, boxes_of: Callable[[Any], Any]) -> tuple[Track, ...]:
    tracks = []
    for video, notes in films(folder):
        try:
            boxes = [tuple(map(float, box)) for box in boxes_of(notes)]
            shots = (Shot(VideoFrame(video, i), (x, y, w, h)) for i, (x, y, w, h) in enumerate(boxes))
            seen = tuple(shot for shot in shots if min(shot.box[2:]) > 0)
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"{video.with_suffix('.json')}: not the {source} of a video ({error!r})") from error
        tracks.append(Track(source, video.stem, seen))
    return tuple(tracks)
