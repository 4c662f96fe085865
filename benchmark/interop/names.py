"""Which sequence a result file is about, whatever its toolkit calls it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from benchmark.datasets.catalogue import read_catalogue

__all__ = ["Names"]


class Names:
    """The spellings of sequences: a dataset's own names, its aliases and OTB's catalogue. Letter case never matters."""

    def __init__(self, names: Iterable[str] = (), aliases: Mapping[str, str] | None = None) -> None:
        targets = read_catalogue("otb").targets
        spelt = {alias: target.name for target in targets for alias in (target.name, *target.aliases)}
        spelt |= dict(aliases or {}) | {name: name for name in names}
        self._names = {spelling.casefold(): name for spelling, name in spelt.items()}

    def find(self, stem: str) -> str | None:
        """Return the sequence that a file's name without its ending means; None where it means none.

        What follows an underscore may be the tracker's name: ``Human4_2_siamfc3s`` is Human4.
        """
        while stem.casefold() not in self._names:
            stem, underscore, _ = stem.rpartition("_")
            if not underscore:
                return None
        return self._names[stem.casefold()]
