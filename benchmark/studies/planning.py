"""What a study would run: its trackers on its datasets, what of it is kept already, and how long the rest takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from benchmark.datasets.base import Dataset, Progress
from benchmark.datasets.lookup import open_dataset
from benchmark.datasets.selection import Selection, Subset, find, resolve, select, share_out
from benchmark.engine.run import Plan, Spot, find_spots, wanted
from benchmark.protocols import SEGMENTS
from benchmark.store.keys import family_digest
from benchmark.store.results import Results
from benchmark.studies.cost import Cost
from benchmark.studies.costs import Costs, cost_key
from benchmark.studies.study import Study, cell_label, grid
from trackers.errors import InputError
from trackers.names import TrackerSpec, distinct
from trackers.names import resolve as find_tracker

__all__ = [
    "Cast", "Narrowing", "Part", "Planner", "Row", "Sight", "cast", "check_data", "choose_data", "look_at", "shared",
]  # fmt: skip

Counted = tuple[int, int, int, int]
"""Of one tracker on one dataset: trajectories, those kept, all frames, and those of trajectories that are not kept."""
STARTS = {"ope": 1, "sre": 12, "tre": SEGMENTS / 2, "vot-supervised": 1, "vot-multistart": 5}
"""Passes over a sequence that a protocol amounts to, in frames: about, for what cannot be counted yet."""


@dataclass(frozen=True)
class Narrowing:
    """Which part of a dataset is wanted."""

    data_root: Path | None = None
    subset: Subset = "full"
    sequences: tuple[str, ...] | None = None
    limit_frames: int | None = None


@dataclass(frozen=True)
class Cast:
    """The trackers of a study."""

    specs: tuple[TrackerSpec, ...]
    """Each once: what behaves the same runs once, whatever its labels."""
    by_label: Mapping[str, TrackerSpec]


@dataclass(frozen=True)
class Row:
    """One tracker of a study on one dataset."""

    tracker: str
    labels: tuple[str, ...]
    trajectories: int
    kept: int
    frames: int
    """Of all its trajectories."""
    left: int
    """Of those that are not kept."""
    cost: Cost | None
    """None where none was measured on this machine."""

    @property
    def seconds_left(self) -> float | None:
        """Processor seconds that the rest takes inside the tracker; None where its speed is not known."""
        return 0.0 if not self.left else None if self.cost is None else self.left * self.cost.seconds

    @property
    def seconds(self) -> float | None:
        """The same of all of it."""
        return None if self.cost is None else self.frames * self.cost.seconds


@dataclass(frozen=True)
class Part:
    """A study on one dataset."""

    dataset: str
    coverage: str
    rows: tuple[Row, ...]
    undrawn: int = 0
    """Sequences whose frames have to be rendered first."""


@dataclass(frozen=True)
class Sight:
    """What can be seen of the wanted part of a dataset while nothing is rendered."""

    dataset: str
    coverage: str
    drawn: Selection | None
    """The sequences whose frames are there; None where none is."""
    undrawn: tuple[str, ...] = ()


def cast(study: Study) -> Cast:
    """Return a study's trackers; InputError for a name that means none, and where levels of factors undo each other."""
    found: dict[object, TrackerSpec] = {}
    behaviour: dict[str, object] = {}
    for label, name in study.trackers.items():
        try:
            spec = find_tracker(name)
        except InputError as error:
            place = study.places.get(label, "--trackers")
            raise error if place == "--trackers" else InputError(f"{study.file}: {place}: {error}") from None
        reach = spec.family.reach
        same = (spec.identity(), reach and reach.digest)
        behaviour[label] = same
        found.setdefault(same, spec)
    crossed: dict[object, str] = {}
    for label in map(cell_label, grid(study.factors) if study.factors else ()):
        if (other := crossed.setdefault(behaviour[label], label)) != label:
            raise InputError(
                f"{study.file}: factors: {label!r} is the same tracker as {other!r}: one level undoes another or"
                " changes nothing, so that effects cannot be told apart"
            )
    named = dict(zip(found, distinct(list(found.values())), strict=True))
    return Cast(tuple(named.values()), {label: named[same] for label, same in behaviour.items()})


def shared(datasets: Sequence[str], narrowing: Narrowing) -> dict[str, Narrowing]:
    """Return what is wanted of each dataset: sequences are looked for in all of several, one that has none is left out.

    Raises InputError where none has a sequence.
    """
    if narrowing.sequences is None or len(datasets) == 1:
        return dict.fromkeys(datasets, narrowing)
    shares = share_out([open_dataset(name, narrowing.data_root) for name in datasets], narrowing.sequences)
    wanted = zip(datasets, shares, strict=True)
    return {name: replace(narrowing, sequences=tuple(share)) for name, share in wanted if share}


def check_data(study: Study, narrowing: Narrowing) -> None:
    """Raise InputError where something is wrong with a study's data that can be told before any of it is read."""
    for name, part in shared(study.datasets, narrowing).items():
        dataset = _opened(name, part)
        find(dataset, dataset.inventory(), part.subset, part.sequences)


def _opened(name: str, narrowing: Narrowing) -> Dataset:
    """Return a dataset that studies can be answered on.

    Raises InputError where it is unknown, not there, or without a ground truth to answer by.
    """
    dataset = open_dataset(name, narrowing.data_root)
    if dataset.upload:
        raise InputError(f"{dataset.name}: its server alone can score it, so that no study can be answered on it")
    return dataset


def choose_data(name: str, narrowing: Narrowing, progress: Progress | None = None) -> Selection:
    """Return what is wanted of a dataset, its frames rendered where that is needed.

    Raises InputError as `_opened`, and where something wanted is missing.
    """
    return select(
        _opened(name, narrowing),
        subset=narrowing.subset,
        sequences=narrowing.sequences,
        limit_frames=narrowing.limit_frames,
        progress=progress,
    )


def look_at(name: str, narrowing: Narrowing, progress: Progress | None = None) -> Sight:
    """Return the same without rendering anything."""
    dataset = _opened(name, narrowing)
    undrawn: tuple[str, ...] = getattr(dataset, "undrawn", tuple)()
    if undrawn:
        inventory, chosen = dataset.inventory(), narrowing.sequences
        names = set(inventory.found if chosen is None else resolve(dataset, inventory, chosen))
        undrawn = tuple(one for one in undrawn if one in names)
    if not undrawn:
        selection = choose_data(name, narrowing, progress)
        return Sight(selection.dataset, selection.coverage, selection)
    of = "" if len(names) == dataset.total else f" of {dataset.total}"
    frames = "" if narrowing.limit_frames is None else f", first {narrowing.limit_frames} frames"
    drawn = tuple(one for one in inventory.found if one in names and one not in undrawn)
    there = choose_data(name, replace(narrowing, sequences=drawn), progress) if drawn else None
    return Sight(dataset.name, f"{dataset.name}, {len(names)}{of} sequences{frames}", there, undrawn)


class Planner:
    """Lays out studies of one results folder; what they share is looked at once."""

    def __init__(
        self, results: Results, environment: Mapping[str, str], costs: Costs, narrowing: Narrowing, seed: int = 0
    ) -> None:
        """Take where records are looked for, the machine's class, what is known of costs, and which data are wanted."""
        self._results, self._environment, self._costs = results, environment, costs
        self._narrowing, self._seed = narrowing, seed
        digest = cache(family_digest)
        self._code: Callable[[TrackerSpec], str] = lambda spec: digest(spec.family, spec.weights.is_users)
        self._spots: dict[tuple[str, str, int, float], list[Spot]] = {}
        """By dataset, protocol, repeats and jitter."""
        self._known: dict[tuple[object, ...], Counted] = {}

    def part(self, study: Study, actors: Cast, data: Sight) -> Part:
        """Return what a study would run on one dataset. Records are looked for by name alone: none is read."""
        labels = {spec.name: tuple(one for one, own in actors.by_label.items() if own is spec) for spec in actors.specs}
        keys = {spec.name: cost_key(spec, self._environment, self._code) for spec in actors.specs}
        parts = [self._counted(study, actors.specs, data.drawn)] if data.drawn else []
        if data.undrawn:
            parts.append(dict.fromkeys(keys, _uncounted(study, data, self._narrowing.limit_frames)))
        rows = []
        for name, key in keys.items():
            trajectories, kept, frames, left = map(sum, zip(*(part[name] for part in parts), strict=True))
            rows.append(Row(name, labels[name], trajectories, kept, frames, left, self._costs.known.get(key)))
        return Part(data.dataset, data.coverage, tuple(rows), len(data.undrawn))

    def _counted(self, study: Study, specs: Sequence[TrackerSpec], data: Selection) -> dict[str, Counted]:
        """Return the counts of each tracker; of one that another study has too they are known."""
        plan = Plan(
            tuple(specs), data, "", self._seed, protocol=study.protocol, repeats=study.repeats, jitter=study.jitter
        )
        setting = (data.dataset, study.protocol, study.repeats, study.jitter)
        if setting not in self._spots:
            self._spots[setting] = find_spots(plan)
        missing = tuple(spec for spec in specs if (*setting, spec.name, spec.identity()) not in self._known)
        counts = {spec.name: [0, 0, 0, 0] for spec in missing}
        for task in wanted(replace(plan, specs=missing), self._environment, self._spots[setting], self._code):
            row = counts[task.spec.name]
            place = (data.dataset, task.spec.name, task.key, task.sequence, task.job.start, task.repeat)
            there = self._results.record_path(*place).is_file()
            row[0] += 1
            row[1] += there
            row[2] += len(task.job)
            row[3] += 0 if there else len(task.job)
        for spec in missing:
            whole, kept, frames, left = counts[spec.name]
            self._known[(*setting, spec.name, spec.identity())] = (whole, kept, frames, left)
        return {spec.name: self._known[(*setting, spec.name, spec.identity())] for spec in specs}


def _uncounted(study: Study, data: Sight, limit_frames: int | None) -> Counted:
    """Return the same of one tracker on sequences that are not drawn: their catalogue says how long they are."""
    lengths = dict(_lengths(data.dataset))
    frames = sum(min(lengths[name], limit_frames or lengths[name]) for name in data.undrawn)
    total = round(STARTS[study.protocol] * study.repeats * frames)
    return len(data.undrawn) * study.repeats, 0, total, total


@cache
def _lengths(dataset: str) -> tuple[tuple[str, int], ...]:
    from benchmark.datasets.render.dataset import RenderedDataset

    entries = RenderedDataset.open(dataset).catalogue.entries
    return tuple((name, entry.frames) for name, entry in entries.items())
