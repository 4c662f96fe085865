"""Who may use how many lanes of a device."""

from __future__ import annotations

from threading import Condition


class Berths:
    """The lanes of a device, which several trackers may share."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._changed = Condition()

    def take(self, wanted: int, *, wait: bool) -> int:
        """Return how many of the lanes wanted are given: with `wait` at least one, if any is wanted."""
        with self._changed:
            if wait and wanted:
                self._changed.wait_for(lambda: self._free > 0)
            given = min(wanted, self._free)
            self._free -= given
            return given

    def give(self, count: int) -> None:
        """Give lanes back."""
        with self._changed:
            self._free += count
            self._changed.notify_all()
