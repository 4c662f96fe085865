"""Which sequence a result file is about, whatever its toolkit calls it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from benchmark.datasets.catalogue import read_catalogue

__all__ = ["Names"]


class Names:
    """The spellings of sequences: a dataset's own names and aliases, and after them those of OTB's catalogue.

    Letter case does not matter, but where two of the dataset's names differ in nothing else.
    """

    def __init__(self, names: Iterable[str] = (), aliases: Mapping[str, str] | None = None) -> None:
        own = dict(aliases or {}) | {name: name for name in names}
        targets = read_catalogue("otb").targets
        otb = {alias: target.name for target in targets for alias in (target.name, *target.aliases)}
        self._own, self._otb = own, _folded(otb)
        self._own_folded = _folded(own)

    def find(self, name: str) -> str | None:
        """Return the sequence that is called so; None where none is. Nothing is dropped from the name."""
        folded = name.casefold()
        if folded in self._own_folded:
            return self._own.get(name) or self._own_folded[folded]
        return self._otb.get(folded)


def _folded(spellings: Mapping[str, str]) -> dict[str, str | None]:
    """Return the names by what is spelt without letter case; None where that means more than one."""
    counts = Counter((spelling.casefold(), name) for spelling, name in spellings.items())
    meanings = Counter(folded for folded, _ in counts)
    return {folded: name if meanings[folded] == 1 else None for folded, name in counts}
