from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmark.datasets import content
from benchmark.datasets.content import Seen, look
from benchmark.datasets.frames import Frames
from benchmark.store import memo
from benchmark.store.memo import FrameMemo


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count files as settled that were written a moment ago."""
    monkeypatch.setattr(content, "UNSETTLED_NS", 0)


@pytest.fixture
def frames(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "img" / f"{number}.jpg" for number in range(3)]
    paths[0].parent.mkdir()
    for number, path in enumerate(paths):
        path.write_bytes(bytes([number]) * 100)
    return paths


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the frames that were read, as they come."""
    names: list[str] = []

    def watched(path: Path) -> Seen:
        names.append(path.name)
        return look(path)[0]

    monkeypatch.setattr(memo, "_look", watched)
    return names


def test_a_second_look_reads_nothing(tmp_path: Path, frames: list[Path], read: list[str]):
    first = FrameMemo(tmp_path / "results").content(frames)
    assert sorted(read) == ["0.jpg", "1.jpg", "2.jpg"]
    assert FrameMemo(tmp_path / "results").content(frames) == first
    assert len(read) == 3


def test_only_a_changed_frame_is_read_again(tmp_path: Path, frames: list[Path], read: list[str]):
    first = FrameMemo(tmp_path / "results").content(frames)
    frames[1].write_bytes(b"x" * 100)
    assert FrameMemo(tmp_path / "results").content(frames) != first
    assert read[3:] == ["1.jpg"]
    frames[1].write_bytes(bytes([1]) * 100)
    assert FrameMemo(tmp_path / "results").content(frames) == first


def test_without_trust_everything_is_read_again(tmp_path: Path, frames: list[Path], read: list[str]):
    first = FrameMemo(tmp_path / "results").content(frames)
    assert FrameMemo(tmp_path / "results", trust=False).content(frames) == first
    assert len(read) == 6


def test_what_a_run_has_read_need_not_be_read_again(tmp_path: Path, frames: list[Path], read: list[str]):
    seen = [look(path)[0] for path in frames]
    FrameMemo(tmp_path / "results").learn(frames, seen)
    assert FrameMemo(tmp_path / "results").content(frames) == content.fold(one.digest for one in seen)
    assert read == []


def test_what_was_read_of_other_files_is_not_believed(tmp_path: Path, frames: list[Path], read: list[str]):
    elsewhere = [Seen(b"\1" * 16, one.stamp._replace(modified=1)) for one in (look(p)[0] for p in frames) if one.stamp]
    FrameMemo(tmp_path / "results").learn(frames, elsewhere)
    assert FrameMemo(tmp_path / "results").content(frames) == FrameMemo(tmp_path / "other").content(frames)
    assert sorted(read[:3]) == ["0.jpg", "1.jpg", "2.jpg"]


@pytest.mark.parametrize("spoil", [
    lambda file: file.write_bytes(b""),
    lambda file: file.write_bytes(file.read_bytes()[:-30]),
    lambda file: np.savez(file, facts=np.array('{"schema": 1}'), names=np.array(["0.jpg"])),
    lambda file: np.savez(file, facts=np.array('{"schema": 1}'), names=np.array(["0.jpg"]),
                          stamps=np.ones((1, 3), int), digests=np.ones(3, np.uint8)),
    lambda file: np.savez(file, facts=np.array('{"schema": 1}'), names=np.array(["0.jpg"]),
                          stamps=np.ones((1, 2), int), digests=np.ones(16, np.uint8)),
    lambda file: np.savez(file, facts=np.array('{"schema": 99}')),
])  # fmt: skip
def test_a_damaged_memo_is_made_anew(tmp_path: Path, frames: list[Path], read: list[str], spoil):
    first = FrameMemo(tmp_path / "results").content(frames)
    (file,) = (tmp_path / "results" / "frames").iterdir()
    spoil(file)
    assert FrameMemo(tmp_path / "results").content(frames) == first
    assert len(read) == 6
    assert FrameMemo(tmp_path / "results").content(frames) == first
    assert len(read) == 6


def test_a_missing_frame_counts_as_such(tmp_path: Path, frames: list[Path]):
    first = FrameMemo(tmp_path / "results").content(frames)
    frames[2].unlink()
    gone = FrameMemo(tmp_path / "results").content(frames)
    assert gone != first
    assert gone == FrameMemo(tmp_path / "results").content(frames)


def test_few_tables_are_held_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read: list[str]):
    monkeypatch.setattr(memo, "TABLES", 2)
    paths = [tmp_path / str(number) / "1.jpg" for number in range(5)]
    for path in paths:
        path.parent.mkdir()
        path.write_bytes(b"x")
    one = FrameMemo(tmp_path / "results")
    one.content(paths)
    assert len(one._tables) == 2
    FrameMemo(tmp_path / "results").content(paths)
    assert len(read) == 5


def test_a_results_folder_that_takes_nothing_does_no_harm(tmp_path: Path, frames: list[Path]):
    (tmp_path / "results").write_text("a file where a folder would be")
    assert FrameMemo(tmp_path / "results").content(frames) == FrameMemo(tmp_path / "other").content(frames)


def listed(frames: list[Path]) -> Frames:
    return Frames(frames[0].parent, tuple(path.name for path in frames))


def test_a_list_of_frames_is_known_by_one_comparison(tmp_path: Path, frames: list[Path], read: list[str]):
    first = FrameMemo(tmp_path / "results").content(frames)
    del read[:]
    memo = FrameMemo(tmp_path / "results")
    assert memo.content(listed(frames)) == first
    assert memo.content(listed(frames)[:2]) == FrameMemo(tmp_path / "results").content(frames[:2])
    assert memo._tables == {}  # nothing was looked up frame by frame
    assert not read
    frames[1].write_bytes(b"x" * 100)
    assert memo.content(listed(frames)) == first  # settled for this process, as single frames are
    again = FrameMemo(tmp_path / "results").content(listed(frames))
    assert again == FrameMemo(tmp_path / "results").content(frames) != first
    assert read == ["1.jpg"]


def test_what_was_just_looked_at_is_not_looked_at_again(
    tmp_path: Path, frames: list[Path], monkeypatch: pytest.MonkeyPatch
):
    first = FrameMemo(tmp_path / "results").content(frames)
    memo = FrameMemo(tmp_path / "results")
    memo.saw(listed(frames), listed(frames).stamps())
    monkeypatch.setattr(Frames, "stamps", lambda self: pytest.fail("looked at again"))
    assert memo.content(listed(frames)) == first
    assert memo.content(listed(frames)[1:]) != first


def test_without_trust_a_list_is_read_again_too(tmp_path: Path, frames: list[Path], read: list[str]):
    first = FrameMemo(tmp_path / "results").content(listed(frames))
    assert FrameMemo(tmp_path / "results", trust=False).content(listed(frames)) == first
    assert len(read) == 6


def test_what_is_learnt_later_is_seen(tmp_path: Path, frames: list[Path]):
    memo = FrameMemo(tmp_path / "results")
    first = memo.content(listed(frames))
    frames[0].write_bytes(b"y" * 100)
    memo.learn(frames, [look(path)[0] for path in frames])
    assert memo.content(listed(frames)) != first


def test_a_damaged_memo_of_a_list_is_no_memo(tmp_path: Path, frames: list[Path]):
    first = FrameMemo(tmp_path / "results").content(listed(frames))
    (file,) = (tmp_path / "results" / "frames").iterdir()
    file.write_bytes(b"damaged")
    assert FrameMemo(tmp_path / "results").content(listed(frames)) == first
    missing = listed(frames)
    frames[2].unlink()
    assert FrameMemo(tmp_path / "results").content(missing) != first
