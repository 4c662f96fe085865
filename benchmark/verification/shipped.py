"""The verification that everyone can run: made-up trajectories that ship with the program."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.box_text import all_positive, from_one_based
from benchmark.datasets.sequence import Annotation
from benchmark.metrics import score_sequences, summarise
from benchmark.profiles import load_profile
from benchmark.verification.row import Row

__all__ = ["TOLERANCE", "shipped_data", "shipped_inputs", "verify_shipped"]

Values = NDArray[np.float64]
TOLERANCE = 1e-9


def shipped_data() -> dict[str, Any]:
    """Return the stored trajectories and expected scores; ``benchmark/verification/make_data.py`` made them."""
    content: dict[str, Any] = json.loads(files(__package__).joinpath("shipped.json").read_text("utf-8"))
    return content


def shipped_inputs(data: dict[str, Any]) -> tuple[dict[str, Annotation], dict[str, dict[str, Values]]]:
    """Return the annotations, and each tracker's boxes by sequence."""
    truth = {name: np.array(rows, dtype=np.float64) for name, rows in data["truth"].items()}
    annotations = {
        name: Annotation(name, from_one_based(rows), all_positive(rows), data["starts"].get(name, 0))
        for name, rows in truth.items()
    }
    boxes = {
        tracker: {name: from_one_based(np.array(rows, dtype=np.float64)) for name, rows in by_sequence.items()}
        for tracker, by_sequence in data["trackers"].items()
    }
    return annotations, boxes


def verify_shipped() -> list[Row]:
    """Return a row for every shipped tracker under every profile."""
    data = shipped_data()
    annotations, boxes = shipped_inputs(data)
    rows = []
    for tracker, by_profile in data["expected"].items():
        for name, expected in by_profile.items():
            profile = load_profile(name)
            overall = summarise(score_sequences(boxes[tracker], annotations, profile), profile).overall
            rows.append(
                Row(
                    tracker=tracker,
                    profile=name,
                    sequences=len(overall.sequences),
                    published="-",
                    expected=(expected["overall"]["auc"], expected["overall"]["precision"]),
                    ours=(overall.auc, overall.precision),
                    source=data["sources"][name],
                    tolerance=TOLERANCE,
                )
            )
    return rows
