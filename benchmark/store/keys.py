"""What a trajectory depends on, as one number: nothing stale can be found under it.

The evaluation profile is never part of it: scores are computed anew from boxes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import trackers
from benchmark.datasets import image_header, images
from trackers.code.source import parse, syntax
from trackers.names import TrackerSpec
from trackers.registry import Family

_OURS = Path(trackers.__file__).parent
_SHARED = "nets"
"""Networks' parts, which families share."""
_READERS = "weights/formats"
"""How a user's file of weights is read, in whatever format it is; of one that ships the bytes say all."""
_DECODING = (Path(images.__file__), Path(image_header.__file__))


def record_key(
    spec: TrackerSpec,
    code: str,
    sequence_digest: str,
    *,
    dataset: str,
    protocol: str,
    start: int,
    box: Iterable[float],
    repeat: int,
    seed: int,
    environment: Mapping[str, str],
    rules: Mapping[str, Any] | None = None,
) -> str:
    """Return the sha256 (64 hex digits) under which a trajectory is kept.

    Args:
        spec: The tracker: its resolved config and weights count, not what it is called.
        code: Digest of its code (`code_digest`).
        sequence_digest: Digest of ground truth, frame list and frame size (`benchmark.datasets.fingerprint`). What the
            frames hold is in the record: it is known once they are read.
        dataset: Name and revision.
        protocol: e.g. ``ope``.
        start: Index of the first frame; `box` (4,) is what the tracker is shown there.
        repeat: Number of the repetition.
        seed: The lane's own.
        environment: The environment class (`benchmark.engine.device`).
        rules: What else of the protocol decides boxes; nothing for one pass, TRE and SRE.
    """
    facts = {
        "tracker": spec.identity(),
        "code": code,
        "sequence": sequence_digest,
        "dataset": dataset,
        "protocol": protocol,
        "start": start,
        "box": [float(value) for value in box],
        "repeat": repeat,
        "seed": seed,
        "environment": dict(environment),
        **({"rules": dict(rules)} if rules else {}),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def content_key(key: str, content: str) -> str:
    """Return the key of the same trajectory where another record, made from other frames, is kept under `key`."""
    return hashlib.sha256(f"{key} {content}".encode()).hexdigest()


def code_digest(spec: TrackerSpec) -> str:
    """Return the digest of the code that decides a tracker's boxes.

    For a family of Engram's: its folder, and what families share (``trackers/nets``); where weights are the user's, how
    files of them are read. For a tracker from elsewhere: what it reaches (`trackers.code.reach`) and the adapter that
    drives it. For all: the API, and how a frame is decoded.
    """
    return family_digest(spec.family, spec.weights.is_users)


def family_digest(family: Family, reads_files: bool) -> str:
    """Return the same of all trackers of a family, with a user's file of weights or without."""
    parts = [family.plug_in if family.reach is None else family.reach.digest]
    for label, source in _files(family, reads_files):
        parts += [label, _syntax(source.read_bytes())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def engram_files(spec: TrackerSpec) -> list[tuple[str, Path]]:
    """Return the files of Engram's own that decide a tracker's boxes, with their names."""
    return _files(spec.family, spec.weights.is_users)


def _files(family: Family, reads_files: bool) -> list[tuple[str, Path]]:
    file, shared = family.file, [_OURS / _SHARED, *([_OURS / _READERS] if reads_files else [])]
    if family.reach is None and file.parent.name != "adapters":
        roots = [file.parent, *shared]
    else:
        used = [] if family.reach is None else [_OURS.parent / unit for unit in family.reach.engram]
        roots = [_OURS / "adapters" / "one_target.py", _OURS / "adapters" / "abroad"]
        roots += [place if place.is_dir() else place.with_suffix(".py") for place in used]
        roots += shared if used else []
        if file.is_relative_to(adapters := _OURS / "adapters"):
            roots.append(file if file.parent == adapters else file.parent)
    return [
        (source.relative_to(root.parent).as_posix(), source)
        for root in (*roots, _OURS / "api.py", *_DECODING)
        for source in ([root] if root.is_file() else sorted(root.rglob("*.py")))
    ]


@lru_cache(maxsize=1024)
def _syntax(content: bytes) -> str:
    return syntax(parse(content))
