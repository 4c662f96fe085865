"""What a reader sees before scrolling, and that a small screen and paper have it too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from reports.model import build_report
from reports.write import write_report

Open = Callable[..., Page]


def bottom(part: Locator) -> float:
    box = part.bounding_box()
    assert box is not None
    return box["y"] + box["height"]


def parts(page: Page) -> list[Locator]:
    first = page.locator(".first")
    rows = first.locator(".answers .row").all()
    plot = [first.locator("[data-chart=overview] svg"), *first.locator(".scored button").all()]
    return [page.locator("h1"), *rows, *plot, first.locator("#table-headline")]


@pytest.mark.parametrize("kind", ["measured", "rendered"])
def test_one_screen_answers(visit: Open, page_file: Path, rendered_file: Path, kind: str) -> None:
    page = visit(page_file if kind == "measured" else rendered_file)
    shown = parts(page)
    assert len(shown) == 1 + 5 + 1 + 5 + 1
    for part in shown:
        assert part.is_visible()
        assert bottom(part) <= 900
    assert page.locator("#table-headline thead th").all_inner_texts()[:3] == [
        "Tracker", "Success AUC", "Precision @20 px",
    ]  # fmt: skip
    assert page.locator("#table-headline tbody tr").count() == 5
    for row in page.locator("#answers .answers li").all():
        text = row.inner_text()
        assert any(word in text for word in ("better", "worse", "not shown"))
        assert "\n6\nsequences\n" in text
        assert row.locator("svg.whisker[aria-label*='95 % interval']").count() == 1


@pytest.mark.parametrize("kind", ["thirteen", "study"])
def test_many_trackers_fit_one_screen_with_the_rest_behind_a_click(
    visit: Open, thirteen_file: Path, crowded_file: Path, kind: str
) -> None:
    page = visit(thirteen_file if kind == "thirteen" else crowded_file)
    first = page.locator(".first")
    names, shown = (13, 5) if kind == "thirteen" else (12, 3)
    seen = [*parts(page), *first.locator("summary").all(), first.locator(".headline .caption")]
    for part in seen:
        if part.is_visible():
            assert bottom(part) <= 900
    rows, buttons = first.locator("#table-headline tbody tr"), first.locator(".scored button")
    assert (rows.count(), sum(one.is_visible() for one in rows.all())) == (names, shown)
    assert all(one.is_visible() for one in buttons.all())
    click = first.locator(".headline .more summary")
    assert click.inner_text() == f"{names - shown} more trackers"
    click.click()
    assert all(one.is_visible() for one in rows.all())


def test_questions_behind_a_click_say_what_they_found(visit: Open, thirteen_file: Path) -> None:
    page = visit(thirteen_file, width=400)
    rows, click = page.locator("#answers .answers .row"), page.locator(".asked .more > summary")
    assert (rows.count(), sum(one.is_visible() for one in rows.all())) == (12, 5)
    assert click.inner_text().startswith("7 more: ")
    counts = [int(part.split()[0]) for part in click.inner_text().removeprefix("7 more: ").split(", ")]
    assert sum(counts) == 7
    click.click()
    assert all(one.is_visible() for one in rows.all())


def test_paper_has_all_trackers_and_questions(visit: Open, thirteen_file: Path) -> None:
    page = visit(thirteen_file, scheme="dark")
    page.emulate_media(media="print")
    for part in (*page.locator(".first .answers .row").all(), *page.locator("#table-headline tbody tr").all()):
        assert part.is_visible()
    mark = page.locator(".mark").first.evaluate("one => getComputedStyle(one).backgroundColor")
    assert mark == "rgb(251, 241, 226)", "what a dark screen has would be ink on ink"


def test_where_all_failed_the_page_says_so_first(visit: Open, make: Callable[..., Path], tmp_path: Path) -> None:
    failed = dict.fromkeys(("one", "two"), "RuntimeError: out of <memory>")
    run = make(tmp_path, {"siamfc": 0.5}, ["one", "two"], 20, pictures=False, extras=False, failed=failed)
    page = visit(write_report(build_report([run]), run, figures=False))
    said = page.locator("#answers .mark").inner_text()
    assert said.startswith("siamfc failed on 2 sequences, on one with RuntimeError: out of <memory>")
    assert page.locator("[data-chart]").count() == 0
    assert page.locator("#table-sequences tbody tr").first.locator("td").first.inner_text() == "20"


@pytest.mark.parametrize("how", ["mouse", "keyboard"])
def test_words_are_behind_a_click(visit: Open, page_file: Path, how: str) -> None:
    page = visit(page_file)
    row = page.locator("#answers .answers li").first
    words = row.locator("p")
    assert not words.first.is_visible()
    row.locator("summary").click() if how == "mouse" else row.locator("summary").press("Enter")
    expect(words.first).to_be_visible()
    assert "corrected for 5 questions" in words.first.inner_text()
    assert words.last.inner_text().startswith("Cost: ")


def test_all_switches_of_a_tracker_go_together(visit: Open, page_file: Path) -> None:
    page = visit(page_file)
    scored, legend = page.locator(".scored button").nth(1), page.locator(".legend button").nth(1)
    scored.click()
    assert legend.get_attribute("aria-pressed") == "false"
    assert page.locator("[data-chart=overview] [data-t='1'] path.curve").is_hidden()
    assert scored.is_visible()
    legend.click()
    assert scored.get_attribute("aria-pressed") == "true"
    assert page.locator("[data-chart=overview] [data-t='1'] path.curve").is_visible()


@pytest.mark.parametrize("width", [1440, 400])
def test_small_screens_and_paper_have_what_a_large_one_has(visit: Open, rendered_file: Path, width: int) -> None:
    page = visit(rendered_file, width=width)
    for part in parts(page):
        assert part.is_visible()
        box = part.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= width
    page.emulate_media(media="print")
    for part in (*parts(page), page.locator("#table-answers")):
        assert part.is_visible(), "the answers' table too: paper cannot be clicked"


def test_what_is_found_needs_no_colour(visit: Open, crowded_file: Path) -> None:
    """On grey paper better, worse and not shown differ by their word, their sign, and their marker."""
    page = visit(crowded_file)
    looks = {}
    for row in page.locator(".answers li").all():
        kind = row.get_attribute("class")
        fill = row.locator(".point").evaluate("one => one.tagName + (getComputedStyle(one).fill === "
                                              "getComputedStyle(one).stroke ? ' filled' : ' hollow')")  # fmt: skip
        looks[kind] = (row.locator(".found b").inner_text(), fill)
    assert looks["worse"] == ("▼ worse", "rect filled")
    assert looks["not-shown"] == ("○ not shown", "circle hollow")


def test_what_failed_is_said_beside_the_scores_that_leave_it_out(
    visit: Open, make: Callable[..., Path], tmp_path: Path
) -> None:
    skills, failed = {"siamfc": 0.9, "cv2:kcf": 0.5}, {"second": "RuntimeError: no", "third": "RuntimeError: no"}
    run = make(tmp_path, skills, frames=30, pictures=False, extras=False, failed=failed)
    page = visit(write_report(build_report([run]), run, figures=False))
    rows = page.locator("#table-headline tbody th")
    assert sorted(rows.all_inner_texts()) == ["cv2:kcf", "siamfc\nuntrained; 2 of 6 failed"]
    assert "siamfc (untrained; 2 of 6 failed)" in " ".join(page.locator(".scored button").all_inner_texts())
    assert "failed sequences are left out" in page.locator(".headline .caption").inner_text()


def test_a_score_stays_whole_beside_a_long_name(visit: Open, page_file: Path, tmp_path: Path) -> None:
    changed = tmp_path / "page.html"
    changed.write_text(page_file.read_text().replace("<span>memtrack</span>", f"<span>{'y' * 200}</span>"))
    score = visit(changed).locator(".scored button", has_text="yyy").locator("b").bounding_box()
    assert score is not None
    assert score["height"] < score["width"]


def test_causes_are_held_against_the_other_frames(visit: Open, rendered_file: Path, page_file: Path) -> None:
    page = visit(rendered_file, mark="#s1")
    section = page.locator("#causes")
    assert page.locator("nav a[href='#causes']").count() == 1
    assert section.locator(".forest").first.locator("li").count() == 5
    assert section.locator(".forest").last.locator("li").count() == 10
    assert section.locator("#table-causes tbody tr th").all_inner_texts() == ["all causes", "occlusion", "blur"]
    assert page.locator("#s1 [data-chart=overlap] rect.acts").count() == 1
    assert "Shaded: occlusion acts." in page.locator("#s1 figcaption").first.inner_text()
    assert visit(page_file).locator("#causes, nav a[href='#causes']").count() == 0


def test_a_radar_needs_five_attributes(visit: Open, page_file: Path) -> None:
    assert visit(page_file).locator("[data-chart=radar]").count() == 0
