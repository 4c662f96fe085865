"""The sections of a page that vot-toolkit's own figures fill."""

from __future__ import annotations

from dataclasses import dataclass

from benchmark.vot.figures import PLACE, ToolkitFigures
from reports.model import Report
from reports.plots.expected import toolkit_expected_figures
from reports.plots.files import address
from reports.tables.grid import Table
from reports.tables.vot import toolkit_table

__all__ = ["Toolkit", "toolkit_sections"]


@dataclass(frozen=True)
class Toolkit:
    """One analysis."""

    figures: ToolkitFigures
    table: Table
    pictures: tuple[tuple[str, str], ...]
    """What each shows, and its address, which holds it."""
    page: str
    """The toolkit's own page, from the report's folder; "" where there is none."""

    @property
    def exported(self) -> bool:
        """Whether the toolkit analysed our trajectories, and ran no tracker."""
        return self.figures.stack.endswith("exported")


def toolkit_sections(report: Report) -> list[Toolkit]:
    """Return the sections of all that the toolkit has said of the report's runs."""
    found = []
    for index, one in enumerate(report.toolkit):
        drawn = toolkit_expected_figures(report, one)
        pictures = tuple((f"Expected average overlap, {name}", address(figure)) for name, figure in drawn)
        found.append(Toolkit(one, toolkit_table(one, index), pictures, f"{PLACE}/{one.html}" if one.html else ""))
    return found
