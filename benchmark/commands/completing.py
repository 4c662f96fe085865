"""What a shell offers where a name is asked for; nothing heavy is loaded, as somebody waits for it at every Tab."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import click

from trackers.errors import InputError

__all__ = ["datasets", "profiles", "runs", "studies", "trackers"]


def trackers(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return names of trackers for the last part of a list: of those that ship and of installed plug-ins."""
    from trackers.registry import default_names, family_names
    from trackers.weights.catalog import find_facts

    names = dict.fromkeys(("all", *default_names(), *family_names()))
    for name in tuple(names):
        facts = find_facts(name)
        names.update(dict.fromkeys(f"{name}-{variant}" for variant in facts.variants) if facts else {})
    return _continued(incomplete, names)


def datasets(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return names of datasets for the last part of a list."""
    from benchmark.datasets.lookup import dataset_names

    return _continued(incomplete, dataset_names())


def profiles(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return names of evaluation profiles."""
    from benchmark.profiles import profile_names

    return _continued(incomplete, profile_names())


def studies(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return names of the studies that ship."""
    from benchmark.studies.reading import study_names

    return _continued(incomplete, ("all", *study_names()))


def runs(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return ``latest``, and the names and ids of the runs in the results folder, the newest first."""
    from benchmark.store.naming import read_names
    from benchmark.store.results import MANIFEST, Results

    folder = Path(context.params.get("results") or "results")
    found: list[str] = []
    with suppress(InputError, OSError):
        ended = {file.parent.name for file in (folder / "runs").glob(f"*/{MANIFEST}")}
        names = dict.fromkeys(read_names(Results(folder, write=False)).values())
        found = [*names, *sorted(ended, reverse=True)]
    return _continued(incomplete, ("latest", *found) if found else ())


def _continued(incomplete: str, names: Iterable[str]) -> list[str]:
    head, comma, start = incomplete.rpartition(",")
    return [f"{head}{comma}{name}" for name in names if name.startswith(start)]
