"""What frame files hold: their bytes' digests, and the stamps by which a file is known not to have changed since."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from benchmark.datasets.images import FrameError, read_bytes

DIGEST_BYTES = 16
UNSETTLED_NS = 2_000_000_000
"""A file changed so short a time ago may change again under the same stamp: some systems keep times of 2 s."""


class Stamp(NamedTuple):
    """A file's size in bytes, when its content was written and when anything of it was changed, both in ns.

    The second time is the system's own: copying times along (``rsync -t``, ``touch -r``) renews it.
    """

    size: int
    modified: int
    changed: int


class Seen(NamedTuple):
    """What was found in one frame's file."""

    digest: bytes
    """blake2b of its bytes, 16 bytes; noughts where it cannot be read."""
    stamp: Stamp | None
    """None where it says nothing of the file's content later on."""


def stamp_of(path: Path) -> Stamp | None:
    """Return a file's stamp; None where there is no such file."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return Stamp(found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def look(path: Path) -> tuple[Seen, bytes | FrameError]:
    """Return what a frame's file holds, and its bytes or why they cannot be had."""
    stamp = stamp_of(path)  # before the bytes: what is written meanwhile has another one
    try:
        data = read_bytes(path)
    except FrameError as error:
        return Seen(bytes(DIGEST_BYTES), None), error
    if stamp is not None and time.time_ns() - stamp.changed < UNSETTLED_NS:
        stamp = None
    return Seen(blake2b(data, digest_size=DIGEST_BYTES).digest(), stamp), data


def fold(digests: Iterable[bytes]) -> str:
    """Return one digest (32 hex digits) of frames' digests in their order."""
    return blake2b(b"".join(digests), digest_size=DIGEST_BYTES).hexdigest()
