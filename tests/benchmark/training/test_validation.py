from __future__ import annotations

from pathlib import Path

import pytest

from benchmark.datasets.render.catalogue import NAMES, read_catalogue
from benchmark.datasets.render.scripts import CAUSES
from benchmark.training.validation import Tracked, track, validation_set


def test_every_cause_is_there_and_nothing_is_shared_with_the_demo_sets() -> None:
    entries = validation_set().catalogue.entries
    assert {entry.cause for entry in entries.values()} == set(CAUSES)
    seeds = {entry.seed for entry in entries.values()}
    assert len(seeds) == len(entries)
    for name in NAMES:
        for shown in read_catalogue(name).entries.values():
            assert shown.seed not in seeds
            assert shown.play().scene.target.body != next(iter(entries.values())).play().scene.target.body
    assert next(iter(entries.values())).play().scene.world.name == "training"


def test_scores_are_averaged_by_cause() -> None:
    scores = Tracked("x", {"fast-motion-bolt-1": 0.2, "fast-motion-bolt-2": 0.4, "plain-stroll-1": 0.9})
    assert scores.by_cause() == pytest.approx({"fast-motion": 0.3, "plain": 0.9})
    assert scores.mean == pytest.approx(0.5)


def test_a_tracker_is_validated_by_tracking(tmp_path: Path) -> None:
    scores = track("siamfc@imagenet", validation_set(["plain"], seeds=1, frames=12, cache=tmp_path))
    assert 0.5 < scores.mean <= 1
