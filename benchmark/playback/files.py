"""Which files a video can be written to, known before any work is done for it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryFile

from trackers.errors import InputError, did_you_mean

ENDINGS = (".mp4", ".avi", ".gif")
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
            f"a GIF of {frames} frames would be huge: write an .mp4, or at most {GIF_MOST} frames,"
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
