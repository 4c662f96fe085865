"""A server on this machine that behaves as badly as it is told to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Page:
    """What is served under one path."""

    content: bytes = b""
    kind: str = "application/zip"
    breaks: list[int] = field(default_factory=list)
    """After how many bytes of an answer the connection is closed, one answer after the other."""
    length: int | None = None
    """What is said of the length, where that is not the truth; -1 for nothing."""
    ranges: bool = True
    leads_to: str = ""
    status: int = 200
    tag: str = '"one"'
    asked: list[str] = field(default_factory=list)
    """The ranges that were asked for."""


@contextmanager
def serving(pages: dict[str, Page]) -> Iterator[str]:
    """Serve pages by their paths, and give the server's address."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

        def do_GET(self) -> None:
            page = pages.get(self.path)
            if page is None:
                self.send_error(404)
                return
            wanted = self.headers.get("Range", "")
            page.asked.append(wanted)
            if page.leads_to:
                self.send_response(302)
                self.send_header("Location", page.leads_to)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            begin = 0
            if page.ranges and wanted and self.headers.get("If-Range", page.tag) == page.tag:
                begin = int(wanted.removeprefix("bytes=").rstrip("-"))
                if begin >= len(page.content):
                    self.send_error(416)
                    return
            body = page.content[begin:]
            self.send_response(206 if begin else page.status)
            self.send_header("Content-Type", page.kind)
            self.send_header("ETag", page.tag)
            if begin:
                self.send_header("Content-Range", f"bytes {begin}-{len(page.content) - 1}/{len(page.content)}")
            if page.length != -1:
                self.send_header("Content-Length", str(len(body) if page.length is None else page.length))
            self.end_headers()
            self.wfile.write(body[: page.breaks.pop(0)] if page.breaks else body)
            self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
