"""What several tests of scores need: the golden results."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from benchmark.datasets.box_text import from_one_based, read_boxes
from benchmark.datasets.sequence import Annotation, Boxes


@dataclass(frozen=True)
class Golden:
    """The golden results of OTB-100."""

    folder: Path
    annotations: Mapping[str, Annotation]
    trackers: Mapping[str, Mapping[str, Boxes]]


@pytest.fixture(scope="session")
def golden(shared_data: Path) -> Golden:
    folder = shared_data / "golden"
    attributes = json.loads((folder / "otb100" / "attributes.json").read_text())
    annotations = {}
    for path in sorted((folder / "otb100" / "annotations").glob("*.txt")):
        rows = read_boxes(path)
        start = 5 if path.stem == "Tiger1" else 0
        annotations[path.stem] = Annotation(
            path.stem, from_one_based(rows), np.all(rows > 0, axis=1), start, tuple(attributes[path.stem])
        )
    trackers = {
        tracker.name: {path.stem: from_one_based(read_boxes(path)) for path in sorted(tracker.glob("*.txt"))}
        for tracker in sorted((folder / "otb100").iterdir())
        if tracker.is_dir() and tracker.name != "annotations"
    }
    return Golden(folder, annotations, trackers)
