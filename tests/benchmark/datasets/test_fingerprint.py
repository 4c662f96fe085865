from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from benchmark.datasets.fingerprint import digest
from benchmark.datasets.folder import FolderDataset
from benchmark.datasets.sequence import Sequence


@pytest.fixture
def sequence(write_video) -> Sequence:
    return FolderDataset(write_video("clip")).load(["clip"])[0]


def test_a_digest_is_the_same_wherever_the_files_lie(sequence: Sequence, tmp_path: Path):
    shutil.copytree(tmp_path / "clip", tmp_path / "elsewhere" / "other")
    moved = FolderDataset(tmp_path / "elsewhere").load(["other"])[0]
    assert digest(moved) == digest(sequence)
    assert len(digest(sequence)) == 64


def test_ground_truth_frames_and_frame_size_each_change_it(sequence: Sequence, write_video):
    seen = {digest(sequence)}
    shifted = replace(sequence.annotation, boxes=sequence.annotation.boxes + 0.25)
    masked = replace(sequence.annotation, valid=~sequence.annotation.valid)
    seen |= {digest(Sequence(shifted, sequence.frames)), digest(Sequence(masked, sequence.frames))}
    seen.add(digest(sequence.first(4)))
    larger = write_video("larger", size=(65, 48))
    seen.add(digest(FolderDataset(larger).load(["larger"])[0]))
    with sequence.frames[2].open("ab") as file:
        file.write(b"\0")
    seen.add(digest(sequence))
    renamed = sequence.frames[2].rename(sequence.frames[2].with_name("0003b.jpg"))
    seen.add(digest(Sequence(sequence.annotation, (*sequence.frames[:2], renamed, *sequence.frames[3:]))))
    assert len(seen) == 7


def test_what_is_not_scored_does_not_change_it(sequence: Sequence):
    tagged = replace(sequence.annotation, attributes=("OCC",), name="other")
    assert digest(Sequence(tagged, sequence.frames)) == digest(sequence)


def test_an_unreadable_frame_is_the_runs_failure_not_this_ones(sequence: Sequence):
    before = digest(sequence)
    sequence.frames[0].write_bytes(b"nothing")
    broken = digest(sequence)
    sequence.frames[0].unlink()
    assert len({before, broken, digest(sequence)}) == 3


def test_a_frame_may_be_called_what_is_no_text(sequence: Sequence):
    strange = sequence.frames[2].rename(sequence.frames[2].with_name("im\udce9ge.jpg"))
    named = Sequence(sequence.annotation, (*sequence.frames[:2], strange, *sequence.frames[3:]))
    assert digest(named) != digest(sequence)
