"""A viewer at work, and how a test asks it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Page

TOKEN = "the-token"


@dataclass
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Served:
    """A viewer at work."""

    port: int
    faults: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/{TOKEN}/"

    def get(self, path: str, host: str | None = None, method: str = "GET") -> Reply:
        """Ask for a path as it stands, which no client has made neat."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.putrequest(method, path, skip_host=host is not None, skip_accept_encoding=True)
            if host:
                connection.putheader("Host", host)
            connection.endheaders()
            answer = connection.getresponse()
            return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def ask(self, name: str, **values: Any) -> Reply:
        return self.get(f"{urlsplit(self.address).path}api/{name}?{urlencode(values, doseq=True)}")


Serve = Callable[..., Served]


Open = Callable[..., "Page"]


def shown(page: Page) -> int:
    """Return the frame that is shown, counted from 1."""
    return int(page.locator("#stage").get_attribute("data-frame") or 0)


def drawn_box(page: Page, tracker: int) -> list[float]:
    rect = page.locator(f"#stage .box[data-t='{tracker}']")
    return [float(rect.get_attribute(name)) for name in ("x", "y", "width", "height")]


def listed(page: Page) -> list[str]:
    return page.locator("#list .name").all_inner_texts()
