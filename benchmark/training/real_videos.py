"""Real videos to choose by, unpacked once into a folder dataset."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmark.datasets.folder import FolderDataset
from benchmark.datasets.footage import open_footage
from benchmark.plurals import counted
from benchmark.training.films import films
from trackers.errors import InputError

FRAME = "{:04d}.jpg"
ONE_BASED = np.array([1.0, 1.0, 0.0, 0.0])
QUALITY = 95
"""Of the frames that are unpacked."""


def unpack_videos(folder: Path, out: Path) -> FolderDataset:
    """Return the folder's videos as a dataset, their frames and boxes in `out`; what is there already stays.

    ``NAME.json`` has ``boxes``, one x, y, w, h a frame of ``NAME.mp4``, in pixels, 0-based. InputError where there is
    no such pair, or a video is shorter than its boxes.
    """
    for video, notes in films(folder):
        if not (out / video.stem / "groundtruth.txt").is_file():
            _unpack(video, notes, out / video.stem)
    dataset = FolderDataset(out)
    dataset.title = f"the videos in {folder}"
    return dataset


def _unpack(video: Path, notes: Any, out: Path) -> None:
    """Write a video's frames, then its boxes: a folder without boxes is unpacked again."""
    try:
        boxes = np.array(notes["boxes"], np.float64).reshape(-1, 4)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{video.with_suffix('.json')}: not the boxes of a video ({error!r})") from error
    (out / "img").mkdir(parents=True, exist_ok=True)
    written = 0
    for frame in open_footage(video).frames():
        if written == len(boxes):
            break
        written += 1
        picture = cv2.cvtColor(frame, cv2.COLOR_RGB2BGR)
        cv2.imwrite(str(out / "img" / FRAME.format(written)), picture, (cv2.IMWRITE_JPEG_QUALITY, QUALITY))
    if written < len(boxes):
        raise InputError(f"{video} has {counted(written, 'frame')}, its notes have boxes for {len(boxes)}")
    rows = [",".join(f"{value:.2f}" for value in row) for row in np.add(boxes, ONE_BASED)]
    partial = out / ".groundtruth.txt"
    partial.write_text("\n".join(rows) + "\n", encoding="utf-8")
    os.replace(partial, out / "groundtruth.txt")
