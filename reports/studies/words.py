"""What a study's findings say, in plain words."""

from __future__ import annotations

from benchmark.p_values import p_equals
from benchmark.plurals import counted
from benchmark.signed import signed
from benchmark.studies.answer import Actor, Answer, Effect, Finding
from benchmark.studies.effects import found_of, found_words
from reports.forest import Forest, Found, Row

__all__ = ["caption", "chance", "cost_of", "evidence", "headline", "paper", "study_forest", "sure"]


def caption(answer: Answer) -> str:
    """Return what the numbers are of."""
    drawn = ", rendered frames" if answer.rendered else ""
    off = f" of first boxes off by up to {answer.jitter:g} px" if answer.jitter else ""
    repeats = f"{counted(answer.repeats, 'repeat')}{off}"
    return f"{answer.coverage}{drawn}; {answer.protocol.upper()}, {repeats}, profile {answer.profile}"


def study_forest(answer: Answer) -> Forest:
    """Return every comparison, then every crossed effect, as rows on one scale."""
    actors = {one.label: one for one in answer.actors}
    rows = []
    for one in answer.findings:
        words = (f"{headline(one, answer)}. {evidence(one, answer)}",
                 f"{paper(one, answer)} {cost_of(actors[one.other], actors[one.base])}".strip())  # fmt: skip
        rows.append(
            Row(_timed(one, answer), one.auc.difference, one.auc.interval, one.auc.sequences, _found(one.auc, answer),
                counts=f"{one.wins} / {one.ties} / {one.losses}", corrected=one.auc.corrected,
                beside=f"the paper: {one.verdict}" if one.verdict else "", words=tuple(filter(None, words)),
                said=found_words(one.auc, answer.relevant))
        )  # fmt: skip
    rows += [
        Row(one.title, one.auc.difference, one.auc.interval, one.auc.sequences, _found(one.auc, answer),
            corrected=one.auc.corrected, group="Main effects and interactions",
            said=found_words(one.auc, answer.relevant))
        for one in answer.crossed
    ]  # fmt: skip
    return Forest("success AUC", tuple(rows), answer.relevant)


def _found(one: Effect, answer: Answer) -> Found:
    """Return what an effect says, as a sign and a colour show it."""
    return found_of(one, answer.relevant) if one.interval else "one sequence"


def _timed(one: Finding, answer: Answer) -> str:
    """Return a comparison's title; of what was sized to take the same time with how near they come."""
    ratio = answer.time_ratio(one) if one.same_time else None
    return one.title if ratio is None else f"{one.title} ({ratio:.2f} × its time)"


def headline(one: Finding, answer: Answer) -> str:
    """Return what a comparison found, in a few words; labels begin them as they are written."""
    if one.auc.interval is None:
        return f"One sequence does not tell {one.other} from {one.base}"
    small = ", by less than counts" if found_words(one.auc, answer.relevant) != one.found else ""
    return {
        "better": f"{one.other} is better than {one.base}{small}",
        "worse": f"{one.other} is worse than {one.base}{small}",
        "alike": f"{one.other} and {one.base} differ by nothing that counts",
        "not shown": f"Between {one.other} and {one.base} no difference is shown",
    }[one.found]


def sure(one: Effect, digits: int = 3) -> str:
    """Return an effect with its interval and its corrected p."""
    spec = f".{digits}f"
    text = signed(one.difference, spec)
    if one.interval is not None:
        text += f" (95\u00a0% interval {signed(one.interval.low, spec)} to {signed(one.interval.high, spec)}"
        text += f"; {p_equals(one.p_holm)})" if one.p_holm is not None else ")"
    return text


def evidence(one: Finding, answer: Answer) -> str:
    """Return the numbers behind a comparison."""
    text = (
        f"Success AUC {sure(one.auc)}: better on {one.wins} of {one.auc.sequences} sequences, alike on {one.ties},"
        f" worse on {one.losses}; precision {signed(one.precision.difference)}."
    )
    if one.auc.interval is None:
        return text
    if one.auc.detectable is None:
        text += f" {one.auc.sequences} sequences cannot show any difference among so many;"
    else:
        text += f" These data show a true difference of {one.auc.detectable:.3f} in 80 of 100 experiments;"
    needed = f"{one.auc.needed:,} such sequences" if one.auc.needed else "more than a million sequences"
    return f"{text} to decide one of {answer.relevant:g} takes {needed}.{chance(one.auc.repeats_share)}"


def chance(share: float | None) -> str:
    """Return how much of an interval is the repeats' doing, as a sentence, or ""."""
    if share is None:
        return ""
    part = f"{100 * share:.0f}\u00a0%"
    return f" Chance of the start makes {part} of the squared width of the interval, the sequences the rest."


def paper(one: Finding, answer: Answer) -> str:
    """Return the verdict against the paper, and of what it is where that is not what the paper's is of; or ""."""
    if one.expects is None:
        return ""
    expected = {"better": "better", "worse": "worse", "alike": "no different"}[one.expects]
    count = counted(one.auc.sequences, "sequence")
    here = f" on {count} of rendered video" if answer.rendered else "" if answer.complete else f" on {count}"
    return f"The paper leads one to expect {one.other} to be {expected} ({one.source}): {one.verdict}{here}."


def cost_of(other: Actor, base: Actor) -> str:
    """Return what one costs beside the other, or ""."""
    if other.cost is None or base.cost is None:
        return ""
    parts = [f"{_times(other.cost.seconds, base.cost.seconds)} the time a frame"]
    for name, what in (("gflop", "the operations"), ("parameters", "the parameters"), ("lane_bytes", "the memory")):
        ours, theirs = getattr(other.cost, name), getattr(base.cost, name)
        if ours is not None and theirs:
            parts.append(f"{_times(ours, theirs)} {what}")
    return f"{other.label} takes {', '.join(parts)} of {base.label}."


def _times(ours: float, theirs: float) -> str:
    return f"{ours / theirs:.2f}\u00a0×"
