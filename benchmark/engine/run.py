"""A run as a whole: what is to be done, what is already kept, and doing the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from math import inf
from typing import Any, Protocol

from benchmark.datasets.content import fold
from benchmark.datasets.fingerprint import digest, stamps_of
from benchmark.datasets.frames import Frames
from benchmark.datasets.selection import Selection
from benchmark.datasets.sequence import Sequence
from benchmark.engine.begin import begin
from benchmark.engine.job import Job, Outcome
from benchmark.engine.load import Load
from benchmark.engine.repeats import Alike
from benchmark.protocols import Start
from benchmark.protocols.jitter import jittered
from benchmark.protocols.vot import rules
from benchmark.store.keys import code_digest, content_key, record_key
from benchmark.store.memo import FrameMemo
from benchmark.store.record import Record
from benchmark.store.results import Results
from trackers.errors import InputError
from trackers.names import TrackerSpec

OnFrames = Callable[[str, int], None]
"""Called with a tracker's name and the number of its frames that are done since the last call."""


@dataclass(frozen=True)
class Plan:
    """What one command runs."""

    specs: tuple[TrackerSpec, ...]
    selection: Selection
    device: str
    seed: int = 0
    lanes: int = 1
    protocol: str = "ope"
    """What is run of each sequence (`benchmark.protocols`)."""
    telemetry: bool = False
    retry_failed: bool = False
    fresh: bool = False
    """Whether all is run anew, whatever is kept."""
    repeats: int = 1
    """How often each tracker runs on each sequence, every time with a seed of its own."""
    jitter: float = 0.0
    """Pixels by which the first box of each repeat is shifted and resized at the most."""
    timeout: float = inf
    """Seconds inside the tracker after which a sequence is given up."""
    verify_frames: bool = False
    """Whether frames of kept records are read again, and not only those whose size or times have changed."""


@dataclass(frozen=True)
class Task:
    """One tracker on one sequence: the job, the key it is kept under, and the record if there is one."""

    spec: TrackerSpec
    job: Job
    begun: str
    """Name of the protocol's start."""
    repeat: int
    digest: str = field(repr=False)
    """The sequence's."""
    key: str
    kept: Record | None = field(repr=False)

    @property
    def sequence(self) -> str:
        """The sequence's name."""
        return self.job.video.name


@dataclass(frozen=True)
class Spot:
    """Where trackers are started: one repeat of one start of one sequence."""

    video: Sequence
    start: Start
    repeat: int
    seed: int
    """The lane's own."""
    digest: str
    """The sequence's."""
    rules: Mapping[str, Any]
    """What else its frames and boxes depend on (`benchmark.protocols.vot.rules`)."""

    @property
    def job(self) -> Job:
        """What is to be done there."""
        start = self.start
        return Job(self.video, start.frame, start.box, self.seed, start.backward, start.restarts)


@dataclass(frozen=True)
class Finished:
    """A task's outcome, and under which circumstances its time was taken."""

    task: Task
    outcome: Outcome
    lanes: int
    load: Load | None = None
    """What other processes did meanwhile on the machine that worked; None where that is not known."""


class Executor(Protocol):
    """Where the work of a run is done."""

    device: str
    """The torch device of whoever works, e.g. ``cuda:0``."""
    environment: Mapping[str, str]
    """The environment class of whoever works (`benchmark.engine.device`)."""

    @property
    def workers(self) -> int:
        """How many processes work side by side, or worked when the work is done."""

    def fitting_lanes(self, specs: tuple[TrackerSpec, ...], frames: int) -> int:
        """Return how many lanes of each tracker whoever works can hold, where a lane follows `frames` at the most."""

    def work(self, plan: Plan, tasks: list[Task], on_frames: OnFrames) -> Iterator[Finished]:
        """Do the tasks, in any order; yield what came of each as it ends."""


def lay_out(plan: Plan, results: Results, environment: Mapping[str, str]) -> list[Task]:
    """Return every tracker's tasks on every sequence, with what the results folder already keeps of them.

    A kept record serves only where its frames still hold what they held. Where they do not, the record stays, for
    the run that made it, and the task gets a key that names the new content.
    """
    memo = FrameMemo(results.folder, trust=not plan.verify_frames)
    tasks = []
    for task in wanted(plan, environment, find_spots(plan, memo)):
        job, key = task.job, task.key

        def find(key: str, task: Task = task) -> Record | None:
            own = (task.sequence, task.job.start, task.repeat)
            return results.find(plan.selection.dataset, task.spec.name, key, *own)

        kept = find(key)
        if kept is not None and not _same_frames(kept, job, memo):
            key = content_key(key, memo.content(job.frames))
            kept = find(key)
        serves = (
            kept is not None
            and not plan.fresh
            and _serves(plan, task.spec, job, kept, results)
            and _same_frames(kept, job, memo)
        )
        tasks.append(replace(task, key=key, kept=kept if serves else None))
    return tasks


def find_spots(plan: Plan, memo: FrameMemo | None = None) -> list[Spot]:
    """Return where a plan's trackers are to be started: every repeat, of every sequence, at every start.

    What is seen of frames' files on the way is told to the `memo`.
    """
    found = []
    exact = [(video, _look(video, memo), begin(plan.protocol, video)) for video in plan.selection.sequences]
    for repeat in range(plan.repeats):
        for video, video_digest, begun in exact:
            seed = lane_seed(plan.seed, plan.selection.dataset, video.name, repeat)
            starts = (jittered(start, plan.jitter, seed) for start in begun)
            found += [
                Spot(video, start, repeat, seed, video_digest, rules(start, video.annotation)) for start in starts
            ]
    return found


def wanted(
    plan: Plan,
    environment: Mapping[str, str],
    spots: Iterable[Spot] = (),
    code_of: Callable[[TrackerSpec], str] = code_digest,
) -> Iterator[Task]:
    """Yield every tracker's tasks, each with its key; nothing is looked for in any folder.

    Whoever lays out many plans at once may hand in their `spots`, and what already knows the digests of code.
    """
    dataset = f"{plan.selection.dataset} {plan.selection.revision}"
    known = list(spots) or find_spots(plan)
    for spec in plan.specs:
        code = code_of(spec)
        for spot in known:
            job = spot.job
            key = record_key(
                spec,
                code,
                spot.digest,
                dataset=dataset,
                protocol=plan.protocol,
                start=job.start,
                box=job.box,
                repeat=spot.repeat,
                seed=spot.seed,
                environment=environment,
                rules=spot.rules,
            )
            yield Task(spec, job, spot.start.name, spot.repeat, spot.digest, key, None)


def _look(video: Sequence, memo: FrameMemo | None) -> str:
    """Return a sequence's digest; its files are looked at once, for that and for the memo."""
    stamps = stamps_of(video)
    if memo is not None and isinstance(video.frames, Frames):
        memo.saw(video.frames, stamps)
    return digest(video, stamps)


def _same_frames(kept: Record, job: Job, memo: FrameMemo) -> bool:
    return kept.content == memo.content(job.frames[: kept.frames])


def _serves(plan: Plan, spec: TrackerSpec, job: Job, kept: Record, results: Results) -> bool:
    """Return whether a kept record is all that the plan wants of it."""
    if kept.status == "timeout" and kept.seconds < plan.timeout:
        return False  # it was given less time than it may take now
    if kept.status != "done":
        return not plan.retry_failed
    if len(kept.boxes) != len(job):
        return False
    if not plan.telemetry or not spec.reports:
        return True
    return results.telemetry(kept) is not None


def execute(
    plan: Plan,
    tasks: list[Task],
    results: Results,
    executor: Executor,
    on_frames: OnFrames = lambda tracker, count: None,
) -> Iterator[tuple[Task, Record]]:
    """Run what is not kept; keep and yield every record as it comes. This process alone writes.

    InputError where whoever worked has read other frames than those that are here: a worker of a cluster has another
    copy, or somebody changes them meanwhile.
    """
    alike = Alike(plan, [task for task in tasks if task.kept is None], on_frames)
    memo = FrameMemo(results.folder)
    for finished in executor.work(plan, alike.run, on_frames):
        record = _record(plan, finished)
        frames = finished.task.job.frames[: record.frames]
        memo.learn(frames, finished.outcome.seen)
        if memo.content(frames) != record.content:
            raise InputError(
                f"{plan.selection.dataset}: the frames of {record.sequence} were changed during the run, or a worker"
                " has another copy of them: make all copies the same, then the same command goes on"
            )
        for task, own in ((finished.task, record), *alike.repeats(record)):
            if plan.fresh and own.status == "done":
                results.detach(own)
            results.keep(own, finished.outcome.telemetry)
            yield task, own


def lane_seed(seed: int, dataset: str, sequence: str, repeat: int = 0) -> int:
    """Return the lane's own seed, 63 bits, from the run's."""
    text = f"{seed}/{dataset}/{sequence}/{repeat}"
    return int.from_bytes(sha256(text.encode()).digest()[:8], "big") >> 1


def _record(plan: Plan, finished: Finished) -> Record:
    task, outcome = finished.task, finished.outcome
    return Record(
        key=task.key,
        dataset=plan.selection.dataset,
        tracker=task.spec.name,
        sequence=task.sequence,
        start=task.job.start,
        begun=task.begun,
        repeat=task.repeat,
        status="timeout" if outcome.timed_out else "failed" if outcome.error else "done",
        boxes=outcome.boxes,
        scores=outcome.scores,
        seconds=outcome.seconds,
        times=outcome.times,
        lanes=finished.lanes,
        busy_cores=finished.load.busy_cores if finished.load else None,
        cores=finished.load.cores if finished.load else 0,
        error=outcome.error,
        frames=len(outcome.seen),
        content=fold(one.digest for one in outcome.seen),
        codes=outcome.codes,
        remarks=outcome.remarks,
    )
