"""Where rendered frames are kept: a folder a sequence, named by all its pixels depend on, put there in one move."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np

from benchmark.datasets.render.catalogue import Entry
from trackers.errors import InputError

NO_PIXELS = ("__init__.py", "catalogue.py", "dataset.py", "outside_checks.py")
"""Modules of this package that no pixel depends on."""


def cache_folder() -> Path:
    """Return where rendered frames are kept: ``ENGRAM_CACHE``, else the user's own cache folder."""
    named = os.environ.get("ENGRAM_CACHE")
    if named:
        return Path(named)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "engram"


def sequence_folder(root: Path, dataset: str, name: str, key: str) -> Path:
    """Return the folder of one sequence's frames."""
    return root / "rendered" / dataset / f"{name}-{key}"


def fingerprint(entry: Entry) -> str:
    """Return 12 digits that change with whatever may change a pixel: the entry, this package, NumPy and OpenCV."""
    digest = hashlib.sha256(repr((entry, np.__version__, cv2.__version__)).encode())
    for source in sorted(files("benchmark.datasets.render").iterdir(), key=lambda path: path.name):
        if source.name.endswith(".py") and source.name not in NO_PIXELS:
            digest.update(source.read_bytes())
    return digest.hexdigest()[:12]


def complete(folder: Path, frames: int) -> bool:
    """Return whether the folder holds every frame."""
    return all((folder / f"{i + 1:04d}.jpg").is_file() for i in range(frames))


def install(entry: Entry, folder: Path) -> None:
    """Draw a sequence into `folder`: into a folder beside it first, which then takes its place in one move.

    A process that is killed leaves no half sequence, and of two that draw the same one the second finds it there.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise InputError(
            f"cannot write rendered frames under {folder.parent} ({error.strerror}); set ENGRAM_CACHE to a folder "
            "that can be written"
        ) from error
    try:
        _draw_frames(entry, work)
        if folder.exists() and not complete(folder, entry.frames):
            shutil.rmtree(folder, ignore_errors=True)
        try:
            work.replace(folder)
        except OSError:
            if not complete(folder, entry.frames):
                raise
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _draw_frames(entry: Entry, folder: Path) -> None:
    from benchmark.datasets.render.painter import Painter  # here: what can be drawn is listed without it

    scene = entry.play().scene
    painter = Painter(scene)
    for t in range(len(scene)):
        ok, data = cv2.imencode(".jpg", painter.frame(t)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, scene.lens.quality])
        if not ok:
            raise RuntimeError(f"{entry.name}: frame {t} could not be encoded")
        (folder / f"{t + 1:04d}.jpg").write_bytes(data.tobytes())
