"""What `play` and `track` share: options of the video that is written, and who writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click

from benchmark.bounds import MANY
from benchmark.commands.numbers import Number
from benchmark.commands.terminal import progress, remarks

if TYPE_CHECKING:
    from benchmark.playback.scene import Cut, Scene
    from trackers.api import Frame

WRITE_VIDEO = "benchmark.commands.video.write_video"
"""Key in the context's `meta` of whoever draws videos: `run_bench` hands it in, as this layer knows no reports."""

Function = Callable[..., Any]


class WriteVideo(Protocol):
    """Draws a scene's frames into a file and returns it."""

    def __call__(
        self, scene: Scene, cut: Cut, frames: Iterable[tuple[int, Frame]], out: Path, *, width: int, fps: float,
        on_frame: Callable[[], None], on_remark: Callable[[str], None],
    ) -> Path:  # fmt: skip
        """See `reports.video.render.write_video`."""


def video_options(function: Function) -> Function:
    """Add what says which frames are shown, how large and how fast."""
    for option in reversed((
        click.option("--width", type=click.IntRange(160, 3840), default=640, show_default=True, metavar="PIXELS",
                     help="Width of the picture; frames are scaled to it."),
        click.option("--fps", type=Number(1, 120), metavar="F",
                     help="Pictures a second.  [default: the video's own, 25 for images; divided by --every]"),
        click.option("--every", type=click.IntRange(1, MANY), default=1, show_default=True, metavar="N",
                     help="Show every Nth frame only."),
        click.option("--quiet", "-q", is_flag=True, help="Say nothing but errors and the video's path."),
    )):  # fmt: skip
        function = option(function)
    return function


def range_options(verb: str) -> Callable[[Function], Function]:
    """Add the first and last frame that are shown, or tracked."""

    def add(function: Function) -> Function:
        for option in reversed((
            click.option("--from", "begin", type=click.IntRange(1, MANY), metavar="N",
                         help=f"First frame that is {verb}, counted from 1."),
            click.option("--to", "end", type=click.IntRange(1, MANY), metavar="N", help=f"Last frame that is {verb}."),
        )):  # fmt: skip
            function = option(function)
        return function

    return add


@contextmanager
def stoppable() -> Iterator[None]:
    """Say on Ctrl-C what became of the video: what was begun is gone, what was there before is whole."""
    try:
        yield
    except KeyboardInterrupt:
        remarks().print("Stopped; no video was written.")
        raise


def write(
    scene: Scene, cut: Cut, frames: Iterable[tuple[int, Frame]], out: Path, width: int, fps: float, quiet: bool
) -> Path:
    """Have the video written, with a bar."""
    write_video: WriteVideo = click.get_current_context().meta[WRITE_VIDEO]
    says = remarks(quiet)
    with stoppable(), progress(says, "frames") as bars:
        bar = bars.add_task("drawing", total=len(cut))
        return write_video(
            scene,
            cut,
            frames,
            out,
            width=width,
            fps=fps,
            on_frame=lambda: bars.advance(bar),
            on_remark=lambda line: says.print(line, markup=False, soft_wrap=True),
        )
