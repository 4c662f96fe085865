"""What puts a tracker's numbers on some data in doubt: where its weights come from, what it is shown."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from benchmark.datasets.selection import Selection
from benchmark.scores import UNTRAINED

if TYPE_CHECKING:
    from trackers.names import TrackerSpec

__all__ = ["standing_marks"]


def standing_marks(spec: TrackerSpec, selection: Selection) -> tuple[str, ...]:
    """Return what stands beside every number of a tracker on this data."""
    weights = spec.weights
    marks = [
        f"{what} on {name}"
        for what, names in (("trained", weights.trained_on), ("tuned", weights.tuned_on))
        for name in names
        if _meets(name, selection)
    ]
    if weights.is_trunk:
        marks.append(UNTRAINED)
    if getattr(spec.config, "oracle", False):
        marks.append("oracle, shown the ground truth")
    if weights.name == "random":
        marks.append("random weights")
    return tuple(marks)


def _meets(name: str, selection: Selection) -> bool:
    """Tell whether a set of pictures is the selection's dataset, or is named by a folder that its sequences lie in.

    ``VOT`` is in ``data/vot2018`` and in ``VOT-LT2019``, ``DAVIS-2016 (val)`` in ``DAVIS/2017``: sets of one name share
    videos, whatever the year. So do the sets and splits of one benchmark: OTB100 and OTB2013, UAV123 and UAV20L.
    """
    family = re.sub(r"/.*$|\d+l?$", "", selection.dataset.casefold())
    if re.match(rf"{re.escape(family)}(?![^\W\d_])", name.casefold()):
        return True
    plain = re.sub(r"[- ]\d{4}$", "", re.sub(r" *\(.*\)", "", name)).casefold()
    beyond = r"[^\W_]" if plain[-1].isdigit() else r"[^\W\d_]"
    named = re.compile(rf"(?<![^\W_]){re.escape(plain)}(?!{beyond})")
    return any(named.search(part.casefold()) for part in Path(selection.place).parts)
