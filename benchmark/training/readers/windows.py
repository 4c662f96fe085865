"""Windows around a target, one a frame, as video files."""

from __future__ import annotations

from pathlib import Path

from benchmark.training.films import films
from benchmark.training.sources import Shot, Track, VideoFrame
from trackers.errors import InputError

SOURCE = "windows"


def read_windows(folder: Path) -> tuple[Track, ...]:
    """Return a track for each ``NAME.mp4`` with its ``NAME.json``.

    The JSON's ``windows`` has an entry a frame of the video, in the order of time, whose ``box`` is the target's x, y,
    w, h in pixels of that frame, 0-based. InputError where the folder has none, or one that is laid out otherwise.
    """
    tracks = []
    for video, notes in films(folder):
        try:
            boxes = [tuple(map(float, window["box"])) for window in notes["windows"]]
            shots = tuple(Shot(VideoFrame(video, i), (x, y, w, h)) for i, (x, y, w, h) in enumerate(boxes))
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"{video.with_suffix('.json')}: not the windows of a video ({error!r})") from error
        tracks.append(Track(SOURCE, video.stem, shots))
    return tuple(tracks)
