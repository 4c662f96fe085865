from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from filming import filmed

from benchmark.datasets.render.catalogue import NAMES, read_catalogue
from benchmark.datasets.render.scripts import CAUSES
from benchmark.store.results import Results
from benchmark.training.real_videos import unpack_videos
from benchmark.training.validation import Tracked, track, validation_set
from trackers.errors import InputError


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


def test_a_real_video_stands_alone() -> None:
    assert Tracked("x", {"ball": 0.5, "plain-stroll-1": 0.9}).by_cause() == {"ball": 0.5, "plain": 0.9}


def test_trackers_are_validated_by_tracking_once(tmp_path: Path) -> None:
    videos, results = validation_set(["plain"], seeds=1, frames=12, cache=tmp_path), Results(tmp_path / "results")
    frames: list[int] = []
    (scores,) = track(["siamfc@imagenet"], videos, results, on_frames=lambda tracker, count: frames.append(count))
    assert 0.5 < scores.mean <= 1
    done = len(frames)
    assert track(["siamfc@imagenet"], videos, results, on_frames=lambda t, count: frames.append(count)) == [scores]
    assert len(frames) == done


def boxes(frames: int) -> object:
    return {"boxes": [[40 + 2 * i, 40, 30, 24] for i in range(frames)]}


def test_real_videos_become_a_dataset_once(tmp_path: Path) -> None:
    dataset = unpack_videos(filmed(tmp_path / "films", boxes(8)), tmp_path / "out")
    (sequence,) = dataset.load(dataset.inventory().found)
    assert (sequence.name, len(sequence)) == ("walk", 8)
    np.testing.assert_allclose(sequence.annotation.boxes[:, 0], 40 + 2 * np.arange(8))
    first = tmp_path / "out" / "walk" / "img" / "0001.jpg"
    unpacked = first.stat().st_mtime_ns
    unpack_videos(tmp_path / "films", tmp_path / "out")
    assert first.stat().st_mtime_ns == unpacked


def test_a_video_shorter_than_its_boxes_is_refused_and_not_kept(tmp_path: Path) -> None:
    films = filmed(tmp_path / "films", boxes(12))
    for _ in range(2):
        with pytest.raises(InputError, match="has 10 frames, its notes have boxes for 12"):
            unpack_videos(films, tmp_path / "out")
