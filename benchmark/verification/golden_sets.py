"""The verification on other benchmarks than OTB: published trackers' boxes as arrays, where a golden folder has them.

Beside ``README_others.md`` (a table ``| set | tracker | rule | computed AUC / P20 | published | where published |``)
lie ``SET/annotations.npz`` and ``SET/TRACKER.npz``, (N, 4) a sequence in the files' own convention;
``scores_others.txt`` has what an independent script makes of them by every toolkit's rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.box_text import all_positive, from_file
from benchmark.datasets.catalogue import family, read_head
from benchmark.datasets.sequence import Annotation
from benchmark.documents import read_json
from benchmark.metrics import ScoreTable, score_sequences, summarise
from benchmark.profiles import load_profile
from benchmark.verification.row import Row
from trackers.errors import InputError

__all__ = ["GoldenSet", "golden_set_rows"]

Values = NDArray[np.float64]
DATASETS = {"uav123": "UAV123", "uav20l": "UAV20L", "dtb70": "DTB70", "tc128": "TColor128", "lasot": "LaSOT"}
"""Folder of a set, and the dataset that it is."""
PROFILES_OF = {"UAV123": "otb", "UAV20L": "otb", "DTB70": "otb", "TColor128": "tcolor128", "LaSOT": "lasot"}
"""Dataset, and the profile of its own toolkit."""
PROFILES = {"literal": "tcolor128"}
"""A rule of the table, where its profile is not called so."""
STORED = 1e-6
"""How near each stored score of a sequence must be."""
SCORED = re.compile(r"(\w+) +(\S+) +(\w+) +AUC ([\d.]+) +P20 ([\d.]+) +nP@\.2 ([\d.]+) +nP area ([\d.]+)")
MEASURES = ("auc", "precision", "normalised_precision")


@dataclass(frozen=True)
class GoldenSet:
    """One set's ground truth and boxes."""

    dataset: str
    annotations: Mapping[str, Annotation]
    folder: Path

    @classmethod
    def read(cls, folder: Path) -> GoldenSet:
        """Read a set's ground truth; raises InputError where it is missing or damaged."""
        dataset = DATASETS[folder.name]
        origin = read_head(family(dataset)).origin
        flags = _arrays(folder / "absent.npz") if (folder / "absent.npz").is_file() else {}
        annotations = {}
        for name, rows in _arrays(folder / "annotations.npz").items():
            absent = flags[name].astype(np.bool_) if flags else None
            annotations[name] = Annotation(
                name,
                from_file(rows.astype(float), origin),
                all_positive(rows.astype(float)),
                absent=absent,
                origin=origin,
            )
        return cls(dataset, annotations, folder)

    def boxes(self, tracker: str) -> dict[str, Values]:
        """Return a tracker's boxes by sequence, 0-based."""
        arrays = _arrays(self.folder / f"{tracker}.npz")
        return {name: from_file(rows.astype(float), self.annotations[name].origin) for name, rows in arrays.items()}

    def scores(self, tracker: str, profile: str, count: int = 2) -> tuple[ScoreTable, Row]:
        """Return a tracker's scores by sequence, and a row of the first `count` measures that expects what it finds."""
        rules = load_profile(profile, self.dataset)
        table = score_sequences(self.boxes(tracker), self.annotations, rules)
        overall = summarise(table, rules).overall
        measures = MEASURES[:count]
        ours = tuple(getattr(overall, measure) for measure in measures)
        return table, Row(tracker, profile, len(table), "-", ours, ours, "", 0.0, self.dataset, measures)


def golden_set_rows(folder: Path) -> Iterator[Row]:
    """Yield a row for every tracker and rule of the sets in a golden folder; none where it has no other sets."""
    readme = folder / "README_others.md"
    if not readme.is_file():
        return
    sets = {name: GoldenSet.read(folder / name) for name in DATASETS if (folder / name / "annotations.npz").is_file()}
    for name, tracker, rule, expected, published in _published(readme):
        if name in sets:
            yield _row(sets[name], tracker, rule, expected, published, readme.name)
    for name, tracker, rule, auc, precision, at, area in SCORED.findall(_text(folder / "scores_others.txt")):
        if name in sets:
            by_area = load_profile(PROFILES.get(rule, rule)).normalised_headline is None
            yield _row(sets[name], tracker, rule, [auc, precision, area if by_area else at], "-", "scores_others.txt")
    for name, one in sets.items():
        if (file := folder / name / "toolkit_scores.json").is_file():
            yield from _stored(one, file)


def _row(one: GoldenSet, tracker: str, rule: str, expected: list[str], published: str, source: str) -> Row:
    """Return the row of a tracker whose expected scores stand somewhere, rounded."""
    _, row = one.scores(tracker, PROFILES.get(rule, rule), len(expected))
    digits = min(len(text.partition(".")[2]) for text in expected)
    values = tuple(map(float, expected))
    return replace(row, published=published, expected=values, source=source, tolerance=0.6 * 10.0**-digits)


def _stored(one: GoldenSet, file: Path) -> Iterator[Row]:
    """Yield a row for each tracker whose every sequence's scores the MATLAB toolkit stored."""
    for tracker, stored in read_json(file, "put the original back")["trackers"].items():
        table, row = one.scores(tracker, "otb")
        theirs = np.array([stored[name] for name in table.sequences])
        ours = np.stack([table.columns["auc"], table.columns["precision"]], axis=1)
        far = np.abs(ours - theirs).max(axis=0)
        yield replace(
            row, expected=tuple(theirs.mean(0).tolist()), worst=tuple(far.tolist()),
            source=f"{file.name}, each sequence", tolerance=STORED,
        )  # fmt: skip


def _published(readme: Path) -> Iterator[tuple[str, str, str, list[str], str]]:
    """Yield set, tracker, rule, computed scores and what is printed, from the README's first table."""
    for line in _text(readme).splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) != 6 or cells[0] not in DATASETS:
            continue
        name, listed, rule, computed, published, _ = cells
        pairs = [re.findall(r"\.\d{3,}", part) for part in computed.replace("; nP@.2", " /").split(",")]
        prints = [part.strip() for part in published.split(";")[0].split(",")]
        for tracker, pair, said in zip(listed.split(", "), pairs, prints, strict=True):
            yield name, re.sub(r" \(.*", "", tracker), rule, pair, said if not said.startswith("~") else "-"


def _arrays(file: Path) -> dict[str, NDArray[Any]]:
    try:
        with np.load(file, allow_pickle=False) as kept:
            return {name: kept[name] for name in kept.files}
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{file}: cannot be read ({error})") from error


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror})") from error
