"""Which frames a list of boxes belongs to, and which of them a profile scores."""

from __future__ import annotations

from dataclasses import dataclass

from benchmark.datasets.sequence import Annotation
from benchmark.plurals import counted
from benchmark.profiles import Profile
from trackers.errors import InputError

__all__ = ["Alignment", "align", "infer_start"]


@dataclass(frozen=True)
class Alignment:
    """How the rows of a result meet the rows of the ground truth."""

    first_row: int
    """The first scored row of the result."""
    first_frame: int
    """Index of the frame that this row belongs to."""
    frames: int
    """How many frames are scored from there on (the ground truth's end)."""
    missing: int
    """How many of them have no row: 0, or 1 where the last ground truth is invalid."""
    notes: tuple[str, ...]
    """What a reader of the score should know."""


def infer_start(rows: int, annotation: Annotation) -> int:
    """Return the index of the frame that a result with so many rows begins at: 0 or the official start.

    A last row may be missing where its ground truth is invalid (MDNet's Board and Twinnings). Any other length raises
    InputError.
    """
    for start in (0, annotation.start):
        if rows == len(annotation) - start or (rows == len(annotation) - start - 1 and _last_is_invalid(annotation)):
            return start
    full = f"{len(annotation)}"
    if annotation.start:
        full += f" (or {len(annotation) - annotation.start} from the official start at frame {annotation.start + 1})"
    raise InputError(f"{annotation.name}: {counted(rows, 'box', 'boxes')} where the ground truth has {full}")


def align(rows: int, annotation: Annotation, profile: Profile, start: int | None = None) -> Alignment:
    """Return how a result of `rows` boxes that begins at frame index `start` is scored under `profile`.

    With `start` None it is inferred from the length. Raises InputError where the lengths do not fit.
    """
    begun = infer_start(rows, annotation) if start is None else start
    missing = len(annotation) - begun - rows
    if missing not in (0, 1) or (missing == 1 and not _last_is_invalid(annotation)):
        raise InputError(
            f"{annotation.name}: {counted(rows, 'box', 'boxes')} from frame {begun + 1} on, where the ground truth has "
            f"{len(annotation) - begun}"
        )
    wanted = annotation.start if profile.start == "official" else 0
    first = max(begun, wanted)
    notes = []
    if begun > wanted:
        notes.append(f"scored from frame {begun + 1}, where the run starts; the profile starts at frame {wanted + 1}")
    elif begun < wanted:
        notes.append(f"the run starts at frame {begun + 1}; scored from the official start, frame {wanted + 1}")
    if missing:
        notes.append("the last box is missing; its ground truth is invalid")
    return Alignment(first - begun, first, len(annotation) - first, missing, tuple(notes))


def _last_is_invalid(annotation: Annotation) -> bool:
    return len(annotation) > 0 and not bool(annotation.valid[-1]) and not annotation.secret
