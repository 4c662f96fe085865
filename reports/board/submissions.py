"""What others submit: a JSON file that names a bundle beside it; listed only where the bundle is what it says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from benchmark.datasets.selection import Selection
from benchmark.documents import read_json
from benchmark.interop.bundle import unpack
from benchmark.interop.rescoring import rescored
from benchmark.runs import Run
from benchmark.store.record import write_whole
from trackers.errors import InputError
from trackers.printable import printable

__all__ = ["Submission", "admit", "read_submission"]

FindTruth = Callable[[Run], Selection]
"""Returns the sequences that a run is on, their ground truth relied on; InputError where nothing here has it."""


@dataclass(frozen=True)
class Submission:
    """What a submission says."""

    file: Path
    bundle: Path
    seal: str
    by: str
    paper: str = ""


@lru_cache(maxsize=1)
def schema() -> dict[str, Any]:
    """Return the JSON schema of a submission."""
    found: dict[str, Any] = json.loads(files(__package__).joinpath("submission.schema.json").read_text("utf-8"))
    return found


def read_submission(file: Path) -> Submission:
    """Return what a submission's file says; InputError where it does not fit the schema."""
    mend = "reports/board/submission.schema.json says what a submission is"
    content = read_json(file, mend)
    if not isinstance(content, dict):
        raise InputError(f"it is no object; {mend}")
    known, required = schema()["properties"], schema()["required"]
    for key in content:
        if key not in known:
            raise InputError(f"{printable(key[:40])!r} is no part of a submission; {mend}")
    for key in required:
        if key not in content:
            raise InputError(f"{key!r} is missing; {mend}")
    for key, value in content.items():
        _check(key, value, known[key], mend)
    return Submission(
        file, file.parent / content["bundle"], content["seal"], printable(content["by"]), content.get("paper", "")
    )


def _check(key: str, value: Any, rule: dict[str, Any], mend: str) -> None:
    """Hold a value against its part of the schema, which uses no more of the language than this."""
    if "const" in rule:
        if value != rule["const"] or isinstance(value, bool):
            raise InputError(f"{key!r} is not {rule['const']}; {mend}")
        return
    if not isinstance(value, str):
        raise InputError(f"{key!r} is no text; {mend}")
    if not rule.get("minLength", 0) <= len(value) <= rule.get("maxLength", len(value)):
        raise InputError(f"{key!r} has {len(value)} characters, not {rule['minLength']} to {rule['maxLength']}; {mend}")
    if "pattern" in rule and not re.fullmatch(rule["pattern"].removeprefix("^").removesuffix("$"), value):
        raise InputError(f"{key!r} is not as its pattern has it; {mend}")


def admit(one: Submission, room: Path, find_truth: FindTruth) -> Run:
    """Unpack a submission below the folder `room`, score it again, and return its run as it was found to be.

    Raises InputError, one line, for a bundle that was changed, is not the sender's, or does not hold what gives its
    scores.
    """
    run = Run.read(unpack(one.bundle, room, seal=one.seal))
    found = rescored(run, find_truth(run))
    marked = (replace(tracker, marks=(*tracker.marks, f"submitted by {one.by}")) for tracker in found.trackers)
    scores = replace(found, run=run.folder.name, trackers=tuple(marked))
    write_whole(run.folder / "scores.json", json.dumps(scores.to_dict(), allow_nan=False).encode())
    return Run(run.folder, scores, run.manifest)
