"""H.264 by the program `ffmpeg`, where there is one: what plays everywhere, and fast to write."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

from benchmark.playback.files import ENCODER
from reports.video.lettering import Canvas
from trackers.errors import InputError

QUALITY = "20"
"""x264's constant rate factor: thin coloured lines stay clean."""


@contextmanager
def h264(program: str, file: Path, size: tuple[int, int], fps: float) -> Iterator[subprocess.Popen[bytes]]:
    """Give a running ffmpeg that `feed` gives frames; InputError where it cannot write the file."""
    command = [
        program, "-hide_banner", "-loglevel", "error", "-nostdin", "-y",
        "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{size[0]}x{size[1]}", "-r", f"{fps:g}", "-i", "pipe:0",
        "-an", "-c:v", ENCODER, "-preset", "veryfast", "-crf", QUALITY, "-pix_fmt", "yuv420p",
        "-movflags", "+faststart", str(file.absolute()),
    ]  # fmt: skip
    with tempfile.TemporaryFile() as says:
        running = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=says)
        try:
            with suppress(BrokenPipeError):  # it ended early: what it says of it follows
                yield running
                assert running.stdin is not None
                running.stdin.close()
            if running.wait():
                says.seek(0)
                last = says.read().decode(errors="replace").strip().splitlines()[-1:] or ["no reason given"]
                raise InputError(f"ffmpeg cannot write the video: {last[0]}")
        finally:
            running.kill()
            running.wait()
            with suppress(OSError):
                running.stdin.close()  # type: ignore[union-attr]


def feed(running: subprocess.Popen[bytes], frame: Canvas) -> None:
    """Hand a running ffmpeg the next (H, W, 3) RGB frame."""
    assert running.stdin is not None
    running.stdin.write(np.ascontiguousarray(frame).data)
