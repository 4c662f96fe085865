"""A record serves as long as its frames hold what they held, and no longer."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmark.datasets import content
from benchmark.datasets.folder import FolderDataset
from benchmark.datasets.images import FrameError
from benchmark.datasets.selection import select
from benchmark.engine.device import environment_class
from benchmark.engine.executors.local import Local
from benchmark.engine.prefetch import Decoder
from benchmark.engine.run import Finished, OnFrames, Plan, Task, execute, lay_out
from benchmark.store import memo
from benchmark.store.record import Record
from benchmark.store.results import Results
from trackers.errors import InputError
from trackers.names import resolve


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count files as settled that were written a moment ago."""
    monkeypatch.setattr(content, "UNSETTLED_NS", 0)


@pytest.fixture
def store(tmp_path: Path) -> Results:
    return Results(tmp_path / "results")


def tasks_of(folder: Path, store: Results, **options: object) -> tuple[Plan, list[Task]]:
    plan = Plan((resolve("cv2:kcf"),), select(FolderDataset(folder), sequences=["first", "second"]), "cpu", **options)  # type: ignore[arg-type]
    return plan, lay_out(plan, store, environment_class("cpu"))


def run(folder: Path, store: Results, **options: object) -> dict[str, Record]:
    """Run what is not kept; return the records made, by sequence."""
    plan, tasks = tasks_of(folder, store, **options)
    return {record.sequence: record for _, record in execute(plan, tasks, store, Local("cpu"))}


def change(frame: Path, *, back: bool = False) -> None:
    """Change a frame's last bytes, which lie past a PNG's end, at equal size; or make it as it was."""
    data = frame.read_bytes().removesuffix(b"before").removesuffix(b"after!")
    frame.write_bytes(data + (b"before" if back else b"after!"))


@pytest.fixture
def folder(picture_folder: Path) -> Path:
    for frame in picture_folder.glob("*/img/*.png"):
        change(frame, back=True)
    return picture_folder


def test_a_frame_changed_at_equal_size_makes_its_sequence_run_again_and_no_other(folder: Path, store: Results) -> None:
    first = run(folder, store)
    assert first.keys() == {"first", "second"}
    assert run(folder, store) == {}
    change(folder / "first" / "img" / "0003.png")
    again = run(folder, store)
    assert again.keys() == {"first"}
    assert again["first"].key != first["first"].key
    assert run(folder, store) == {}


def test_the_record_of_the_frames_before_is_kept_for_the_run_that_made_it(folder: Path, store: Results) -> None:
    made = run(folder, store)["first"]
    change(folder / "first" / "img" / "0003.png")
    run(folder, store)
    kept = store.find(made.dataset, made.tracker, made.key, "first", 0, 0)
    assert kept is not None
    assert kept.content == made.content
    change(folder / "first" / "img" / "0003.png", back=True)
    assert run(folder, store) == {}


def test_nothing_is_read_before_a_first_run_and_nothing_twice_after_it(
    folder: Path, store: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    look = memo.look
    monkeypatch.setattr(memo, "look", lambda path: read.append(path.name) or look(path))
    tasks_of(folder, store)
    run(folder, store)
    tasks_of(folder, store)
    assert read == []


def test_a_frame_changed_behind_the_systems_back_is_found_where_it_is_asked_for(
    folder: Path, store: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(folder, store)
    frame = folder / "first" / "img" / "0003.png"
    stamp = content.stamp_of(frame)
    change(frame)
    as_before = lambda path: stamp if path == frame else content.stamp_of(path)  # noqa: E731
    monkeypatch.setattr(memo, "stamp_of", as_before)
    assert run(folder, store) == {}
    plan, tasks = tasks_of(folder, store, verify_frames=True)
    assert [task.sequence for task in tasks if task.kept is None] == ["first"]
    assert plan.verify_frames


def test_copied_frames_with_other_times_need_no_run(folder: Path, store: Results) -> None:
    run(folder, store)
    for frame in folder.glob("*/img/*.png"):
        os.utime(frame, (1, 1))
    assert run(folder, store) == {}


def test_a_lost_memo_costs_no_run(folder: Path, store: Results) -> None:
    run(folder, store)
    for file in (store.folder / "frames").iterdir():
        file.write_bytes(b"damaged")
    assert run(folder, store) == {}


def test_a_bad_frame_that_was_mended_at_equal_size_is_run_again(folder: Path, store: Results) -> None:
    frame = folder / "first" / "img" / "0003.png"
    whole = frame.read_bytes()
    frame.write_bytes(whole[:100] + bytes(len(whole) - 100))
    assert run(folder, store)["first"].status == "failed"
    assert run(folder, store) == {}
    frame.write_bytes(whole)
    assert run(folder, store)["first"].status == "done"


class Elsewhere(Local):
    """Works as a machine would whose copy of the frames differs."""

    def work(self, plan: Plan, tasks: list[Task], on_frames: OnFrames) -> Iterator[Finished]:
        for finished in super().work(plan, tasks, on_frames):
            seen = tuple(one._replace(digest=b"\1" * 16, stamp=None) for one in finished.outcome.seen)
            yield replace(finished, outcome=replace(finished.outcome, seen=seen))


def test_a_worker_with_other_frames_stops_the_run_and_nothing_of_it_is_kept(folder: Path, store: Results) -> None:
    plan, tasks = tasks_of(folder, store)
    with pytest.raises(InputError, match="were changed during the run, or a worker has another copy of them"):
        list(execute(plan, tasks, store, Elsewhere("cpu")))
    assert all(task.kept is None for task in tasks_of(folder, store)[1])


def test_frames_of_two_depths_in_one_sequence_are_an_error(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.png" for number in range(3)]
    for path, kind in zip(paths, (np.uint8, np.uint8, np.uint16), strict=True):
        cv2.imwrite(str(path), np.full((8, 8), np.iinfo(kind).max, kind))
    with Decoder(1) as decoder:
        (stream,) = decoder.open(paths)
        assert stream.next().max() == stream.next().max() == 255
        with pytest.raises(FrameError, match=r"2\.png has 16 bits a channel, unlike the frames before it"):
            stream.next()
        stream.close()
    assert len(stream.seen) == 3
