from __future__ import annotations

import os
import pickle
from pathlib import Path

import numpy as np

from benchmark.datasets.fingerprint import digest, stamps_of
from benchmark.datasets.frames import Frames
from benchmark.datasets.sequence import Annotation, Sequence


def test_it_is_a_list_of_paths(tmp_path: Path) -> None:
    frames = Frames(tmp_path, ("1.jpg", "2.jpg", "10.jpg"))
    paths = (tmp_path / "1.jpg", tmp_path / "2.jpg", tmp_path / "10.jpg")
    assert (tuple(frames), len(frames), frames[0], frames[-1]) == (paths, 3, paths[0], paths[2])
    assert tuple(frames[1:]) == paths[1:]
    assert frames == paths
    assert frames[:2] == Frames(tmp_path, ("1.jpg", "2.jpg"))
    assert frames != Frames(tmp_path / "other", frames.names)
    assert hash(frames[:2]) == hash(Frames(tmp_path, ("1.jpg", "2.jpg")))
    assert pickle.loads(pickle.dumps(frames)) == frames  # noqa: S301  # ours: workers get it so
    assert paths[1] in frames


def test_stamps_say_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "1.jpg").write_bytes(b"123")
    (tmp_path / "folder").mkdir()
    found = os.stat(tmp_path / "1.jpg")
    stamps = Frames(tmp_path, ("1.jpg", "none.jpg", "folder")).stamps()
    assert stamps.tolist() == [[3, found.st_mtime_ns, found.st_ctime_ns], [-1] * 3, [-1] * 3]
    assert Frames(tmp_path, ()).stamps().shape == (0, 3)
    assert Frames(tmp_path / "none", ("1.jpg",)).stamps().tolist() == [[-1] * 3]
    assert Frames(tmp_path / "1.jpg", ("1.jpg",)).stamps().tolist() == [[-1] * 3]


def test_stamps_are_the_same_where_a_system_knows_whole_paths_alone(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "1.jpg").write_bytes(b"123")
    frames = Frames(tmp_path, ("1.jpg", "none.jpg"))
    from_the_folder = frames.stamps().tolist()
    monkeypatch.setattr(os, "supports_dir_fd", set())
    assert frames.stamps().tolist() == from_the_folder


def test_a_sequence_is_the_same_however_its_frames_are_listed(tmp_path: Path) -> None:
    for name in ("1.jpg", "2.jpg"):
        (tmp_path / name).write_bytes(name.encode())
    truth = Annotation("S", np.ones((3, 4)), np.ones(3, bool))
    frames = Frames(tmp_path, ("1.jpg", "2.jpg", "3.jpg"))
    one, other = Sequence(truth, frames), Sequence(truth, tuple(frames))
    assert digest(one) == digest(other) == digest(one, stamps_of(one))
    (tmp_path / "2.jpg").write_bytes(b"longer than before")
    assert digest(one) == digest(other)
