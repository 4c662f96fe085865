"""The list of sequences, its filters, links and files for a slide, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from viewing import Open, Serve, Served, listed

from benchmark.playback.files import usual_ending
from benchmark.runs import Run
from reports.viewer.answers import CauseLine
from reports.viewer.footage import Footage


def test_the_list_is_filtered_by_attribute_and_by_name(visit: Open, viewer: Served) -> None:
    page = visit(viewer)
    assert len(listed(page)) == 6
    page.locator("#attribute").select_option("OCC")
    assert sorted(listed(page)) == ["fourth", "second", "sixth"]
    page.locator("#text").fill("SIX")
    assert listed(page) == ["sixth"]
    assert page.locator("#count").inner_text() == "1 of 6 sequences"
    page.locator("#clear").click()
    assert len(listed(page)) == 6


def test_one_sequence_is_counted_as_one(visit: Open, serve: Serve, make: Callable[..., Path], tmp_path: Path) -> None:
    page = visit(serve(make(tmp_path, {"siamfc": 0.5}, ["only"], 30)))
    listed(page)
    assert page.locator("#count").inner_text() == "1 sequence"


def test_the_list_is_filtered_by_what_happened_to_whom(visit: Open, viewer: Served, made_run: Path) -> None:
    page = visit(viewer)
    page.wait_for_selector("html[data-kinds]")
    kinds = viewer.ask("kinds", run=made_run.name).json["sequences"]
    names = [one.name for one in Run.read(made_run).scores.trackers]
    page.locator("#kind").select_option("jumped")
    assert set(listed(page)) == {name for name, own in kinds.items() if any("jumped" in one for one in own)}
    page.locator("#whom").select_option("siamfc")
    expected = {name for name, own in kinds.items() if "jumped" in own[names.index("siamfc")]}
    assert set(listed(page)) == expected
    assert 0 < len(expected) < 6


def test_the_list_is_filtered_by_who_did_not_finish(visit: Open, serve: Serve, make, tmp_path: Path) -> None:
    skills, reason = {"siamfc": 0.6, "memtrack": 0.8}, "Traceback\nKeyError: 3"
    page = visit(serve(make(tmp_path, skills, ["one", "two", "three"], 20, failed={"two": reason})))
    page.locator("#kind").select_option("failed")
    assert listed(page) == ["two"]
    page.locator("#whom").select_option("memtrack")
    assert listed(page) == []


def test_the_list_is_filtered_by_cause_and_charts_are_shaded_where_it_acts(
    visit: Open, viewer: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    spans = [CauseLine(name="occlusion", first=20, last=39)]
    acts = {"first": "occlusion", "second": "scale", "third": "occlusion"}
    monkeypatch.setattr(Footage, "cause", lambda _, name: acts.get(name, ""))
    monkeypatch.setattr(Footage, "causes", lambda _, name: spans if acts.get(name) == "occlusion" else [])
    page = visit(viewer, sequence="first")
    assert page.locator("#cause option").all_inner_texts() == ["any", "occlusion", "scale"]
    page.locator("#cause").select_option("occlusion")
    assert sorted(listed(page)) == ["first", "third"]
    assert "shaded: occlusion acts" in page.locator("[data-panel=overlap] figcaption").inner_text()
    colours = page.locator("[data-panel=overlap] canvas").evaluate(
        """(canvas) => {
          const at = (share) => {
            const over = canvas.parentElement.querySelector(".u-over");
            const x = over.offsetLeft + share * over.offsetWidth, y = over.offsetTop + 0.8 * over.offsetHeight;
            return [...canvas.getContext("2d").getImageData(x, y, 1, 1).data].join();
          };
          return [at(10 / 90), at(25 / 90), at(35 / 90), at(70 / 90)];
        }"""
    )
    assert colours[0] == colours[3] != colours[1] == colours[2]  # frames 21 to 40 of 90


def test_the_list_is_filtered_by_the_difference_of_two_trackers(visit: Open, viewer: Served, made_run: Path) -> None:
    page = visit(viewer)
    scores = {one.name: one.sequences for one in Run.read(made_run).scores.trackers}
    gain = {name: one.auc - scores["siamfc"][name].auc for name, one in scores["dualmn"].items()}
    page.locator("#b").select_option("dualmn")
    page.locator("#a").select_option("siamfc")
    page.locator("#sort").select_option("better")
    assert listed(page) == sorted(gain, key=lambda name: -gain[name])
    values = [float(text.replace("−", "-")) for text in page.locator("#list .value").all_inner_texts()]
    np.testing.assert_allclose(values, sorted(gain.values(), reverse=True), atol=1e-3)
    page.locator("#least").fill("0.2")
    assert set(listed(page)) == {name for name, value in gain.items() if abs(value) >= 0.2}


def test_a_link_leads_back_to_the_same_view(visit: Open, viewer: Served) -> None:
    page = visit(viewer)
    page.locator("#attribute").select_option("SV")
    page.locator("#b").select_option("memtrack")
    page.locator("#a").select_option("siamfc")
    page.locator("#list button", has_text="third").click()
    expect(page.locator("#name")).to_have_text("third")
    page.locator("#slider").fill("33")
    page.keyboard.press("4")
    page.locator("#copy").click()
    expect(page.locator("#said")).to_contain_text("Link copied")
    link = page.evaluate("navigator.clipboard.readText()")
    again = page.context.new_page()
    again.goto(link)
    again.wait_for_selector("html[data-ready]")
    expect(again.locator("#name")).to_have_text("third")
    expect(again.locator("#stage")).to_have_attribute("data-frame", "34")
    assert again.locator("#stage [data-t='3']").count() == 0
    assert listed(again) == listed(page)
    assert again.locator("#attribute").input_value() == "SV"
    assert again.locator("#a").input_value() == "siamfc"


def test_an_address_changed_by_hand_needs_no_run_and_may_name_what_is_not_there(visit: Open, viewer: Served) -> None:
    page = visit(viewer, sequence="first")
    page.goto(f"{viewer.address}#sequence=third&frame=7")
    expect(page.locator("#name")).to_have_text("third")
    expect(page.locator("#stage")).to_have_attribute("data-frame", "7")
    assert page.locator("#run").input_value()
    expect(page.locator("#error")).to_be_hidden()
    page.goto(f"{page.url.replace('third', 'nothing')}")
    expect(page.locator("#error")).to_have_text("The run has no sequence nothing.")
    assert page.locator("#name").inner_text() in listed(page)


def test_back_leads_to_the_sequence_before(visit: Open, viewer: Served) -> None:
    page = visit(viewer, sequence="first", frame=20)
    page.locator("#list button", has_text="third").click()
    expect(page.locator("#name")).to_have_text("third")
    page.go_back()
    expect(page.locator("#name")).to_have_text("first")
    expect(page.locator("#stage")).to_have_attribute("data-frame", "20")


def test_a_link_to_what_is_not_there_is_said(visit: Open, viewer: Served) -> None:
    page = visit(viewer, sequence="nothing", frame=3)
    assert page.locator("#error").inner_text() == "The run has no sequence nothing."
    assert page.locator("#name").inner_text() in listed(page)
    page = visit(viewer, run="../..", sequence="first")
    assert "is not open here" in page.locator("#error").inner_text()
    expect(page.locator("#name")).to_have_text("first")


def test_a_strip_and_a_clip_are_saved(visit: Open, viewer: Served, tmp_path: Path) -> None:
    page = visit(viewer, sequence="second", **{"from": 3, "to": 6}, hide=["siamfc"])
    page.keyboard.press("e")
    assert "frames 3 to 6" in page.locator("#slide-what").inner_text()
    for kind, ending in (("strip", "png"), ("gif", "gif")):
        with page.expect_download() as saved:
            page.locator(f"[data-kind={kind}]").click()
        assert saved.value.suggested_filename == f"second.{ending}"
        with Image.open(saved.value.path()) as picture:
            assert picture.format == ending.upper()
            assert getattr(picture, "n_frames", 1) == (4 if kind == "gif" else 1)
    with page.expect_download() as saved:
        page.locator("[data-kind=video]").click()
    assert saved.value.suggested_filename == f"second{usual_ending()}"
    expect(page.locator("#slide-said")).to_contain_text("Saved")


def test_what_rounds_to_nothing_has_no_sign_in_a_browser_either(visit: Open, viewer: Served) -> None:
    page = visit(viewer)
    told = page.evaluate(
        "import('./static/dom.js').then((dom) => [-0.0004, 0.0004, -0, -0.0006, 0.0006, null, NaN]"
        ".map((one) => [dom.signed(one), dom.three(one)]))"
    )
    zero, nothing = ["0.000", "0.000"], ["–", "–"]
    assert told == [zero, zero, zero, ["−0.001", "-0.001"], ["+0.001", "0.001"], nothing, nothing]
