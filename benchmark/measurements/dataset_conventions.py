"""What each convention is worth on each benchmark, from published trackers' boxes.

    python -m benchmark.measurements.dataset_conventions GOLDEN

GOLDEN is a folder as `benchmark.verification.golden_sets` reads it. The table goes to
``results/tables/dataset-conventions.md``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.sequence import Annotation
from benchmark.metrics.sensitivity import sensitivity
from benchmark.profiles import Profile, load_profile
from benchmark.signed import signed
from benchmark.verification.golden_challenges import trackingnet_dummy
from benchmark.verification.golden_sets import PROFILES_OF, GoldenSet

Values = NDArray[np.float64]
TABLE = Path(__file__).parents[2] / "results" / "tables" / "dataset-conventions.md"
SHOWN = {"uav123": "SiamFC", "uav20l": "STRCF", "dtb70": "AutoTrack", "tc128": "MEEM_LAB", "lasot": "DiMP50"}
"""Set, and the tracker that is taken for it."""


@click.command()
@click.argument("golden", type=click.Path(path_type=Path, exists=True))
def main(golden: Path) -> None:
    """Write the table."""
    columns: list[str] = []
    rows: dict[str, dict[str, str]] = {}
    for dataset, tracker, profile, boxes, truth in _shown(golden):
        columns.append(f"{dataset}, {tracker}, `{profile.name}`")
        for change in sensitivity(boxes, truth, profile):
            rows.setdefault(change.name, {})[columns[-1]] = (
                f"{signed(change.auc, '.4f')} / {signed(change.precision, '.4f')}"
            )
    lines = [
        "# What each convention is worth on each benchmark", "",
        "`python -m benchmark.measurements.dataset_conventions GOLDEN`: change of AUC / P@20 where the same boxes are"
        " scored with one convention changed, from the dataset's own profile (TrackingNet's scores are areas). Of NfS"
        " no ground truth, of GOT-10k no published boxes are in GOLDEN.", "",
        f"| change | {' | '.join(columns)} |", "|---|" + "---|" * len(columns),
        *(f"| {name} | {' | '.join(cells.get(column, '') for column in columns)} |" for name, cells in rows.items()),
    ]  # fmt: skip
    TABLE.write_text("\n".join(lines) + "\n")
    click.echo(TABLE)


def _shown(golden: Path) -> Iterator[tuple[str, str, Profile, Mapping[str, Values], Mapping[str, Annotation]]]:
    """Yield dataset, tracker, profile, boxes and ground truth of every column."""
    for folder, tracker in SHOWN.items():
        one = GoldenSet.read(golden / folder)
        profile = load_profile(PROFILES_OF[one.dataset], one.dataset)
        yield one.dataset, tracker, profile, one.boxes(tracker), one.annotations
    truth, boxes = trackingnet_dummy(golden / "trackingnet_dummy")
    yield "TrackingNet", "the devkit's dummy", load_profile("trackingnet", "TrackingNet"), boxes, truth


if __name__ == "__main__":
    main()
