"""The page in a real browser: as a reader finds it."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from studied import made_answer

from benchmark.signed import signed
from reports.compare import write as write_comparison

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def comparison_file(made_run: Path, tmp_path_factory: pytest.TempPathFactory, make: Callable[..., Path]) -> Path:
    other = make(tmp_path_factory.mktemp("other"), {"siamfc": 0.9, "memtrack": 0.7}, seed=7)
    return write_comparison(made_run, other, tmp_path_factory.mktemp("compared") / "compare.html")


def test_the_page_opens_from_disk_with_no_request_and_no_error(visit: Open, page_file: Path) -> None:
    page = visit(page_file)
    assert page.locator("h1").inner_text() == "folder, 6 sequences"
    assert page.locator("[data-chart=success] path.curve").count() == 5


def test_the_numbers_that_are_read_are_those_of_the_json(visit: Open, page_file: Path) -> None:
    page = visit(page_file)
    data = json.loads((page_file.parent / "report.json").read_text())
    rows = page.locator("#table-scores tbody tr").all()
    read = {row.locator("th").inner_text().split("\n")[0]: row.locator("td").all_inner_texts() for row in rows}
    for tracker in data["scores"]["trackers"]:
        overall, shown = tracker["summary"]["overall"], read[tracker["name"]]
        interval = tracker["uncertainty"]["overall"]["auc"]
        assert shown[1].replace(" ≈", "") == f"{overall['auc']:.3f}\n{interval['low']:.3f} to {interval['high']:.3f}"
        assert shown[2].startswith(f"{overall['precision']:.3f}")
    order = page.locator("#table-sequences thead th").all_inner_texts()
    for view in data["sequences"]:
        cells = page.locator("#table-sequences tbody tr", has_text=view["name"]).locator("td").all_inner_texts()
        for track in view["trackers"]:
            assert cells[order.index(track["name"]) - 1] == f"{track['auc']:.3f}"
    for summary in page.locator("#answers .words > summary").all():
        summary.click()
    for answer, shown_text in zip(data["answers"], page.locator("#answers .answers li").all_inner_texts(), strict=True):
        text = shown_text.replace("\xa0", " ")
        assert f"{abs(answer['auc']['difference']):.3f}" in text
        assert f"{signed(answer['auc']['interval']['low'])} to {signed(answer['auc']['interval']['high'])}" in text
        assert f"p = {answer['auc']['p_holm']:.3f}" in text


def test_a_tracker_is_switched_by_mouse_and_by_keyboard(visit: Open, page_file: Path) -> None:
    page = visit(page_file)
    button = page.locator(".legend button").first
    line = page.locator("[data-chart=success] [data-t='0'] path.curve")
    assert line.is_visible()
    button.click()
    assert button.get_attribute("aria-pressed") == "false"
    assert not line.is_visible()
    button.press("Enter")
    assert line.is_visible()


def test_values_are_read_off_a_curve_by_pointer_and_by_keyboard(visit: Open, page_file: Path) -> None:
    page = visit(page_file)
    chart = page.locator("[data-chart=success]")
    chart.scroll_into_view_if_needed()
    chart.hover()
    expect(chart.locator(".tip")).to_contain_text("overlap > 0.5")
    page.mouse.move(0, 0)
    chart.press("Home")
    chart.press("ArrowRight")
    chart.press("ArrowRight")
    scores = json.loads((page_file.parent / "report.json").read_text())["scores"]["trackers"]
    expect(chart.locator(".tip")).to_contain_text("overlap > 0.1")
    tip = chart.locator(".tip").inner_text()
    for tracker in scores:
        assert f"{tracker['summary']['overall']['success_curve'][2]:.3f} {tracker['name']}" in tip


@pytest.mark.parametrize("how", ["mouse", "keyboard"])
def test_the_sequences_are_sorted(visit: Open, page_file: Path, how: str) -> None:
    page = visit(page_file)
    heads = page.locator("#table-sequences thead th")
    column = heads.all_inner_texts().index("siamfc")
    button = heads.nth(column).locator("button")

    def press() -> list[float]:
        button.click() if how == "mouse" else button.press("Enter")
        cells = page.locator(f"#table-sequences tbody tr > :nth-child({column + 1})")
        return [float(text) for text in cells.all_inner_texts()]

    down, up = press(), press()
    assert down == sorted(down, reverse=True)
    assert up == sorted(up)
    assert heads.nth(column).get_attribute("aria-sort") == "ascending"


@pytest.mark.parametrize("how", ["mouse", "keyboard"])
def test_a_sequence_opens(visit: Open, page_file: Path, how: str) -> None:
    page = visit(page_file)
    link = page.locator("#table-sequences tbody a", has_text="third")
    link.click() if how == "mouse" else link.press("Enter")
    view = page.locator("details.view[open]")
    expect(view.locator("summary")).to_contain_text("third")
    assert view.locator("[data-chart=overlap] path.curve").count() == 5
    assert view.locator(".strip svg").count() == 6
    assert view.locator(".strip svg").first.locator("rect[data-t]").count() == 5
    page.locator("#table-sequences tbody a", has_text="first").click()
    expect(view.locator("summary")).to_contain_text("first")


def test_the_memory_is_drawn_above_the_overlap(visit: Open, page_file: Path) -> None:
    page = visit(page_file)
    titles = page.locator("#memory-view h4").all_inner_texts()
    assert "Read weights, by slot" in titles
    assert "novel_signal" in titles, "a signal nobody told the report of is drawn under its own name"
    assert page.locator("#memory-view canvas").count() >= 2
    assert page.locator("#memory-view .slots img[src^='data:']").count() > 8
    assert page.locator("#memory-view path.curve").count() >= 2
    assert page.locator("#memory-view canvas.attention").count() == 5, "none for the first frame"
    before = page.locator("#memory-view").inner_html()
    page.locator("#memory-sequence").select_option(index=1)
    assert page.locator("#memory-view").inner_html() != before


PAGES = ["page_file", "comparison_file", "crowded_file", "rendered_file"]


def quick(*what: object, when: bool) -> object:
    return pytest.param(*what, marks=() if when else pytest.mark.slow)


@pytest.mark.parametrize(
    ("pages", "scheme"),
    [quick(pages, scheme, when=scheme == "light" and pages in PAGES[:2])
     for pages in PAGES for scheme in ("light", "dark")],
)  # fmt: skip
def test_axe_finds_no_serious_fault(visit: Open, request: pytest.FixtureRequest, pages: str, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = visit(request.getfixturevalue(pages), scheme=scheme, mark="#s0")
    for summary in page.locator("details.plain > summary, details.words > summary").all():
        summary.click()
    found = Axe().run(page).response["violations"]
    serious = [(one["id"], [node["html"][:150] for node in one["nodes"][:3]]) for one in found
               if one["impact"] in ("serious", "critical")]  # fmt: skip
    assert not serious


@pytest.mark.parametrize(
    ("width", "scheme"),
    [quick(width, scheme, when=(width == 1440) == (scheme == "light"))
     for width in (1440, 400) for scheme in ("light", "dark")],
)  # fmt: skip
def test_nothing_overflows(
    visit: Open,
    page_file: Path,
    comparison_file: Path,
    crowded_file: Path,
    rendered_file: Path,
    width: int,
    scheme: str,
) -> None:
    for file in (page_file, comparison_file, crowded_file, rendered_file):
        page = visit(file, width=width, scheme=scheme, mark="#s0")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        wide = page.evaluate(
            """() => [...document.querySelectorAll("body *")]
            .filter((one) => !one.closest(".wide, .legend, .hidden, svg")
            && one.getBoundingClientRect().right > innerWidth + 1).map((one) => one.outerHTML.slice(0, 100))"""
        )
        assert not wide
        shades = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (shades == "rgb(20, 23, 26)") == (scheme == "dark")


@pytest.mark.parametrize(("paper", "width"), [("A4", 703), ("Letter", 725)])
def test_printing_cuts_nothing(
    visit: Open, crowded_file: Path, comparison_file: Path, rendered_file: Path, paper: str, width: int
) -> None:
    for file in (crowded_file, comparison_file, rendered_file):
        page = visit(file, width=width)
        page.emulate_media(media="print")
        cut = page.evaluate(
            """() => [...document.querySelectorAll("body *")]
            .filter((one) => !one.closest(".hidden, svg, details:not([open])") && one.clientWidth)
            .filter((one) => one.getBoundingClientRect().right > innerWidth + 1
              || (one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== "visible"))
            .map((one) => one.outerHTML.slice(0, 100))"""
        )
        assert not cut
        assert page.pdf(format=paper).startswith(b"%PDF")


def test_what_is_folded_is_open_on_paper(visit: Open, crowded_file: Path) -> None:
    page = visit(crowded_file, width=703)
    assert not page.locator("#table-ranks").is_visible()
    page.emulate_media(media="print")
    assert page.locator("#table-ranks").is_visible()


@pytest.mark.parametrize("width", [1440, 400])
def test_names_beside_latencies_cover_nothing(visit: Open, crowded_file: Path, width: int) -> None:
    page = visit(crowded_file, width=width)
    chart = page.locator("[data-chart=pareto] svg")
    names = chart.locator("[data-t] text")
    boxes = [one.bounding_box() for one in names.all()]
    whole = chart.bounding_box()
    assert whole is not None
    assert len(boxes) == 12
    places = sorted((box["y"], box["y"] + box["height"], box["x"] + box["width"]) for box in boxes if box)
    assert all(above[1] <= below[0] + 1 for above, below in pairwise(places))
    assert all(whole["y"] <= top and bottom <= whole["y"] + whole["height"] for top, bottom, _ in places)
    assert all(right <= whole["x"] + whole["width"] for _, _, right in places)
    read = [one.locator("title").text_content() for one in names.all()]
    scores = json.loads((crowded_file.parent / "report.json").read_text())["scores"]["trackers"]
    order = sorted(scores, key=lambda one: -one["summary"]["overall"]["auc"])
    assert read == [one["name"] for one in order], "from the best to the worst, as their points stand"


def test_names_break_after_their_signs_alone(visit: Open, crowded_file: Path) -> None:
    page = visit(crowded_file, width=400)
    heads = page.locator("#table-scores tbody th", has_text="siamfc{scale_step=1.05}")
    assert heads.inner_html().split("<small")[0].split("</span>")[1].strip().split("<wbr>") == [
        "siamfc{", "scale_", "step=", "1.05}",
    ]  # fmt: skip


def test_at_400_pixels_the_switches_stay_at_hand(visit: Open, crowded_file: Path) -> None:
    page = visit(crowded_file, width=400)
    page.locator("#failures").scroll_into_view_if_needed()
    legend = page.locator(".legend")
    box = legend.bounding_box()
    assert box is not None
    assert box["y"] == 0
    assert box["height"] < 60, "one line, however many there are"
    last = legend.locator("button").last
    last.click()
    assert last.get_attribute("aria-pressed") == "false"
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


def test_bands_are_shown_on_demand_and_round_differences_always(visit: Open, crowded_file: Path) -> None:
    page = visit(crowded_file)
    assert not page.locator("[data-chart=success] path.band").first.is_visible()
    page.locator("#bands").check()
    assert page.locator("[data-chart=success] path.band").first.is_visible()
    panels = page.locator("[data-chart=difference]")
    assert panels.count() == 2 * 11
    assert page.locator("[data-chart=difference] path.band").first.is_visible()
    page.locator(".legend button", has_text="memtrack{slots=5}").click()
    assert page.locator("[data-chart=difference]:visible").count() == 2 * 10


def test_without_scripts_the_tables_and_the_sequences_are_there(visit: Open, page_file: Path) -> None:
    page = visit(page_file, script=False)
    assert page.locator("#table-scores").is_visible()
    assert page.locator("details.view summary").count() == 6
    assert page.locator("details.view summary").first.is_visible()
    assert "need scripts" in page.locator("main").inner_text()


def test_two_runs_are_compared_on_one_page(visit: Open, comparison_file: Path) -> None:
    page = visit(comparison_file)
    assert page.locator(".answers li").count() == 2
    assert "cv2:kcf is in run A alone" in page.locator("#answers").inner_text()
    page.locator("#table-differences tbody a").first.click()
    expect(page.locator("details.view[open] [data-chart=overlap] path.curve")).to_have_count(4)


def test_a_study_stands_first_with_its_verdicts_and_its_pictures(visit: Open, crowded_file: Path) -> None:
    page, answer = visit(crowded_file), made_answer()
    study = page.locator("main > section").first
    assert study.get_attribute("id") == "study"
    assert page.locator("nav a").first.get_attribute("href") == "#study"
    rows = study.locator(".answers li")
    assert rows.count() == len(answer.findings) + len(answer.crossed)
    for row, one in zip(rows.all(), answer.findings, strict=False):
        text = row.inner_text()
        assert signed(one.auc.difference) in text
        assert one.found in text
        assert (f"the paper: {one.verdict}" in text) == (one.verdict is not None)
    for picture in study.locator("img").all():
        assert picture.evaluate("one => one.complete && one.naturalWidth > 100")
        assert picture.get_attribute("alt")
    assert study.locator("#table-study-by-cause tbody tr").count() == len(answer.findings[0].by_cause)
