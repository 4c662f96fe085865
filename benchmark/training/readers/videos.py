"""Folders of videos as their benchmarks lay them out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.box_text import read_boxes, read_flags
from benchmark.datasets.folder import FolderDataset
from benchmark.datasets.images import list_images
from benchmark.datasets.listing import below
from benchmark.plurals import counted
from benchmark.training.sources import Shot, Stored, Track
from trackers.errors import InputError

SMALLEST = 8.0
"""Pixels: a target whose width and height have a smaller geometric mean is left out, as is one thinner than 1 : 8."""


def read_got10k(folder: Path) -> tuple[Track, ...]:
    """Return GOT-10k's train or val split: ``<sequence>/{00000001.jpg, groundtruth.txt, absence.label}``, 1-based."""
    tracks = []
    for sequence in _folders_with(folder, "groundtruth.txt", "GOT-10k"):
        seen = ~read_flags(sequence / "absence.label")
        tracks.append(
            _track("got10k", sequence.name, list_images(sequence), read_boxes(sequence / "groundtruth.txt"), seen)
        )
    return _some(tracks, folder, "GOT-10k")


def read_lasot(folder: Path) -> tuple[Track, ...]:
    """Return LaSOT: ``[<class>/]<sequence>/{img/, groundtruth.txt, full_occlusion.txt, out_of_view.txt}``, 1-based."""
    tracks = []
    for sequence in _folders_with(folder, "groundtruth.txt", "LaSOT"):
        hidden, away = (read_flags(sequence / name) for name in ("full_occlusion.txt", "out_of_view.txt"))
        images, rows = list_images(sequence / "img"), read_boxes(sequence / "groundtruth.txt")
        seen = np.ones(len(rows), np.bool_)
        for flags in (hidden, away):
            if len(flags) == len(seen):
                seen &= ~flags
        tracks.append(_track("lasot", sequence.name, images, rows, seen))
    return _some(tracks, folder, "LaSOT")


def read_trackingnet(folder: Path) -> tuple[Track, ...]:
    """Return TrackingNet: ``[TRAIN_n/]{anno/<sequence>.txt, frames/<sequence>/0.jpg}``, 0-based boxes.

    Most of its boxes were made by a tracker, so its tracks count as not exact.
    """
    tracks = []
    for text in [file for file in below(folder, ".txt") if file.parent.name == "anno"]:
        frames = text.parent.parent / "frames" / text.stem
        if frames.is_dir():
            rows = read_boxes(text) + np.array([1.0, 1.0, 0.0, 0.0])
            tracks.append(
                _track("trackingnet", text.stem, list_images(frames), rows, np.ones(0, np.bool_), exact=False)
            )
    return _some(tracks, folder, "TrackingNet")


def read_vid(folder: Path) -> tuple[Track, ...]:
    """Return ILSVRC-VID: ``Annotations/VID/<split>/.../<frame>.xml`` beside ``Data/VID/<split>/.../<frame>.JPEG``."""
    annotations = folder / "Annotations" / "VID"
    shots: dict[tuple[str, str], list[Shot]] = {}
    for file in below(annotations, ".xml"):
        relative = file.relative_to(annotations)
        picture = Stored(folder / "Data" / "VID" / relative.with_suffix(".JPEG"))
        try:
            found = ElementTree.parse(file).getroot().findall("object")
            for item in found:
                corners = item.find("bndbox")
                assert corners is not None
                low_x, low_y, high_x, high_y = (
                    float(corners.findtext(k) or "") for k in ("xmin", "ymin", "xmax", "ymax")
                )
                box = (low_x, low_y, high_x - low_x, high_y - low_y)
                if _usable(box):
                    key = (relative.parent.as_posix(), item.findtext("trackid") or "0")
                    shots.setdefault(key, []).append(Shot(picture, box))
        except (ElementTree.ParseError, ValueError, AssertionError) as error:
            raise InputError(f"{file} is no ILSVRC annotation ({error or 'an object without bndbox'})") from error
    tracks = [Track("vid", f"{video}/{target}", tuple(seen)) for (video, target), seen in shots.items()]
    return _some(tracks, folder, "ILSVRC-VID")


def read_folders(folder: Path) -> tuple[Track, ...]:
    """Return the user's own sequences, laid out as for evaluation (docs/datasets.md)."""
    dataset = FolderDataset(folder)
    tracks = []
    for sequence in dataset.load(dataset.inventory().found):
        rows = sequence.annotation.boxes + np.array([1.0, 1.0, 0.0, 0.0])
        tracks.append(_track("folder", sequence.name, sequence.frames, rows, sequence.annotation.valid))
    return _some(tracks, folder, "sequence folders")


def _track(
    source: str,
    name: str,
    images: Sequence[Path],
    rows: NDArray[np.float64],
    seen: NDArray[np.bool_],
    *,
    exact: bool = True,
) -> Track:
    """Return a track of the frames in which the target is to be seen; `rows` are 1-based, `seen` may be empty."""
    if len(images) != len(rows):
        raise InputError(f"{name}: {counted(len(images), 'image')}, but {counted(len(rows), 'box', 'boxes')}")
    shown = seen if len(seen) == len(rows) else np.ones(len(rows), np.bool_)
    shots = []
    for image, row, there in zip(images, rows, shown, strict=True):
        box = (float(row[0]) - 1, float(row[1]) - 1, float(row[2]), float(row[3]))
        if there and _usable(box):
            shots.append(Shot(Stored(image), box))
    return Track(source, name, tuple(shots), exact)


def _usable(box: tuple[float, float, float, float]) -> bool:
    width, height = box[2:]
    if not (np.isfinite(box).all() and width > 0 and height > 0):
        return False
    return bool(np.sqrt(width * height) >= SMALLEST and max(width / height, height / width) <= 8)


def _folders_with(folder: Path, name: str, layout: str) -> list[Path]:
    found = [file.parent for file in below(folder, ".txt") if file.name == name]
    if not found:
        raise InputError(f"{folder} holds no {layout}: no {name} in it or below")
    return found


def _some(tracks: Iterable[Track], folder: Path, layout: str) -> tuple[Track, ...]:
    kept = tuple(track for track in tracks if track.shots)
    if not kept:
        raise InputError(f"{folder} holds no {layout} target that can be trained on")
    return kept
