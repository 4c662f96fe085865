"""The ground truth that a run was scored against, kept in its folder: what a report needs to look at single frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmark.datasets.sequence import Annotation
from benchmark.store.record import read_arrays, write_arrays

SCHEMA = 1
FILE = "ground_truth.npz"


@dataclass(frozen=True)
class Truth:
    """The sequences of a run."""

    root: str
    """Where the dataset was found; "" where it is drawn by the program."""
    annotations: dict[str, Annotation]
    """By sequence."""


def write_truth(run: Path, annotations: Sequence[Annotation], root: str) -> None:
    """Write the ground truth of a run's sequences into its folder, as one file."""
    facts = {
        "schema": SCHEMA,
        "root": root,
        "names": [one.name for one in annotations],
        "lengths": [len(one) for one in annotations],
        "starts": [one.start for one in annotations],
        "attributes": [list(one.attributes) for one in annotations],
    }
    boxes = np.concatenate([one.boxes for one in annotations])
    write_arrays(run / FILE, facts, {"boxes": boxes, "valid": np.concatenate([one.valid for one in annotations])})


def read_truth(run: Path) -> Truth | None:
    """Return what `write_truth` wrote; None where the run has none, or it is damaged or of another schema."""
    content = read_arrays(run / FILE)
    if content is None or content[0].get("schema") != SCHEMA:
        return None
    facts, arrays = content
    ends = np.cumsum(facts["lengths"])
    boxes, valid = (np.split(arrays[name], ends[:-1]) for name in ("boxes", "valid"))
    return Truth(
        facts["root"],
        {
            name: Annotation(name, boxes[i], valid[i], facts["starts"][i], tuple(facts["attributes"][i]))
            for i, name in enumerate(facts["names"])
        },
    )
