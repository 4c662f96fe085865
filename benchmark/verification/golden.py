"""The verification against published trackers' own boxes, for those who have them.

A golden folder holds ``otb100/annotations/<Sequence>.txt``, ``otb100/<Tracker>/<Sequence>.txt`` and a ``README.md``
with a table ``| tracker | AUC | P@20 | published |``. It may hold got10k's results and report in ``dialects/got10k``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmark.datasets.listing import matching
from benchmark.datasets.sequence import Annotation
from benchmark.interop.dialects import read_dialect
from benchmark.interop.ground_truth import read_ground_truth
from benchmark.interop.importing import import_results
from benchmark.metrics import score_sequences, summarise
from benchmark.profiles import load_profile
from benchmark.verification.golden_challenges import trackingnet_rows, vot_rows
from benchmark.verification.golden_sets import golden_set_rows
from benchmark.verification.row import Row
from trackers.errors import InputError

__all__ = ["verify_golden"]

TOLERANCE = 0.0005
"""The README's numbers have four digits; the papers', three."""
GOT10K_TOLERANCE = 1e-6


def verify_golden(folder: Path) -> list[Row]:
    """Return a row for each tracker of a golden folder, on OTB and on what other sets it has.

    Raises InputError where it is not one, or lacks a tracker.
    """
    annotations = read_ground_truth(_there(folder / "otb100" / "annotations"))
    table = _readme_table(_there(folder / "README.md"))
    rows = []
    for tracker, auc, precision, published in table:
        path = _there(folder / "otb100" / tracker)
        rows.append(_row(path, "otb", tracker, annotations, (auc, precision), published, "README.md", TOLERANCE))
    for report in matching(folder, "dialects/got10k/performance.json"):
        rows += _got10k_rows(report, annotations)
    return [*rows, *golden_set_rows(folder), *trackingnet_rows(folder), *vot_rows(folder)]


def _row(
    path: Path,
    dialect: str,
    tracker: str,
    annotations: Mapping[str, Annotation],
    expected: tuple[float, float],
    published: str,
    source: str,
    tolerance: float,
) -> Row:
    profile = load_profile("got10k" if dialect == "got10k" else "otb")
    imported, _ = import_results(path, read_dialect(dialect), tracker, "OTB100", annotations)
    scores = score_sequences(imported.boxes, annotations, profile, starts=imported.starts)
    overall = summarise(scores, profile).overall
    ours = (overall.auc, overall.precision)
    return Row(tracker, profile.name, len(overall.sequences), published, expected, ours, source, tolerance)


def _got10k_rows(report: Path, annotations: Mapping[str, Annotation]) -> Iterator[Row]:
    """Yield a row for each tracker of a got10k report, whose result files lie beside it."""
    try:
        performance = json.loads(report.read_text("utf-8"))
        expected = {
            tracker: (float(one["overall"]["success_score"]), float(one["overall"]["precision_score"]))
            for tracker, one in performance.items()
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{report}: not a got10k report ({error!r})") from error
    for tracker, scores in expected.items():
        paths = [path for path in matching(report.parent, "OTB*/*") if path.name == tracker]
        if not paths:
            raise InputError(f"{report.parent}: no OTB*/{tracker} with the results of {report.name}")
        yield _row(paths[0], "got10k", tracker, annotations, scores, "-", report.name, GOT10K_TOLERANCE)


def _readme_table(readme: Path) -> list[tuple[str, float, float, str]]:
    """Return the rows of the README's table of expected scores."""
    found = []
    for line in readme.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) == 4 and line.lstrip().startswith("|"):
            try:
                found.append((cells[0], float(cells[1]), float(cells[2]), cells[3]))
            except ValueError:
                continue  # the heading and the rule below it
    if not found:
        raise InputError(f"{readme}: no table '| tracker | AUC | P@20 | published |' in it")
    return found


def _there(path: Path) -> Path:
    if not path.exists():
        raise InputError(f"{path}: not found; a golden folder holds README.md, otb100/annotations and otb100/<Tracker>")
    return path
