from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from PIL import Image

from benchmark.playback.files import ENDINGS, find_ffmpeg, usual_ending
from reports.video.encode import CODECS, open_video
from trackers.errors import InputError

if TYPE_CHECKING:
    from playwright.sync_api import Browser

COLOUR = (1, 115, 178)


def picture(index: int) -> np.ndarray:
    canvas = np.full((48, 64, 3), 40, np.uint8)
    canvas[10:30, 4 * index : 4 * index + 16] = COLOUR
    return canvas


def write(file: Path, frames: int = 6) -> Path:
    with open_video(file, (64, 48), 10) as add:
        for index in range(frames):
            add(picture(index))
    return file


def check(frames: list[np.ndarray]) -> None:
    assert len(frames) == 6
    for index, frame in enumerate(frames):
        assert frame.shape == (48, 64, 3)
        inside = frame[14:26, 4 * index + 4 : 4 * index + 12].reshape(-1, 3).mean(axis=0)
        np.testing.assert_allclose(inside, COLOUR, atol=25)
        np.testing.assert_allclose(frame[38:].reshape(-1, 3).mean(axis=0), 40, atol=10)


def read(file: Path) -> tuple[list[np.ndarray], float]:
    capture, frames = cv2.VideoCapture(str(file)), []
    while (found := capture.read())[0]:
        frames.append(found[1][..., ::-1])
    return frames, capture.get(cv2.CAP_PROP_FPS)


@pytest.fixture
def no_ffmpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmark.playback.files.find_ffmpeg", lambda: None)


@pytest.mark.usefixtures("no_ffmpeg")
@pytest.mark.parametrize("ending", CODECS)
def test_a_video_of_opencvs_reads_back(tmp_path: Path, ending: str) -> None:
    frames, fps = read(write(tmp_path / f"out{ending}"))
    check(frames)
    assert fps == 10
    assert [file.name for file in tmp_path.iterdir()] == [f"out{ending}"]


def test_a_video_of_ffmpegs_reads_back(tmp_path: Path) -> None:
    if find_ffmpeg() is None:
        pytest.skip("needs a program ffmpeg that writes H.264, or the package imageio-ffmpeg")
    file = write(tmp_path / "out.mp4")
    frames, fps = read(file)
    check(frames)
    assert fps == 10
    assert b"avc1" in file.read_bytes()
    assert file.read_bytes().index(b"moov") < file.read_bytes().index(b"mdat")  # plays while it is loaded


@pytest.mark.usefixtures("no_ffmpeg")
def test_what_is_written_without_ffmpeg_plays_and_seeks_in_a_browser(tmp_path: Path, browser: Browser) -> None:
    assert usual_ending() == ".webm"
    page = browser.new_page()
    try:
        page.goto(write(tmp_path / "out.webm", 20).as_uri())
        found = page.evaluate(
            """async () => {
              const video = document.querySelector("video");
              video.muted = true;
              await video.play();
              video.pause();
              video.currentTime = 1.5;
              await new Promise((done) => video.addEventListener("seeked", done));
              return [video.videoWidth, video.videoHeight, video.duration, video.currentTime];
            }"""
        )
    finally:
        page.close()
    assert found == [64, 48, 2, 1.5]


def test_a_gif_reads_back(tmp_path: Path) -> None:
    with Image.open(write(tmp_path / "out.gif")) as image:
        frames = []
        for index in range(image.n_frames):
            image.seek(index)
            frames.append(np.asarray(image.convert("RGB")))
        assert image.info["duration"] == 100
    check(frames)


def test_every_ending_that_is_offered_is_written() -> None:
    assert {*CODECS, ".gif"} == {*ENDINGS}


@pytest.mark.usefixtures("no_ffmpeg")
@pytest.mark.parametrize("ending", ENDINGS)
def test_what_breaks_off_leaves_the_old_file(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"out{ending}"
    file.write_text("old")

    def broken() -> None:
        with open_video(file, (64, 48), 10) as add:
            add(picture(0))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken()
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


@pytest.fixture
def fake_ffmpeg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program of that name that knows H.264, reads a little, and gives up."""
    program = tmp_path / "bin" / "ffmpeg"
    program.parent.mkdir()
    program.write_text(
        '#!/bin/sh\ncase "$*" in *-encoders*) echo " V libx264 H.264"; exit 0;; esac\n'
        'head -c 100 >/dev/null\necho "line one" >&2\necho "no room on the disk" >&2\nexit 1\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    return program


def test_an_ffmpeg_that_gives_up_is_one_line(tmp_path: Path, fake_ffmpeg: Path) -> None:
    assert find_ffmpeg() == str(fake_ffmpeg)
    assert usual_ending() == ".mp4"
    (tmp_path / "videos").mkdir()
    with pytest.raises(InputError, match="ffmpeg cannot write the video: no room on the disk"):
        write(tmp_path / "videos" / "out.mp4", 200)
    assert list((tmp_path / "videos").iterdir()) == []


def test_an_ffmpeg_without_h264_is_none(fake_ffmpeg: Path) -> None:
    fake_ffmpeg.write_text('#!/bin/sh\necho " V libopenh264"\n')
    assert find_ffmpeg() is None


def test_a_file_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for ending in ENDINGS:
        with pytest.raises(InputError, match="cannot write"):
            write(tmp_path / "file" / f"out{ending}")
