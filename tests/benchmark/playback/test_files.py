from __future__ import annotations

from pathlib import Path

import pytest

from benchmark.playback.files import GIF_MOST, check_file
from trackers.errors import InputError


def test_the_folder_is_made(tmp_path: Path) -> None:
    check_file(tmp_path / "new" / "one.MP4")
    assert list((tmp_path / "new").iterdir()) == []


def test_what_cannot_be_written_is_said_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder.mp4").mkdir()
    for file, frames, line in (
        ("a.mp5", 1, r"Did you mean '\.mp4'"),
        ("a", 1, "ends in .mp4, .webm, .avi, .gif"),
        ("folder.mp4", 1, "is a folder"),
        ("file/a.mp4", 1, "cannot be written to"),
        ("a.gif", GIF_MOST * 3, "--every 3"),
    ):
        with pytest.raises(InputError, match=line):
            check_file(tmp_path / file, frames)
