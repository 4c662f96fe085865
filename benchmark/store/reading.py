"""What a run's folder says of the run: its manifest, or its plan while there is none yet, read and checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, NotRequired, TypedDict

from benchmark.datasets.catalogue import is_plain
from benchmark.documents import read_json
from benchmark.shapes import check
from benchmark.store.results import MANIFEST, MANIFEST_SCHEMA
from trackers.errors import InputError

AGAIN = "run the same command again"
_KEY = re.compile("[0-9a-zA-Z-]{1,64}")


class PlannedRecord(TypedDict):
    """A record that a run uses."""

    tracker: str
    sequence: str
    start: int
    repeat: int
    key: str


class DoneRecord(PlannedRecord):
    """A record that a run has used."""

    status: Literal["done", "failed", "timeout"]
    begun: NotRequired[str]


class PlannedDataset(TypedDict):
    """What a run is on."""

    name: str
    coverage: str


class Dataset(PlannedDataset):
    """What a run was on."""

    revision: str
    sequences: list[str]
    limit_frames: int | None
    digests: NotRequired[dict[str, str]]


class Weights(TypedDict):
    """A tracker's weights."""

    name: str
    sha256: str | None
    trained_on: list[str]
    tuned_on: list[str]


class PlannedTracker(TypedDict):
    """A tracker of a run, by name."""

    name: str


class Tracker(PlannedTracker):
    """A tracker that has run."""

    preset: str
    config: dict[str, Any] | None
    weights: Weights
    code: NotRequired[str]
    address: NotRequired[str]


class Machine(TypedDict):
    """What a run was made on."""

    processor: str
    cores: str
    system: str
    python: str
    model: NotRequired[str]
    instructions: NotRequired[str]


class Environment(TypedDict):
    """What boxes may depend on, as far as it is shown."""

    device: str
    threads: str


class Git(TypedDict):
    """The state of the code."""

    commit: str
    changed: bool


class Plan(TypedDict):
    """``plan.json``, and what ``manifest.json`` has in common with it."""

    schema: int
    dataset: PlannedDataset
    trackers: list[PlannedTracker]
    records: list[PlannedRecord]


class Manifest(TypedDict):
    """``manifest.json``."""

    schema: int
    command: list[str]
    dataset: Dataset
    trackers: list[Tracker]
    seed: int
    lanes: int
    workers: NotRequired[int]
    repeats: int
    jitter: NotRequired[float]
    protocol: NotRequired[str]
    profile: NotRequired[str | None]
    timeout: NotRequired[float | None]
    telemetry: NotRequired[bool]
    imported: NotRequired[list[str]]
    environment: Environment
    machine: Machine
    versions: dict[str, str | None]
    git: Git | None
    records: list[DoneRecord]


def read_manifest(run: Path) -> dict[str, Any]:
    """Return the manifest of a run that has ended; InputError where it is missing, damaged or of another schema."""
    file = run / MANIFEST
    content = _read(file, Manifest)
    sequences, trackers = set(content["dataset"]["sequences"]), {one["name"] for one in content["trackers"]}
    if not sequences:
        raise InputError(f"{file} names no sequence; {AGAIN}")
    for one in content["records"]:
        one.setdefault("begun", "ope")
        if one["sequence"] not in sequences or one["tracker"] not in trackers:
            raise InputError(f"{file} has a record of {one['tracker']!r} on {one['sequence']!r}, not both of its lists;"
                             f" {AGAIN}")  # fmt: skip
    return content


def read_overview(file: Path) -> dict[str, Any]:
    """Return what a manifest or a plan says of a run's data, trackers and records; InputError likewise."""
    return _read(file, Plan)


def _read(file: Path, shape: type[Manifest] | type[Plan]) -> dict[str, Any]:
    content = read_json(file, AGAIN)
    if not isinstance(content, dict):
        raise InputError(f"{file} is no {file.stem} of a run; {AGAIN}")
    check_schema(file, content, MANIFEST_SCHEMA, AGAIN)
    try:
        check(content, shape)
        check_records(content["records"])
    except ValueError as error:
        raise InputError(f"{file} cannot be read ({error}); {AGAIN}") from None
    return content


def check_schema(file: Path, content: Mapping[str, Any], known: int, mend: str) -> None:
    """Raise InputError where a file is of another schema than `known`: of an older one, or a newer program's."""
    found = content.get("schema")
    if isinstance(found, int) and not isinstance(found, bool) and found > known:
        raise InputError(f"{file} has schema {found}, this program reads {known}: update Engram")
    if found != known or isinstance(found, bool):
        raise InputError(f"{file} has schema {str(found)[:20]}, this program reads {known}; {mend}")


def check_records(records: Iterable[Mapping[str, Any]]) -> None:
    """Raise ValueError where a record is named by what leads out of the folder that it is looked for in."""
    for index, one in enumerate(records):
        if not _KEY.fullmatch(one["key"]):
            raise ValueError(f"records[{index}].key is no digest")
        if one["start"] < 0 or one["repeat"] < 0:
            raise ValueError(f"records[{index}] begins before 0")
        if not is_plain(one.get("begun", "ope")):
            raise ValueError(f"records[{index}].begun is no name of a start")
