"""Options that several commands share, and what they stand for."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from benchmark.bounds import MANY
from benchmark.commands import completing
from benchmark.commands.lists import join_names, split_names
from benchmark.commands.numbers import SEEDS
from benchmark.commands.outputs import check_output
from benchmark.commands.standard_output import reserve
from benchmark.commands.terminal import Terminal, echo_json, json_text, sequence_progress
from benchmark.datasets.lookup import open_dataset
from benchmark.store.record import write_whole
from trackers.errors import InputError, did_you_mean

if TYPE_CHECKING:
    from benchmark.datasets.selection import Selection
    from benchmark.interop.trajectories import Trajectories
    from benchmark.store.results import Results

Function = Callable[..., Any]

results_option = click.option(
    "--results", type=click.Path(path_type=Path, file_okay=False), default=Path("results"), show_default=True,
    metavar="DIR", help="Where records and runs are kept.",
)  # fmt: skip
device_option = click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda, cuda:N or mps.")
seed_option = click.option("--seed", type=SEEDS, default=0, show_default=True, help="What all randomness comes from.")


def read_count(context: click.Context, parameter: click.Parameter, value: str) -> int:
    """Return a number from 1 on, 0 for ``auto``."""
    if value == "auto":
        return 0
    if not value.isdecimal() or not 1 <= len(value.lstrip("0")) < 10:
        raise click.BadParameter(f"{value[:40]!r} is neither auto nor a number from 1 on, of nine digits at the most")
    return int(value)


def _set_tracker_path(context: click.Context, parameter: click.Parameter, folders: tuple[Path, ...]) -> None:
    """Let this command, and the processes that it starts, look for modules in these folders first."""
    from trackers.registry import PATH_VARIABLE

    if folders:
        before = os.environ.get(PATH_VARIABLE)
        context.call_on_close(partial(_put_variable, PATH_VARIABLE, before))
        os.environ[PATH_VARIABLE] = os.pathsep.join(str(folder.absolute()) for folder in folders)


def _put_variable(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


tracker_path_option = click.option(
    "--tracker-path", type=click.Path(path_type=Path, exists=True, file_okay=False), multiple=True, metavar="DIR",
    expose_value=False, callback=_set_tracker_path,
    help="Look there for modules of others' trackers; may be given several times.  [default: $ENGRAM_TRACKER_PATH]",
)  # fmt: skip


def trackers_option(function: Function) -> Function:
    """Add ``--trackers``, and where modules of others' trackers are looked for."""
    for option in reversed((
        click.option("--trackers", "-t", "trackers", multiple=True, default=("all",), show_default=True,
                     metavar="NAMES", shell_complete=completing.trackers,
                     help="Names, comma lists or wildcards; may be given several times. `run_bench list` shows all."),
        tracker_path_option,
    )):  # fmt: skip
        function = option(function)
    return function


lanes_option = click.option(
    "--lanes", callback=read_count, default="auto", show_default=True, metavar="B",
    help="Sequences that run side by side; auto: what a GPU's memory holds, 1 on a CPU.",
)  # fmt: skip


class ScoringCommand(click.Command):
    """A command with ``--profile``, whose help says what profiles there are as their data have it."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then the profiles."""
        from benchmark.profiles import load_profile, profile_names

        super().format_options(ctx, formatter)
        with formatter.section("Profiles"):
            formatter.write_dl([(name, load_profile(name).summary) for name in profile_names()])


def data_options(function: Function) -> Function:
    """Add what says which sequences are run; `choose` takes the values."""
    return click.option(
        "--dataset", "-d", default="demo", show_default=True, shell_complete=completing.datasets,
        help="A dataset's name, or several between commas; `run_bench list` shows all.",
    )(part_options(function))  # fmt: skip


def part_options(function: Function) -> Function:
    """Add where a dataset is, and which part of it is wanted."""
    for option in reversed((
        click.option("--data-root", type=click.Path(path_type=Path), metavar="DIR",
                     help="The dataset's folder or one that holds it.  [default: $ENGRAM_DATA, else data/]"),
        click.option("--subset", type=click.Choice(["full", "available"]), default="full", show_default=True,
                     help="`available` runs what is there of an incomplete dataset."),
        click.option("--sequences", metavar="NAMES",
                     help="Only these sequences, separated by commas; a name's own comma is \\,."),
        click.option("--limit-frames", type=click.IntRange(2, MANY), metavar="N",
                     help="Only the first N frames of each."),
    )):  # fmt: skip
        function = option(function)
    return function


def split_datasets(names: str) -> list[str]:
    """Return the names in a list of datasets, separated by commas; InputError where there is none, or one twice."""
    from benchmark.datasets.lookup import find_dataset

    found = [find_dataset(name) for name in split_names(names)]
    if not found:
        raise InputError("--dataset names no dataset; `run_bench list` shows all")
    if len(set(found)) < len(found):
        twice = next(name for name in found if found.count(name) > 1)
        raise InputError(f"--dataset names {twice} twice")
    return found


def choose(
    says: Terminal,
    *,
    dataset: str,
    data_root: Path | None,
    subset: Literal["full", "available"],
    sequences: str | None,
    limit_frames: int | None,
) -> Selection:
    """Return what `data_options` stand for, with a bar while it is read or rendered."""
    from benchmark.datasets.checks import seem_corners
    from benchmark.datasets.folder import FolderDataset
    from benchmark.datasets.selection import select

    opened = open_dataset(dataset, data_root)
    with sequence_progress(says, f"reading {opened.name}") as advance:
        chosen = select(
            opened,
            subset=subset,
            sequences=None if sequences is None else split_names(sequences),
            limit_frames=limit_frames,
            progress=advance,
        )
    for video in chosen.sequences if isinstance(opened, FolderDataset) else ():  # whose boxes nobody else has read
        if seem_corners(video):
            says.print(
                f"{video.name}: its boxes seem to be corners, x1,y1,x2,y2: so read they lie within the image, and as"
                " x,y,width,height, which is what is run, most reach beyond it",
                markup=False, soft_wrap=True,
            )  # fmt: skip
    return chosen


def choose_all(says: Terminal, *, dataset: str, sequences: str | None, **data: Any) -> list[Selection]:
    """Return the same of each dataset that is named; one of several that has none of the sequences is left out."""
    from benchmark.datasets.selection import share_out

    names = split_datasets(dataset)
    if sequences is None or len(names) == 1:
        return [choose(says, dataset=name, sequences=sequences, **data) for name in names]
    shares = share_out([open_dataset(name, data["data_root"]) for name in names], split_names(sequences))
    for name, share in zip(names, shares, strict=True):
        if not share:
            says.print(f"{name} has none of these sequences: it is left out")
    chosen = [(name, join_names(share)) for name, share in zip(names, shares, strict=True) if share]
    return [choose(says, dataset=name, sequences=share, **data) for name, share in chosen]


def choose_imports(results: Path, selection: Selection, names: str) -> list[Trajectories]:
    """Return the imported results of that dataset by name; InputError where one is missing or lacks a sequence."""
    from benchmark.interop.trajectories import load_imports
    from benchmark.metrics.alignment import align
    from benchmark.profiles import load_profile

    if selection.upload:
        raise InputError(f"{selection.dataset}: its server alone can score results; --imported does not go with it")
    there = {one.tracker: one for one in load_imports(results, selection.dataset)}
    everything = names.strip().casefold() == "all"
    wanted = list(there) if everything else split_names(names)
    if not wanted and not everything:
        raise InputError("--imported names no results: give names with commas between them, or all")
    for name in wanted:
        if name not in there:
            known = ", ".join(there) or "none; `run_bench import` adds some"
            hint = did_you_mean(name, there)
            raise InputError(f"no results of {name!r} were imported for {selection.dataset}.{hint} There are: {known}")
        if missing := [video.name for video in selection.sequences if video.name not in there[name].by_sequence]:
            raise InputError(
                f"the imported results of {name} lack {', '.join(missing[:3])}; import them or leave them out"
            )
    if selection.limit_frames is not None and wanted:
        raise InputError("imported results are whole; --imported does not go with --limit-frames")
    for name in wanted:
        for video in selection.sequences:
            one = there[name].by_sequence[video.name]
            try:
                align(len(one.boxes), video.annotation, load_profile(), one.start)
            except InputError as error:
                raise InputError(f"the imported results of {name} do not fit: {error}; import them again") from error
    return [there[name] for name in wanted]


def open_results(folder: Path, inner: click.Context | None = None, *, write: bool = True) -> Results:
    """Return the results folder of an option; InputError where there is none.

    `inner` is the context of a command within a group that takes the option too: it may be given before its word.
    """
    from benchmark.store.results import Results

    if inner and inner.parent and inner.get_parameter_source("results") is click.core.ParameterSource.DEFAULT:
        folder = inner.parent.params["results"]
    if not (folder / "runs").is_dir():
        raise InputError(f"no results in {folder}: `run_bench` makes some, --results DIR names another folder")
    return Results(folder, write)


def json_option(what: str) -> Callable[[Function], Function]:
    """Return the option that writes `what` as JSON too; with ``-`` standard output is reserved for it."""
    return click.option(
        "--json", "json_file", type=click.Path(path_type=Path, allow_dash=True), metavar="FILE", callback=_reserve,
        help=f"Write {what} as JSON too; - for standard output alone.",
    )  # fmt: skip


def _reserve(context: click.Context, parameter: click.Parameter, value: Path | None) -> Path | None:
    if value is None or context.resilient_parsing:
        return None
    if str(value) == "-":
        reserve()
        return value
    if value.is_dir():  # as is the empty text
        raise InputError(f"--json {value} is a folder: name a file in it")
    check_output("--json", value, make=False)  # a folder that is not there is a slip of the pen, not one to make
    return value.absolute()


def write_json(content: Any, file: Path | None) -> bool:
    """Write what `json_option` asks for, and return whether standard output is given to it alone."""
    alone = str(file) == "-"
    if alone:
        echo_json(content)
    elif file is not None:
        try:
            text = json_text(content)
            if file.exists() and not file.is_file():  # /dev/null, a pipe
                file.write_text(text, "utf-8")
            else:
                place = file.resolve(strict=file.is_symlink())
                place.parent.stat()  # it may have gone meanwhile
                write_whole(place, text.encode())
        except OSError as error:
            raise InputError(f"cannot write --json {file} ({error.strerror or error})") from error
    return alone
