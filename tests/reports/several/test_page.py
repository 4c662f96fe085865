"""The page of several datasets, in a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from reports.several import write_several

HOSTILE = "<img src=x onerror='document.title=1'>"


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory, make: Callable[..., Path]) -> Path:
    """The page of three trackers on two datasets, one of them with a hostile name."""
    folder = tmp_path_factory.mktemp("several")
    names = [f"s{n}" for n in range(6)]
    runs = [make(folder / place, {"siamfc": 0.4, "memtrack": 0.9, "dualmn": 0.7}, names, 30, pictures=False, seed=seed)
            for seed, place in enumerate("ab")]  # fmt: skip
    scores = runs[1] / "scores.json"
    scores.write_text(json.dumps({**json.loads(scores.read_text()), "coverage": HOSTILE}))
    return write_several([[run] for run in runs], folder)


def test_the_first_screen_has_every_question_on_every_dataset(visit: Callable[..., Page], page_file: Path) -> None:
    page = visit(page_file)
    first = page.locator("#all")
    assert first.locator(".group").all_inner_texts() == [
        "Does MemTrack's memory beat a template that never changes? (memtrack − siamfc)",
        "Does the dual memory beat a template that never changes? (dualmn − siamfc)",
        "Does the dual memory beat MemTrack's memory? (dualmn − memtrack)",
    ]
    assert first.locator(".answers li").count() == 6
    assert first.locator("[data-chart=dataset] path.curve").count() == 6
    for part in (*first.locator(".answers .row").all(), *first.locator("figure").all()):
        box = part.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 900
    assert first.locator("#table-datasets tbody tr").count() == 3
    first.locator(".answers summary").first.click()
    assert "memtrack has a success AUC" in first.locator(".answers li").first.inner_text()
    page.locator(".legend button").first.click()
    assert first.locator("[data-chart=dataset] [data-t='0'] path.curve").first.is_hidden()


@pytest.mark.parametrize("width", [1440, 400])
def test_names_are_text_and_nothing_overflows(visit: Callable[..., Page], page_file: Path, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = visit(page_file, width=width)
    assert HOSTILE in page.locator("body").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    assert not [(one["id"], one["nodes"][0]["html"][:150]) for one in found if one["impact"] in ("serious", "critical")]


def test_a_page_of_paper_holds_it(visit: Callable[..., Page], page_file: Path) -> None:
    page = visit(page_file, width=703)
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= 703
    for part in (*page.locator("#all figure").all(), page.locator("#table-datasets")):
        box = part.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 703
