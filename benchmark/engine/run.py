"""A run as a whole: what is to be done, what is already kept, and doing the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from benchmark.datasets.fingerprint import digest
from benchmark.datasets.selection import Selection
from benchmark.engine.device import environment_class
from benchmark.engine.lanes import Job, Outcome, run_lanes
from benchmark.store.keys import record_key
from benchmark.store.record import Record
from benchmark.store.results import Results
from trackers.names import TrackerSpec

PROTOCOL = "ope"


@dataclass(frozen=True)
class Plan:
    """What one command runs."""

    specs: tuple[TrackerSpec, ...]
    selection: Selection
    device: str
    seed: int = 0
    lanes: int = 1
    telemetry: bool = False
    retry_failed: bool = False


@dataclass(frozen=True)
class Task:
    """One tracker on one sequence: the job, the key it is kept under, and the record if there is one."""

    spec: TrackerSpec
    job: Job
    key: str
    kept: Record | None = field(repr=False)

    @property
    def sequence(self) -> str:
        """The sequence's name."""
        return self.job.video.name


def lay_out(plan: Plan, results: Results) -> list[Task]:
    """Return every tracker's task on every sequence, with what the results folder already keeps of it."""
    environment = environment_class(plan.device)
    dataset = f"{plan.selection.dataset} {plan.selection.revision}"
    digests = [digest(video) for video in plan.selection.sequences]
    tasks = []
    for spec in plan.specs:
        for video, video_digest in zip(plan.selection.sequences, digests, strict=True):
            start = video.annotation.start
            seed = lane_seed(plan.seed, plan.selection.dataset, video.name)
            job = Job(video, start, video.annotation.boxes[start], seed)
            key = record_key(
                spec,
                video_digest,
                dataset=dataset,
                protocol=PROTOCOL,
                start=start,
                box=job.box,
                repeat=0,
                seed=seed,
                environment=environment,
            )
            kept = results.find(plan.selection.dataset, spec.name, key, video.name, start, 0)
            tasks.append(Task(spec, job, key, kept if kept and _serves(plan, spec, kept, results) else None))
    return tasks


def _serves(plan: Plan, spec: TrackerSpec, kept: Record, results: Results) -> bool:
    """Return whether a kept record is all that the plan wants of it."""
    if kept.status != "done":
        return not plan.retry_failed
    signals = getattr(spec.family.cls, "signals", ())
    return not (plan.telemetry and signals) or results.telemetry_path(kept).is_file()


def execute(
    plan: Plan, tasks: list[Task], results: Results, on_frames: Callable[[str, int], None] = lambda tracker, count: None
) -> Iterator[tuple[Task, Record]]:
    """Run what is not kept, a tracker at a time; keep and yield every record as it comes.

    All trackers are built before the first frame: a bad checkpoint stops the run before work starts.
    """
    todo = [task for task in tasks if task.kept is None]
    built = {spec.name: spec.build(plan.device) for spec in dict.fromkeys(task.spec for task in todo)}
    for name, tracker in built.items():
        tracker.recording = plan.telemetry
        lanes = min(plan.lanes, tracker.max_lanes or plan.lanes)
        own = {id(task.job): task for task in todo if task.spec.name == name}
        jobs = (task.job for task in own.values())
        for outcome in run_lanes(tracker, jobs, lanes, plan.device, lambda count, name=name: on_frames(name, count)):  # type: ignore[misc]
            task = own[id(outcome.job)]
            record = _record(plan, task, outcome, lanes)
            results.keep(record, outcome.telemetry)
            yield task, record


def lane_seed(seed: int, dataset: str, sequence: str, repeat: int = 0) -> int:
    """Return the lane's own seed, 63 bits, from the run's."""
    text = f"{seed}/{dataset}/{sequence}/{repeat}"
    return int.from_bytes(sha256(text.encode()).digest()[:8], "big") >> 1


def _record(plan: Plan, task: Task, outcome: Outcome, lanes: int) -> Record:
    return Record(
        key=task.key,
        dataset=plan.selection.dataset,
        tracker=task.spec.name,
        sequence=task.sequence,
        start=task.job.start,
        repeat=0,
        status="failed" if outcome.error else "done",
        boxes=outcome.boxes,
        scores=outcome.scores,
        seconds=outcome.seconds,
        lanes=lanes,
        error=outcome.error,
    )
