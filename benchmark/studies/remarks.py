"""What must stand beside a study's answer: what is missing, weights that do not fit, what such data cannot show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from benchmark.profiles import load_profile
from benchmark.statistics.paired import student_interval
from benchmark.studies.effects import Values
from benchmark.studies.study import Study, cell_label, grid

if TYPE_CHECKING:
    from benchmark.studies.answering import Material
    from benchmark.studies.planning import Cast

__all__ = ["remarks", "scope"]

ALIKE = 1.15
"""Ratio of times up to which they count as the same."""


def remarks(study: Study, actors: Cast, material: Material, lacking: Sequence[str]) -> Iterator[str]:
    """Yield what must stand beside the answer; `lacking` names the comparisons and effects that it has nothing of."""
    yield from _unlike_training(study, actors, material)
    yield from _missing(actors, material, lacking)
    yield from _failed(actors, material)
    yield from _unlike_times(study, actors, material)
    base = actors.by_label[study.base]
    for label in study.learnt:
        spec, trained = actors.by_label[label], not base.weights.is_trunk and base.weights.path is not None
        if spec.weights.sha256 != base.weights.sha256:
            continue
        if trained:
            yield (
                f"{label} changes what is learnt, but runs on the weights {spec.weights.name}, which were trained with"
                f" {study.base}: weights of its own by the same recipe are still to be trained, and this comparison"
                " favours the base"
            )
        else:
            yield (
                f"{label} changes what is learnt, and neither it nor {study.base} is trained (weights"
                f" {base.weights.name}): the comparison is of the mechanisms untrained, not the paper's"
            )
    shared = [
        label for label, spec in actors.by_label.items()
        if label not in (study.base, *study.learnt) and spec.family.name == base.family.name
        and spec.weights.sha256 == base.weights.sha256 and base.weights.path is not None and spec is not base
    ]  # fmt: skip
    if shared and not base.weights.is_trunk:
        verb = "run" if len(shared) > 1 else "runs"
        yield f"{'; '.join(shared)} {verb} on the weights of {study.base} ({base.weights.name})"
    for label, spec in actors.by_label.items():
        if getattr(spec.config, "oracle", False):
            yield f"{label} is an oracle, shown the ground truth of every frame: a bound, not a tracker"
    cells = [cell_label(cell) for cell in grid(study.factors)]
    named = [label for label in actors.by_label if label not in cells]
    for other, label in combinations(named, 2):
        if actors.by_label[label] is actors.by_label[other]:
            yield f"{label} is the same as {other}"
    if study.places.get(study.base) == "--trackers":
        yield (
            f"{study.base} is {base.name} here, in the place of the study's own base: what papers lead one to expect of"
            " that one is left out"
        )


def scope(study: Study, material: Material, differences: Sequence[Mapping[str, Values]]) -> Iterator[str]:
    """Yield of what these data tell; `differences` are those of each comparison, (R,) a sequence."""
    selection = material.selection
    if selection.rendered:
        yield "the frames are rendered: what is found here is not shown of real video"
        yield from _takes(material.plots, differences)
    if not selection.complete:
        yield f"a part of the dataset ({selection.coverage}) does not stand for the whole"
    if load_profile(material.scores.profile, selection.dataset).average == "frames":
        yield (
            f"the profile {material.scores.profile} weighs a sequence by its frames; scores and differences of a study"
            " weigh every sequence alike"
        )
    count = len(selection.sequences)
    if count == 1:
        yield "one sequence shows nothing of others"
    elif count < 30:
        yield f"{count} sequences show large differences alone: see what is detectable"


def _takes(plots: Mapping[str, str], differences: Sequence[Mapping[str, Values]]) -> Iterator[str]:
    """Yield how much wider intervals of other plots would be, where plots have several takes."""
    count = len(set(plots.values()))
    if not 1 < count < len(plots):
        return
    ratios = []
    for values in differences:
        by_plot: dict[str, list[float]] = {}
        for name, own in values.items():
            by_plot.setdefault(plots[name], []).append(float(own.mean()))
        takes = [one for own in by_plot.values() for one in own]
        if len(by_plot) > 1 and (width := _width(takes)):
            ratios.append(_width([float(np.mean(own)) for own in by_plot.values()]) / width)
    wider = f"; over plots they would be {min(ratios):.1f} to {max(ratios):.1f} times as wide" if ratios else ""
    yield (
        f"the {len(plots)} sequences are takes of {count} plots that differ by their seeds alone: intervals are of"
        f" further takes of these plots, not of further plots{wider}"
    )


def _unlike_training(study: Study, actors: Cast, material: Material) -> Iterator[str]:
    """Yield which comparisons are of trackers of which one alone was trained for tracking."""
    scores = {one.name: one for one in material.scores.trackers}
    unlike: dict[bool, dict[str, None]] = {True: {}, False: {}}
    for comparison in study.comparisons:
        pair = [(label, scores[actors.by_label[label].name]) for label in (comparison.other, comparison.base)]
        if {one.trained for _, one in pair} == {True, False}:
            for label, one in pair:
                unlike[bool(one.trained)][f"{label} ({one.weights})"] = None
    if unlike[True]:
        yield (
            f"trained for tracking: {'; '.join(unlike[True])}. Not trained: {'; '.join(unlike[False])}. Training is"
            " part of what differs between them"
        )


def _missing(actors: Cast, material: Material, lacking: Sequence[str]) -> Iterator[str]:
    """Yield what is still to run, and what cannot be compared."""
    missing = {label: material.missing[spec] for label, spec in actors.by_label.items() if spec in material.missing}
    if missing:
        lacks = "; ".join(f"{label} on {count}" for label, count in missing.items())
        yield (
            f"still to run, of {material.wanted} sequences: {lacks}. A tracker's scores are of the sequences that it"
            " has, a comparison is of those that both have"
        )
    if lacking:
        yield f"not compared, as they finished no sequence in common: {'; '.join(lacking)}"


def _failed(actors: Cast, material: Material) -> Iterator[str]:
    """Yield who failed on sequences that comparisons with it leave out."""
    failed = {one.name: len(one.failed) for one in material.scores.trackers if one.failed}
    counts = [f"{label} on {failed[spec.name]}" for label, spec in actors.by_label.items() if spec.name in failed]
    if counts:
        whole = len(material.selection.sequences)
        yield f"failed, of {whole} sequences: {'; '.join(counts)}. No comparison is of these"


def _unlike_times(study: Study, actors: Cast, material: Material) -> Iterator[str]:
    """Yield which comparisons of what was sized to take the same time are of what does not."""
    for one in study.comparisons:
        costs = [material.costs.get(actors.by_label[label].name) for label in (one.other, one.base)]
        if not one.same_time or costs[0] is None or costs[1] is None:
            continue
        ratio = costs[0].seconds / costs[1].seconds
        if max(ratio, 1 / ratio) > ALIKE:
            yield (
                f"{one.other} was to take as long as {one.base} and takes {ratio:.2f} times as long here: what it"
                " gains is not gained at the same time"
            )


def _width(values: Sequence[float]) -> float:
    """Return how wide the 95 % interval of a mean is."""
    interval = student_interval(np.array(values))
    return interval.high - interval.low
