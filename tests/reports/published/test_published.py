from __future__ import annotations

import pytest

from reports.published import caveats, load_papers, load_published, published_name


@pytest.mark.parametrize(
    ("tracker", "on", "measure", "printed"),
    [
        ("KCF", "OTB2013", "auc", [".514"]),
        ("SiamFC-3s", "OTB2015", "auc", [".582"]),
        ("MemTrack", "OTB2015", "precision", [".820"]),
        ("MemTrack", "VOT2016", "eao", [".273"]),
        ("MemTrack", "", "fps", ["50"]),
        ("DualMN dual", "OTB2015", "auc", ["72.1"]),
        ("TransT-N4", "OTB2015", "auc", [".694", ".695"]),
        ("C-COT", "OTB2015", "auc", [".671-.682"]),
        ("STMTrack", "GOT-10k test", "sr75", [".575"]),
        ("OSTrack-384", "TrackingNet", "auc", ["83.9"]),
    ],
)
def test_figures_are_kept_as_printed(tracker: str, on: str, measure: str, printed: list[str]) -> None:
    found = next(one for one in load_published() if one.name == tracker)
    assert [figure.printed for figure in found.find(on, measure)] == printed


def test_every_figure_has_a_source() -> None:
    figures = [figure for one in load_published() for figure in one.figures]
    assert len(figures) > 240
    assert all(figure.sources and all(source.title for source in figure.sources) for figure in figures)
    assert caveats()


def test_what_is_from_memory_is_never_found() -> None:
    ostrack = next(one for one in load_published() if one.name == "OSTrack")
    assert ostrack.figures
    assert not ostrack.find("OTB2015", "auc")


def test_values_are_fractions_and_ranges_have_none() -> None:
    for one in load_published():
        for figure in one.figures:
            if figure.measure in ("auc", "precision", "ao", "eao") and figure.value is not None:
                assert 0 < figure.value < 1, (one.name, figure)
    ccot = next(one for one in load_published() if one.name == "C-COT")
    assert ccot.find("OTB2015", "auc")[0].value is None


def test_the_papers_tables_name_rows_that_there_are() -> None:
    papers = {paper.key: paper for paper in load_papers()}
    assert [row.label for row in papers["dualmn"].rows] == ["short-term only", "long-term only", "dual"]
    assert papers["dualmn"].reconstruction
    assert "reconstruction" in papers["dualmn"].note


def test_papers_call_datasets_by_other_names() -> None:
    assert published_name("OTB100") == "OTB2015"
    assert published_name("demo") is None
