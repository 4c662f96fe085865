"""``run_bench play RUN SEQUENCE``: a video of what a run's trackers did on a sequence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchmark.commands import completing
from benchmark.commands.options import results_option
from benchmark.commands.terminal import echo, remarks
from benchmark.commands.video import range_options, video_options, write

if TYPE_CHECKING:
    from benchmark.datasets.selection import Selection

FPS = 25.0
"""Pace of benchmark sequences, which do not say."""


@click.command(
    epilog="""\b
Examples:
  run_bench play latest occlusion-1                      all trackers of the newest run, into the run's folder
  run_bench play latest Bird2 -t memtrack,dualmn -o bird.gif --every 3 --data-root ~/data/OTB100
  run_bench play 20261121T104012345Z-1a2b3c Couple --from 40 --to 120 --width 960 -o couple.mp4
Strips show the IoU and, where the run kept it (--telemetry), what trackers report of themselves.
"""
)
@click.argument("run", shell_complete=completing.runs)
@click.argument("sequence")
@click.option("--trackers", "-t", multiple=True, default=("all",), show_default=True, metavar="NAMES",
              help="Trackers of the run: names, comma lists or wildcards.")  # fmt: skip
@click.option("--out", "-o", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="The video: .mp4 (slow to write without ffmpeg), .webm, .avi or .gif.  "
                   "[default: videos/SEQUENCE.mp4 in the run's folder, .webm without ffmpeg]")  # fmt: skip
@click.option("--data-root", type=click.Path(path_type=Path), metavar="DIR",
              help="Where the run's dataset lies.  [default: $ENGRAM_DATA, else data/]")  # fmt: skip
@results_option
@range_options("shown")
@video_options
def play(
    *, run: str, sequence: str, trackers: tuple[str, ...], out: Path | None, data_root: Path | None, results: Path,
    begin: int | None, end: int | None, width: int, fps: float | None, every: int, quiet: bool,
) -> None:  # fmt: skip
    """Write a video of a run's stored boxes on a sequence, the ground truth dashed in white.

    RUN is a run's folder, its id, its name or `latest`. Nothing is tracked anew.
    """
    from benchmark.datasets.images import FrameError, read_frame
    from benchmark.datasets.lookup import open_dataset
    from benchmark.datasets.selection import select
    from benchmark.playback.files import check_file, usual_ending
    from benchmark.playback.scene import Cut
    from benchmark.playback.stored import stored_scene
    from benchmark.playback.trails import find_run
    from benchmark.store.results import slug
    from trackers.errors import InputError

    says = remarks(quiet)

    def load(dataset: str, name: str, limit: int | None) -> Selection:
        return select(open_dataset(dataset, data_root), sequences=[name], limit_frames=limit)

    store, folder = find_run(results, run)
    scene, video, notes = stored_scene(store, folder, sequence, trackers, load)
    if not any(trail.telemetry for trail in scene.trails):
        notes.append("no telemetry is kept: with `run_bench --telemetry ...` trackers show what their memory does")
    cut = Cut.of(video.annotation.start, len(video), begin, end, every)
    for note in notes:
        says.print(note, markup=False, soft_wrap=True)
    file = out or folder / "videos" / f"{slug(scene.name)}{usual_ending()}"
    check_file(file, len(cut))
    frames = ((index, read_frame(video.frames[index])) for index in range(cut.first, cut.last + 1, cut.every))
    try:
        write(scene, cut, frames, file, width, fps or max(FPS / every, 1), quiet)
    except FrameError as error:
        raise InputError(f"{error}: show frames before or after it with --from and --to") from error
    echo(file if quiet else f"Video: {file}")
