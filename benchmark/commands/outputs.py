"""Files and folders that a command writes at its end: whether they can be written is known before its work."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryFile

import click

from trackers.errors import InputError

__all__ = ["check_output", "output_path"]


def output_path(context: click.Context, parameter: click.Parameter, value: Path | None) -> Path | None:
    """Return the file or folder of an option; InputError where it, or what leads to it, cannot be written."""
    if value is not None and not context.resilient_parsing:
        check_output(parameter.opts[0], value)
    return value


def check_output(option: str, place: Path, *, make: bool = True) -> None:
    """Raise InputError where a file or folder cannot be written; with `make`, folders on the way to it may be missing.

    Nothing is left there.
    """
    try:
        if place.exists() and not place.is_file() and not place.is_dir():
            return  # /dev/null, a pipe
        there = place.resolve(strict=place.is_symlink())
        folder = there if there.is_dir() else there.parent
        while make and not os.path.lexists(folder):
            folder = folder.parent
        with TemporaryFile(dir=folder):
            pass
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise InputError(f"cannot write {option} {place} ({reason or error})") from error
