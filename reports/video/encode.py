"""Frames into a file: mp4, webm, avi or GIF, by the file's ending; memory does not grow with a video's length."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from benchmark.playback import files
from reports.video.ffmpeg import feed, h264
from reports.video.lettering import Canvas
from trackers.errors import InputError

CODECS: Mapping[str, tuple[str, ...]] = {
    # Where there is no ffmpeg: H.264 is in no OpenCV from PyPI. VP9 plays in browsers, but takes long; mp4v does not,
    # but every OpenCV has it. VP8 plays there and is written three times as fast, but no .mp4 may hold it.
    ".mp4": ("vp09", "mp4v"),
    ".webm": ("VP80",),
    ".avi": ("XVID",),
}
"""Endings and the codecs that are tried, the best first; what is not among them is a GIF."""
GIF_FASTEST = 50.0
"""Frames a second that viewers still honour."""

Write = Callable[[Canvas], None]


def is_slow(out: Path) -> bool:
    """Return whether a file of that ending can be written a few frames a second only."""
    return out.suffix.casefold() == ".mp4" and files.find_ffmpeg() is None


@contextmanager
def open_video(out: Path, size: tuple[int, int], fps: float) -> Iterator[Write]:
    """Give a function that adds one (H, W, 3) RGB frame of (width, height) `size`; the file is there at the end.

    A file that is there already is replaced when the new one is whole. Raises InputError where it cannot be written.
    """
    ending = out.suffix.casefold()
    part = out.with_name(f".{out.stem[:100]}.{os.getpid()}.part{ending}")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with _writer(part, ending, size, fps) as write:
            yield write
        os.replace(part, out)
    except OSError as error:
        raise InputError(f"cannot write {out} ({error.strerror or error})") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _writer(part: Path, ending: str, size: tuple[int, int], fps: float) -> AbstractContextManager[Write]:
    if ending not in CODECS:
        return _gif(part, fps)
    if ending == ".mp4" and (program := files.find_ffmpeg()):
        return _ffmpeg(program, part, size, fps)
    return _opencv(part, CODECS[ending], size, fps)


@contextmanager
def _ffmpeg(program: str, file: Path, size: tuple[int, int], fps: float) -> Iterator[Write]:
    with h264(program, file, size, fps) as running:
        yield partial(feed, running)


@contextmanager
def _opencv(file: Path, codecs: tuple[str, ...], size: tuple[int, int], fps: float) -> Iterator[Write]:
    file.touch()  # says why, where it cannot be written; OpenCV would not
    spoken = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        for codec in codecs:
            fourcc = cv2.VideoWriter.fourcc(*codec)
            writer = cv2.VideoWriter(str(file.absolute()), cv2.CAP_FFMPEG, fourcc, fps, size)
            if writer.isOpened():
                break
        else:
            raise InputError(f"this OpenCV ({cv2.__version__}) cannot write {file.suffix}: write a .gif instead")
    finally:
        cv2.utils.logging.setLogLevel(spoken)

    def write(frame: Canvas) -> None:
        writer.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))

    try:
        yield write
    finally:
        writer.release()


@contextmanager
def _gif(file: Path, fps: float) -> Iterator[Write]:
    pictures: list[Image.Image] = []

    def write(frame: Canvas) -> None:
        picture = Image.fromarray(np.ascontiguousarray(frame))
        # A palette of its own for every frame, and no dithering: what stands still stays the same, hence small.
        pictures.append(picture.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE))

    yield write
    pictures[0].save(
        file, save_all=True, append_images=pictures[1:], duration=round(1000 / min(fps, GIF_FASTEST)), loop=0
    )
