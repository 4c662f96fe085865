"""Whether a run can be judged by a baseline at all; what keeps it from that is a user's mistake, not a verdict."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from benchmark.gate.snapshot import Snapshot
from benchmark.store.keys import code_digest
from trackers.errors import InputError, did_you_mean
from trackers.names import resolve


def match(file: Path, old: Snapshot, new: Snapshot, *, partial: bool, intended: Collection[str] = ()) -> list[str]:
    """Return remarks on what of the two is judged.

    Raises InputError where run and baseline are of other data, profile or conditions, where the run lacks something
    of the baseline and `partial` does not allow that, or where nothing is left to judge.
    """
    for what, then, now, mend in (
        ("dataset", old.dataset, new.dataset, f"run `--dataset {old.dataset}`"),
        ("dataset revision", old.revision, new.revision, "bless the baseline again"),
        ("profile", old.profile, new.profile, f"run with `--profile {old.profile}`"),
        ("frame limit", old.limit_frames, new.limit_frames, f"run with {_limit(old.limit_frames)}"),
        ("seed", old.seed, new.seed, f"run with `--seed {old.seed}`"),
    ):
        if then != now:
            raise InputError(f"{file} has {what} {then}, the run has {now}: {mend}")
    for name in old.trackers:
        try:
            find(name, new)
        except InputError as error:
            raise InputError(f"{file} has a tracker that is not here: {error}") from error
    for name in intended:
        if name not in old.trackers:
            raise InputError(f"--intended {name}: {file} has no such tracker.{did_you_mean(name, old.trackers)}")
    lacking = [name for name in old.trackers if name not in new.trackers]
    judged = [name for name in old.trackers if name in new.trackers]
    videos = {
        video: name
        for name in judged
        for video in old.trackers[name].sequences
        if video not in new.trackers[name].sequences and video not in new.trackers[name].failed
    }
    if (lacking or videos) and not partial:
        what = ", ".join([*lacking, *videos][:3])
        raise InputError(f"the run lacks {what} of {file}: run them too, or judge what there is with --partial")
    if not any(set(old.trackers[name].sequences) & _known(new, name) for name in judged):
        raise InputError(f"the run and {file} have no tracker and sequence in common")
    _check_frames(file, old, new, judged)
    return _remarks(old, new, lacking, videos)


def find(name: str, run: Snapshot) -> str:
    """Return the name by which a tracker is found from here: its own, else a run's address of it; or InputError."""
    try:
        resolve(name)
    except InputError:
        if name not in run.trackers or not (address := run.trackers[name].address):
            raise
        resolve(address)
        return address
    return name


def check_current(new: Snapshot) -> None:
    """Raise InputError where the run was made by other code or weights than are here now."""
    for name, tracker in new.trackers.items():
        spec = resolve(find(name, new))
        if tracker.code != code_digest(spec):
            raise InputError(f"the run was made by other code of {name} than is here now: run the same command again")
        if (tracker.weights_sha256 or "") != spec.weights.sha256:
            raise InputError(f"the run was made with other weights of {name} than are here now: run it again")


def _known(new: Snapshot, name: str) -> set[str]:
    return {*new.trackers[name].sequences, *new.trackers[name].failed}


def _check_frames(file: Path, old: Snapshot, new: Snapshot, judged: list[str]) -> None:
    for name in judged:
        for video, then in old.trackers[name].sequences.items():
            now = new.trackers[name].sequences.get(video)
            if now is None:
                continue
            same = then.sequence_digest == now.sequence_digest or old.rendered
            if not same or len(then.boxes) != len(now.boxes) or then.start != now.start:
                raise InputError(
                    f"frames or ground truth of {video} are not those of {file}: use the same data, or bless again"
                )


def _remarks(old: Snapshot, new: Snapshot, lacking: list[str], videos: dict[str, str]) -> list[str]:
    remarks = []
    if lacking:
        remarks.append(f"not judged, as the run lacks them: {', '.join(lacking)}")
    if videos:
        whole = {video for tracker in old.trackers.values() for video in tracker.sequences}
        remarks.append(f"judged on {len(whole - set(videos))} of {len(whole)} sequences, those that the run has")
    if fresh := [name for name in new.trackers if name not in old.trackers]:
        remarks.append(f"not in the baseline, hence not judged: {', '.join(fresh)}")
    return remarks


def _limit(frames: int | None) -> str:
    return "no `--limit-frames`" if frames is None else f"`--limit-frames {frames}`"
