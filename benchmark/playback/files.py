"""Which files a video can be written to, and how well, known before any work is done for it."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile

from trackers.errors import InputError, did_you_mean

ENDINGS = (".mp4", ".webm", ".avi", ".gif")
ENCODER = "libx264"
GIF_MOST = 400
"""Frames of a GIF: all are held until it is written, and a longer one would be of no use."""


def check_file(file: Path, frames: int = 0) -> None:
    """Raise InputError where no video of `frames` frames (0: not known yet) can be written to that file."""
    ending = file.suffix.casefold()
    if ending not in ENDINGS:
        hint = did_you_mean(ending, ENDINGS)
        raise InputError(f"--out {file}: a video's file ends in {', '.join(ENDINGS)}, not in {ending!r}.{hint}")
    if ending == ".gif" and frames > GIF_MOST:
        raise InputError(
            f"a GIF of {frames} frames would be huge: write an .mp4 or .webm, or at most {GIF_MOST} frames,"
            f" e.g. by --every {-(-frames // GIF_MOST)}"
        )
    if file.is_dir():
        raise InputError(f"--out {file} is a folder: name a file in it")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=file.parent):
            pass
    except OSError as error:
        raise InputError(f"--out {file}: its folder cannot be written to ({error.strerror})") from error


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


def usual_ending() -> str:
    """Return the ending of what plays nearly everywhere and is written fast: H.264 where it can be had, else VP8."""
    return ".mp4" if find_ffmpeg() else ".webm"
