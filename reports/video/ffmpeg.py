"""H.264 by the program `ffmpeg`, where there is one: what plays everywhere, and fast to write."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from reports.video.lettering import Canvas
from trackers.errors import InputError

ENCODER = "libx264"
QUALITY = "20"
"""x264's constant rate factor: thin coloured lines stay clean."""


def find_ffmpeg() -> str | None:
    """Return a program ffmpeg that writes H.264: on the path, or of the package imageio-ffmpeg; None without one."""
    program = shutil.which("ffmpeg")
    if program is None and find_spec("imageio_ffmpeg") is not None:
        with suppress(RuntimeError):  # a package without its program
            program = import_module("imageio_ffmpeg").get_ffmpeg_exe()
    if program is None:
        return None
    try:
        listed = subprocess.run([program, "-hide_banner", "-encoders"], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return program if ENCODER in listed.stdout else None


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
