"""What a comparison says of one tracker, in plain words."""

from __future__ import annotations

from reports.compare.model import Pair

__all__ = ["sentence"]


def sentence(pair: Pair) -> tuple[str, str, str]:
    """Return a pair's class (``yes``, ``no``, ``not-shown``), its verdict and its evidence."""
    found = pair.auc
    if pair.identical == len(pair.sequences) and found.difference == 0:
        return "not-shown", "The same.", f"On all {found.sequences} sequences the boxes are the same."
    if found.interval is None or found.p_holm is None:
        return "not-shown", "One sequence cannot tell.", f"Success AUC {found.difference:+.3f}."
    verdict, kind = "No difference shown.", "not-shown"
    if found.significant:
        verdict, kind = ("B is better.", "yes") if found.difference > 0 else ("B is worse.", "no")
    text = (
        f"Success AUC {found.difference:+.3f} (95\u00a0% interval {found.interval.low:+.3f} to "
        f"{found.interval.high:+.3f}; p\u00a0=\u00a0{found.p_holm:.3f}): better on {found.wins} of {found.sequences} "
        f"sequences, alike on {found.ties}, worse on {found.losses}; precision {pair.precision.difference:+.3f}."
    )
    if not found.significant and found.detectable is not None:
        text += f" A true difference below about {found.detectable:.3f} would mostly stay unseen."
    if pair.identical:
        text += f" The boxes are the same on {pair.identical}."
    return kind, verdict, text
