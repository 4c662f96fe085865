"""Windows around a target, one a frame, as video files: ``NAME.mp4`` beside ``NAME.json``."""

from __future__ import annotations

import json
from pathlib import Path

from benchmark.training.sources import Shot, Track, VideoFrame
from trackers.errors import InputError

SOURCE = "windows"


def read_windows(folder: Path) -> tuple[Track, ...]:
    """Return a track for each ``NAME.json`` with its ``NAME.mp4``.

    The JSON's ``windows`` has an entry a frame of the video, in the order of time, whose ``box`` is the target's x, y,
    w, h in pixels of that frame, 0-based. InputError where the folder has none, or one that is laid out otherwise.
    """
    tracks = []
    for notes in sorted(folder.glob("[!.]*.json")):
        video = notes.with_suffix(".mp4")
        if not video.is_file():
            raise InputError(f"{notes} stands alone: there is no {video.name} beside it")
        try:
            boxes = [window["box"] for window in json.loads(notes.read_text(encoding="utf-8"))["windows"]]
            shots = tuple(Shot(VideoFrame(video, i), (float(x), float(y), float(w), float(h)))
                          for i, (x, y, w, h) in enumerate(boxes))  # fmt: skip
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"{notes}: not the windows of a video ({error!r})") from error
        tracks.append(Track(SOURCE, notes.stem, shots))
    if not tracks:
        raise InputError(f"{folder} has no NAME.json with its NAME.mp4")
    return tuple(tracks)
