"""Object crops in tar archives with one index: ``index.jsonl`` and the archives that its lines name."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Any

from benchmark.documents import parse_json
from benchmark.training.sources import Shot, Stored, Track
from trackers.errors import InputError


def read_crops(folder: Path) -> tuple[Track, ...]:
    """Return the tracks of an index whose lines hold one object each.

    Keys: ``file`` and ``mask`` (members of the tar ``shard``; mask may be null), ``set``, ``video`` (null for a still),
    ``frame``, ``box`` [x, y, w, h] in crop pixels, ``pseudo`` (the box is machine-made), and for some ``group``.
    """
    index = folder / "index.jsonl"
    if not index.is_file():
        raise InputError(f"{folder}: no index.jsonl, one JSON object a crop")
    members: dict[str, dict[str, tuple[int, int]]] = {}
    tracks: dict[tuple[str, str], list[tuple[int, Shot]]] = {}
    loose: set[tuple[str, str]] = set()
    for number, line in enumerate(index.read_bytes().splitlines(), 1):
        try:
            row = parse_json(line)
            key = (row["set"], str(row.get("group") or row.get("video") or row["file"]))
            if row["shard"] not in members:
                members[row["shard"]] = _members(folder / row["shard"])
            where = (folder / row["shard"], members[row["shard"]])
            shot = Shot(
                _stored(where, row["file"]), _box(row["box"]), _stored(where, row["mask"]) if row.get("mask") else None
            )
        except (LookupError, ValueError, TypeError, AttributeError) as error:
            raise InputError(f"{index}, line {number}: not a crop's entry ({error!r})") from error
        tracks.setdefault(key, []).append((int(row.get("group_frame") or row.get("frame") or 0), shot))
        if row.get("pseudo"):
            loose.add(key)
    return tuple(
        Track(
            source,
            name,
            tuple(shot for _, shot in sorted(shots, key=lambda pair: pair[0])),
            (source, name) not in loose,
        )
        for (source, name), shots in tracks.items()
    )


def _box(values: Any) -> tuple[float, float, float, float]:
    x, y, w, h = map(float, values)
    return x, y, w, h


def _stored(where: tuple[Path, dict[str, tuple[int, int]]], member: str) -> Stored:
    return Stored(where[0], *where[1][member])


def _members(archive: Path) -> dict[str, tuple[int, int]]:
    """Return where each member of an uncompressed tar begins, and how long it is."""
    try:
        with tarfile.open(archive, "r:") as tar:
            return {member.name: (member.offset_data, member.size) for member in tar if member.isfile()}
    except (OSError, tarfile.TarError) as error:
        raise InputError(f"{archive} is no readable tar archive: {error}") from error
