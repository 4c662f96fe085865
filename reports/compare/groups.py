"""Where a change is: the pairs' differences on sequences that share a cause of failure, or an attribute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from benchmark.merit import values
from benchmark.pairing import Matched, differences
from benchmark.statistics.paired import PairedDifference
from reports.sequences import SequenceView

__all__ = ["Group", "groups_of"]


@dataclass(frozen=True)
class Group:
    """Two sequences or more that share something."""

    name: str
    differences: tuple[PairedDifference | None, ...]
    """B minus A, a pair each; None where a pair has fewer than two of them. Corrected over all groups and pairs."""

    @property
    def sequences(self) -> int:
        """How many of them a pair has at the most."""
        return max(one.sequences for one in self.differences if one)


def groups_of(matched: Sequence[Matched], views: Sequence[SequenceView], key: str) -> Mapping[str, tuple[Group, ...]]:
    """Return the groups by what their sequences share: ``cause`` (of rendered ones), ``attribute``."""
    shared: dict[str, Mapping[str, Sequence[str]]] = {
        "cause": {view.name: (view.cause,) for view in views if view.cause},
        "attribute": {view.name: view.attributes for view in views},
    }
    return {kind: _groups(matched, of, key) for kind, of in shared.items()}


def _groups(matched: Sequence[Matched], shared: Mapping[str, Sequence[str]], key: str) -> tuple[Group, ...]:
    cells: dict[tuple[str, int], Matched] = {}
    for name in sorted({name for own in shared.values() for name in own}):
        for index, pair in enumerate(matched):
            scored = values(pair.a, key).keys() & values(pair.b, key).keys()
            members = tuple(one for one in pair.sequences if one in scored and name in shared.get(one, ()))
            if len(members) > 1:
                cells[name, index] = replace(pair, sequences=members)
    found = dict(zip(cells, differences(list(cells.values()), key), strict=True))
    names = dict.fromkeys(name for name, _ in cells)
    return tuple(Group(name, tuple(found.get((name, index)) for index in range(len(matched)))) for name in names)
