"""What a comparison says of one tracker, in plain words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from benchmark.merit import Merit
from benchmark.p_values import p_equals, p_text
from benchmark.plurals import counted
from benchmark.signed import signed
from reports.compare.model import Pair
from reports.forest import Forest, Found, Row, found_of
from reports.labels import unlike

__all__ = ["Verdict", "line", "pairs_forest", "sentence", "verdict"]

Verdict = Literal["same", "better", "worse", "cannot tell"]

TRAINED, UNTRAINED = "trained against untrained: ", "untrained against trained: "


def verdict(pair: Pair) -> Verdict:
    """Return what the paired difference says of B; ``same`` where every box is."""
    if pair.identical == len(pair.sequences) and pair.main.difference == 0:
        return "same"
    if not pair.main.significant:
        return "cannot tell"
    return "better" if pair.main.difference > 0 else "worse"


def line(pair: Pair) -> str:
    """Return a pair's line on a terminal."""
    found, said = pair.main, verdict(pair)
    who = pair.a.name if pair.a.name == pair.b.name else f"{pair.b.name} against {pair.a.name}"
    if said == "same":
        return f"{who}: the same boxes on {_all(found.sequences)}"
    reach = f" [{signed(found.interval.low)}, {signed(found.interval.high)}]" if found.interval else ""
    p = "" if found.p_holm is None else f", p {p_text(found.p_holm)}"
    count = counted(found.sequences, "sequence")
    first = "" if not unlike(pair.b, pair.a) else TRAINED if pair.b.trained else UNTRAINED
    text = f"{who}: {first}{said}; {pair.merit.name} {signed(found.difference)}{reach}{p}, {count}"
    return f"{text}. {apart}" if (apart := pair.merit.apart(pair.b, pair.a)) else text


def _all(sequences: int) -> str:
    return f"all {sequences} sequences" if sequences > 1 else "the only sequence"


def pairs_forest(pairs: Iterable[Pair], merit: Merit) -> Forest:
    """Return the pairs as rows on one scale."""
    return Forest(merit.name, tuple(map(_row, pairs)))


def _row(pair: Pair) -> Row:
    one, difference, within = verdict(pair), pair.main, pair.a.name != pair.b.name
    found: Found = "the same" if one == "same" else found_of(difference)
    title = f"{pair.b.name} (B) − {pair.a.name} (A)" if within else f"{pair.a.name}, B − A"
    return Row(title, difference.difference, difference.interval, difference.sequences, found,
               counts=" / ".join(map(str, pair.counts)), words=(sentence(pair),))  # fmt: skip


def sentence(pair: Pair) -> str:
    """Return a pair's verdict and its evidence."""
    found = pair.main
    if verdict(pair) == "same":
        return f"The same: on {_all(found.sequences)} the boxes are the same."
    if found.interval is None or found.p_holm is None:
        return f"One sequence cannot tell. {pair.merit.title} {signed(found.difference)}."
    said, who = "No difference shown.", "B" if pair.a.name == pair.b.name else pair.b.name
    if found.significant:
        said = f"{who} is better." if found.difference > 0 else f"{who} is worse."
    first = (unlike(pair.b, pair.a), pair.merit.apart(pair.b, pair.a))
    text = "".join(f"{one} " for one in (said, *first) if one)
    text += (
        f"{pair.merit.title} {signed(found.difference)} (95\u00a0% interval {signed(found.interval.low)} to "
        f"{signed(found.interval.high)}; {p_equals(found.p_holm)}): "
        f"{pair.merit.counts_as.format(*pair.counts, all=found.sequences)}"
    )
    text += f"; {pair.merit.second} {signed(pair.second.difference)}." if pair.second else "."
    if not found.significant and found.detectable is not None:
        text += f" A true difference below about {found.detectable:.3f} would mostly stay unseen."
    if pair.identical:
        text += f" The boxes are the same on {pair.identical}."
    return text
