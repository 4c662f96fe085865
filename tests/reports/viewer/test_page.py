"""The frame, the charts and the keys, in a real browser: as somebody uses them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from viewing import Open, Serve, Served, drawn_box, listed, shown

from benchmark.runs import Run
from reports.plots.style import styles


def test_the_boxes_and_values_of_a_frame_are_those_of_the_run(visit: Open, viewer: Served, made_run: Path) -> None:
    page = visit(viewer, sequence="second", frame=41)
    run = Run.read(made_run)
    rows = page.locator("#legend tbody tr")
    for index, tracker in enumerate(run.scores.trackers):
        np.testing.assert_allclose(drawn_box(page, index), run.trajectory(tracker.name, "second").boxes[40], atol=1e-3)
        cells = rows.nth(index).locator("td").all_inner_texts()
        assert cells[3] == f"{tracker.sequences['second'].auc:.3f}"
        assert 0 <= float(cells[0]) <= 1
    truth = page.locator("#stage .truth")
    assert float(truth.get_attribute("x")) == pytest.approx(run.truth.annotations["second"].boxes[40, 0], abs=1e-3)
    pixels = page.evaluate(
        "[...document.querySelector('#stage canvas').getContext('2d').getImageData(0, 0, 320, 1).data]"
    )
    with Image.open(made_run.parents[1] / "videos" / "second" / "img" / "0041.jpg") as picture:
        expected = np.asarray(picture)[0]
    assert np.abs(np.array(pixels).reshape(320, 4)[:, :3] - expected.astype(int)).mean() < 3


def test_a_sequence_is_scrubbed_by_slider_and_over_a_chart(visit: Open, viewer: Served) -> None:
    page = visit(viewer, sequence="second")
    before = drawn_box(page, 1)
    page.locator("#slider").fill("60")
    expect(page.locator("#stage")).to_have_attribute("data-frame", "61")
    assert drawn_box(page, 1) != before
    over = page.locator("[data-panel=overlap] .u-over")
    box = over.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 20)
    page.mouse.down()
    expect(page.locator("#stage")).to_have_attribute("data-frame", "23")
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + 20)
    expect(page.locator("#stage")).to_have_attribute("data-frame", "68")
    page.mouse.up()
    heads = page.locator(".playhead").evaluate_all("all => all.map((one) => one.getBoundingClientRect().left)")
    assert len(heads) > 3  # what happened, IoU, score and memories move together
    assert max(heads) - min(heads) < 2


def test_frames_come_as_they_are_needed(visit: Open, viewer: Served) -> None:
    asked: list[str] = []
    page = visit(viewer, sequence="first")
    page.on("request", lambda request: asked.append(request.url) if "/frame?" in request.url else None)
    page.locator("#number").fill("70")
    page.locator("#number").press("Enter")
    expect(page.locator("#stage")).to_have_attribute("data-frame", "70")
    page.wait_for_timeout(200)
    frames = sorted(int(url.rpartition("=")[2]) for url in asked)
    assert frames
    assert min(frames) >= 69
    assert max(frames) <= 69 + 12


def test_a_frame_can_be_typed_while_frames_are_drawn(visit: Open, viewer: Served) -> None:
    page = visit(viewer, sequence="first")
    page.locator("#play").click()
    page.locator("#number").fill("70")
    began = shown(page)
    page.wait_for_function("began => Number(document.querySelector('#stage').dataset.frame) > began + 2", arg=began)
    assert page.locator("#number").input_value() == "70"
    page.locator("#play").click()
    page.locator("#number").fill("70")
    page.locator("#number").press("Enter")
    expect(page.locator("#stage")).to_have_attribute("data-frame", "70")
    page.locator("#number").fill("")
    page.locator("#number").press("Enter")
    expect(page.locator("#number")).not_to_have_value("")


def test_it_plays_and_stops(visit: Open, viewer: Served) -> None:
    page = visit(viewer, sequence="first", **{"from": 5, "to": 12})
    page.locator("#speed").select_option("3")
    page.locator("#play").click()
    expect(page.locator("#play")).to_have_text("Play")  # it ends with the part
    assert shown(page) == 12
    page.locator("#whole").click()
    page.locator("#speed").select_option("0.2")
    page.locator("#play").click()
    expect(page.locator("#play")).to_have_text("Stop")
    page.keyboard.press("Space")
    expect(page.locator("#play")).to_have_text("Play")


def test_every_key_of_the_help_does_what_it_says(visit: Open, viewer: Served) -> None:
    page = visit(viewer, sequence="second", sort="name", frame=10)
    stage = page.locator("#stage")
    for key, frame in (
        ("ArrowRight", 11), ("Shift+ArrowRight", 21), ("ArrowLeft", 20),
        ("Shift+ArrowLeft", 10), ("End", 90), ("Home", 1),
    ):  # fmt: skip
        page.keyboard.press(key)
        expect(stage).to_have_attribute("data-frame", str(frame))
    for key, frame in (("n", 31), ("n", 61), ("n", 61), ("p", 31)):  # where cv2:kcf lost and found its target
        page.keyboard.press(key)
        expect(stage).to_have_attribute("data-frame", str(frame))
    page.keyboard.press("2")
    expect(page.locator("#stage [data-t='1']")).to_have_count(0)
    page.keyboard.press("t")
    expect(page.locator("#stage .truth")).to_have_count(0)
    page.keyboard.press("2")
    page.keyboard.press("t")
    expect(page.locator("#stage .truth")).to_have_count(1)
    assert listed(page) == sorted(listed(page))
    page.keyboard.press("j")
    expect(page.locator("#name")).to_have_text(listed(page)[listed(page).index("second") + 1])
    page.keyboard.press("k")
    expect(page.locator("#name")).to_have_text("second")
    page.keyboard.press("/")
    page.keyboard.type("jot")  # letters that are keys elsewhere
    expect(page.locator("#text")).to_have_value("jot")
    assert listed(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    assert page.locator("#keys dt").count() == 19
    page.keyboard.press("Escape")
    assert not page.locator("#keys").is_visible()


def test_the_keys_mark_a_part_and_zoom_into_it(visit: Open, viewer: Served) -> None:
    page = visit(viewer, sequence="second", frame=30)
    page.keyboard.press("i")
    page.locator("#slider").fill("49")
    page.keyboard.press("o")
    page.keyboard.press("z")
    expect(page.locator("#zoom")).to_have_attribute("aria-pressed", "true")
    over = page.locator("[data-panel=overlap] .u-over").bounding_box()
    head = page.locator("[data-panel=overlap] .playhead").bounding_box()
    assert head["x"] > over["x"] + 0.9 * over["width"]  # frame 50 of 30 to 50
    page.wait_for_timeout(300)
    assert "from=30&to=50&zoom=1" in page.url
    page.keyboard.press("x")
    head = page.locator("[data-panel=overlap] .playhead").bounding_box()
    assert head["x"] < over["x"] + 0.7 * over["width"]


def test_a_tracker_is_shown_alone(visit: Open, viewer: Served) -> None:
    page = visit(viewer, sequence="second")
    page.locator("#legend button", has_text="memtrack").click(modifiers=["Shift"])
    expect(page.locator("#stage .box")).to_have_count(1)
    expect(page.locator("#stage .truth")).to_have_count(1)
    page.locator("#legend button", has_text="memtrack").click(modifiers=["Shift"])
    expect(page.locator("#stage .box")).to_have_count(5)


def test_every_tracker_has_the_line_of_the_report(visit: Open, serve: Serve, make, tmp_path: Path) -> None:
    """Of seventeen the last has another's colour, and a dash of its own in the legend and on the frame."""
    steps = ("siamfc", *(f"siamfc{{scale_step=1.{number}}}" for number in range(11, 28)))
    run = make(tmp_path, {name: 0.6 for name in steps if "20" not in name}, ["one"], 20, extras=False)
    page = visit(serve(run))
    names = [one.name for one in Run.read(run).scores.trackers]
    look = styles(names)
    drawn = page.locator("#legend tbody .swatch line:not(.dashed)").evaluate_all(
        "all => all.map((one) => [one.getAttribute('stroke'), one.getAttribute('stroke-dasharray')])"
    )
    assert drawn == [[look[name].colour, look[name].dash] for name in names]
    assert len({tuple(one) for one in drawn}) == 17
    boxes = page.locator("#stage .box").evaluate_all(
        "all => all.map((one) => [one.getAttribute('stroke'), one.getAttribute('stroke-dasharray') ?? ''])"
    )
    assert [dash for _, dash in boxes[:-1]] == [""] * 16
    assert boxes[-1] == [look[names[-1]].colour, look[names[-1]].dash]
    assert boxes[-1][1] != ""


def test_what_a_memory_reads_from_follows_the_frame(visit: Open, viewer: Served, made_run: Path) -> None:
    page = visit(viewer, sequence="second", frame=41)
    slots = page.locator("[data-tracker=memtrack] .slots figure")
    for frame in (41, 61):
        page.locator("#slider").fill(str(frame - 1))
        held = viewer.ask(
            "slots", run=made_run.name, sequence="second", attempt="", tracker="memtrack", frame=frame - 1
        )
        expected = [f"frame {one['frame'] + 1}\n{round(100 * one['weight'])} %" for one in held.json]
        expect(slots.last).to_have_text(expected[-1], use_inner_text=True)
        assert slots.all_inner_texts() == expected
    assert page.locator("[data-tracker=memtrack] .slots img").count() == 8
