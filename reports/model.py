"""One typed report model: every page, table, figure and file is drawn from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from benchmark.datasets.lookup import open_dataset
from benchmark.datasets.sequence import Sequence as Video
from benchmark.merit import EAO, Merit, merit_of, rank
from benchmark.profiles import Profile, load_profile
from benchmark.runs import Run, join
from benchmark.scores import RunScores, TrackerScores
from benchmark.studies.answer import Answer as StudyAnswer
from benchmark.studies.answer import read_answer
from benchmark.vot.figures import ToolkitFigures, toolkit_figures
from reports.answers import Answer, answer
from reports.causes import Causes, cause_effects, mark_causes
from reports.differences import CurveDifference, choose_base, curve_differences
from reports.labels import is_class
from reports.memory import memory_of
from reports.papers import PaperTable, others, paper_tables
from reports.published import Published
from reports.sequences import SequenceView, Track, view_sequence, worst_sequences
from reports.speed import Speed, speeds
from reports.strips import FrameReader, make_strip, moments
from trackers.errors import InputError, did_you_mean

__all__ = ["Report", "build_report", "illustrate", "read_videos"]

STRIPS = 12
"""Sequences with a strip of frames where the user chooses none."""
CORNERS = 5
"""Attributes from which on a radar shows more than their table does."""


@dataclass(frozen=True)
class Report:
    """What a report says."""

    scores: RunScores
    """Of several runs, all trackers together."""
    profile: Profile
    runs: tuple[Run, ...]
    answers: tuple[Answer, ...]
    papers: tuple[PaperTable, ...]
    others: tuple[Published, ...]
    base: str
    """The tracker that the others' curves are held against; "" without any."""
    differences: tuple[CurveDifference, ...]
    speeds: tuple[Speed, ...]
    sequences: tuple[SequenceView, ...]
    causes: Causes | None
    """Of rendered data alone."""
    studies: tuple[StudyAnswer, ...]
    """Of the runs that were made for a study."""
    toolkit: tuple[ToolkitFigures, ...]
    """What vot-toolkit itself has said of the runs' trackers."""
    missing: Mapping[str, str]
    """What the runs did not keep, and how to have it: ``truth``, ``frames``, ``telemetry``, ``latency``,
    ``causes``."""

    @property
    def merit(self) -> Merit:
        """What its trackers are ranked by and asked about."""
        return merit_of(self.scores.trackers)

    @property
    def first_curve(self) -> str:
        """Which curve its score is read off: ``success`` or ``expected``, that of its first screen."""
        return "expected" if self.merit is EAO else "success"

    @property
    def ranked(self) -> tuple[TrackerScores, ...]:
        """The trackers, the best first; those without a score last."""
        return rank(self.scores.trackers, self.merit)

    @property
    def scored(self) -> tuple[TrackerScores, ...]:
        """The ranked trackers that have scores."""
        return tuple(tracker for tracker in self.ranked if tracker.summary)

    @property
    def attributes(self) -> tuple[str, ...]:
        """Attributes that two or more of the scored sequences have, in alphabetical order."""
        return tuple(name for name in self._groups if not is_class(name))

    @property
    def radar(self) -> bool:
        """Whether there are attributes enough for a radar."""
        return len(self.attributes) >= CORNERS

    @property
    def classes(self) -> tuple[str, ...]:
        """Kinds of target or of motion that two or more of the scored sequences have, likewise; letter case aside."""
        return tuple(sorted((name for name in self._groups if is_class(name)), key=str.casefold))

    @property
    def _groups(self) -> tuple[str, ...]:
        return tuple(sorted({name for one in self.scored if one.summary for name in one.summary.by_attribute}))

    @property
    def worst(self) -> tuple[tuple[SequenceView, Track], ...]:
        """Every trajectory in which the target was lost or badly followed, the longest lost first."""
        found = [(view, track) for view in self.sequences for track in view.tracks if track.off > 0]
        return tuple(sorted(found, key=lambda one: (-one[1].lost, -one[1].off, one[1].auc)))

    @property
    def shown(self) -> tuple[SequenceView, ...]:
        """The sequences with pictures or memories, the worst first."""
        found = [view for view in self.sequences if view.strip or view.memories]
        return tuple(sorted(found, key=lambda view: view.mean or 0.0))


def build_report(
    folders: Sequence[Path], *, frames: bool = True, data_root: Path | None = None, chosen: Collection[str] = (),
    base: str = "",
) -> Report:  # fmt: skip
    """Return the report of one or more runs of the same sequences under the same profile and protocol.

    `frames` False leaves pictures out. `data_root` overrules where the run found its dataset. The 12 worst sequences
    and the `chosen` ones get strips of frames and, where there is telemetry, their memories. `base` names the tracker
    that the others' curves are held against. Raises InputError where runs do not go together, a run is damaged, or a
    chosen sequence or base is unknown.
    """
    runs = tuple(Run.read(folder) for folder in folders)
    scores, owner = join(runs)
    against = choose_base(scores.trackers, base)
    merit = merit_of(scores.trackers)
    ranked = rank(scores.trackers, merit)
    names = list(dict.fromkeys(chain.from_iterable(run.manifest["dataset"]["sequences"] for run in runs)))
    views = [view_sequence(name, ranked, runs, owner) for name in names]
    for name in chosen:
        if name not in names:
            raise InputError(f"the run has no sequence {name!r}.{did_you_mean(name, names)}")
    special = {*worst_sequences(views, STRIPS), *chosen}
    views, unknown = mark_causes(views, runs[0])
    videos, why = read_videos(runs[0], special, data_root) if frames else ({}, "left out by --no-frames")
    views = [illustrate(view, runs, owner, videos.get(view.name)) if view.name in special else view for view in views]
    speed = speeds(runs, [one for one in ranked if one.summary], owner, merit)
    missing = {}
    if not any(run.truth for run in runs):
        missing["truth"] = (
            "The run did not keep its ground truth: the same command again adds it and computes nothing anew."
        )
    if why:
        missing["frames"] = f"No pictures: {why}."
    if scores.unscored:
        missing["telemetry"] = "No tracker has a score, so there is no sequence to show its memory on."
    elif not any(view.memories for view in views):
        missing["telemetry"] = "The run kept no telemetry of a memory: add --telemetry to its command."
    if not scores.unscored and not any(one.latency for one in speed):
        missing["latency"] = (
            "No latency was measured: run_bench speed, with the same trackers, data and results folder, does that;"
            " run_bench report then draws it."
        )
    if unknown:
        missing["causes"] = f"When causes of failure act is not known: {unknown}."
    answers = answer([one for one in scores.trackers if one.summary], {one.tracker: one for one in speed}, merit)
    return Report(
        scores=scores,
        profile=load_profile(scores.profile, scores.dataset),
        runs=runs,
        answers=answers,
        papers=paper_tables(scores),
        others=others(scores),
        base=against,
        differences=curve_differences(ranked, against),
        speeds=speed,
        sequences=tuple(views),
        causes=cause_effects(views, [one.name for one in ranked if one.summary], [one.pair for one in answers]),
        studies=tuple(found for folder in folders if (found := read_answer(folder)) is not None),
        toolkit=tuple(chain.from_iterable(map(toolkit_figures, folders))),
        missing=missing,
    )


def read_videos(run: Run, names: Collection[str], root: Path | None) -> tuple[dict[str, Video], str]:
    """Return the sequences of those names that can be read here, and why there are none where any was asked for."""
    if not names:
        return {}, ""
    if run.truth is None:
        return {}, "the run did not keep where its frames are"
    place = root or (Path(run.truth.root) if run.truth.root else None)
    try:
        dataset = open_dataset(run.scores.dataset, place)
        found = [name for name in dataset.inventory().found if name in names]
        videos = {video.name: video for video in dataset.load(found)} if found else {}
    except (InputError, OSError) as error:
        return {}, f"the frames are not where the run found them ({error})"
    return videos, "" if videos else f"the frames are not in {place}"


def illustrate(
    view: SequenceView, runs: Sequence[Run], owner: Mapping[str, tuple[int, str]], video: Video | None
) -> SequenceView:
    """Return a sequence with its pictures and its trackers' memories."""
    own = {track.tracker: track.trajectory for track in view.tracks if track.trajectory}
    if view.annotation is None or not own:
        return view
    reader = FrameReader(video.frames) if video else None
    cuts = [(track.trajectory.start, track.segments) for track in view.tracks if track.trajectory]
    at = moments(cuts, len(view.annotation))
    boxes = {name: (one.start, one.boxes) for name, one in own.items()}
    strip = make_strip(reader, at, view.annotation.boxes, view.annotation.valid, boxes) if reader else None
    memories = []
    for name, trajectory in own.items():
        index, known = owner[name]
        if telemetry := runs[index].telemetry(known, view.name):
            memory = memory_of(name, telemetry, trajectory.start, trajectory.boxes, at, reader)
            memories += [memory] if memory else []
    return replace(view, strip=strip, memories=tuple(memories))
