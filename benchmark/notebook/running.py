"""A run from a notebook: what ``run_bench run`` does, with the same options, records and checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import click

from benchmark.commands.carrying_out import Request, WriteReport, carry_out
from benchmark.commands.lists import Words, join_names
from benchmark.commands.run import run as command
from benchmark.engine.device import threads_as_before
from benchmark.notebook.loading import LoadedRun, Place
from benchmark.runs import Run
from trackers.errors import InputError

__all__ = ["run"]


def run(
    trackers: Words = "all",
    dataset: str = "demo",
    *,
    data_root: Place | None = None,
    subset: str = "full",
    sequences: Words | None = None,
    limit_frames: int | None = None,
    results: Place = "results",
    device: str = "auto",
    lanes: int | None = None,
    workers: int | None = None,
    executor: str = "local",
    ray_address: str | None = None,
    seed: int = 0,
    name: str | None = None,
    protocol: str = "ope",
    repeats: int = 1,
    jitter: float = 0.0,
    timeout: float | None = None,
    imported: Words | None = None,
    profile: str | None = None,
    telemetry: bool = False,
    retry_failed: bool = False,
    fresh: bool = False,
    tracker_path: Iterable[Place] = (),
    verify_frames: bool = False,
    quiet: bool = False,
    report: WriteReport | None = None,
) -> LoadedRun:
    """Run trackers on a dataset and return the run; what is kept in `results` is not computed again.

    Every argument is the option of ``run_bench run`` of that name, whose help says what it means; None is its default.
    `trackers`, `sequences` and `imported` are names, in one text with commas or one by one. `report` draws the run's
    page and returns its file: ``run_bench.run`` hands it in, so that its runs end with one. A sequence on which a
    tracker failed spoils nothing: the result names it. Raises InputError, one line that says how to mend it, before
    anything is run.

    On a CPU long runs start worker processes, which import the script that calls this: keep the call below ``if
    __name__ == "__main__":``, or say ``workers=1``.
    """
    given: dict[str, Any] = {
        "trackers": [trackers] if isinstance(trackers, str) else list(trackers), "dataset": dataset,
        "data-root": data_root, "subset": subset,
        "sequences": _listed(sequences), "limit-frames": limit_frames, "results": results, "device": device,
        "lanes": lanes, "workers": workers, "executor": executor, "ray-address": ray_address, "seed": seed,
        "name": name, "protocol": protocol, "repeats": repeats, "jitter": jitter, "timeout": timeout,
        "imported": _listed(imported), "profile": profile, "telemetry": telemetry, "retry-failed": retry_failed,
        "fresh": fresh, "verify-frames": verify_frames, "tracker-path": list(tracker_path),
    }  # fmt: skip
    if "," in dataset:
        raise InputError(f"one dataset at a time: {dataset!r} names several")
    words = _words(given)
    try:
        context = command.make_context("run", list(words))
    except click.UsageError as error:
        raise InputError(error.format_message()) from None
    wanted = {key: value for key, value in context.params.items() if key not in ("json_file", "quiet")}
    with context, threads_as_before():  # what an option changes in the process is put back at the end
        (ended,) = carry_out(Request(**wanted, command=("run_bench", "run", *words)), report, quiet=quiet)
    return LoadedRun(Run.read(ended.folder))


def _listed(names: Words | None) -> str | None:
    return names if names is None or isinstance(names, str) else join_names(names)


def _words(given: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the options as a command line has them, without those that are left at None or False."""
    words: list[str] = []
    for name, value in given.items():
        if value is True:
            words.append(f"--{name}")
        elif value is not None and value is not False:
            words += [f"--{name}={one}" for one in (value if isinstance(value, list) else [value])]
    return tuple(words)
