"""``run_bench list``: every tracker and every dataset, with what of it is found here."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from benchmark.commands.options import tracker_path_option
from benchmark.commands.terminal import echo_json, output
from trackers.errors import InputError


@dataclass(frozen=True)
class TrackerRow:
    """One tracker as the list shows it."""

    name: str
    remembers: str
    parameters: int | None
    """None where it would have to be built to be asked."""
    lane_bytes: int | None
    """Memory that one lane's state takes, whatever the sequence's length; None likewise."""
    weights: str
    untrained: bool
    """Whether nothing in them was trained for tracking."""
    origin: str
    """Where the weights or the plug-in come from; or why it cannot be used."""
    variants: tuple[str, ...] = ()
    presets: tuple[str, ...] = ()
    key: str = "its family's folder, trackers/nets, the API, weights"
    """What the key of its results covers (docs/results.md)."""


@dataclass(frozen=True)
class DatasetRow:
    """One dataset as the list shows it."""

    name: str
    title: str
    found: int
    total: int
    place: str
    group: str = ""
    """The benchmark that it is a set of; "" for what is none."""
    state: str = "not found"
    """``found``, ``partly`` or ``not found``, by the names of folders."""
    profile: str = ""
    """How it is scored where nothing else is said."""


@click.command("list")
@click.option("--data-root", type=click.Path(path_type=Path), metavar="DIR", help="Where datasets are looked for.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--keys", metavar="NAMES", help="Show instead which files the keys of these trackers' results cover.")
@tracker_path_option
def list_(*, data_root: Path | None, as_json: bool, keys: str | None) -> None:
    """Show every tracker and every dataset, with what of it is found.

    Nothing is started for that: what is said of the trackers that ship is in the catalogue of their weights.
    """
    from benchmark.datasets.lookup import dataset_names

    if keys is not None:
        _show_keys(keys, as_json)
        return
    trackers = [_tracker(name) for name in _names()]
    datasets = [_dataset(name, data_root) for name in dataset_names()]
    if as_json:
        rows: dict[str, list[dict[str, Any]]] = {
            "trackers": [asdict(row) for row in trackers],
            "datasets": [asdict(row) for row in datasets],
        }
        echo_json(rows)
        return
    out = output()
    out.print(_tracker_table(trackers))
    out.print(
        "Variants and presets join the name: siamfc-s5, siamfc:paper@FILE, 'siamfc{scale_step=1.05}'. "
        "Others' trackers: cv2:csrt, cv2:kcf, cv2:mil, cv2:nano@DIR, onnx:FILE.toml, py:FILE.py, got10k:module:Class, "
        'pytracking:module:Class{SETTING}, env:PYTHON FILE.py:Class, trax:"COMMAND" (docs/elsewhere.md).',
        markup=False,
    )
    places = dict.fromkeys(row.place for row in datasets if row.group)
    out.print(_dataset_table(datasets))
    out.print(f"Published datasets are looked for in {', '.join(places)}.", markup=False)


def _names() -> tuple[str, ...]:
    from trackers.registry import PAPERS_FIVE, default_names, family_names

    shown = dict.fromkeys(default_names())
    families = {name.split("-")[0] for name in PAPERS_FIVE}
    return (*shown, *(name for name in family_names() if name not in shown and name not in families))


def _tracker(name: str) -> TrackerRow:
    from trackers.registry import find_family
    from trackers.weights.catalog import find_facts, find_weights
    from trackers.weights.choice import choose_weights

    try:
        if facts := find_facts(name):
            weights = find_weights(name, "compact", "")
            origin = weights.licence or weights.note
            return TrackerRow(
                name, facts.remembers, facts.parameters, facts.lane_bytes, weights.name, weights.is_trunk, origin,
                facts.variants, facts.presets,
            )  # fmt: skip
        family = find_family(name)
        remembers = family.remembered(None if family.config is None else family.config())
        weights = choose_weights(family, name, "compact", "")
    except Exception as error:  # a plug-in may fail in any way; the list shows how and goes on
        reason = str(error) if isinstance(error, InputError) else repr(error)
        return TrackerRow(name, "", None, None, "", False, f"cannot be used: {reason}", key="")
    key = family.reach.words() if family.reach else ""
    return TrackerRow(
        name,
        remembers,
        None,
        None,
        weights.name,
        weights.is_trunk,
        family.plug_in,
        tuple(family.variants),
        tuple(family.presets),
        key,
    )


def _dataset(name: str, root: Path | None) -> DatasetRow:
    from benchmark.datasets.catalogue import family
    from benchmark.datasets.lookup import open_dataset
    from benchmark.datasets.selection import state_of

    try:
        dataset = open_dataset(name, root)
        inventory = dataset.inventory()
    except InputError as error:
        return DatasetRow(name, str(error), 0, 0, "", family(name))
    found = len(inventory.found) if dataset.evident(inventory.found) else 0
    return DatasetRow(
        dataset.name, dataset.title, found, dataset.total, inventory.place, family(dataset.name),
        state_of(found, dataset.total), dataset.profile,
    )  # fmt: skip


def _tracker_table(rows: list[TrackerRow]) -> Table:
    table = Table(title="Trackers", title_justify="left")
    for heading in ("name", "remembers", "parameters", "lane kB", "weights", "from", "variants"):
        table.add_column(heading, justify="right" if heading in ("parameters", "lane kB") else "left")
    for row in rows:
        parameters = "-" if row.parameters is None else f"{row.parameters:,}"
        memory = f"{row.lane_bytes / 1000:,.0f}" if row.lane_bytes else "-"
        cells = (
            row.name,
            row.remembers,
            parameters,
            memory,
            row.weights + (" (untrained)" if row.untrained else ""),
            row.origin + (f"; its key covers {row.key}" if not row.lane_bytes and row.key else ""),
            " ".join(f"-{v}" for v in row.variants),
        )
        table.add_row(*map(escape, cells))
    return table


def _dataset_table(rows: list[DatasetRow]) -> Table:
    table = Table(
        title="Datasets", title_justify="left", caption="`run_bench doctor` says more.", caption_justify="left"
    )
    for heading in ("name", "what", "", "found", "profile"):
        table.add_column(heading, justify="right" if heading == "found" else "left")
    group = rows[0].group if rows else ""
    for row in rows:
        if row.group != group:
            table.add_section()
        group = row.group
        table.add_row(*map(escape, (row.name, row.title, row.state, f"{row.found} of {row.total}", row.profile)))
    return table


def _show_keys(names: str, as_json: bool) -> None:
    """Print what of a tracker's code and data decides whether its kept results are found again."""
    from benchmark.store.keys import code_digest, engram_files
    from trackers.names import expand

    rows: dict[str, dict[str, Any]] = {}
    for spec in expand([names]):
        reach = spec.family.reach
        rows[spec.name] = {
            "code": code_digest(spec),
            "weights": spec.weights.sha256,
            "covers": reach.words() if reach else "",
            "files": {label: str(file) for label, file in reach.files.items()} if reach else {},
            "distributions": list(reach.distributions) if reach else [],
            "left_out": list(reach.left_out) if reach else [],
            "engram": [label for label, _ in engram_files(spec)],
        }
    if as_json:
        echo_json(rows)
        return
    table = Table(title="What keys cover", title_justify="left")
    for heading in ("tracker", "what", "from"):
        table.add_column(heading, overflow="fold")
    for name, row in rows.items():
        lines = [(label, file) for label, file in row["files"].items()]
        lines += [(" ".join(one.split()[:2]), "installed") for one in row["distributions"]]
        lines += [(f"not {one}", "left out") for one in row["left_out"]]
        lines += [(f"weights {row['weights'][:12]}", "by content")] if row["weights"] else []
        lines += [(f"{len(row['engram'])} modules", "Engram")]
        for number, (what, origin) in enumerate(lines):
            table.add_row(*map(escape, (name if not number else "", what, origin)))
    output().print(table)
