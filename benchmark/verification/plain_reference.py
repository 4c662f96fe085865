"""Scores by the plainest means: one frame and one threshold at a time, in the text's own 1-based boxes.

It shares no code with ``benchmark.metrics``, which it checks, and writes formulas as the toolkits do: overlaps with
"- 1" and "+ 1", the profiles' rules as conditions. It is slow on purpose.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import inf, isnan, sqrt

Box = Sequence[float]
SUCCESS = [i * 0.05 for i in range(21)]
PRECISION = [float(i) for i in range(51)]
NORMALISED = [i * 0.01 for i in range(51)]
MATLAB = ("otb", "lasot", "tcolor128")
"""Profiles of MATLAB's, whose 0:0.05:1 is built from both ends, and which repeat the box before an unusable one."""


def plain_scores(
    boxes: Sequence[Box],
    truth: Sequence[Box],
    profile: str,
    *,
    dataset: str = "OTB100",
    absent: Sequence[bool] = (),
    bounds: tuple[int, int] | None = None,
) -> dict[str, list[float] | float]:
    """Return the curves and headline scores of boxes that begin at the truth's first row, under a shipped profile.

    Both are in the dataset's own convention. `absent` are its flags of targets that cannot be seen, `bounds` the size
    of its images, where it has them.
    """
    boxes = [list(box) for box in boxes]
    uav, got10k = dataset.startswith("UAV"), profile == "got10k" and dataset.startswith("GOT-10k")
    repeats = {"pytracking": "zero", "ostrack": "zero"}.get(profile, "any" if profile in MATLAB else "")
    for i in range(1, len(boxes)):
        sides = boxes[i][2:]
        unusable = any(isnan(value) for value in boxes[i]) or min(sides) <= 0 if repeats == "any" else 0 in sides
        if repeats and unusable and not any(isnan(value) for value in truth[i]):
            boxes[i] = boxes[i - 1]
    if profile == "trackingnet":
        boxes, truth = [[_round(v) for v in box] for box in boxes], [[_round(v) for v in box] for box in truth]
    if profile != "pysot":
        boxes[0] = list(truth[0])
    overlaps, errors, normalised = [], [], []
    for i, (box, true) in enumerate(zip(boxes, truth, strict=True)):
        hidden = bool(absent) and absent[i]
        if (got10k and (i == 0 or hidden)) or (profile == "got10k" and uav and isnan(true[0])):
            continue
        row, size = all(value > 0 for value in true), true[2] > 0 and true[3] > 0
        centre = true[0] + (true[2] - 1) / 2 > 0 and true[1] + (true[3] - 1) / 2 > 0
        compared = {"ostrack": size, "got10k": True, "tcolor128": True, "trackingnet": True}.get(profile, row)
        if hidden and dataset == "LaSOT/ext" and profile in ("pytracking", "ostrack"):
            compared = False
        placed = centre if profile == "pysot" else compared
        far = inf if profile in ("pytracking", "ostrack") and not uav else -1.0
        forks = ("pysot", *(("pytracking", "ostrack") if dataset == "LaSOT" else ()))
        missed = hidden and (profile == "lasot" or (dataset.startswith("LaSOT") and profile in forks))
        if missed:
            overlaps.append(-1.0)
            errors.append(inf)
            normalised.append(inf)
            continue
        cut = [_cut(one, bounds) for one in (box, true)] if got10k and bounds else [box, true]
        overlaps.append(plain_overlap(*cut) if compared else -1.0)
        errors.append(plain_error(box, true, 1, 1) if placed else far)
        normalised.append((plain_error(box, true, true[2], true[3]) if size else inf) if placed else -1.0)
    count = len(overlaps)
    grid, pixels, parts = SUCCESS, PRECISION, NORMALISED
    if profile in MATLAB:
        grid = [t if i <= 10 else 1 - 0.05 * (20 - i) for i, t in enumerate(SUCCESS)]
        parts = [t if i <= 25 else 0.5 - 0.01 * (50 - i) for i, t in enumerate(NORMALISED)]
    if got10k:
        grid = NORMALISED + [i * 0.01 for i in range(51, 101)]
    if profile == "trackingnet":
        pixels, parts = [2.5 * i for i in range(21)], [0.025 * i for i in range(21)]
        success = [sum(value >= threshold for value in overlaps) / count for threshold in grid]
    else:
        success = [sum(value > threshold for value in overlaps) / count for threshold in grid]
    precision = [sum(value <= threshold for value in errors) / count for threshold in pixels]
    normal = [sum(value <= threshold for value in normalised) / count for threshold in parts]
    areas = profile == "trackingnet"
    return {
        "success_curve": success,
        "precision_curve": precision,
        "normalised_precision_curve": normal,
        "auc": _trapezoids(success) if areas else sum(success) / len(success),
        "precision": _trapezoids(precision) if areas else precision[20],
        "normalised_precision": _trapezoids(normal)
        if areas
        else sum(normal) / 51
        if profile == "got10k"
        else normal[20],
        "ao": sum(max(value, 0.0) for value in overlaps) / count,
        "sr50": sum(value > 0.5 for value in overlaps) / count,
        "sr75": sum(value > 0.75 for value in overlaps) / count,
    }


def _trapezoids(curve: Sequence[float]) -> float:
    return sum((one + two) / 2 for one, two in pairwise(curve)) / (len(curve) - 1)


def _round(value: float) -> float:
    return value if isnan(value) else float(round(value))  # halves to even


def _cut(box: Box, bounds: tuple[int, int]) -> Box:
    """Return a box cut to an image from 0,0 on."""
    x, y = min(max(box[0], 0.0), bounds[0]), min(max(box[1], 0.0), bounds[1])
    return [x, y, min(max(box[2], 0.0), bounds[0] - x), min(max(box[3], 0.0), bounds[1] - y)]


def plain_overlap(one: Box, two: Box) -> float:
    """Return the intersection over union of two boxes by their first and last pixels."""
    width = min(one[0] + one[2] - 1, two[0] + two[2] - 1) - max(one[0], two[0]) + 1
    height = min(one[1] + one[3] - 1, two[1] + two[3] - 1) - max(one[1], two[1]) + 1
    if isnan(sum(one) + sum(two)):
        return -1.0  # compares with nothing
    if not (width > 0 and height > 0):
        return 0.0
    return min(width * height / (one[2] * one[3] + two[2] * two[3] - width * height), 1.0)


def plain_error(one: Box, two: Box, width: float, height: float) -> float:
    """Return the distance of two centres, each direction in units of `width` and `height`; infinite for a NaN."""
    x = ((one[0] + (one[2] - 1) / 2) - (two[0] + (two[2] - 1) / 2)) / width
    y = ((one[1] + (one[3] - 1) / 2) - (two[1] + (two[3] - 1) / 2)) / height
    return inf if isnan(x + y) else sqrt(x * x + y * y)
