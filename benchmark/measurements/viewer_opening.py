"""How long the viewer takes on OTB100's size: from the command to the first frame, and from there to any other.

    python -m benchmark.measurements.viewer_opening [--work DIR] [--chromium PROGRAM]

The copy of OTB100 has all its frames by name, links to one picture of 640x480 pixels, and boxes that wander; records of
the five trackers are made, not run, with telemetry of those that have a memory. A Chromium looks at it as a person
does. The table goes to ``results/tables/viewer.md``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click
import cv2
import numpy as np

from benchmark.datasets.catalogue import read_catalogue
from benchmark.datasets.listing import folders
from benchmark.measurements.large_set import Telemetry, make_records

if TYPE_CHECKING:
    from playwright.sync_api import Page

TABLE = Path(__file__).parents[2] / "results" / "tables" / "viewer.md"
TURNS = 5
"""Times that the viewer is started."""
MOVES = 20
"""Sequences and frames that are gone to, each time."""
OPENS_WITHIN = 2.0
"""Seconds from the command to the first frame."""
ROWS = {
    "command": "from the command to the address", "page": "from there to the first frame, with all charts",
    "open": "both: it is open", "kinds": "then, until *what happened* can be filtered by",
    "sequence": "another sequence, with all charts", "frame": "a frame far away",
}  # fmt: skip


def make_copy(root: Path) -> None:
    """Lay OTB100 out, as far as it is not there."""
    noise = np.random.default_rng(0).integers(0, 255, (60, 80, 3), np.uint8)
    picture = cv2.imencode(".jpg", cv2.resize(noise, (640, 480), interpolation=cv2.INTER_CUBIC))[1].tobytes()
    for seed, target in enumerate(read_catalogue("otb").of("OTB100")):
        folder = root / "OTB100" / target.folder
        if (folder / target.annotation).is_file():
            continue
        (folder / "img").mkdir(parents=True, exist_ok=True)
        first = root / "OTB100" / ".picture.jpg"
        first.write_bytes(picture) if not first.exists() else None
        begin, end = target.images or (1, target.frames)
        for number in range(begin, end + 1):
            file = folder / "img" / f"{number:04d}.jpg"
            if not file.exists():
                os.link(first, file)
        steps = np.random.default_rng(seed).integers(-2, 3, (target.frames, 2))
        corners = 250 + np.cumsum(steps, axis=0).clip(-200, 100)
        (folder / target.annotation).write_text("".join(f"{x},{y},60,80\n" for x, y in corners))


def telemetry(tracker: str, frames: int) -> Telemetry | None:
    """Return what a memory of eight slots may report; nothing of a tracker without one."""
    if tracker == "siamfc":
        return None
    rng = np.random.default_rng(frames)
    reads = rng.random((frames - 1, 8))
    return {
        "read_weights": reads / reads.sum(axis=1, keepdims=True),
        "slot_age": np.minimum(np.arange(1, frames)[:, None], 1.0 + 7 * np.arange(8)),
        "write_gates": rng.dirichlet((1, 1, 1), frames - 1),
        "residual_mean": rng.random(frames - 1),
        "decider": rng.integers(0, 4, frames - 1).astype(float),
        "peak": rng.random(frames - 1),
    }


@contextmanager
def started(run: Path, root: Path) -> Iterator[tuple[str, float, int]]:
    """Start the viewer, and give its address, how long that took in seconds, and its process's number."""
    command = [sys.executable, "-m", "run_bench", "view", str(run), "--data-root", str(root), "--no-browser"]
    begin = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as viewer:
        assert viewer.stdout is not None
        address = viewer.stdout.readline().strip()
        try:
            yield address, time.perf_counter() - begin, viewer.pid
        finally:
            viewer.terminate()


def look(page: Page, address: str) -> dict[str, list[float]]:
    """Open the page and move about in it; return seconds by what was done."""
    found: dict[str, list[float]] = {name: [] for name in ROWS}
    begin = time.perf_counter()
    page.goto(address)
    page.wait_for_selector("html[data-ready]")
    found["page"].append(time.perf_counter() - begin)
    page.wait_for_selector("html[data-kinds]", timeout=120_000)
    found["kinds"].append(time.perf_counter() - begin - found["page"][0])
    rng = np.random.default_rng(0)
    names = page.locator("#list .name").all_inner_texts()
    for place in rng.choice(len(names), MOVES, replace=False):
        button = page.locator("#list button").nth(int(place))
        button.scroll_into_view_if_needed()
        begin = time.perf_counter()
        button.click()
        page.wait_for_function("name => document.documentElement.dataset.ready === name", arg=names[place])
        found["sequence"].append(time.perf_counter() - begin)
        frame = int(rng.integers(int(page.locator("#slider").get_attribute("max") or 1))) + 1
        begin = time.perf_counter()
        page.locator("#number").fill(str(frame))
        page.locator("#number").press("Enter")
        page.wait_for_function("frame => document.getElementById('stage').dataset.frame === frame", arg=str(frame))
        found["frame"].append(time.perf_counter() - begin)
    return found


def measure(work: Path, chromium: str | None) -> None:
    """Make what is looked at, look at it, and write the table."""
    from playwright.sync_api import sync_playwright

    root, results = work / "data", work / "results"
    make_copy(root)
    if not (results / "runs").is_dir():
        make_records(root, results, "OTB100", telemetry)
    (run,) = folders(results / "runs")
    spent: dict[str, list[float]] = {name: [] for name in ROWS}
    memory = 0.0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for _ in range(TURNS):
            with started(run, root) as (address, seconds, process):
                page = browser.new_page(viewport={"width": 1440, "height": 900})
                found = look(page, address)
                found["command"], found["open"] = [seconds], [seconds + found["page"][0]]
                for name, values in found.items():
                    spent[name] += values
                status = Path(f"/proc/{process}/status").read_text()
                memory = max(memory, int(status.partition("VmHWM:")[2].split()[0]) / 1000)
                page.close()
        browser.close()
    lines = [
        f"# What the viewer takes on OTB100's size ({date.today():%d %B %Y})", "",
        f"`python -m benchmark.measurements.viewer_opening`: 100 sequences, five trackers, made-up records,"
        f" {TURNS} starts. Seconds by the clock, on {os.cpu_count()} cores that the browser shares;"
        f" load average {os.getloadavg()[0]:.1f}.", "",
        "| step | median | slowest | allowed |", "|---|---|---|---|",
    ]  # fmt: skip
    for name, title in ROWS.items():
        allowed = f"{OPENS_WITHIN:g}" if name == "open" else "–"
        lines.append(f"| {title} | {np.median(spent[name]):.2f} | {max(spent[name]):.2f} | {allowed} |")
    lines += ["", f"The server takes {memory:.0f} MB of memory at the most."]
    TABLE.write_text("\n".join(lines) + "\n")
    click.echo("\n".join(lines))


@click.command()
@click.option("--work", type=click.Path(path_type=Path), help="Where the copy is made, and kept.")
@click.option("--chromium", envvar="ENGRAM_CHROMIUM", help="The browser's program.  [default: playwright's own]")
def main(work: Path | None, chromium: str | None) -> None:
    """Measure, and write the table."""
    if work is not None:
        measure(work, chromium)
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), chromium)


if __name__ == "__main__":
    main()
