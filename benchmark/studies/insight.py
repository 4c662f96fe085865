"""From telemetry to insight: what a memory did around the moments that matter, as numbers over sequences.

Each question is one number a sequence and repeat; a sequence's is the mean of its repeats', and the interval is over
the sequences in which the thing happened at all. Where the rendered truth knows when the target is hidden, its frames
are told by that; on real video by overlap: a target that nobody found for a while counts as away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.sequence import Annotation
from benchmark.metrics.overlap import overlap
from benchmark.protocols.start import frames_followed
from benchmark.statistics.paired import student_interval
from benchmark.store.record import Record
from benchmark.store.results import Results
from benchmark.studies.answer import Insight
from benchmark.studies.answering import Material
from benchmark.studies.causes import hidden_frames
from benchmark.studies.planning import Cast
from benchmark.studies.study import Study

__all__ = ["Episode", "episodes_of", "insights", "told"]

Values = NDArray[np.float64]
Telemetry = Mapping[str, NDArray[Any]]
LOST, FOLLOWED = 0.1, 0.5
"""Overlaps below which a target is lost, and from which on it is followed (`reports.failures` has the same)."""
SHORTEST = 5
"""Frames that a loss, or an absence, lasts at the least."""
BEFORE, AFTER = 10, 5
"""Frames before a loss, and after a return, that are looked at."""
SHAPES: dict[str, tuple[int, ...]] = {
    "read_weights": (-1,), "read_mass": (-1,), "read_age": (-1,), "slot_age": (-1,), "write_gates": (-1,),
    "long_stored": (), "short_stored": (), "long_box": (4,), "short_box": (4,), "decider": (), "read_cosine": (),
}  # fmt: skip
"""What is looked at, and its shape in one frame, -1 for any length: another tracker may call other things so."""
CLEAR = 0.05
"""Overlap by which one branch must be better than the other for a choice to be wrong."""


@dataclass(frozen=True)
class Episode:
    """One trajectory with its telemetry; all arrays begin with the frame after the first, (M, ...)."""

    boxes: Values
    truth: Values
    valid: NDArray[np.bool_]
    telemetry: Telemetry
    hidden: NDArray[np.bool_] | None
    """Where the target cannot be seen; None where nobody knows."""

    @property
    def overlap(self) -> Values:
        """(M,), NaN where the truth is invalid."""
        return np.where(self.valid, overlap(self.boxes, self.truth), np.nan)

    @property
    def told_by(self) -> str:
        """By what it is told that the target is away."""
        return "overlap" if self.hidden is None else "rendered truth"

    @property
    def away(self) -> NDArray[np.bool_]:
        """Where the target is hidden; without that knowledge, where it was lost."""
        return _long(self.overlap < LOST if self.hidden is None else self.hidden)


def episodes_of(
    records: Sequence[Record],
    videos: Mapping[str, Annotation],
    hidden: Mapping[str, NDArray[np.bool_]],
    telemetry_of: Callable[[Record], Telemetry | None],
) -> dict[str, list[Episode]]:
    """Return a tracker's finished trajectories that have telemetry, by sequence, each in the order of its own time."""
    found: dict[str, list[Episode]] = {}
    for record in records:
        telemetry = telemetry_of(record) if record.status == "done" else None
        if not telemetry or {len(values) for values in telemetry.values()} != {len(record.boxes) - 1}:
            continue
        rows, video = frames_followed(record.begun, record.start, len(record.boxes))[1:], videos[record.sequence]
        away = hidden[record.sequence][rows] if record.sequence in hidden else None
        kept = {name: values for name, values in telemetry.items() if _fits(name, values)}
        one = Episode(record.boxes[1:], video.boxes[rows], video.valid[rows], kept, away)
        found.setdefault(record.sequence, []).append(one)
    return found


def _fits(name: str, values: NDArray[Any]) -> bool:
    """Return whether a signal is one that is looked at, by name and shape."""
    shape = SHAPES.get(name)
    if shape is None or values.dtype.kind not in "biuf" or values.ndim != 1 + len(shape) or not values[:1].size:
        return False
    return shape in ((), (-1,), values.shape[1:])


class Question(NamedTuple):
    """What is asked of the telemetry."""

    asks: str
    unit: str
    within: tuple[float, float]
    """Between which limits the number lies; what does not is another tracker's, which calls other things so."""
    number: Callable[[Episode], float | None]
    """Of one episode; None where the thing does not happen in it, or the tracker tells nothing of it."""
    of_absence: bool = False
    """Whether it is of when the target is away."""


def insights(label: str, episodes: Mapping[str, Sequence[Episode]]) -> Iterator[Insight]:
    """Yield what one tracker's telemetry says; `episodes` are its repeats, by sequence."""
    for question in QUESTIONS:
        least, most = question.within
        found: dict[str, float] = {}
        told: set[str] = set()
        for name, repeats in episodes.items():
            values = [value for one in repeats if (value := question.number(one)) is not None]
            value = float(f"{np.mean(values):.6g}") if values else np.nan  # one a sequence: files are to stay small
            if least <= value <= most:
                found[name] = value
                told |= {one.told_by if question.of_absence else "overlap" for one in repeats}
        if not found:
            continue
        numbers = np.array(list(found.values()))
        yield Insight(
            tracker=label,
            asks=question.asks,
            unit=question.unit,
            value=float(numbers.mean()),
            interval=student_interval(numbers, within=question.within) if len(numbers) > 1 else None,
            sequences=len(numbers),
            by_sequence=found,
            truth=" and ".join(sorted(told)),
        )


def entropy_before_loss(episode: Episode) -> float | None:
    """Return how much higher the entropy of the read is just before a loss than where the target is followed."""
    entropy = _read_entropy(episode.telemetry)
    if entropy is None:
        return None
    lost = _long(episode.overlap < LOST)
    onsets = _onsets(lost)
    before = np.zeros(len(lost), bool)
    for onset in onsets:
        before[max(onset - BEFORE, 0) : onset] = True
    calm = (episode.overlap >= FOLLOWED) & ~before
    return _difference(entropy, before & ~lost, calm)


def age_at_return(episode: Episode) -> float | None:
    """Return the mean age, in frames, of what is read when the target comes back."""
    age = _read_age(episode.telemetry)
    if age is None:
        return None
    back = np.zeros(len(age), bool)
    for end in _onsets(~episode.away):
        if end:
            back[end : end + AFTER] = True
    back &= ~episode.away & np.isfinite(age)
    return float(age[back].mean()) if back.any() else None


def writing_while_hidden(episode: Episode) -> float | None:
    """Return how much more is written while the target is away than while it is there: below 0, gates shut."""
    written = _written(episode.telemetry)
    if written is None:
        return None
    return _difference(written, episode.away, ~episode.away & (episode.overlap >= FOLLOWED))


def wrong_branch(episode: Episode) -> float | None:
    """Return the share of frames, of those in which the branches clearly differ, that the worse one decided."""
    telemetry = episode.telemetry
    if not {"long_box", "short_box", "decider"} <= set(telemetry):
        return None
    long, short = (overlap(telemetry[f"{name}_box"].astype(np.float64), episode.truth) for name in ("long", "short"))
    decider = telemetry["decider"]
    clear = episode.valid & (np.abs(long - short) > CLEAR) & ((decider == 1) | (decider == 2))
    if not clear.any():
        return None
    worse = np.where(long > short, decider == 1, decider == 2)
    return float(worse[clear].mean())


def content_drift(episode: Episode) -> float | None:
    """Return how much the cosine of what is read to the true template falls from the first quarter to the last."""
    cosine = episode.telemetry.get("read_cosine")
    if cosine is None or len(cosine) < 8:
        return None
    part, frame = len(cosine) // 4, np.arange(len(cosine))
    return _difference(cosine, frame >= len(cosine) - part, frame < part)


QUESTIONS = (
    Question(
        f"entropy of the read in the {BEFORE} frames before a loss", "change of entropy, 1 is even", (-1, 1),
        entropy_before_loss,
    ),
    Question(
        f"age of what is read in the {AFTER} frames after the target comes back", "frames", (0, np.inf),
        age_at_return, of_absence=True,
    ),
    Question(
        "writing while the target is away, beside while it is followed", "change of share", (-1, 1),
        writing_while_hidden, of_absence=True,
    ),
    Question(
        "the worse branch decided, where the branches clearly differ", "share of these frames", (0, 1),
        wrong_branch,
    ),
    Question(
        "likeness of what is read to the true template, last quarter beside first", "change of cosine", (-2, 2),
        content_drift,
    ),
)  # fmt: skip


def _read_entropy(telemetry: Telemetry) -> Values | None:
    """Return the entropy (M,) of how the read is shared among what is stored, relative to an even one."""
    shares = telemetry.get("read_weights", telemetry.get("read_mass"))
    if shares is None or shares.shape[1] < 2:
        return None
    share = np.where((shares >= 0) & (shares < np.inf), shares, np.nan).astype(np.float64)
    share = share / np.maximum(share.sum(1, keepdims=True), 1e-12)
    terms = np.where(share == 0, 0.0, share * np.log(np.maximum(share, 1e-12)))
    entropy: Values = -terms.sum(1) / np.log(share.shape[1])
    return entropy


def _read_age(telemetry: Telemetry) -> Values | None:
    """Return the mean age (M,) of what is read, each stored frame by its share; NaN where nothing is."""
    for ages, shares in (("read_age", "read_mass"), ("slot_age", "read_weights")):
        if ages in telemetry and shares in telemetry and telemetry[ages].shape == telemetry[shares].shape:
            age, share = (np.asarray(telemetry[name], np.float64) for name in (ages, shares))
            share = np.where(age >= 0, share, 0.0)
            whole = share.sum(1)
            with np.errstate(invalid="ignore", divide="ignore"):
                found: Values = (share * age).sum(1) / np.where(whole > 0, whole, np.nan)
            return found
    return None


def _written(telemetry: Telemetry) -> Values | None:
    """Return how much is written (M,), 0 to 1: what the gates let through, or whether a frame is stored."""
    if "write_gates" in telemetry:
        return 1 - np.asarray(telemetry["write_gates"], np.float64)[:, 0]
    stored = [np.asarray(telemetry[name], np.float64) for name in ("long_stored", "short_stored") if name in telemetry]
    return np.mean(stored, axis=0) if stored else None


def _difference(values: Values, here: NDArray[np.bool_], there: NDArray[np.bool_]) -> float | None:
    """Return the mean of the finite values here minus there; None where either has none."""
    known = np.isfinite(values)
    here, there = here & known, there & known
    if not here.any() or not there.any():
        return None
    return float(values[here].mean() - values[there].mean())


def _onsets(state: NDArray[np.bool_]) -> list[int]:
    """Return the frames in which a state begins, the first frame included."""
    return [int(k) for k in np.flatnonzero(state & ~np.concatenate([[False], state[:-1]]))]


def _long(state: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return a state without its stretches of fewer than `SHORTEST` frames."""
    kept = np.zeros(len(state), bool)
    for begin in _onsets(state):
        rest = np.flatnonzero(~state[begin:])
        end = begin + int(rest[0]) if len(rest) else len(state)
        kept[begin:end] = end - begin >= SHORTEST
    return kept


def told(study: Study, actors: Cast, material: Material, results: Results) -> list[Insight]:
    """Return what the telemetry of a study's trackers says, each tracker's once; nothing where none was kept."""
    if not study.telemetry:
        return []
    videos = {video.name: video.annotation for video in material.selection.sequences}
    hidden = hidden_frames(material.selection, material.causes)
    found: list[Insight] = []
    asked: set[str] = set()
    for label, spec in actors.by_label.items():
        if spec.name not in asked:
            asked.add(spec.name)
            found += insights(label, episodes_of(material.records[spec], videos, hidden, results.telemetry))
    return found
