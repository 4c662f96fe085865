"""The viewer's server: the page, its data and frames, for who knows the token, on this machine, by GET alone."""

from __future__ import annotations

import json
import secrets
import socket
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from benchmark.playback.files import usual_ending
from benchmark.playback.scene import Cut, Scene
from benchmark.store.results import slug
from reports.html.data import readable
from reports.viewer.footage import Reel
from reports.viewer.look import Look
from reports.viewer.shelf import Shelf
from trackers.errors import InputError

ADDRESS = "127.0.0.1"
HOSTS = [ADDRESS, "localhost"]
"""What a request may call this machine: a name of the network that leads here (DNS rebinding) is none of them."""
STATIC = Path(__file__).parent / "static"
COLOURS = Path(__file__).parents[1] / "html" / "colours.css"
"""Those of the report."""
HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
FRAMES_STAY = "private, max-age=3600"
"""How long a browser keeps a frame: the token in its address is another one the next time."""
WIDTHS = (160, 1920)
"""Of a clip, in pixels."""
CLIPS = {".mp4": "video/mp4", ".webm": "video/webm", ".gif": "image/gif"}
"""Endings of a clip and their media types; a `video` is what of the first two is written best."""

OnFault = Callable[[str], None]
"""Is told of an exception that nobody expected, with its traceback."""


class Guard:
    """Lets through what has the token as the first part of its path, and says the same of all that leaves."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app, self._token = app, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403 without the token."""
        if scope["type"] != "http":
            return
        own = scope["path"].split("/")[1:2] or [""]

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if secrets.compare_digest(own[0].encode("utf-8", "surrogatepass"), self._token.encode()):
            await self._app(scope, receive, send_on)
        else:
            refusal = PlainTextResponse("Wrong or no token: take the address that `run_bench view` has printed.\n", 403)
            await refusal(scope, receive, send_on)


class Pages:
    """What the page may ask for."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def runs(self, request: Request) -> Response:
        """Answer the list of runs."""
        return _json(self._shelf.lines())

    def overview(self, request: Request) -> Response:
        """Answer what is in a run."""
        return _json(self._look(request).overview(_text(request, "run")))

    def kinds(self, request: Request) -> Response:
        """Answer what happened in its sequences."""
        return _json(self._look(request).kinds)

    def sequence(self, request: Request) -> Response:
        """Answer a sequence."""
        return _json(self._look(request).sequence(_text(request, "sequence"), _text(request, "attempt")))

    def frame(self, request: Request) -> Response:
        """Answer a frame's own file."""
        reel = self._look(request).reel(_text(request, "sequence"))
        data, media = reel.file(_number(request, "frame"))
        return Response(data, media_type=media, headers={"cache-control": FRAMES_STAY})

    def slots(self, request: Request) -> Response:
        """Answer what a memory held at a frame."""
        shown, attempt, tracker = (_text(request, name) for name in ("sequence", "attempt", "tracker"))
        return _json(self._look(request).slots(shown, attempt, tracker, _number(request, "frame")))

    def strip(self, request: Request) -> Response:
        """Answer a strip of frames for a slide, as PNG."""
        from reports.viewer.slide import strip_frames, strip_picture  # what draws is loaded when something is drawn

        scene, reel, size = self._scene(request)
        marked = "from" in request.query_params
        frames = strip_frames(scene, _span(request, scene.length) if marked else None)
        return _file(strip_picture(scene, reel, frames, size), "image/png", f"{slug(scene.name)}.png")

    def clip(self, request: Request) -> Response:
        """Answer a clip for a slide."""
        from reports.viewer.slide import clip

        kind = _text(request, "kind")
        if kind not in ("video", "gif"):
            raise InputError(f"a clip is a video or a gif, not {kind!r}")
        ending = usual_ending() if kind == "video" else ".gif"
        scene, reel, size = self._scene(request)
        span = _span(request, scene.length)
        width = min(max(_number(request, "width"), WIDTHS[0]), WIDTHS[1])
        with clip(scene, reel, span, size, ending, width) as file:
            return _file(file.read_bytes(), CLIPS[ending], f"{slug(scene.name)}{ending}")

    def _scene(self, request: Request) -> tuple[Scene, Reel, tuple[int, int]]:
        trackers = request.query_params.getlist("tracker")
        return self._look(request).scene(_text(request, "sequence"), _text(request, "attempt"), trackers)

    def _look(self, request: Request) -> Look:
        return self._shelf.look(_text(request, "run"))


def make_app(shelf: Shelf, token: str, on_fault: OnFault) -> ASGIApp:
    """Return the application."""
    pages = Pages(shelf)
    names = ("runs", "overview", "kinds", "sequence", "frame", "slots", "strip", "clip")

    async def fault(request: Request, error: Exception) -> Response:
        on_fault("".join(traceback.format_exception(error)))
        return _json({"error": f"a fault of Engram itself ({type(error).__name__}: {error}); please report it"}, 500)

    async def refuse(request: Request, error: Exception) -> Response:
        return _json({"error": str(error)}, 404 if request.url.path.endswith("/frame") else 400)

    inner = [
        Route("/", lambda request: FileResponse(STATIC / "index.html"), methods=["GET"]),
        Route("/colours.css", lambda request: FileResponse(COLOURS), methods=["GET"]),
        Mount("/static", StaticFiles(directory=STATIC)),
        *(Route(f"/api/{name}", getattr(pages, name), methods=["GET"]) for name in names),
    ]
    app = Starlette(
        routes=[Mount(f"/{token}", routes=inner)],
        exception_handlers={InputError: refuse, Exception: fault},
    )
    return TrustedHostMiddleware(Guard(app, token), allowed_hosts=HOSTS, www_redirect=False)


def listen(port: int) -> socket.socket:
    """Return a socket that listens on this machine alone; `port` 0 for any. InputError where it is taken."""
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((ADDRESS, port))
        found.listen()
    except OSError as error:
        found.close()
        raise InputError(f"--port {port}: {error.strerror or error}; another, or none, lets the viewer start") from None
    return found


def make_server(app: ASGIApp) -> uvicorn.Server:
    """Return a server that says nothing of its own; `run` it on a socket."""
    quiet = uvicorn.Config(
        app, log_config=None, access_log=False, log_level="critical", lifespan="off", ws="none", http="h11",
        loop="asyncio", server_header=False, timeout_graceful_shutdown=1,
    )  # fmt: skip
    return uvicorn.Server(quiet)


def _json(content: Any, status: int = 200) -> Response:
    """Return plain data, its texts without control characters."""
    text = json.dumps(readable(content), allow_nan=False, separators=(",", ":"))
    return Response(text, status, media_type="application/json")


def _file(data: bytes, media: str, name: str) -> Response:
    return Response(data, media_type=media, headers={"content-disposition": f'attachment; filename="{name}"'})


def _text(request: Request, name: str) -> str:
    return request.query_params.get(name, "")


def _number(request: Request, name: str) -> int:
    value = _text(request, name)
    if not value.isdecimal() or len(value) > 9:
        raise InputError(f"{name} {value[:20]!r} is no number from 0 on")
    return int(value)


def _span(request: Request, length: int) -> Cut:
    """Return the frames from ``from`` to ``to``, indices, both included."""
    first, last = _number(request, "from"), _number(request, "to")
    if not first <= last < length:
        raise InputError(f"frames {first + 1} to {last + 1}: the sequence has frames 1 to {length}")
    return Cut(first, last)
