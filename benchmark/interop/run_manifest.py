"""A run's manifest that may come from elsewhere: what a bundle and an export need of it, read strictly."""

from __future__ import annotations

from typing import Any, TypedDict

from benchmark.documents import parse_json
from benchmark.shapes import check
from benchmark.store.reading import DoneRecord, PlannedDataset, PlannedTracker, check_records
from benchmark.store.results import MANIFEST_SCHEMA
from trackers.errors import InputError

__all__ = ["parse_manifest"]


class _Manifest(TypedDict):
    schema: int
    dataset: PlannedDataset
    trackers: list[PlannedTracker]
    records: list[DoneRecord]


def parse_manifest(content: bytes, source: str) -> dict[str, Any]:
    """Return a run's manifest; raises InputError, with `source`, where it is none, or of another schema."""
    try:
        manifest: dict[str, Any] = parse_json(content)
        check(manifest, _Manifest)
        check_records(manifest["records"])
    except ValueError as error:
        raise InputError(f"{source}: no manifest of a run ({error})") from None
    if (schema := manifest["schema"]) != MANIFEST_SCHEMA:
        newer = "a newer Engram made it: update yours" if schema > MANIFEST_SCHEMA else "no Engram made it"
        raise InputError(f"{source}: schema {schema} is not known; {newer}")
    return manifest
