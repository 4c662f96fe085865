"""Rendered sets as datasets: drawn once, the same every time, never half."""

from __future__ import annotations

import os
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import cv2
import numpy as np
import pytest

from benchmark.datasets.render import cache
from benchmark.datasets.render.catalogue import Catalogue, read_catalogue
from benchmark.datasets.render.dataset import CauseSpan, RenderedDataset
from benchmark.datasets.render.painter import Painter
from trackers.errors import InputError


def _small(frames: int = 3) -> Catalogue:
    demo = read_catalogue("demo")
    entries = {name: replace(demo.entries[name], frames=frames) for name in ("plain-1", "blur-1")}
    return replace(demo, entries=MappingProxyType(entries))


def _dataset(folder: Path, workers: int = 1, frames: int = 3) -> RenderedDataset:
    return RenderedDataset(_small(frames), folder, workers)


def _bytes(dataset: RenderedDataset) -> list[bytes]:
    return [frame.read_bytes() for s in dataset.load(dataset.inventory().found) for frame in s.frames]


def test_what_a_set_says_of_itself() -> None:
    for name, total in (("demo", 12), ("demo-full", 72), ("demo-large", 720)):
        dataset = RenderedDataset.open(name)
        assert dataset.total == total == len(dataset.inventory().found)
        assert not dataset.inventory().missing
        assert dataset.rendered
        assert dataset.revision.startswith(f"{name}/")


def test_the_large_set_has_ten_takes_of_each_plot_and_the_others_one() -> None:
    for name, takes in (("demo", 1), ("demo-full", 1), ("demo-large", 10)):
        plots = RenderedDataset.open(name).plots()
        assert set(Counter(plots.values()).values()) == {takes}
        assert set(plots.values()) <= set(plots)
    assert plots["occlusion-2-07"] == "occlusion-2-01"


def test_sequences_come_in_the_order_asked_for_with_their_truth(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    dataset = _dataset(tmp_path)
    first, second = dataset.load(["blur-1", "plain-1"], lambda done, total: seen.append((done, total)))
    assert (first.name, second.name) == ("blur-1", "plain-1")
    assert seen == [(0, 2), (1, 2), (2, 2)]
    assert len(first.frames) == len(first.annotation.boxes) == 3
    image = cv2.imread(str(first.frames[2]))
    assert image is not None
    assert image.shape == (240, 320, 3)
    assert image.std() > 20
    assert np.array_equal(first.annotation.boxes, dataset.annotation("blur-1").boxes)


def test_pixels_repeat_from_one_run_and_from_one_process_to_the_next(tmp_path: Path) -> None:
    alone, together = tmp_path / "alone", tmp_path / "together"
    assert _bytes(_dataset(alone)) == _bytes(_dataset(together, workers=2))


def test_frames_may_be_drawn_in_any_order() -> None:
    scene = read_catalogue("demo").entries["light-1"].play().scene
    forward, backward = Painter(scene), Painter(scene)
    expected = [forward.frame(t) for t in (0, 20)]
    assert np.array_equal(backward.frame(20), expected[1])
    assert np.array_equal(backward.frame(0), expected[0])


def test_what_is_there_is_not_drawn_again(tmp_path: Path) -> None:
    first = _dataset(tmp_path).load(["plain-1"])[0]
    stamp = first.frames[0].stat().st_mtime_ns
    assert _dataset(tmp_path).load(["plain-1"])[0].frames[0].stat().st_mtime_ns == stamp


def test_a_half_written_folder_is_not_used(tmp_path: Path) -> None:
    dataset = _dataset(tmp_path)
    whole = dataset.load(["plain-1"])[0]
    expected = [frame.read_bytes() for frame in whole.frames]
    whole.frames[1].unlink()
    assert [frame.read_bytes() for frame in dataset.load(["plain-1"])[0].frames] == expected


def test_a_killed_rendering_leaves_nothing_that_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(self: Painter, t: int) -> np.ndarray:
        if t == 2:
            raise KeyboardInterrupt
        return np.zeros((240, 320, 3), np.uint8)

    dataset = _dataset(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(Painter, "frame", die)
        with pytest.raises(KeyboardInterrupt):
            dataset.load(["plain-1"])
    assert not list(tmp_path.rglob("*.jpg"))
    assert dataset.load(["plain-1"])[0].frames[2].is_file()


def test_what_a_killed_process_left_is_cleared_and_what_one_draws_now_is_not(tmp_path: Path) -> None:
    dataset = _dataset(tmp_path)
    place = dataset.load(["plain-1"])[0].frames[0].parents[1]
    left, drawn = place / ".plain-1-0123abcd-x1", place / ".plain-1-0123abcd-x2"
    for folder in (left, drawn):
        folder.mkdir()
        (folder / "0001.jpg").write_bytes(b"x")
    hours_ago = time.time() - 2 * 3600
    os.utime(left, (hours_ago, hours_ago))
    dataset.load(["plain-1"])  # draws nothing, and looks for nothing
    assert left.is_dir()
    dataset.load(["blur-1"])
    assert not left.exists()
    assert (drawn / "0001.jpg").is_file()


def test_two_that_draw_the_same_do_no_harm(tmp_path: Path) -> None:
    entry = _small().entries["plain-1"]
    folder = tmp_path / "plain-1"
    cache.install(entry, folder)
    before = (folder / "0001.jpg").read_bytes()
    cache.install(entry, folder)
    assert (folder / "0001.jpg").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["plain-1"]


def test_the_folder_depends_on_all_that_pixels_depend_on(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = _small().entries["plain-1"]
    key = cache.fingerprint(entry)
    assert cache.fingerprint(replace(entry, seed=1)) != key
    monkeypatch.setattr(cv2, "__version__", "0.0")
    assert cache.fingerprint(entry) != key


def test_the_cache_is_where_the_user_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGRAM_CACHE", str(tmp_path))
    assert cache.cache_folder() == tmp_path
    monkeypatch.delenv("ENGRAM_CACHE")
    assert cache.cache_folder().name == "engram"


def test_bad_input_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"demo has no sequence 'plane-1'. Did you mean 'plain-1'"):
        _dataset(tmp_path).load(["plane-1"])
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(InputError, match="ENGRAM_CACHE"):
        _dataset(blocked).load(["plain-1"])


def test_causes_are_told_without_drawing(tmp_path: Path) -> None:
    dataset = RenderedDataset.open("demo", tmp_path)
    (span,) = dataset.causes("light-1")
    assert span == CauseSpan("light", span.first, span.last)
    assert 0 < span.first < span.last < 40
    assert dataset.causes("plain-1") == ()
    hidden = dataset.visibility("occlusion-1")
    (span,) = dataset.causes("occlusion-1")
    assert hidden[span.first : span.last + 1].mean() < 0.6 < hidden[: span.first].min()
    assert not list(tmp_path.iterdir())


def test_wholly_outside_is_invalid_and_hidden_is_not(tmp_path: Path) -> None:
    dataset = RenderedDataset.open("demo", tmp_path)
    out = dataset.annotation("out-of-view-1")
    outside = dataset.visibility("out-of-view-1") == 0
    assert not np.any(~out.valid & ~outside)
    assert np.sum(out.valid & outside) <= 2, "slivers under the grid's step"
    assert 3 <= outside.sum() <= 16
    hidden = dataset.visibility("occlusion-1") < 0.01
    assert hidden.any()
    assert dataset.annotation("occlusion-1").valid.all()
