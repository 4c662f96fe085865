"""A viewer that serves a run, from a thread of the test's own process."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import pytest
from viewing import TOKEN, Open, Serve, Served

from reports.viewer.server import listen, make_app, make_server
from reports.viewer.shelf import Shelf

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="session")
def serve() -> Iterator[Serve]:
    """Start a viewer of runs; all end with the tests."""
    running = []

    def start(*runs: Path | str, results: Path = Path("nowhere"), data_root: Path | None = None) -> Served:
        socket = listen(0)
        served = Served(socket.getsockname()[1])
        app = make_app(Shelf(results, [str(run) for run in runs], data_root), TOKEN, served.faults.append)
        server = make_server(app)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]})
        thread.start()
        running.append((server, thread, socket))
        while not server.started:
            time.sleep(0.01)
        return served

    yield start
    for server, _, _ in running:
        server.should_exit = True
    for _, thread, socket in running:
        thread.join()
        socket.close()


@pytest.fixture(scope="session")
def viewer(serve: Serve, made_run: Path) -> Served:
    """A viewer of the run that all reports are tested on."""
    return serve(made_run)


@pytest.fixture
def visit(browser: Browser) -> Iterator[Open]:
    """Open a viewer in a fresh window; what it asks of others, or complains of, fails the test at its end."""
    complaints: list[str] = []
    contexts = []

    def go(served: Served, width: int = 1440, scheme: str = "light", allowed: str = "", **state: Any) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, accept_downloads=True,
            permissions=["clipboard-read", "clipboard-write"],
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()

        def complain(text: str) -> None:
            if not allowed or allowed not in text:
                complaints.append(text)

        page.on("console", lambda message: complain(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complain(str(error)))
        page.on("dialog", lambda dialog: complain(f"dialog: {dialog.message}") or dialog.dismiss())
        page.on("request", lambda r: None if r.url.startswith((served.address, "data:", "blob:")) else complain(r.url))
        page.goto(served.address + (f"#{urlencode(state, quote_via=quote, doseq=True)}" if state else ""))
        page.wait_for_selector("html[data-ready]")
        return page

    yield go
    for context in contexts:
        context.close()
    assert not complaints
