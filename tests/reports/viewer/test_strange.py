"""What is missing, failed, hostile or small, in a real browser."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from viewing import Open, Serve, Served, drawn_box, listed

from benchmark.runs import Run


def test_without_frames_boxes_stand_on_grey_and_that_is_said(visit: Open, serve: Serve, make, tmp_path: Path) -> None:
    run = make(tmp_path, {"siamfc": 0.6, "memtrack": 0.8}, ["one"], 30, pictures=False)
    page = visit(serve(run), frame=9)
    assert "No frames:" in page.locator("#gone").inner_text()
    assert page.locator("#stage .box").count() == 2
    np.testing.assert_allclose(drawn_box(page, 0), Run.read(run).trajectory("siamfc", "one").boxes[8], atol=1e-3)


def test_one_frame_that_cannot_be_read_is_said(visit: Open, serve: Serve, make, tmp_path: Path) -> None:
    run = make(tmp_path, {"siamfc": 0.6}, ["one"], 30)
    frame = tmp_path / "videos" / "one" / "img" / "0004.jpg"
    frame.unlink()
    frame.write_bytes(b"GIF89a")
    page = visit(serve(run), frame=4, allowed="404")
    assert "frame 4: 0004.jpg" in page.locator("#gone").inner_text()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#gone")).to_be_hidden()


HOSTILE = (
    "<script>hacked = 1</script>",
    "\"><img src=x onerror='hacked=2'>",
    "../../../etc/passwd",
    "a&b=c#d%2e",
    "x" * 200,
)
REASON = "Traceback\nRuntimeError: </script><script>hacked=4</script>\x1b[2J"


def test_hostile_names_are_shown_and_run_nothing(visit: Open, serve: Serve, make, tmp_path: Path) -> None:
    made = make(tmp_path, {"siamfc": 0.6, "memtrack": 0.8}, HOSTILE, 30, pictures=False, failed={HOSTILE[0]: REASON})
    run = made.rename(made.with_name("<img src=x onerror='hacked=5'>&run=\"1\""))
    for file in ("scores.json", "manifest.json"):
        text = (run / file).read_text()
        (run / file).write_text(text.replace('"memtrack"', json.dumps(HOSTILE[1] + "\x1b]0;")))
    tracker = HOSTILE[1] + r"\x1b]0;"
    for width in (1440, 400):
        page = visit(serve(run), width, sequence=HOSTILE[0], whom=tracker, run=run.name)
        for name in HOSTILE:
            page.locator("#shelf").evaluate("one => one.open = true")
            page.locator("#list button", has_text=name).first.click()
            expect(page.locator("#name")).to_have_text(name)
            page.wait_for_selector("html[data-ready]")
            assert page.locator("#error").is_hidden()
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("typeof hacked") == "undefined"
        assert tracker in page.locator("#legend").inner_text()
        page.locator("#list button", has_text=HOSTILE[0]).click()
        expect(page.locator("#remarks")).to_contain_text(r"RuntimeError: </script><script>hacked=4</script>\x1b[2J")
        assert page.locator("#whom").input_value() == tracker
        link = page.url
        page.goto("about:blank")
        page.goto(link)
        expect(page.locator("#name")).to_have_text(HOSTILE[0])


def test_repeats_are_chosen(visit: Open, serve: Serve, make, tmp_path: Path) -> None:
    run = make(tmp_path, {"siamfc": 0.6}, ["one"], 30)
    manifest = json.loads((run / "manifest.json").read_text())
    manifest["records"].append(manifest["records"][0] | {"repeat": 1})
    (run / "manifest.json").write_text(json.dumps(manifest))
    (run / "boxes" / "siamfc" / "repeat-2").mkdir()
    (run / "boxes" / "siamfc" / "repeat-2" / "one.txt").write_text("11,21,30,40\n" * 30)
    page = visit(serve(run))
    page.locator("#attempt").select_option("repeat 2")
    expect(page.locator("#stage .box")).to_have_attribute("width", "30")
    assert drawn_box(page, 0) == [10, 20, 30, 40]
    page.wait_for_timeout(300)
    assert "attempt=repeat+2" in page.url


def test_two_runs_beside_each_other_can_be_read(visit: Open, serve: Serve, make, tmp_path: Path) -> None:
    """Long names break no word of the table, and what says why there are no frames lies below the boxes."""
    runs = [make(tmp_path, {"siamfc": 0.6, "memtrack": 0.9}, ["one"], 20, pictures=False, seed=k) for k in range(2)]
    page = visit(serve(*runs))
    lines = page.locator("#legend tbody td:nth-child(4)").evaluate_all(
        "all => all.map((one) => { const text = document.createRange(); text.selectNodeContents(one);"
        " return text.getClientRects().length; })"
    )
    assert lines == [1, 1, 1, 1]
    layers = page.evaluate(
        "['svg', '#gone'].map((one) => getComputedStyle(document.querySelector(`#stage > ${one}`)).zIndex)"
    )
    assert layers == ["1", "auto"]


def test_runs_are_chosen(visit: Open, serve: Serve, make, tmp_path: Path) -> None:
    runs = [
        make(tmp_path, {"siamfc": skill}, [name], 20, seed=k)
        for k, (skill, name) in enumerate(((0.6, "one"), (0.9, "two")))
    ]
    (tmp_path / "latest").write_text(runs[0].name)
    page = visit(serve(results=tmp_path))
    assert page.locator("#run").input_value() == runs[0].name
    assert listed(page) == ["one"]
    page.locator("#run").select_option(runs[1].name)
    expect(page.locator("#name")).to_have_text("two")
    assert listed(page) == ["two"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 400])
def test_the_page_fits_and_can_be_used_by_everyone(visit: Open, viewer: Served, width: int, scheme: str) -> None:
    page = visit(viewer, width, scheme, sequence="second", frame=40)
    page.wait_for_selector("html[data-kinds]")
    page.wait_for_selector(".slots img")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page)
    assert not found.response["violations"], found.generate_report()
