"""What a trajectory depends on, as one number: nothing stale can be found under it.

The evaluation profile is never part of it: scores are computed anew from boxes.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import trackers
from benchmark.datasets import images
from trackers.names import TrackerSpec

_OURS = Path(trackers.__file__).parent
_DECODING = Path(images.__file__)


def record_key(
    spec: TrackerSpec,
    sequence_digest: str,
    *,
    dataset: str,
    protocol: str,
    start: int,
    box: Iterable[float],
    repeat: int,
    seed: int,
    environment: Mapping[str, str],
) -> str:
    """Return the sha256 (64 hex digits) under which a trajectory is kept.

    Args:
        spec: The tracker: its resolved config, weights and code count, not what it is called.
        sequence_digest: Digest of ground truth, frame list and frame size (`benchmark.datasets.fingerprint`).
        dataset: Name and revision.
        protocol: e.g. ``ope``.
        start: Index of the first frame; `box` (4,) is what the tracker is shown there.
        repeat: Number of the repetition.
        seed: The lane's own.
        environment: The environment class (`benchmark.engine.device`).
    """
    facts = {
        "tracker": spec.identity(),
        "code": code_digest(spec.family.cls, spec.family.plug_in),
        "sequence": sequence_digest,
        "dataset": dataset,
        "protocol": protocol,
        "start": start,
        "box": [float(value) for value in box],
        "repeat": repeat,
        "seed": seed,
        "environment": dict(environment),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


@lru_cache(maxsize=256)
def code_digest(cls: type, plug_in: str) -> str:
    """Return the digest of the code that decides a tracker's boxes.

    For a family of Engram's: its folder, what families share (``trackers/nets``) and the API. For a plug-in: its
    folder (or single file), name and version, the adapter and the API. For all: how a frame is decoded.
    """
    file = Path(inspect.getfile(cls))
    own = file.parent if (file.parent / "__init__.py").is_file() else file
    shared = _OURS / ("adapters" if plug_in else "nets")
    parts = [plug_in]
    for root in (own, shared, _OURS / "api.py", _DECODING):
        for source in [root] if root.is_file() else sorted(root.rglob("*.py")):
            parts += [source.relative_to(root.parent).as_posix(), _syntax(source, source.stat().st_mtime_ns)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@lru_cache(maxsize=1024)
def _syntax(file: Path, modified_ns: int) -> str:
    """Return a file's syntax tree as text, without comments and docstrings."""
    tree = ast.parse(file.read_text("utf-8"))
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [item for item in body if not _is_text(item)]  # type: ignore[attr-defined]
    return ast.dump(tree)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
