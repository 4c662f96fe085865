"""The words that stand beside numbers: coverage, marks of trackers, names of measures and attributes."""

from __future__ import annotations

from collections.abc import Iterable

from benchmark.profiles import Profile
from benchmark.scores import REBUILT, UNTRAINED, RunScores, TrackerScores

__all__ = [
    "ATTRIBUTES", "KIND_NAMES", "circumstances", "coverage", "heading", "is_class", "legend", "marks", "measure_names",
    "short_names", "unlike", "warnings",
]  # fmt: skip

GRAVE = ("trained on", "tuned on", "random weights", "oracle")
"""How marks begin that stand in every legend and at the head of every column."""
ATTRIBUTES = {
    "IV": "illumination variation", "OPR": "out-of-plane rotation", "SV": "scale variation", "OCC": "occlusion",
    "DEF": "deformation", "MB": "motion blur", "FM": "fast motion", "IPR": "in-plane rotation", "OV": "out of view",
    "BC": "background clutter", "LR": "low resolution", "ARC": "aspect ratio change", "ARV": "aspect ratio variation",
    "CM": "camera motion", "FCM": "fast camera motion", "FOC": "full occlusion", "POC": "partial occlusion",
    "ROT": "rotation", "SOA": "similar objects around", "SOB": "similar object", "VC": "viewpoint change",
}  # fmt: skip
KIND_NAMES = {
    "tracked": "tracked",
    "drift": "drift",
    "scale": "scale error",
    "lost": "lost",
    "jumped": "jumped to a distractor",
    "recovered": "recovered",
}


def measure_names(profile: Profile) -> dict[str, str]:
    """Return what the measures are called under a profile, in their order."""
    return {
        "auc": "Success AUC", "precision": f"Precision @{profile.precision_name}",
        "normalised_precision": "Normalised precision", "ao": "AO", "sr50": "SR.50", "sr75": "SR.75",
    }  # fmt: skip


def short_names(profile: Profile) -> dict[str, str]:
    """Return the same where there is little room."""
    return {
        "auc": "AUC", "precision": profile.precision_short, "normalised_precision": "NP", "ao": "AO", "sr50": "SR.50",
        "sr75": "SR.75",
    }  # fmt: skip


def is_class(name: str) -> bool:
    """Tell whether sequences of that group share a class: the kind of their target, or of its motion."""
    return name.startswith(("class ", "motion "))


def marks(tracker: TrackerScores, remarks: bool = False) -> tuple[str, ...]:
    """Return what must stand beside any number of a tracker: reconstruction, contamination, no training.

    With `remarks` also what was found odd in its boxes or in imported results, which is said once a page.
    """
    grave = (REBUILT, *GRAVE, UNTRAINED)
    return tuple(mark for mark in tracker.caveats if remarks or mark.startswith(grave))


def legend(tracker: TrackerScores) -> str:
    """Return a tracker's name in a figure's legend: marked as a reconstruction, and what puts it in doubt."""
    return _marked(tracker.name, [*marks(tracker), tracker.lacking])


def heading(tracker: TrackerScores) -> str:
    """Return a tracker's name at the head of a column, with what puts its numbers in doubt."""
    return _marked(tracker.name, [*(mark for mark in tracker.marks if mark.startswith(GRAVE)), tracker.lacking])


def _marked(name: str, found: Iterable[str]) -> str:
    said = "; ".join(filter(None, found))
    return f"{name} ({said})" if said else name


def coverage(scores: RunScores) -> str:
    """Return dataset and how much of it, whether rendered, protocol, what first boxes were off by, and profile."""
    return scores.said


def circumstances(scores: RunScores) -> dict[str, str]:
    """Return the same for programs, by name."""
    return {
        "coverage": scores.coverage,
        "frames_are": "rendered" if scores.rendered else "filmed",
        "protocol": scores.protocol,
        "profile": scores.profile,
        **({"jitter": f"{scores.jitter:g} px"} if scores.jitter else {}),
    }


def warnings(scores: RunScores) -> tuple[str, ...]:
    """Return what a reader must know before any number of the page."""
    found = []
    if scores.rendered:
        found.append("These frames are rendered, not filmed: the numbers say nothing about a benchmark of real video.")
    elif not scores.complete:
        found.append(
            f"A part of the dataset ({scores.coverage}): these numbers must not stand beside those of the whole."
        )
    if scores.protocol.startswith("vot-"):
        found.append(
            "Success and precision, below VOT's own measures, are of runs that were restarted, or begun at anchors:"
            " they stand beside no other protocol's."
        )
    for one in scores.trackers:
        met = [mark for mark in one.marks if mark.startswith(GRAVE[:2])]
        if met:
            found.append(f"{one.name} was {' and '.join(met)}: its numbers here are not those of unseen data.")
    if untrained := [one.name for one in scores.trackers if one.trained is False]:
        are, them = ("are", "them") if len(untrained) > 1 else ("is", "it")
        names = ", ".join(untrained)
        found.append(
            f"{names} {are} untrained: under {them} is a network that has learnt to name objects, not to track."
        )
    return tuple(found)


def unlike(one: TrackerScores, base: TrackerScores) -> str:
    """Return what is to be said first of two trackers of which one alone was trained for tracking; else ""."""
    if None in (one.trained, base.trained) or one.trained == base.trained:
        return ""
    alike = one.name == base.name
    trained, other = (
        f"{t.name}@{t.weights}" if alike else t.name for t in ((one, base) if one.trained else (base, one))
    )
    return f"{trained} was trained for tracking, {other} was not: training is part of what differs."
