"""What a comparison says of one tracker, in plain words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from reports.compare.model import Pair
from reports.forest import Forest, Found, Row, found_of
from reports.labels import unlike

__all__ = ["Verdict", "line", "pairs_forest", "sentence", "verdict"]

Verdict = Literal["same", "better", "worse", "cannot tell"]

TRAINED, UNTRAINED = "trained against untrained: ", "untrained against trained: "


def verdict(pair: Pair) -> Verdict:
    """Return what the paired difference of success AUC says of B; ``same`` where every box is."""
    if pair.identical == len(pair.sequences) and pair.auc.difference == 0:
        return "same"
    if not pair.auc.significant:
        return "cannot tell"
    return "better" if pair.auc.difference > 0 else "worse"


def line(pair: Pair) -> str:
    """Return a pair's line on a terminal."""
    found, said = pair.auc, verdict(pair)
    who = pair.a.name if pair.a.name == pair.b.name else f"{pair.b.name} against {pair.a.name}"
    if said == "same":
        return f"{who}: the same boxes on all {found.sequences} sequences"
    reach = f" [{found.interval.low:+z.3f}, {found.interval.high:+z.3f}]" if found.interval else ""
    p = "" if found.p_holm is None else f", p {found.p_holm:.3f}"
    count = f"{found.sequences} sequence{'s' if found.sequences > 1 else ''}"
    first = "" if not unlike(pair.b, pair.a) else TRAINED if pair.b.trained else UNTRAINED
    return f"{who}: {first}{said}; success AUC {found.difference:+z.3f}{reach}{p}, {count}"


def pairs_forest(pairs: Iterable[Pair]) -> Forest:
    """Return the pairs as rows on one scale."""
    return Forest("success AUC", tuple(map(_row, pairs)))


def _row(pair: Pair) -> Row:
    one, auc, within = verdict(pair), pair.auc, pair.a.name != pair.b.name
    found: Found = "the same" if one == "same" else found_of(auc)
    title = f"{pair.b.name} (B) − {pair.a.name} (A)" if within else f"{pair.a.name}, B − A"
    return Row(title, auc.difference, auc.interval, auc.sequences, found,
               counts=f"{auc.wins} / {auc.ties} / {auc.losses}", words=(sentence(pair),))  # fmt: skip


def sentence(pair: Pair) -> str:
    """Return a pair's verdict and its evidence."""
    found = pair.auc
    if verdict(pair) == "same":
        return f"The same: on all {found.sequences} sequences the boxes are the same."
    if found.interval is None or found.p_holm is None:
        return f"One sequence cannot tell. Success AUC {found.difference:+z.3f}."
    said, who = "No difference shown.", "B" if pair.a.name == pair.b.name else pair.b.name
    if found.significant:
        said = f"{who} is better." if found.difference > 0 else f"{who} is worse."
    first = unlike(pair.b, pair.a)
    text = f"{said} {first} " if first else f"{said} "
    text += (
        f"Success AUC {found.difference:+z.3f} (95\u00a0% interval {found.interval.low:+z.3f} to "
        f"{found.interval.high:+z.3f}; p\u00a0=\u00a0{found.p_holm:.3f}): better on {found.wins} of {found.sequences} "
        f"sequences, alike on {found.ties}, worse on {found.losses}; precision {pair.precision.difference:+z.3f}."
    )
    if not found.significant and found.detectable is not None:
        text += f" A true difference below about {found.detectable:.3f} would mostly stay unseen."
    if pair.identical:
        text += f" The boxes are the same on {pair.identical}."
    return text
