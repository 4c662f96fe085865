from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmark.datasets import content
from benchmark.datasets.content import fold, look, stamp_of
from benchmark.datasets.images import FrameError


def test_content_is_the_bytes_and_nothing_else(tmp_path: Path):
    for name, data in (("a", b"one"), ("b", b"one"), ("c", b"two")):
        (tmp_path / name).write_bytes(data)
    (a, data), (b, _), (c, _) = (look(tmp_path / name) for name in "abc")
    assert data == b"one"
    assert a.digest == b.digest != c.digest


def test_a_file_that_cannot_be_read_has_a_content_of_its_own_and_no_stamp(tmp_path: Path):
    seen, error = look(tmp_path / "none.jpg")
    assert isinstance(error, FrameError)
    assert seen == (bytes(16), None)
    assert stamp_of(tmp_path / "none.jpg") is None


def test_a_file_just_written_has_no_stamp_to_rely_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "a").write_bytes(b"one")
    assert look(tmp_path / "a")[0].stamp is None
    monkeypatch.setattr(content, "UNSETTLED_NS", 0)
    assert look(tmp_path / "a")[0].stamp == stamp_of(tmp_path / "a")


def test_times_that_are_copied_along_do_not_make_a_stamp_the_same(tmp_path: Path):
    file = tmp_path / "a"
    file.write_bytes(b"one")
    before, status = stamp_of(file), file.stat()
    file.write_bytes(b"two")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert before is not None
    after = stamp_of(file)
    assert after is not None
    assert (before.size, before.modified) == (after.size, after.modified)
    assert before != after


def test_frames_count_in_their_order():
    assert fold([b"a" * 16, b"b" * 16]) != fold([b"b" * 16, b"a" * 16])
    assert fold([]) != fold([bytes(16)])
