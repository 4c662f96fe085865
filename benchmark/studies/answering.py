"""From the records of a study's run to its answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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
    Values,
    corrected_level,
    effect,
    found_of,
    holm_corrected,
    values_of,
    verdict_of,
)
from benchmark.studies.remarks import remarks, scope
from benchmark.studies.study import Comparison, Contrast, Study

if TYPE_CHECKING:
    from benchmark.studies.planning import Cast
    from trackers.names import TrackerSpec

__all__ = ["Material", "answer"]


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
    plots: Mapping[str, str] = field(default_factory=dict)
    """Of rendered data: the plot that each sequence is a take of."""
    missing: Mapping[TrackerSpec, int] = field(default_factory=dict)
    """How many sequences each tracker still lacks, where only what is kept is looked at."""
    wanted: int = 0
    """How many sequences each is to have, where that is so."""


def answer(study: Study, actors: Cast, material: Material, insights: Sequence[Insight] = ()) -> Answer:
    """Return the answer of a study; comparisons of trackers that share no sequence are left out, and said."""
    selection, scores = material.selection, material.scores
    tables = _tables(study, actors, material)
    possible = [one for one in study.comparisons if values_of(tables["auc"], {one.other: 1, one.base: -1})]
    crossed = [one for one in study.contrasts if values_of(tables["auc"], one.weights)]
    lacking = [f"{one.other} − {one.base}" for one in study.comparisons if one not in possible]
    lacking += [one.title for one in study.contrasts if one not in crossed]
    differences = [values_of(tables["auc"], {one.other: 1, one.base: -1}) for one in possible]
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
        actors=tuple(_actor(label, actors, material, tables) for label in study.trackers),
        findings=tuple(_findings(study, possible, tables, material)),
        crossed=tuple(_crossed(crossed, study.relevant, tables["auc"])),
        insights=tuple(insights),
        remarks=(*remarks(study, actors, material, lacking), *scope(study, material, differences)),
        sequences=len(selection.sequences),
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


def _crossed(contrasts: Sequence[Contrast], relevant: float, table: Table) -> Iterator[Crossed]:
    level = corrected_level(len(contrasts))
    effects = _corrected([effect(values_of(table, one.weights), relevant, level, one.most) for one in contrasts])
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


def _actor(label: str, actors: Cast, material: Material, tables: Mapping[str, Table]) -> Actor:
    spec = actors.by_label[label]
    own = next(one for one in material.scores.trackers if one.name == spec.name)
    measured = own.repeats.measures["auc"] if own.repeats else None
    auc, precision = (tables[measure][label] for measure in ("auc", "precision"))
    values = np.stack(list(auc.values())) if auc else np.empty((0, 0))
    return Actor(
        label=label,
        tracker=spec.name,
        weights=own.weights,
        marks=own.marks,
        auc=_mean(auc),
        interval=own.intervals.get("auc"),
        repeats_share=repeats_share(values),
        deviation=measured.deviation if measured else None,
        precision=_mean(precision),
        sequences=len(values),
        failed=len(own.failed),
        throughput=own.throughput,
        load_mark=own.load_mark,
        cost=material.costs.get(spec.name),
    )


def _mean(scores: Mapping[str, Values]) -> float | None:
    """Return the mean over sequences, each the mean of its repeats: what differences are of in every profile."""
    return float(np.mean([one.mean() for one in scores.values()])) if scores else None
