from __future__ import annotations

import tracemalloc
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmark.playback.scene import Cut, Scene
from reports.video.encode import is_slow
from reports.video.render import write_video
from trackers.errors import InputError


def test_the_cuts_frames_are_written(scene: Scene, frames, tmp_path: Path) -> None:
    cut, told = Cut(1, 8, 3), []
    chosen = ((index, frames[index]) for index in (1, 4, 7))
    out = write_video(scene, cut, chosen, tmp_path / "o.avi", width=321, fps=5, on_frame=lambda: told.append(1))
    capture = cv2.VideoCapture(str(out))
    assert capture.get(cv2.CAP_PROP_FRAME_COUNT) == len(told) == len(cut) == 3
    assert capture.get(cv2.CAP_PROP_FRAME_WIDTH) == 322


def test_memory_does_not_grow_with_the_video(scene: Scene, tmp_path: Path) -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        pictures = ((index % 9, np.zeros((240, 320, 3), np.uint8)) for index in range(count))
        write_video(scene, Cut(0, 8), pictures, tmp_path / "o.avi", width=320, fps=5)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert peak(120) < peak(12) + 200_000  # one frame more than is held would add 230,400


def test_nothing_to_show_is_said(scene: Scene, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no frame to show"):
        write_video(scene, Cut(0, 8), [], tmp_path / "o.avi", width=320, fps=5)


def test_that_a_long_video_will_take_long_is_said_beforehand(
    scene: Scene, frames, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmark.playback.files.find_ffmpeg", lambda: None)
    monkeypatch.setattr("reports.video.render.LONG", 5)

    def remarks(name: str, last: int) -> list[str]:
        lines: list[str] = []
        shown = [(index, frames[index]) for index in range(last + 1)]
        write_video(scene, Cut(0, last), shown, tmp_path / name, width=160, fps=5, on_remark=lines.append)
        return lines

    (line,) = remarks("o.mp4", 8)
    assert "no ffmpeg is found" in line
    assert remarks("o.mp4", 3) == remarks("o.avi", 8) == []
    monkeypatch.setattr("benchmark.playback.files.find_ffmpeg", lambda: "ffmpeg")
    assert not is_slow(tmp_path / "o.mp4")
