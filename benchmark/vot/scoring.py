"""From the records of VOT's protocols to its measures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.images import frame_size
from benchmark.datasets.sequence import Annotation
from benchmark.datasets.sequence import Sequence as Video
from benchmark.metrics import SequenceScores, pool, score_sequence
from benchmark.metrics.vot import Code
from benchmark.metrics.vot.area import area_overlaps
from benchmark.metrics.vot.multistart import FromAnchor, multistart_measures, progress
from benchmark.metrics.vot.pixels import carried, region_overlaps
from benchmark.metrics.vot.supervised import Restarted, counted, supervised_measures
from benchmark.profiles import Profile
from benchmark.profiles.vot import TOOLKIT, VOTProfile, load_vot_profile, vot_profile_names, vot_span
from benchmark.protocols.start import frames_followed
from benchmark.store.record import Record
from benchmark.vot.scores import Part, VOTScores

__all__ = ["score_restarts", "vot_scores"]


def vot_scores(records: Sequence[Record], videos: Mapping[str, Video], dataset: str, protocol: str) -> VOTScores | None:
    """Return the measures of one tracker's records, of sequences that are done; None where there is none."""
    failed = {record.sequence for record in records if record.status != "done"}
    done: dict[str, list[Record]] = {}
    for record in records:
        if record.sequence not in failed:
            done.setdefault(record.sequence, []).append(record)
    if not done:
        return None
    lengths = {name: len(videos[name]) - videos[name].annotation.start for name in done}
    span, span_from = vot_span(dataset, list(lengths.values()))
    if protocol == "vot-multistart":
        return _from_anchors(done, videos, lengths, span, span_from)
    return _restarted(done, videos, span, span_from)


def _restarted(
    done: Mapping[str, Sequence[Record]], videos: Mapping[str, Video], span: tuple[int, int], span_from: str
) -> VOTScores:
    profiles = [load_vot_profile(name) for name in vot_profile_names()]
    by_profile = {
        profile.name: {name: [_run(record, videos[name], profile) for record in own] for name, own in done.items()}
        for profile in profiles
    }
    runs = by_profile[TOOLKIT]
    tags: dict[str, list[tuple[Restarted, NDArray[np.bool_]]]] = {}
    for name, own in done.items():
        for record, run in zip(own, runs[name], strict=True):
            for tag, flags in videos[name].annotation.tags.items():
                tags.setdefault(tag, []).append((run, flags[record.start : record.start + len(run.codes)]))
    repeats = max(map(len, runs.values()))
    every = {name: [(run, np.ones(len(run.codes), np.bool_)) for run in own] for name, own in runs.items()}
    return VOTScores(
        tuple(supervised_measures(by_profile[profile.name], profile, span) for profile in profiles),
        span_from,
        {name: _part(own, repeats) for name, own in every.items()},
        {tag: _part(own, repeats) for tag, own in sorted(tags.items())},
    )


def _part(runs: Sequence[tuple[Restarted, NDArray[np.bool_]]], repeats: int) -> Part:
    burn_in = load_vot_profile().burn_in
    overlaps = np.concatenate([run.overlaps[counted(run.codes, burn_in) & flags] for run, flags in runs])
    failures = sum(int(np.count_nonzero((run.codes == Code.FAILED) & flags)) for run, flags in runs)
    frames = sum(int(flags.sum()) for _, flags in runs) // repeats
    return Part(frames, float(overlaps.mean()) if len(overlaps) else None, failures / repeats)


def _run(record: Record, video: Video, profile: VOTProfile) -> Restarted:
    annotation = video.annotation
    tracked = record.codes == Code.TRACKED
    boxes = [carried(box) if here else None for box, here in zip(record.boxes, tracked, strict=True)]
    truth = [annotation.region(record.start + row) for row in range(len(boxes))]
    counts = profile.overlap == "pixels"
    overlaps = region_overlaps(boxes, truth, _size(video)) if counts else area_overlaps(boxes, truth)
    return Restarted(overlaps, record.codes)


def _from_anchors(
    done: Mapping[str, Sequence[Record]],
    videos: Mapping[str, Video],
    lengths: Mapping[str, int],
    span: tuple[int, int],
    span_from: str,
) -> VOTScores:
    runs = {name: [_anchored(record, videos[name]) for record in own] for name, own in done.items()}
    repeats = max(len({record.repeat for record in own}) for own in done.values())
    every = {name: [(run, np.ones(len(run.overlaps), np.bool_)) for run in own] for name, own in runs.items()}
    tags: dict[str, list[tuple[FromAnchor, NDArray[np.bool_]]]] = {}
    frames: dict[str, int] = {}
    for name, own in done.items():
        annotation = videos[name].annotation
        for tag, flags in annotation.tags.items():
            held = [(run, flags[_frames(record)]) for record, run in zip(own, runs[name], strict=True)]
            tags.setdefault(tag, []).extend(held)
            frames[tag] = frames.get(tag, 0) + int(flags[annotation.start :].sum())
    found = multistart_measures(runs, lengths, span, TOOLKIT)
    return VOTScores(
        (replace(found, failures=found.failures / repeats),),
        span_from,
        {name: _anchored_part(own, lengths[name], repeats) for name, own in every.items()},
        {tag: _anchored_part(own, frames[tag], repeats) for tag, own in sorted(tags.items())},
    )


def _anchored_part(runs: Sequence[tuple[FromAnchor, NDArray[np.bool_]]], frames: int, repeats: int) -> Part:
    """Return what runs reached in the frames that are flagged: before their targets were lost, and where they were."""
    ends = [progress(run) for run, _ in runs]
    before = [run.overlaps[:end][flags[:end]] for (run, flags), end in zip(runs, ends, strict=True)]
    lost = sum(bool(flags[end]) for (_, flags), end in zip(runs, ends, strict=True) if end < len(flags))
    overlaps = np.concatenate(before)
    return Part(frames, float(overlaps.sum() / len(overlaps)) if len(overlaps) else None, lost / repeats)


def _frames(record: Record) -> NDArray[np.intp]:
    return frames_followed(record.begun, record.start, len(record.boxes))


def _anchored(record: Record, video: Video) -> FromAnchor:
    truth = [video.annotation.region(int(frame)) for frame in _frames(record)]
    boxes = [carried(box) for box in record.boxes]
    overlaps = region_overlaps([None, *boxes[1:]], truth, _size(video))
    return FromAnchor(overlaps, np.array([region is not None for region in truth]))


def _size(video: Video) -> tuple[int, int]:
    return frame_size(video.frames[video.annotation.start])


def score_restarts(record: Record, annotation: Annotation, profile: Profile) -> SequenceScores:
    """Return the scores of a run with restarts under a profile of one pass: of its parts, from each start to the
    failure, pooled frame by frame. They are no measure of VOT's, and of no other run's kind.
    """
    scored = {str(begin): replace(one, first_frame=begin) for begin, one in _parts(record, annotation, profile)}
    return pool(scored, annotation.name)


def _parts(record: Record, annotation: Annotation, profile: Profile) -> Iterator[tuple[int, SequenceScores]]:
    begins = np.flatnonzero(record.codes == Code.INITIALISED)
    for begin in begins:
        rest = record.codes[begin:]
        lost = np.flatnonzero(rest == Code.FAILED)
        length = int(lost[0]) + 1 if len(lost) else len(rest)
        if length > 1:
            frame = record.start + int(begin)
            truth = annotation.rest(frame).first(length)
            yield frame, score_sequence(record.boxes[begin : begin + length], truth, profile, start=0)
