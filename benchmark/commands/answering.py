"""A study's run on each of its datasets, and what is said of its answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from benchmark.commands.folder import begin, conclude, keep_truth, this_command
from benchmark.commands.terminal import Terminal, near, remarks, sequence_progress
from benchmark.commands.work import do
from benchmark.p_values import p_text
from benchmark.plurals import counted
from benchmark.signed import signed
from benchmark.store.results import slug, writing
from trackers.errors import InputError

if TYPE_CHECKING:
    from benchmark.datasets.selection import Selection
    from benchmark.engine.run import Executor, Task
    from benchmark.store.results import Results
    from benchmark.studies.answer import Answer, Effect
    from benchmark.studies.planning import Cast, Narrowing
    from benchmark.studies.study import Study
    from trackers.names import TrackerSpec

WriteStudy = Callable[["Answer", Path, Path], None]
"""Writes the tables and figures of an answer, from its run's folder, into another folder.

`run_bench` hands it in, as this layer knows no reports.
"""


@dataclass(frozen=True)
class Setting:
    """Where and how studies run."""

    store: Results
    team: Executor
    lanes: int
    seed: int
    narrowing: Narrowing
    kept: bool
    """Whether nothing is run: the answer is that of what is kept."""
    quiet: bool
    out: Path
    """Folder of the studies' tables and figures."""
    write_report: Callable[[Path], Path]
    write_study: WriteStudy


def run_study(study: Study, actors: Cast, setting: Setting) -> Iterator[tuple[Answer, Path]]:
    """Yield a study's answer on each of its datasets, and the page that shows it; of what is kept alone, if any is."""
    from benchmark.studies.planning import choose_data, shared

    parts = shared(study.datasets, setting.narrowing)
    for name in study.datasets:
        if name not in parts:
            remarks(setting.quiet).print(f"{name} has none of these sequences: it is left out")
    for name, wanted in parts.items():
        with sequence_progress(remarks(setting.quiet), f"reading {name}") as advance:
            selection = choose_data(name, wanted, advance)
        answered = _run(study, actors, selection, setting)
        if answered is None:
            remarks(setting.quiet).print(f"{study.name}: of {selection.dataset} nothing is kept, so it is left out")
            continue
        found, folder = answered
        place = setting.out / slug(study.name) / slug(found.dataset)
        with writing(folder):
            page = setting.write_report(folder)
        with writing(place):
            if other := _replaced(place, found):
                remarks(setting.quiet).print(f"{near(place)}: {other} is replaced", markup=False)
            setting.write_study(found, folder, place)
        setting.store.set_latest(folder)
        yield found, page


def _replaced(place: Path, new: Answer) -> str:
    """Return what a folder keeps that an answer to something else is to replace; "" where there is no such thing."""
    from benchmark.studies.answer import read_answer

    try:
        old = read_answer(place)
    except InputError:
        return ""
    if old is None:
        return ""
    if old.digest != new.digest:
        return "the answer of another study file of that name"
    before, now = (next(actor.tracker for actor in one.actors if actor.label == one.base) for one in (old, new))
    if before != now:
        return f"the answer with {before} as its base"
    if (old.sequences or 0) > (new.sequences or 0) or old.repeats > new.repeats:
        return f"the answer of {old.coverage}, {repeated(old.repeats, old.jitter)},"
    return ""


def _run(study: Study, actors: Cast, selection: Selection, setting: Setting) -> tuple[Answer, Path] | None:
    """Run what is missing; return the answer and the run's folder, which keeps it. None where there is nothing."""
    from benchmark.engine.run import Plan, lay_out
    from benchmark.studies.answer import write_answer
    from benchmark.studies.answering import Material, answer
    from benchmark.studies.causes import causes_of, plots_of
    from benchmark.studies.costs import Costs, cost_key
    from benchmark.studies.insight import told
    from benchmark.studies.trial import fill_in

    store, team = setting.store, setting.team
    longest = max(map(len, selection.sequences), default=0)
    plan = Plan(
        actors.specs, selection, team.device, setting.seed, setting.lanes or team.fitting_lanes(actors.specs, longest),
        study.protocol, study.telemetry, repeats=study.repeats, jitter=study.jitter,
    )  # fmt: skip
    tasks = lay_out(plan, store, team.environment)
    missing: dict[TrackerSpec, int] = {}
    whole = len(selection.sequences)
    if setting.kept:
        tasks, missing = _whole(tasks)
        if not tasks:
            return None
        there = {task.sequence for task in tasks}
        selection = replace(selection, sequences=tuple(one for one in selection.sequences if one.name in there))
        plan = replace(plan, selection=selection)
    folder = begin(store, plan, tasks, this_command())
    records = do(plan, tasks, store, folder, team, setting.quiet)
    costs = Costs.read(store.folder)
    if not setting.kept:
        fill_in(actors, costs, selection, team.environment, team.device, lambda line: None)
    with writing(folder):
        scores = conclude(folder, plan, tasks, records, team, study.profile or selection.profile, [], this_command())
        keep_truth(folder, plan, setting.narrowing.data_root)
        material = Material(
            selection,
            {spec: [records[task.key] for task in tasks if task.spec is spec] for spec in actors.specs},
            scores,
            {
                spec.name: cost
                for spec in actors.specs
                if (cost := costs.known.get(cost_key(spec, team.environment))) is not None
            },
            causes_of(selection),
            plots_of(selection),
            missing,
            whole,
        )
        found = answer(study, actors, material, told(study, actors, material, store))
        write_answer(folder, found)
    return found, folder


def _whole(tasks: list[Task]) -> tuple[list[Task], dict[TrackerSpec, int]]:
    """Return the tasks of sequences that a tracker has whole, every start and repeat, and how many each lacks."""
    lacking = {(task.spec, task.sequence) for task in tasks if task.kept is None}
    missing = Counter(spec for spec, _ in lacking)
    return [task for task in tasks if (task.spec, task.sequence) not in lacking], dict(missing)


def show(found: Answer, says: Terminal) -> Table | str:
    """Return an answer as a table, or as a sentence where nothing is compared; what must be known goes to `says`."""
    from benchmark.studies.effects import found_words

    for line in found.remarks:
        says.print(f"note: {line}", markup=False, soft_wrap=True)
    if not found.findings and not found.crossed:
        return escape(f"{found.question} No two of its trackers have a sequence of {found.dataset} in common yet.")
    frames = ", rendered frames" if found.rendered else ""
    and_repeats = " and repeats" if found.repeats > 1 else ""
    table = Table(
        title=f"{found.question} {found.coverage}{frames}, {repeated(found.repeats, found.jitter)}",
        caption=f"difference of success AUC [95 % over sequences{and_repeats}]; on: sequences;"
        " p after Holm's correction; detectable: in 80 of 100 experiments; needed: sequences that decide a difference"
        f" of {found.relevant:g}; the paper: what it expects, and what these sequences say of it",
        title_justify="left", caption_justify="left",
    )  # fmt: skip
    table.add_column("comparison")
    table.add_column("on", justify="right")
    for heading in ("difference", "p", "found", "the paper"):
        table.add_column(heading)
    for heading in ("detectable", "needed", "time ×"):
        table.add_column(heading, justify="right")
    for one in found.findings:
        ratio = found.time_ratio(one)
        said = "" if one.expects is None else f"{one.expects}: {one.verdict}"
        table.add_row(
            escape(one.title), str(one.auc.sequences), _spanned(one.auc), _p(one.auc),
            found_words(one.auc, found.relevant), said, *_power(one.auc),
            "-" if ratio is None else f"{ratio:.2f}",
        )  # fmt: skip
    for crossed in found.crossed:
        table.add_row(
            escape(crossed.title), str(crossed.auc.sequences), _spanned(crossed.auc), _p(crossed.auc),
            found_words(crossed.auc, found.relevant), "",
            *_power(crossed.auc), "",
        )  # fmt: skip
    return table


def repeated(repeats: int, jitter: float) -> str:
    """Return how often each trajectory is run."""
    off = f" of first boxes off by up to {jitter:g} px" if jitter else ""
    return f"{counted(repeats, 'repeat')}{off}"


def _spanned(one: Effect) -> str:
    span = rf" \[{signed(one.interval.low)}, {signed(one.interval.high)}]" if one.interval else ""
    return f"{signed(one.difference)}{span}"


def _p(one: Effect) -> str:
    return "-" if one.p_holm is None else p_text(one.p_holm)


def _power(one: Effect) -> tuple[str, str]:
    if one.interval is None:
        return "-", "-"
    detectable = "none" if one.detectable is None else f"{one.detectable:.3f}"
    return detectable, f"{one.needed:,}" if one.needed else "> 1 million"
