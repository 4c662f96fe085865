"""Stills with boxes and outlines, as COCO lays them out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmark.datasets.listing import matching
from benchmark.training.sources import Polygons, Shot, Stored, Track
from trackers.errors import InputError

SMALLEST = 20.0
"""Pixels: an object whose width and height have a smaller geometric mean is left out, as is one thinner than 1 : 6."""


def read_coco(folder: Path) -> tuple[Track, ...]:
    """Return objects of ``annotations/instances_<split>.json``; pictures are in ``<split>/`` or ``images/<split>/``.

    Crowds are left out. Objects whose outline is given as polygons can be cut out.
    """
    files = matching(folder / "annotations", "instances*.json")
    if not files:
        raise InputError(f"{folder} holds no COCO: no annotations/instances_<split>.json")
    tracks: list[Track] = []
    for file in files:
        try:
            document = json.loads(file.read_text(encoding="utf-8"))
            pictures = {picture["id"]: picture for picture in document["images"]}
            where = _pictures(folder, file.stem.removeprefix("instances").strip("_"))
            for item in document["annotations"]:
                if not item.get("iscrowd") and _usable(item["bbox"]):
                    tracks.append(_object(where, pictures[item["image_id"]], item))
        except (LookupError, ValueError, TypeError, AttributeError, RecursionError) as error:
            raise InputError(f"{file} is no COCO annotation ({error!r})") from error
    if not tracks:
        raise InputError(f"{folder} holds no object that can be trained on")
    return tuple(tracks)


def _object(where: Path, picture: dict[str, Any], item: dict[str, Any]) -> Track:
    x, y, w, h = map(float, item["bbox"])
    rings = item.get("segmentation")
    outline = None
    if isinstance(rings, list) and rings:
        size = (int(picture["width"]), int(picture["height"]))
        outline = Polygons(size, tuple(tuple(map(float, ring)) for ring in rings))
    return Track("coco", str(item["id"]), (Shot(Stored(where / picture["file_name"]), (x, y, w, h), outline),))


def _usable(box: list[float]) -> bool:
    width, height = float(box[2]), float(box[3])
    return min(width, height) > 0 and width * height >= SMALLEST**2 and max(width / height, height / width) <= 6


def _pictures(folder: Path, split: str) -> Path:
    places = (folder / split, folder / "images" / split, folder / "images")
    return next((place for place in places if place.is_dir()), places[0])
