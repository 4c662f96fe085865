"""An answer in plain words: one sentence for the difference, one for what it costs; and all of them as a forest."""

from __future__ import annotations

from collections.abc import Iterable

from benchmark.merit import Merit
from benchmark.p_values import p_equals
from benchmark.signed import signed
from reports.answers import Answer
from reports.forest import Forest, Row, found_of

__all__ = ["answers_forest", "cost", "evidence", "row_of", "verdict"]

_VERDICTS = {
    "yes": "Yes.",
    "no": "No: it is worse.",
    "not shown": "Not shown.",
    "cannot be said": "One sequence cannot tell.",
}


def answers_forest(answers: Iterable[Answer], merit: Merit) -> Forest:
    """Return the answers as rows on one scale."""
    return Forest(merit.name, tuple(map(row_of, answers)))


def row_of(answer: Answer) -> Row:
    """Return an answer as a row."""
    found = answer.main
    return Row(
        f"{found.other} − {found.base}", found.difference, found.interval, found.sequences, found_of(found),
        answer.pair.asks, " / ".join(map(str, answer.counts)),
        words=(f"{verdict(answer)} {evidence(answer)}", cost(answer)),
    )  # fmt: skip


def verdict(answer: Answer) -> str:
    """Return the answer in a word or two."""
    return _VERDICTS[answer.verdict]


def evidence(answer: Answer) -> str:
    """Return the difference, its interval, its corrected p, wins and losses, and what would have stayed unseen.

    Before all that, whether one of the two alone was trained for tracking.
    """
    found, second, merit = answer.main, answer.second, answer.merit
    by = signed(found.difference)
    text = f"{answer.first} " if answer.first else ""
    if by[0] in "+-":
        which = "higher" if by[0] == "+" else "lower"
        text += f"{found.other} has {merit.article} {merit.name} {by[1:]} {which} than {found.base}"
    else:
        text += f"{found.other} and {found.base} have the same {merit.name} to three decimals"
    if found.interval is None or found.p_holm is None:
        return f"{text} on the one sequence that both finished; that says nothing of others."
    asked = f", corrected for {answer.questions} questions" if answer.questions > 1 else ""
    text += (
        f" (95\u00a0% interval {signed(found.interval.low)} to {signed(found.interval.high)}; "
        f"{p_equals(found.p_holm)}{asked}): "
        f"{merit.counts_as.format(*answer.counts, all=found.sequences)}."
    )
    if second is not None and second.interval is not None:
        low, high = second.interval.low, second.interval.high
        text += f" {merit.second.capitalize()} {signed(second.difference)} ({signed(low)} to {signed(high)})."
    if answer.verdict == "not shown" and found.detectable is not None:
        text += f" With these sequences a true difference below about {found.detectable:.3f} mostly stays unseen."
    return text


def cost(answer: Answer) -> str:
    """Return what the two cost in speed and memory, measured alone where both were."""
    one, found = answer.cost, answer.main
    if one.fps_other is None or one.fps_base is None:
        return "Cost: speed was not measured for both under the same conditions."
    beside = f"; {one.mark}" if one.mark else ""
    speeds = f"{one.fps_other:.1f} frames/s for {found.other} against {one.fps_base:.1f} for {found.base}"
    if one.kind == "throughput":
        return f"Cost: {speeds} (throughput of this run, no latency{beside}); memory was not measured."
    memory = ""
    if one.memory_other is not None and one.memory_base is not None:
        memory = f", peak memory {one.memory_other:.0f} MB against {one.memory_base:.0f} MB"
    return f"Cost: {speeds} at one lane{memory}{beside}."
