"""A recipe's data: its tracks, and which of them only validation sees."""

from __future__ import annotations

import hashlib
from pathlib import Path

from benchmark.training.readers import READERS
from benchmark.training.recipe import Recipe, SourceEntry
from benchmark.training.sources import Track
from trackers.errors import InputError


def read_tracks(recipe: Recipe, root: Path) -> tuple[Track, ...]:
    """Return the tracks of a recipe's sources under `root`. InputError where a reader or its folder is missing."""
    tracks = _read(recipe, recipe.mixture.sources, root)
    weights, without = recipe.mixture.weights, recipe.mixture.leave_out
    return tuple(track for track in tracks if weights.get(track.source, 1.0) > 0 and track.name not in without)


def read_judges(recipe: Recipe, root: Path) -> tuple[Track, ...]:
    """Return the tracks that a recipe's best weights are chosen by; none where that is a share of its own.

    InputError as in `read_tracks`, and where one of them is too short for a clip.
    """
    judges = _read(recipe, recipe.judges, root)
    if short := [track.name for track in judges if len(track.shots) <= recipe.frames]:
        raise InputError(f"recipe {recipe.name}: video {short[0]} has no {recipe.frames + 1} frames to judge by")
    return judges


def _read(recipe: Recipe, sources: tuple[SourceEntry, ...], root: Path) -> tuple[Track, ...]:
    tracks: list[Track] = []
    for entry in sources:
        if entry.reader not in READERS:
            raise InputError(f"recipe {recipe.name}: no reader {entry.reader!r}; there are {', '.join(READERS)}")
        tracks += READERS[entry.reader](root / entry.folder)
    return tuple(tracks)


def split(tracks: tuple[Track, ...], share: float) -> tuple[tuple[Track, ...], tuple[Track, ...]]:
    """Return tracks to train on and tracks held out, chosen by their names alone: the same in every run."""

    def place(track: Track) -> float:
        return int(hashlib.sha256(f"{track.source}/{track.name}".encode()).hexdigest()[:8], 16) / 16**8

    share = max(share, min(map(place, tracks), default=0.0))  # at least one
    held = tuple(track for track in tracks if place(track) <= share)
    rest = tuple(track for track in tracks if place(track) > share)
    return rest, held
