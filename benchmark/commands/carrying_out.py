"""A run from what is asked for to its folder: what `run_bench run` and `benchmark.run` share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from benchmark.commands.folder import begin, conclude, keep_truth, write_uploads
from benchmark.commands.options import choose_all, choose_imports
from benchmark.commands.terminal import remarks
from benchmark.commands.work import do
from benchmark.commands.workers import open_executor
from benchmark.plurals import counted
from benchmark.store.results import writing
from trackers.errors import InputError

if TYPE_CHECKING:
    from benchmark.datasets.selection import Selection
    from benchmark.interop.trajectories import Trajectories
    from benchmark.profiles import Profile
    from benchmark.scores import RunScores
    from benchmark.store.results import Results
    from trackers.names import TrackerSpec

__all__ = ["Ended", "Request", "WriteReport", "carry_out"]

WriteReport = Callable[[Path], Path]
"""Draws the page of a run folder and returns its file; `run_bench` hands it in, as this layer knows no reports."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked for: the options of ``run_bench run``, each as its help has it."""

    trackers: tuple[str, ...]
    dataset: str
    data_root: Path | None
    subset: Literal["full", "available"]
    sequences: str | None
    limit_frames: int | None
    results: Path
    device: str
    lanes: int
    workers: int
    executor: str
    ray_address: str | None
    seed: int
    name: str | None
    protocol: str
    repeats: int
    jitter: float
    timeout: float | None
    imported: str | None
    profile: str | None
    telemetry: bool
    retry_failed: bool
    fresh: bool
    verify_frames: bool
    command: tuple[str, ...]
    """What does the same again."""


@dataclass(frozen=True)
class Ended:
    """What came of the run on one dataset."""

    folder: Path
    scores: RunScores
    report: Path | None
    archives: list[str]
    """A line for each archive that a server takes."""


def carry_out(
    wanted: Request,
    write_report: WriteReport | None,
    *,
    quiet: bool,
    on_each: Callable[[Ended], None] = lambda one: None,
) -> list[Ended]:
    """Return what came of the run on each dataset; InputError for what the user can mend.

    Without `write_report` the run has no page. `on_each` is called as each of several datasets ends.
    """
    from benchmark.profiles import load_profile
    from benchmark.store.naming import check_free
    from benchmark.store.results import Results

    says = remarks(quiet)
    if wanted.profile is not None:
        load_profile(wanted.profile)  # a wrong name stops here, not after the work
    if wanted.telemetry and wanted.protocol == "vot-supervised":
        raise InputError(
            "--telemetry has a row for every frame, which runs with restarts do not: leave one of them out"
        )
    specs = _specs(wanted.trackers, wanted.imported, wanted.protocol)
    store = Results(wanted.results)
    if wanted.name is not None:
        check_free(store, wanted.name)
    selections = choose_all(
        says,
        dataset=wanted.dataset,
        data_root=wanted.data_root,
        subset=wanted.subset,
        sequences=wanted.sequences,
        limit_frames=wanted.limit_frames,
    )
    for selection in selections:
        if selection.upload and wanted.protocol != "ope":
            raise InputError(
                f"{selection.dataset} has no ground truth to start from: --protocol {wanted.protocol} needs it"
            )
        if not selection.upload and wanted.protocol == "ope":
            _check_scored(selection, load_profile(wanted.profile or selection.profile, selection.dataset))
    beside = [
        [] if wanted.imported is None else choose_imports(store.folder, one, wanted.imported) for one in selections
    ]
    for selection, imports in zip(selections, beside, strict=True):
        if not specs and not imports:
            raise InputError(f"no results were imported for {selection.dataset}, and --trackers none runs no tracker:"
                             " `run_bench import` adds some")  # fmt: skip
    ended = []
    for selection, imports in zip(selections, beside, strict=True):
        ended.append(_run_on(selection, specs, imports, wanted, store, write_report, quiet))
        if len(selections) > 1:
            on_each(ended[-1])
    if wanted.name is not None:
        _name(store, [one.folder.name for one in ended], wanted.name)
    return ended


def _check_scored(selection: Selection, profile: Profile) -> None:
    """Raise InputError where a profile scores no frame of a sequence: it would be known when all is run."""
    from benchmark.metrics.frames import left_out

    truth = [video.annotation for video in selection.sequences]
    names = [one.name for one in truth if left_out(one, one.start, profile).all()]
    if names:
        others = f" (and {counted(len(names) - 1, 'other')})" if len(names) > 1 else ""
        raise InputError(
            f"{selection.dataset}: profile {profile.name} scores no frame of {names[0]}{others}: "
            + ("raise --limit-frames, or " if selection.limit_frames else "")
            + "name the other sequences with --sequences"
        )


def _run_on(
    selection: Selection,
    specs: tuple[TrackerSpec, ...],
    imports: list[Trajectories],
    wanted: Request,
    store: Results,
    write_report: WriteReport | None,
    quiet: bool,
) -> Ended:
    from benchmark.engine.run import Plan, lay_out

    says = remarks(quiet)
    executors = open_executor(
        says,
        executor=wanted.executor if specs else "nobody",
        ray_address=wanted.ray_address,
        device=wanted.device,
        workers=wanted.workers,
        data_root=wanted.data_root,
    )
    with executors as team:
        plan = Plan(
            specs,
            selection,
            team.device,
            wanted.seed,
            wanted.lanes,
            wanted.protocol,
            wanted.telemetry,
            retry_failed=wanted.retry_failed,
            fresh=wanted.fresh,
            repeats=wanted.repeats,
            jitter=wanted.jitter,
            timeout=wanted.timeout or inf,
            verify_frames=wanted.verify_frames,
        )
        tasks = lay_out(plan, store, team.environment)
        if store.damaged:
            line = f"{len(store.damaged)} of the records that are kept are damaged, and made anew: {store.damaged[0]}"
            says.print(line + (" and others" if len(store.damaged) > 1 else ""), markup=False, soft_wrap=True)
        if not wanted.lanes:
            left = [task for task in tasks if task.kept is None]
            longest = max((len(task.job) for task in left), default=0)
            plan = replace(plan, lanes=team.fitting_lanes(tuple(dict.fromkeys(task.spec for task in left)), longest))
        folder = begin(store, plan, tasks, wanted.command)
        records = do(plan, tasks, store, folder, team, quiet)
    with writing(folder):
        profile = wanted.profile or selection.profile
        scores = conclude(folder, plan, tasks, records, team, profile, imports, wanted.command)
        keep_truth(folder, plan, wanted.data_root)
        archives = write_uploads(folder, plan, tasks, records)
        report = write_report(folder) if write_report else None
    store.set_latest(folder)
    return Ended(folder, scores, report, archives)


def _specs(names: tuple[str, ...], imported: str | None, protocol: str) -> tuple[TrackerSpec, ...]:
    """Return the trackers to run: none for ``none``, which needs imported results."""
    from trackers.lists import split_lists
    from trackers.names import expand

    if imported and protocol != "ope":
        raise InputError(f"imported results are one pass each; --imported does not go with --protocol {protocol}")
    words = [word.casefold() for word in split_lists(names)]
    if "none" not in words:
        return tuple(expand(names))
    if set(words) != {"none"}:
        raise InputError("--trackers none runs no tracker: it does not go with other names")
    if not imported:
        raise InputError("--trackers none runs no tracker: say with --imported which results to score")
    return ()


def _name(store: Results, runs: list[str], name: str) -> None:
    """Name the runs that have ended; another may have taken the name meanwhile, which spoils no result."""
    from benchmark.store.naming import give_name

    try:
        give_name(store, name, *runs)
    except InputError as error:
        remarks().print(f"run {', '.join(runs)} has no name: {error}", markup=False, soft_wrap=True)
