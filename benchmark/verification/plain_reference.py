"""Scores by the plainest means: one frame and one threshold at a time, in the text's own 1-based boxes.

It shares no code with ``benchmark.metrics``, which it checks, and writes formulas as the toolkits do: overlaps with
"- 1" and "+ 1", the profiles' rules as conditions. It is slow on purpose.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isnan, sqrt

Box = Sequence[float]
SUCCESS = [i * 0.05 for i in range(21)]
PRECISION = [float(i) for i in range(51)]
NORMALISED = [i * 0.01 for i in range(51)]


def plain_scores(boxes: Sequence[Box], truth: Sequence[Box], profile: str) -> dict[str, list[float] | float]:
    """Return the curves and headline scores of boxes that begin at the truth's first row, under a shipped profile."""
    boxes = [list(box) for box in boxes]
    if profile in ("otb", "pytracking"):
        for i in range(1, len(boxes)):
            sides = boxes[i][2:]
            nan = any(isnan(value) for value in boxes[i])
            if (profile == "otb" and (nan or min(sides) <= 0)) or (profile == "pytracking" and 0 in sides):
                boxes[i] = boxes[i - 1]
    if profile != "pysot":
        boxes[0] = list(truth[0])
    overlaps, errors, normalised = [], [], []
    for box, true in zip(boxes, truth, strict=True):
        row = all(value > 0 for value in true)
        size = true[2] > 0 and true[3] > 0
        centre = true[0] + (true[2] - 1) / 2 > 0 and true[1] + (true[3] - 1) / 2 > 0
        compared = {"otb": row, "pysot": row, "pytracking": size, "got10k": True}[profile]
        placed = {"otb": row, "pysot": centre, "pytracking": size, "got10k": True}[profile]
        overlaps.append(plain_overlap(box, true) if compared else -1.0)
        far = inf if profile == "pytracking" else -1.0
        errors.append(plain_error(box, true, 1, 1) if placed else far)
        normalised.append((plain_error(box, true, true[2], true[3]) if size else inf) if placed else -1.0)
    count = len(overlaps)
    success = [sum(value > threshold for value in overlaps) / count for threshold in SUCCESS]
    precision = [sum(value <= threshold for value in errors) / count for threshold in PRECISION]
    normal = [sum(value <= threshold for value in normalised) / count for threshold in NORMALISED]
    return {
        "success_curve": success,
        "precision_curve": precision,
        "normalised_precision_curve": normal,
        "auc": sum(success) / 21,
        "precision": precision[20],
        "normalised_precision": sum(normal) / 51 if profile == "got10k" else normal[20],
        "ao": sum(max(value, 0.0) for value in overlaps) / count,
        "sr50": sum(value > 0.5 for value in overlaps) / count,
        "sr75": sum(value > 0.75 for value in overlaps) / count,
    }


def plain_overlap(one: Box, two: Box) -> float:
    """Return the intersection over union of two boxes by their first and last pixels."""
    width = min(one[0] + one[2] - 1, two[0] + two[2] - 1) - max(one[0], two[0]) + 1
    height = min(one[1] + one[3] - 1, two[1] + two[3] - 1) - max(one[1], two[1]) + 1
    if not (width > 0 and height > 0):
        return 0.0
    return width * height / (one[2] * one[3] + two[2] * two[3] - width * height)


def plain_error(one: Box, two: Box, width: float, height: float) -> float:
    """Return the distance of two centres, each direction in units of `width` and `height`; infinite for a NaN."""
    x = (one[0] + (one[2] - 1) / 2 - two[0] - (two[2] - 1) / 2) / width
    y = (one[1] + (one[3] - 1) / 2 - two[1] - (two[3] - 1) / 2) / height
    return inf if isnan(x + y) else sqrt(x * x + y * y)
