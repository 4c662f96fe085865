"""Names that people give to runs: ``names.json`` in the results folder, each name with the id of its run.

A name stands for a run wherever one is asked for; that of a command on several datasets for its run on each. Names are
changed under a lock and written whole, so that of two commands that want the same one is told that it is taken.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from benchmark.documents import parse_json, read_json
from benchmark.store.record import write_whole
from trackers.errors import InputError

if TYPE_CHECKING:
    from benchmark.store.results import Results

NAMES = "names.json"
LONGEST = 64
"""Characters of a name."""
_ID = re.compile(r"\d{8}T\d{6,9}Z-[0-9a-f]+", re.IGNORECASE)


def check_name(name: str) -> str:
    """Return the name; InputError where it could be taken for something else, or cannot be shown as it is."""
    wrong = ""
    if not name.strip():
        wrong = "it is empty"
    elif not name.isprintable():
        wrong = "it has characters that cannot be shown"
    elif len(name) > LONGEST:
        wrong = f"it has more than {LONGEST} characters"
    elif name != name.strip() or name[0] in "-." or set(name) & {"/", "\\"}:
        wrong = "it begins or ends with a blank, begins with '-' or '.', or holds a slash"
    elif name.casefold() == "latest" or is_id(name):
        wrong = "that is what a run is called without a name"
    if wrong:
        raise InputError(f"{name!r} cannot be a run's name: {wrong}; take words such as 'before-the-fix'")
    return name


def is_id(name: str) -> bool:
    """Tell whether that is what a run is called without a name."""
    return bool(_ID.fullmatch(name))


def read_names(results: Results) -> dict[str, str]:
    """Return the names of the runs that are there, by id; those of a damaged file are none."""
    try:
        return _read(results)
    except ValueError:
        return {}


def _read(results: Results) -> dict[str, str]:
    """Return the same; ValueError where the file is damaged."""
    try:
        found = parse_json((results.folder / NAMES).read_bytes())
        named = {check_name(name): [own] if isinstance(own, str) else own for name, own in found["names"].items()}
        pairs = {str(run): name for name, runs in named.items() for run in runs}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, InputError) as error:
        raise ValueError(f"no list of names: {error}") from error
    return {run: name for run, name in pairs.items() if _is_run(results, run)}


def _read_to_write(results: Results) -> dict[str, str]:
    """Return the names that are to be written with others; a damaged file is set aside, for whoever mends it."""
    try:
        return _read(results)
    except ValueError:
        file = results.folder / NAMES
        with suppress(OSError):
            file.replace(file.with_name(f"{NAMES}.damaged"))
        return {}


def find_named(results: Results, name: str) -> list[str]:
    """Return the ids of the runs of that name, in any letter case; ``NAME/DATASET`` is the one on that dataset."""
    name, _, dataset = name.casefold().partition("/")
    found = [run for run, known in read_names(results).items() if known.casefold() == name]
    return [run for run in found if not dataset or dataset_of(results, run).casefold() == dataset]


def dataset_of(results: Results, run: str) -> str:
    """Return the dataset that the run of that id is on; "" where its manifest does not say."""
    try:
        return str(read_json(results.folder / "runs" / run / "manifest.json", "")["dataset"]["name"])
    except (InputError, KeyError, TypeError):
        return ""


def check_free(results: Results, name: str, *runs: str) -> None:
    """Raise InputError where that cannot be a name, or a run that is none of `runs` (ids) has it."""
    holders = find_named(results, check_name(name))
    if not holders and (results.folder / "runs" / name).is_dir():
        holders = [name]  # a folder that somebody called so
    if taken := [run for run in holders if run not in runs]:
        raise InputError(
            f"the name {name!r} is taken by run {taken[0]}: choose another, or `run_bench results rename` that one"
            " first"
        )


def give_name(results: Results, name: str, *runs: str) -> None:
    """Give the runs of these ids a name in place of what they had; InputError where another run has it."""
    with results.locked():
        check_free(results, name, *runs)
        _write(results, _read_to_write(results) | dict.fromkeys(runs, name))


def take_name(results: Results, run: str) -> None:
    """Take a run's name away, where it has one; the caller holds the lock."""
    names = read_names(results)
    if names.pop(run, None) is not None:
        _write(results, names)


def _write(results: Results, names: Mapping[str, str]) -> None:
    from benchmark.store.results import writing

    runs: dict[str, list[str]] = {}
    for run, name in names.items():
        runs.setdefault(name, []).append(run)
    content = {"names": {name: own[0] if len(own) == 1 else own for name, own in runs.items()}}
    with writing(results.folder / NAMES):
        write_whole(results.folder / NAMES, (json.dumps(content, indent=1) + "\n").encode())


def _is_run(results: Results, run: str) -> bool:
    """Return whether that is the name of a folder right below ``runs/``."""
    place = results.folder / "runs" / run
    return place.parent == results.folder / "runs" and run not in ("", "..") and place.is_dir()
