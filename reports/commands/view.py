"""``run_bench view``: a run in the browser, frame by frame."""

from __future__ import annotations

import os
import secrets
import sys
import webbrowser
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import click

from benchmark.commands.options import results_option
from benchmark.commands.terminal import Terminal, echo, remarks
from trackers.errors import InputError

NEEDED = ("starlette", "uvicorn")


@click.command(epilog="""\b
Examples:
  run_bench view                             the newest run, and all others to choose from
  run_bench view latest --data-root ~/data/OTB100
  run_bench view before-the-fix latest       the trackers of two runs of the same sequences side by side
  run_bench view --port 8421 --no-browser    behind ssh -L 8421:127.0.0.1:8421
The address has a token: who knows it sees the run, so hand it to nobody. Ctrl-C ends the viewer.
""")  # fmt: skip
@click.argument("runs", nargs=-1, metavar="[RUN]...")
@results_option
@click.option("--data-root", type=click.Path(path_type=Path), metavar="DIR",
              help="Where the frames are.  [default: where the run found them, $ENGRAM_DATA, data/]")  # fmt: skip
@click.option("--port", type=click.IntRange(0, 65535), default=0, metavar="N", help="Port.  [default: any free one]")
@click.option("--at", "link", metavar="LINK", help="Begin where a link that was copied in a viewer leads.")
@click.option("--browser/--no-browser", default=True, help="Open a browser, where there is a screen, or not.")
def view(
    *, runs: tuple[str, ...], results: Path, data_root: Path | None, port: int, link: str | None, browser: bool
) -> None:
    """Look at RUNs in the browser: every sequence frame by frame, with all boxes, IoU and memories.

    RUN is a run's folder, its id, its name or `latest`; without any, the newest, and all others to choose from.
    """
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        raise InputError(f"the viewer needs {' and '.join(missing)}: pip install 'engram-bench[view]'")
    from benchmark.datasets.lookup import data_root as existing
    from reports.viewer.server import ADDRESS, listen, make_app, make_server
    from reports.viewer.shelf import Shelf

    says = remarks()
    shelf = Shelf(results, runs, existing(data_root) if data_root else None)
    say(says, shelf.remark)
    token = secrets.token_urlsafe(24)
    app = make_app(shelf, token, partial(say, says))
    with listen(port) as socket:
        place = f"http://{ADDRESS}:{socket.getsockname()[1]}/{token}/"
        if link:
            place += f"#{link.rpartition('#')[2]}"
        echo(place)
        say(says, "Ctrl-C ends the viewer.")
        if browser and has_screen():
            webbrowser.open(place)
        make_server(app).run(sockets=[socket])


def say(says: Terminal, text: str) -> None:
    """Write a text of several lines."""
    for line in text.splitlines():
        says.print(line, markup=False, soft_wrap=True)


def has_screen() -> bool:
    """Tell whether a browser would be a window, and not a program in this terminal."""
    return sys.platform in ("darwin", "win32") or any(name in os.environ for name in ("DISPLAY", "WAYLAND_DISPLAY"))
