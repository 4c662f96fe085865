"""A run's manifest that may come from elsewhere: read as strictly as it is written."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from benchmark.store.manifest import SCHEMA
from trackers.errors import InputError

__all__ = ["parse_json", "parse_manifest"]


def parse_manifest(content: bytes, source: str) -> dict[str, Any]:
    """Return a run's manifest; raises InputError, with `source`, where it is none, or of another schema."""
    try:
        manifest = parse_json(content)
        schema = manifest["schema"]
        if type(schema) is int and schema != SCHEMA:
            newer = "a newer Engram made it: update yours" if schema > SCHEMA else "no Engram made it"
            raise InputError(f"{source}: schema {schema} is not known; {newer}")
        sound = (
            type(schema) is int
            and all(isinstance(manifest["dataset"][name], str) for name in ("name", "coverage"))
            and isinstance(manifest["trackers"], list)
            and all(isinstance(tracker["name"], str) for tracker in manifest["trackers"])
            and isinstance(manifest["records"], list)
            and all(map(_is_record, manifest["records"]))
        )
    except (KeyError, TypeError, ValueError, RecursionError):
        sound = False
    if not sound:
        raise InputError(
            f"{source}: no manifest of a run: damaged, or something that every run says of itself is missing"
        )
    return dict(manifest)


def parse_json(content: bytes) -> Any:
    """Return what a JSON text holds; raises ValueError, and for deep nesting RecursionError, for all that is none."""

    def refuse(constant: str) -> NoReturn:
        raise ValueError(f"{constant} is no JSON")

    def finite(text: str) -> float:
        value = float(text)
        return value if math.isfinite(value) else refuse(text)

    return json.loads(content.decode("utf-8"), parse_constant=refuse, parse_float=finite)


def _is_record(record: Any) -> bool:
    texts = all(isinstance(record[name], str) for name in ("tracker", "sequence", "status", "key"))
    return texts and all(type(record[name]) is int for name in ("start", "repeat"))
