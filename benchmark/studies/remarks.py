"""What must stand beside a study's answer: what is missing, weights that do not fit, what such data cannot show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from benchmark.studies.study import Study, cell_label, grid

if TYPE_CHECKING:
    from benchmark.studies.answering import Material
    from benchmark.studies.planning import Cast

__all__ = ["remarks"]

ALIKE = 1.15
"""Ratio of times up to which they count as the same."""


def remarks(study: Study, actors: Cast, material: Material, lacking: Sequence[str]) -> Iterator[str]:
    """Yield what must stand beside the answer; `lacking` names the comparisons and effects that it has nothing of."""
    yield from _unlike_training(study, actors, material)
    yield from _missing(actors, material, lacking)
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
    if material.selection.rendered:
        yield "the frames are rendered: what is found here is not shown of real video"
    if not material.selection.complete:
        yield f"a part of the dataset ({material.selection.coverage}) does not stand for the whole"
    count = len(material.selection.sequences)
    if count == 1:
        yield "one sequence shows nothing of others"
    elif count < 30:
        yield f"{count} sequences show large differences alone: see what is detectable"


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
