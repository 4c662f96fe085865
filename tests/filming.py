"""A small painted video file with notes, as training and validation read them."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
from conftest import paint


def filmed(folder: Path, notes: object) -> Path:
    """Write ten painted frames as ``walk.mp4``, and notes as ``walk.json``."""
    folder.mkdir(exist_ok=True)
    film = cv2.VideoWriter(str(folder / "walk.mp4"), cv2.VideoWriter.fourcc(*"mp4v"), 25, (160, 120))
    for picture in paint(10):
        film.write(picture[..., ::-1])
    film.release()
    (folder / "walk.json").write_text(json.dumps(notes))
    return folder
