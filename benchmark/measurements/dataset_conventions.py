"""What each convention is worth on each benchmark, from published trackers' boxes.

    python -m benchmark.measurements.dataset_conventions GOLDEN

GOLDEN is a folder as `benchmark.verification.golden_sets` reads it. The table goes to
``results/tables/dataset-conventions.md``.
"""

from __future__ import annotations

from pathlib import Path

import click

from benchmark.metrics.sensitivity import sensitivity
from benchmark.profiles import load_profile
from benchmark.verification.golden_sets import PROFILES_OF, GoldenSet

TABLE = Path(__file__).parents[2] / "results" / "tables" / "dataset-conventions.md"
SHOWN = {"uav123": "SiamFC", "uav20l": "STRCF", "dtb70": "AutoTrack", "tc128": "MEEM_LAB", "lasot": "DiMP50"}
"""Set, and the tracker that is taken for it."""


@click.command()
@click.argument("golden", type=click.Path(path_type=Path, exists=True))
def main(golden: Path) -> None:
    """Write the table."""
    columns: list[str] = []
    rows: dict[str, dict[str, str]] = {}
    for folder, tracker in SHOWN.items():
        one = GoldenSet.read(golden / folder)
        profile = load_profile(PROFILES_OF[one.dataset], one.dataset)
        columns.append(f"{one.dataset}, {tracker}, `{profile.name}`")
        for change in sensitivity(one.boxes(tracker), one.annotations, profile):
            rows.setdefault(change.name, {})[columns[-1]] = f"{change.auc:+z.4f} / {change.precision:+z.4f}"
    lines = [
        "# What each convention is worth on each benchmark", "",
        "`python -m benchmark.measurements.dataset_conventions GOLDEN`: change of AUC / P@20 where the same boxes are"
        " scored with one convention changed, from the dataset's own profile.", "",
        f"| change | {' | '.join(columns)} |", "|---|" + "---|" * len(columns),
        *(f"| {name} | {' | '.join(cells.get(column, '') for column in columns)} |" for name, cells in rows.items()),
    ]  # fmt: skip
    TABLE.write_text("\n".join(lines) + "\n")
    click.echo(TABLE)


if __name__ == "__main__":
    main()
