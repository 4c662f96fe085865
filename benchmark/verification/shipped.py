"""The verification that everyone can run: made-up trajectories that ship with the program."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.box_text import all_positive, from_file, from_one_based
from benchmark.datasets.sequence import Annotation
from benchmark.metrics import score_sequences, summarise
from benchmark.profiles import load_profile
from benchmark.verification.row import Row

__all__ = ["TOLERANCE", "shipped_data", "shipped_inputs", "shipped_set", "verify_shipped"]

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


def shipped_set(dataset: str, data: dict[str, Any]) -> tuple[dict[str, Annotation], dict[str, Values]]:
    """Return the annotations of a made-up set of that dataset, and one tracker's boxes by sequence."""
    origin, flags = data["origin"], data.get("absent", {})
    annotations, boxes = {}, {}
    for name, listed in data["truth"].items():
        rows = np.array(listed, dtype=np.float64)
        annotations[name] = Annotation(
            name, from_file(rows, origin), all_positive(rows), origin=origin,
            absent=np.array(flags[name], np.bool_) if flags else None,
            bounds=(data["bounds"][0], data["bounds"][1]) if "bounds" in data else None,
        )  # fmt: skip
        boxes[name] = from_file(np.array(data["boxes"][name], dtype=np.float64), origin)
    return annotations, boxes


def verify_shipped() -> list[Row]:
    """Return a row for every shipped tracker under every profile, on OTB's kind of data and on other benchmarks'."""
    data = shipped_data()
    annotations, boxes = shipped_inputs(data)
    rows = []
    for tracker, by_profile in data["expected"].items():
        for name, expected in by_profile.items():
            row = _row(name, "", boxes[tracker], annotations, expected["overall"], ("auc", "precision"))
            rows.append(replace(row, tracker=tracker, dataset="made-up", source=data["sources"][name]))
    for dataset, one in data["sets"].items():
        annotations, own = shipped_set(dataset, one)
        for name, expected in one["expected"].items():
            measures = ("ao", "sr50") if dataset.startswith("GOT-10k") else ("auc", "precision")
            row = _row(name, dataset, own, annotations, expected["overall"], measures)
            rows.append(replace(row, tracker="made-up", dataset=f"as {dataset}", source=expected["source"]))
    return rows


def _row(
    name: str, dataset: str, boxes: dict[str, Values], annotations: dict[str, Annotation],
    expected: Mapping[str, float], measures: tuple[str, ...],
) -> Row:  # fmt: skip
    profile = load_profile(name, dataset)
    overall = summarise(score_sequences(boxes, annotations, profile), profile).overall
    return Row(
        tracker="", profile=name, sequences=len(overall.sequences), published="-",
        expected=tuple(expected[one] for one in measures), ours=tuple(getattr(overall, one) for one in measures),
        source="", tolerance=TOLERANCE, measures=measures,
    )  # fmt: skip
