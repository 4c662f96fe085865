from __future__ import annotations

from reports.plots.style import colours
from trackers.registry import PAPERS_FIVE


def test_the_papers_trackers_keep_their_colours_whoever_else_is_there() -> None:
    alone, among = colours(["memtrack"]), colours(["other", *PAPERS_FIVE, "siamfc-s1"])
    assert among["memtrack"] == alone["memtrack"]
    assert len(set(among.values())) == 7
