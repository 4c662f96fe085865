from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from benchmark.datasets.sequence import Annotation, Sequence
from benchmark.engine.executors.pieces import LOSSES, Piece, make_pieces
from benchmark.engine.job import Job
from benchmark.engine.run import Task
from trackers.names import resolve

SIAMFC, KCF = resolve("siamfc@random"), resolve("cv2:kcf")


def task(name: str, frames: int, spec=SIAMFC) -> Task:
    from pathlib import Path

    annotation = Annotation(name, np.ones((frames, 4)), np.ones(frames, bool))
    video = Sequence(annotation, tuple(Path(f"{index}.png") for index in range(frames)))
    return Task(spec, Job(video, 0, annotation.boxes[0], 0), "ope", 0, "digest", f"key of {name}", None)


@given(lengths=st.lists(st.integers(2, 90), min_size=1, max_size=30), lanes=st.integers(1, 8))
def test_every_task_is_in_one_piece_and_pieces_fill_the_lanes(lengths: list[int], lanes: int) -> None:
    tasks = [task(str(index), length) for index, length in enumerate(lengths)]
    pieces = make_pieces(tasks, lanes)
    assert sorted(one.sequence for piece in pieces for one in piece.tasks) == sorted(one.sequence for one in tasks)
    assert sum(len(piece.tasks) < lanes for piece in pieces) <= 1
    assert [piece.frames for piece in pieces] == sorted((piece.frames for piece in pieces), reverse=True)
    for before, after in zip(pieces, list(pieces)[1:]):
        assert min(len(one.job) for one in before.tasks) >= max(len(one.job) for one in after.tasks)


def test_a_piece_is_of_one_tracker_and_of_no_more_lanes_than_it_has() -> None:
    tasks = [task(str(index), 10, spec) for spec in (SIAMFC, KCF) for index in range(4)]
    sizes = [(piece.tracker, len(piece.tasks)) for piece in make_pieces(tasks, 4)]
    assert sizes == [(SIAMFC.name, 4), *[("cv2:kcf", 1)] * 4]


def test_a_lost_piece_is_tried_whole_then_one_by_one_then_given_up() -> None:
    piece = Piece((task("a", 5), task("b", 6)))
    (whole,) = piece.again()
    assert whole == replace(piece, losses=1)
    alone = whole.again()
    assert [[one.sequence for one in part.tasks] for part in alone] == [["a"], ["b"]]
    assert all(part.losses == LOSSES - 1 and part.again() == [] for part in alone)
