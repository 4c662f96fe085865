"""Made-up trajectories of other benchmarks than OTB, with what each is awkward by, and what they must score.

Called by `benchmark.verification.make_data`. Expected values come from got10k's own code where it is right (UAV123,
UAV20L, NfS, TColor128, DTB70 by ``ExperimentOTB`` and ``ExperimentUAV123``; GOT-10k by ``ExperimentGOT10k``), with
which the plain reference must agree, and from the plain reference elsewhere.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.verification.plain_reference import plain_scores

Values = NDArray[np.float64]
SETS = {
    "UAV123": ("otb", "got10k", "pysot", "pytracking"), "UAV20L": ("otb", "got10k", "pytracking", "ostrack"),
    "NfS/30": ("otb", "got10k", "pysot", "pytracking"), "TColor128": ("otb", "got10k", "tcolor128"),
    "DTB70": ("otb", "got10k", "pytracking"), "LaSOT": ("lasot", "pysot", "pytracking", "ostrack"),
    "GOT-10k/val": ("got10k", "pytracking"), "TrackingNet": ("trackingnet",),
}  # fmt: skip
"""Dataset, and the profiles that it is scored by."""
ZERO_BASED = ("NfS/30", "GOT-10k/val", "TrackingNet")
BOUNDS = (200, 160)
"""Width and height of GOT-10k's images here."""
MEASURES = ("auc", "precision", "normalised_precision", "ao", "sr50", "sr75")
GOT10K = "got10k 0.1.3"


def make_sets(rng: np.random.Generator) -> dict[str, Any]:
    """Return every set: its ground truth, what else it says of frames, one tracker's boxes, and expected scores."""
    return {dataset: _made(dataset, profiles, rng) for dataset, profiles in SETS.items()}


def _made(dataset: str, profiles: tuple[str, ...], rng: np.random.Generator) -> dict[str, Any]:
    truth = {name: _truth(dataset, frames, rng) for name, frames in (("first", 30), ("second", 22))}
    boxes = {name: _boxes(rows, rng, nan="pytracking" not in profiles) for name, rows in truth.items()}
    facts: dict[str, Any] = {"origin": 0 if dataset in ZERO_BASED else 1}
    if dataset in ("LaSOT", "GOT-10k/val"):
        flags = {name: (np.arange(len(rows)) % 9 == 5).tolist() for name, rows in truth.items()}
        facts["absent"] = {name: [int(flag) for flag in own] for name, own in flags.items()}
    if dataset == "GOT-10k/val":
        facts["bounds"] = list(BOUNDS)
    expected = {}
    for profile in profiles:
        by_sequence = {}
        for name, rows in truth.items():
            by_sequence[name] = _expected(dataset, profile, boxes[name], rows, facts.get("absent", {}).get(name, []))
        weights = [1.0] * len(by_sequence)
        if (dataset, profile) == ("GOT-10k/val", "got10k"):  # all frames in one pool
            weights = [len(rows) - 1 - sum(facts["absent"][name]) for name, rows in truth.items()]
        means = {
            key: float(np.average([one[key] for one in by_sequence.values()], weights=weights)) for key in MEASURES
        }
        expected[profile] = {
            "source": GOT10K if profile == "got10k" else "plain reference", "overall": means, "sequences": by_sequence
        }  # fmt: skip
    shown = {"truth": truth, "boxes": boxes}
    return {**facts, **{key: {n: _plain(rows) for n, rows in own.items()} for key, own in shown.items()},
            "expected": expected}  # fmt: skip


def _truth(dataset: str, frames: int, rng: np.random.Generator) -> Values:
    corner = 60 + np.cumsum(rng.normal(0, 3, (frames, 2)), axis=0)
    rows = np.concatenate([corner, 40 * np.exp(np.cumsum(rng.normal(0, 0.02, (frames, 2)), axis=0))], axis=1)
    rows = np.round(rows, {"DTB70": 2, "GOT-10k/val": 4, "TrackingNet": 1}.get(dataset, 0)).clip(5, None)
    if dataset.startswith("UAV"):
        rows[8:12] = np.nan
    if dataset == "DTB70":
        rows[9] = 0
    if dataset == "TColor128":
        rows[5:8, 1] = 0
    if dataset == "LaSOT":
        rows[5], rows[6] = 0, (1, 1, 0, 0)
    if dataset == "GOT-10k/val":
        rows[3, 0], rows[4, 2] = 0, 170  # beyond the image
    return rows


def _boxes(truth: Values, rng: np.random.Generator, *, nan: bool) -> Values:
    start = np.where(np.isnan(truth), 60.0, truth)
    boxes = np.round(start + rng.normal(0, 1, truth.shape) * np.linspace(0, 8, len(truth))[:, None], 2)
    boxes[:, 2:] = boxes[:, 2:].clip(1, None)
    boxes[0] = truth[0]
    boxes[9, 2] = 0
    boxes[10, 3] = 0
    if nan:
        boxes[13] = np.nan
    return boxes


def _expected(dataset: str, profile: str, boxes: Values, truth: Values, absent: list[int]) -> dict[str, float]:
    bounds = BOUNDS if dataset == "GOT-10k/val" else None
    plain = plain_scores(
        boxes.tolist(), truth.tolist(), profile, dataset=dataset, absent=[bool(one) for one in absent], bounds=bounds
    )
    found = {key: float(plain[key]) for key in MEASURES}  # type: ignore[arg-type]
    if profile == "got10k":
        theirs = _got10k_val(boxes, truth, absent) if bounds else _got10k_ope(dataset, boxes, truth)
        for key, value in theirs.items():
            if abs(found[key] - value) > 1e-9:
                raise AssertionError(f"{dataset}: the plain reference and got10k disagree about {key}")
        found |= theirs
    return found


def _got10k_ope(dataset: str, boxes: Values, truth: Values) -> dict[str, float]:
    """Return AUC and precision of one sequence by the got10k package's own code, called as its ``report`` calls it."""
    from got10k.experiments import ExperimentOTB, ExperimentUAV123

    kind = ExperimentUAV123 if dataset.startswith("UAV") else ExperimentOTB
    experiment = kind.__new__(kind)  # its __init__ would look for the dataset
    experiment.nbins_iou, experiment.nbins_ce = 21, 51
    own = boxes.copy()
    own[0] = truth[0]
    success, precision = experiment._calc_curves(*experiment._calc_metrics(own, truth))
    return {"auc": float(success.mean()), "precision": float(precision[20])}


def _got10k_val(boxes: Values, truth: Values, absent: list[int]) -> dict[str, float]:
    """Return AO, SR and AUC of one sequence by the got10k package's own code, called as its ``report`` calls it."""
    from got10k.experiments import ExperimentGOT10k
    from got10k.utils.metrics import rect_iou

    overlaps = rect_iou(boxes[1:].copy(), truth[1:].copy(), bound=BOUNDS)[~np.array(absent[1:], bool)]
    experiment = ExperimentGOT10k.__new__(ExperimentGOT10k)
    ao, sr, _, curve = experiment._evaluate(overlaps, np.ones(1))
    return {"ao": float(ao), "sr50": float(sr), "auc": float(curve.mean())}


def _plain(rows: Values) -> list[list[float | None]]:
    return [[None if np.isnan(value) else value for value in row] for row in rows.tolist()]
