"""Make ``benchmark/verification/shipped.json``: made-up targets and trackers, and what their scores must be.

    python -m benchmark.verification.make_data

Targets move by smooth random paths; trackers are the targets' boxes perturbed in the ways trackers fail. The awkward
cases of real results are all there: ground truth without a target, a late official start, a missing last row, boxes
that are NaN or have no size. Every expected value comes from `plain_reference`; under the profile ``got10k``, AUC
and precision come from the installed got10k package's own code, and the plain reference must agree with it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from benchmark.verification.make_sets import make_sets
from benchmark.verification.plain_reference import plain_scores

Values = NDArray[np.float64]
FILE = Path(__file__).with_name("shipped.json")
LATE = {"Late": 3}
"""Sequences whose official start is not the first frame, and its index."""
FRAMES = {"Plain": 60, "Small": 45, "Fast": 50, "Late": 40, "Vanishing": 48, "Edge": 36}
PROFILES = ("otb", "got10k", "lasot", "ostrack", "pysot", "pytracking", "tcolor128", "trackingnet")


def targets(rng: np.random.Generator) -> dict[str, Values]:
    """Return every sequence's 1-based integer boxes, (N, 4)."""
    made = {}
    for name, frames in FRAMES.items():
        size = {"Small": 18, "Fast": 50}.get(name, 40)
        speed = {"Fast": 9.0}.get(name, 2.5)
        path = 160 + np.cumsum(rng.normal(0, speed, (frames, 2)), axis=0)
        scale = size * np.exp(np.cumsum(rng.normal(0, 0.02, (frames, 2)), axis=0))
        made[name] = np.round(np.concatenate([path, scale], axis=1)).clip(5, None)
    made["Vanishing"][20] = 0  # as Twinnings and Board in OTB-100
    made["Vanishing"][-1] = 0
    made["Edge"][10:14, 1] = (-2, -4, -1, 0)  # as Biker and Crowds: beyond the border, which is y = 1
    return made


def trackers(rng: np.random.Generator, truth: dict[str, Values]) -> dict[str, dict[str, Values]]:
    """Return every tracker's 1-based boxes by sequence, with 3 decimals."""
    made: dict[str, dict[str, Values]] = {"steady": {}, "drifting": {}, "losing": {}, "awkward": {}}
    for name, boxes in truth.items():
        frames = len(boxes)
        jitter = rng.normal(0, 1, (frames, 4))
        drift = np.linspace(0, 1, frames)[:, None] * boxes[:1, [2, 3, 2, 3]] * np.array([0.5, -0.4, 0.5, 0.2])
        away = np.where(np.arange(frames)[:, None] > frames // 2, [300.0, 200.0, 0.0, 0.0], 0.0)
        made["steady"][name] = boxes + 2.0 * jitter
        made["drifting"][name] = boxes + 1.5 * jitter + drift
        made["losing"][name] = np.round(boxes + jitter + away)
        made["awkward"][name] = boxes + 2.0 * jitter
        made["awkward"][name][5:8, 2] = 0.0
        for boxes_of_one in made.values():
            boxes_of_one[name][:, 2:] = boxes_of_one[name][:, 2:].clip(0, None)
            boxes_of_one[name][0] = boxes[0]
    made["losing"]["Late"] = made["losing"]["Late"][LATE["Late"] :]  # as OTB's Tiger1: the rows before are not there
    made["losing"]["Late"][0] = truth["Late"][LATE["Late"]]
    made["steady"]["Vanishing"] = made["steady"]["Vanishing"][:-1]  # as MDNet's Board and Twinnings
    made["awkward"]["Plain"][12] = np.nan
    made["awkward"]["Fast"][3] = made["awkward"]["Plain"][0]
    return {name: {s: np.round(b, 3) for s, b in by_sequence.items()} for name, by_sequence in made.items()}


def expected(boxes: dict[str, Values], truth: dict[str, Values], profile: str) -> dict[str, Any]:
    """Return a tracker's expected scores under a profile, by sequence and overall."""
    by_sequence = {}
    for name, rows in boxes.items():
        begun = LATE[name] if len(rows) == FRAMES[name] - LATE.get(name, 0) and name in LATE else 0
        first = begun if profile in ("got10k", "trackingnet") else LATE.get(name, 0)
        true = truth[name][first:]
        scored = rows[first - begun :]
        scored = np.concatenate([scored, np.full((len(true) - len(scored), 4), np.nan)])
        one = plain_scores(scored.tolist(), true.tolist(), profile)
        if profile == "got10k":
            curves = got10k_curves(scored, true)
            for key, curve in curves.items():
                if np.abs(curve - np.array(one[key])).max() > 1e-12:
                    raise AssertionError(f"{name}: the plain reference and got10k disagree about {key}")
                one[key] = curve.tolist()
            one["auc"], one["precision"] = float(curves["success_curve"].mean()), float(curves["precision_curve"][20])
        by_sequence[name] = one
    keys = ("auc", "precision", "normalised_precision", "ao", "sr50", "sr75")
    overall = {key: float(np.mean([one[key] for one in by_sequence.values()])) for key in keys}
    kept = {name: {key: one[key] for key in keys} for name, one in by_sequence.items()}
    return {"overall": overall, "sequences": kept}


def got10k_curves(boxes: Values, truth: Values) -> dict[str, Values]:
    """Return the curves of one sequence by the got10k package's own code, called as its ``report`` calls it."""
    from got10k.experiments import ExperimentOTB

    experiment = ExperimentOTB.__new__(ExperimentOTB)  # its __init__ would download OTB
    experiment.nbins_iou, experiment.nbins_ce = 21, 51
    boxes = boxes.copy()
    boxes[0] = truth[0]
    success, precision = experiment._calc_curves(*experiment._calc_metrics(boxes, truth))
    return {"success_curve": success, "precision_curve": precision}


def make() -> dict[str, Any]:
    """Return the whole content of the file."""
    rng = np.random.default_rng(20_17)
    truth = targets(rng)
    results = trackers(rng, truth)
    return {
        "schema": 1,
        "about": "Made-up targets and trackers, 1-based x, y, w, h; null is NaN. Made by make_data.py.",
        "sources": {profile: "got10k 0.1.3" if profile == "got10k" else "plain reference" for profile in PROFILES},
        "starts": LATE,
        "truth": {name: rows.tolist() for name, rows in truth.items()},
        "trackers": {
            tracker: {
                name: [[None if np.isnan(v) else v for v in row] for row in rows.tolist()] for name, rows in by.items()
            }
            for tracker, by in results.items()
        },
        "sets": make_sets(rng),
        "expected": {
            tracker: {profile: expected(by, truth, profile) for profile in PROFILES} for tracker, by in results.items()
        },
    }


@click.command()
def main() -> None:
    """Write the file."""
    FILE.write_text(json.dumps(make(), separators=(",", ":")) + "\n", "utf-8")
    click.echo(f"{FILE}: {FILE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
