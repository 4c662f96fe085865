"""From the records of a study's run to its answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from benchmark.datasets.selection import Selection
from benchmark.profiles import load_profile
from benchmark.scores import RunScores
from benchmark.scoring import score_repeats
from benchmark.statistics.nested import repeats_share
from benchmark.statistics.paired import TIE
from benchmark.store.record import Record
from benchmark.studies.answer import Actor, Answer, Crossed, Effect, Finding, Insight
from benchmark.studies.cost import Cost
from benchmark.studies.effects import (
    Table,
    corrected_level,
    effect,
    found_of,
    holm_corrected,
    values_of,
    verdict_of,
)
from benchmark.studies.study import Comparison, Study, cell_label, grid

if TYPE_CHECKING:
    from benchmark.studies.planning import Cast
    from trackers.names import TrackerSpec

__all__ = ["Material", "answer"]

ALIKE = 1.15
"""Ratio of times up to which they count as the same."""


@dataclass(frozen=True)
class Material:
    """What a study's run on one dataset has left."""

    selection: Selection
    records: Mapping[TrackerSpec, Sequence[Record]]
    scores: RunScores
    costs: Mapping[str, Cost]
    """By tracker; where they are known."""
    causes: Mapping[str, str]
    """Of rendered data: what makes each sequence hard."""
    missing: Mapping[TrackerSpec, int] = field(default_factory=dict)
    """How many sequences each tracker still lacks, where only what is kept is looked at."""


def answer(study: Study, actors: Cast, material: Material, insights: Sequence[Insight] = ()) -> Answer:
    """Return the answer of a study; comparisons of trackers that share no sequence are left out, and said."""
    selection, scores = material.selection, material.scores
    tables = _tables(study, actors, material)
    possible = [one for one in study.comparisons if values_of(tables["auc"], {one.other: 1, one.base: -1})]
    return Answer(
        study=study.name,
        question=study.question,
        about=study.about,
        digest=study.digest,
        base=study.base,
        run=scores.run,
        dataset=selection.dataset,
        coverage=selection.coverage,
        complete=selection.complete,
        rendered=selection.rendered,
        protocol=study.protocol,
        profile=scores.profile,
        repeats=study.repeats,
        jitter=study.jitter,
        relevant=study.relevant,
        actors=tuple(_actor(label, actors, material, tables["auc"]) for label in study.trackers),
        findings=tuple(_findings(study, possible, tables, material)),
        crossed=tuple(_crossed(study, tables["auc"])),
        insights=tuple(insights),
        remarks=tuple(_remarks(study, actors, material, [one for one in study.comparisons if one not in possible])),
    )


def _tables(study: Study, actors: Cast, material: Material) -> dict[str, Table]:
    """Return AUC and precision by label, sequence and repeat."""
    profile = load_profile(material.scores.profile, material.selection.dataset)
    annotations = {video.name: video.annotation for video in material.selection.sequences}
    scored = {
        spec.name: score_repeats(material.records[spec], annotations, profile, study.protocol) for spec in actors.specs
    }
    tables: dict[str, Table] = {}
    for measure in ("auc", "precision"):
        by_tracker = {
            name: {s: np.array([getattr(run[s], measure) for run in runs]) for s in (runs[0] if runs else {})}
            for name, runs in scored.items()
        }
        tables[measure] = {label: by_tracker[actors.by_label[label].name] for label in study.trackers}
    return tables


def _findings(
    study: Study, possible: Sequence[Comparison], tables: Mapping[str, Table], material: Material
) -> Iterator[Finding]:
    level = corrected_level(len(possible))
    weights = [{one.other: 1.0, one.base: -1.0} for one in possible]
    values = {m: [values_of(tables[m], w) for w in weights] for m in ("auc", "precision")}
    whole = {m: _corrected([effect(v, study.relevant, level) for v in own]) for m, own in values.items()}
    groups = {"attribute": _attributes(material.selection), "cause": _groups(material.causes)}
    parts = {kind: _parts(study, tables["auc"], weights, found) for kind, found in groups.items()}
    for index, one in enumerate(possible):
        auc = whole["auc"][index]
        means = np.array([value.mean() for value in values["auc"][index].values()])
        wins, losses = int((means > TIE + 1e-9).sum()), int((means < -TIE - 1e-9).sum())
        yield Finding(
            other=one.other,
            base=one.base,
            auc=auc,
            precision=whole["precision"][index],
            found=found_of(auc, study.relevant),
            wins=wins,
            ties=len(means) - wins - losses,
            losses=losses,
            expects=one.expects,
            source=one.source,
            verdict=verdict_of(auc, one.expects, study.relevant),
            by_attribute=parts["attribute"][index],
            by_cause=parts["cause"][index],
            same_time=one.same_time,
        )


def _corrected(effects: Sequence[Effect | None]) -> list[Effect]:
    return holm_corrected([one for one in effects if one is not None])


def _parts(
    study: Study, table: Table, weights: Sequence[Mapping[str, float]], groups: Mapping[str, set[str]]
) -> list[dict[str, Effect]]:
    """Return each comparison's effects on groups of two or more sequences, corrected for all of them together."""
    places: list[tuple[int, str]] = []
    effects: list[Effect] = []
    level = corrected_level(len(weights) * len(groups))
    for index, own in enumerate(weights):
        for name, members in groups.items():
            values = values_of(table, own, members)
            if len(values) > 1 and (one := effect(values, study.relevant, level)) is not None:
                places.append((index, name))
                effects.append(one)
    found: list[dict[str, Effect]] = [{} for _ in weights]
    for (index, name), one in zip(places, holm_corrected(effects), strict=True):
        found[index][name] = one
    return found


def _crossed(study: Study, table: Table) -> Iterator[Crossed]:
    contrasts = [one for one in study.contrasts if values_of(table, one.weights)]
    level = corrected_level(len(contrasts))
    effects = _corrected([effect(values_of(table, one.weights), study.relevant, level) for one in contrasts])
    for contrast, one in zip(contrasts, effects, strict=True):
        yield Crossed(contrast.title, one)


def _attributes(selection: Selection) -> dict[str, set[str]]:
    names: dict[str, set[str]] = {}
    for video in selection.sequences:
        for code in video.annotation.attributes:
            names.setdefault(code, set()).add(video.name)
    return dict(sorted(names.items()))


def _groups(causes: Mapping[str, str]) -> dict[str, set[str]]:
    names: dict[str, set[str]] = {}
    for sequence, cause in causes.items():
        names.setdefault(cause, set()).add(sequence)
    return names


def _actor(label: str, actors: Cast, material: Material, table: Table) -> Actor:
    spec = actors.by_label[label]
    own = next(one for one in material.scores.trackers if one.name == spec.name)
    measured = own.repeats.measures["auc"] if own.repeats else None
    values = np.stack(list(table[label].values())) if table[label] else np.empty((0, 0))
    return Actor(
        label=label,
        tracker=spec.name,
        weights=own.weights,
        marks=own.marks,
        auc=own.summary.overall.auc if own.summary else None,
        interval=own.intervals.get("auc"),
        repeats_share=repeats_share(values),
        deviation=measured.deviation if measured else None,
        precision=own.summary.overall.precision if own.summary else None,
        failed=len(own.failed),
        throughput=own.throughput,
        load_mark=own.load_mark,
        cost=material.costs.get(spec.name),
    )


def _remarks(study: Study, actors: Cast, material: Material, impossible: Sequence[Comparison]) -> Iterator[str]:
    """Yield what must stand beside the answer."""
    lacks = [f"{label} {material.missing[spec]}" for label, spec in actors.by_label.items() if spec in material.missing]
    if lacks:
        yield (
            f"sequences on which trackers have still to run: {', '.join(lacks)}; a tracker's scores are of those that"
            " it has, a comparison is of those that both have"
        )
    for one in impossible:
        yield f"{one.other} and {one.base} finished no sequence in common: they are not compared"
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
        yield f"{', '.join(shared)} {verb} on the weights of {study.base} ({base.weights.name})"
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
    elif not material.selection.complete:
        yield f"a part of the dataset ({material.selection.coverage}) does not stand for the whole"
    count = len(material.selection.sequences)
    if count < 30:
        yield f"{count} sequences show large differences alone: see what is detectable"


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
