"""Which runs the viewer may look at: those that were named, or all that a results folder keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from threading import Lock

from benchmark.playback.trails import find_run
from benchmark.store.naming import dataset_of, read_names
from benchmark.store.results import MANIFEST, Results
from benchmark.store.runs import run_folders
from reports.viewer.answers import RunLine
from reports.viewer.look import Look
from trackers.errors import InputError
from trackers.printable import printable

OPEN = 4
"""Runs that are kept in memory."""


class Shelf:
    """The runs, by what the page calls them; no path that the page sends is ever followed."""

    def __init__(self, results: Path, runs: Sequence[str], data_root: Path | None) -> None:
        """Find the `runs`; without any, those of the results folder, the latest first.

        InputError where one is not there, or there is none.
        """
        self._data_root = data_root
        self._results = Results(results, write=False)
        self._named: dict[str, tuple[Path, ...]] = {}
        self._open: dict[str, Look] = {}
        self._lock = Lock()
        folders = list(dict.fromkeys(find_run(results, run)[1].resolve() for run in runs))
        for folder in folders:
            name = printable(folder.name)
            self._named[name if name not in self._named else printable(str(folder))] = (folder,)
        self.remark = ""
        """What the user may want to know of them."""
        if len(folders) > 1:
            self._join(folders)
        self._latest = "" if runs else find_run(results, "latest")[1].name

    def _join(self, folders: list[Path]) -> None:
        """Put the runs side by side at the head of the list, where they go together."""
        together = " + ".join(self._named)
        try:
            self._open[together] = Look(folders, self._data_root)
        except InputError as error:
            self.remark = f"Each run is looked at alone: {error}."
        else:
            self._named = {together: tuple(folders), **self._named}

    def lines(self) -> list[RunLine]:
        """Return the runs, the one that is opened first at the head."""
        known = read_names(self._results)
        often = {name for name, count in Counter(known.values()).items() if count > 1}  # of runs on several datasets
        named = {
            run: f"{name} on {dataset}" if name in often and (dataset := dataset_of(self._results, run)) else name
            for run, name in known.items()
        }
        runs = self._runs().items()
        return [RunLine(id=run, title=_together(run, folders, named)) for run, folders in runs]

    def look(self, run: str) -> Look:
        """Return what is in a run. InputError where there is none of that name, or it is damaged."""
        with self._lock:
            if run not in self._open:
                runs = self._runs()
                if run not in runs:
                    raise InputError(f"no run {run!r} is open here: reload the page, or start the viewer with it")
                while len(self._open) >= OPEN:
                    self._open.pop(next(iter(self._open)))
                self._open[run] = Look(runs[run], self._data_root)
            return self._open[run]

    def _runs(self) -> Mapping[str, tuple[Path, ...]]:
        if self._named:
            return self._named
        ended = [folder for folder in run_folders(self._results) if (folder / MANIFEST).is_file()]
        ended.sort(key=lambda folder: (folder.name == self._latest, folder.name), reverse=True)
        return {printable(folder.name): (folder,) for folder in ended}


def _together(run: str, folders: Sequence[Path], named: Mapping[str, str]) -> str:
    """Return how one entry is listed: a run, or several side by side."""
    if not folders[1:]:
        return _title(run, named.get(folders[0].name, ""))
    return " + ".join(_title(printable(one.name), named.get(one.name, "")) for one in folders)


def _title(run: str, name: str) -> str:
    """Return how a run is listed: its name, and when it began."""
    try:
        began = f"{datetime.strptime(run[:15], '%Y%m%dT%H%M%S'):%d %b %Y %H:%M}"
    except ValueError:
        return name or run
    return f"{name}, {began}" if name else f"{began} ({run.rpartition('-')[2]})"
