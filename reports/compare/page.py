"""The page of a comparison, in the style of the report's."""

from __future__ import annotations

from typing import Any

from benchmark.metrics.summary import summarise
from reports.compare.model import Comparison
from reports.compare.tables import comparison_tables
from reports.compare.words import pairs_forest
from reports.html.data import sequence_data, short
from reports.html.page import environment, style_rules
from reports.labels import warnings
from reports.metrics import curve_values
from reports.plots.style import Style, styles

__all__ = ["render"]


def render(comparison: Comparison) -> str:
    """Return the page."""
    names = comparison.names
    looks = styles(list(dict.fromkeys(one.name for pair in comparison.pairs for one in (pair.a, pair.b))))
    rules = [Style(looks[name[3:]].colour, "" if name.startswith("A") else "5 3") for name in names]
    number = {name: index for index, name in enumerate(names)}
    number |= {pair.a.name: number[f"A: {pair.a.name}"] for pair in comparison.pairs}
    return (
        environment()
        .get_template("compare.html")
        .render(
            comparison=comparison,
            tables=comparison_tables(comparison),
            number=number,
            rules=style_rules(rules),
            data=_data(comparison),
            plot=pairs_forest(comparison.pairs, comparison.merit),
            labels=dict(enumerate(names)),
            warned=tuple(dict.fromkeys((*warnings(comparison.a.scores), *warnings(comparison.b.scores)))),
        )
    )


def _data(comparison: Comparison) -> dict[str, Any]:
    profile, number = comparison.profile, {name: index for index, name in enumerate(comparison.names)}
    curves: dict[str, dict[str, Any]] = {}
    for kind, grid in (("success", profile.success_grid), ("precision", profile.precision_grid)):
        series = []
        for pair in comparison.pairs:
            for letter, one in (("A", pair.a), ("B", pair.b)):
                shared = summarise({name: one.sequences[name] for name in pair.sequences}, profile).overall
                series.append({"t": number[f"{letter}: {one.name}"], "y": short(curve_values(shared, kind))})
        curves[kind] = {"x": short(grid), "series": series}
    curves["success"]["sign"] = profile.success_sign
    return {
        "trackers": list(comparison.names),
        "curves": curves,
        "sequences": [sequence_data(view, number) for view in comparison.views],
        "memory": {},
    }
