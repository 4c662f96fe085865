"""``run_bench weights``: what a file of weights is, and the same under this house's names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table

from benchmark.commands.terminal import echo, echo_json, output, size_text
from benchmark.plurals import counted
from trackers.errors import InputError
from trackers.printable import printable

if TYPE_CHECKING:
    from trackers.weights.fitting import Fit

SHOWN = 5
"""Names that are shown of many."""


@click.group(epilog="""\b
Examples:
  run_bench weights show siamfc_alexnet_e50.pth
  run_bench weights show output/models                       a TensorFlow checkpoint's folder
  run_bench weights convert dimp50.pth -o dimp50.safetensors
""")  # fmt: skip
def weights() -> None:
    """Show what a FILE of weights is, or convert it."""


@weights.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(*, file: Path, as_json: bool) -> None:
    """Say what FILE is, for which tracker, and what it lacks or has over.

    Exit code 1 where no tracker takes it as it is.
    """
    from trackers.weights.catalog import find_weights
    from trackers.weights.fitting import inspect_file
    from trackers.weights.formats.tensorflow import files_of

    fit = inspect_file(file)
    size = sum(part.stat().st_size for part in files_of(file))
    sha256 = find_weights("", "", str(file)).sha256
    if as_json:
        echo_json({
            "kind": fit.kind, "bytes": size, "sha256": sha256, "source": fit.source, "origin": fit.origin,
            "tracker": fit.tracker,
            "tensors": fit.tensors, "values": fit.values, "fits": fit.fits, "missing": fit.missing, "over": fit.over,
            "misshapen": fit.misshapen, "unused": fit.unused,
        })  # fmt: skip
    else:
        rows = (
            ("file", f"{fit.kind}, {size_text(size)}, sha256 {sha256[:16]}..."),
            ("holds", f"{counted(fit.tensors, 'tensor')}, {counted(fit.values, 'value')}"),
            ("names", fit.source or "nobody's that is known"),
            ("converted from", fit.origin if fit.origin != fit.source else ""),
            ("tracker", f"{fit.tracker}@{file}" if fit.tracker else "none takes it"),
            ("not used", _some(fit.unused)),
            ("missing", _some(fit.missing)),
            ("over", _some(fit.over)),
            ("of another shape", _some(fit.misshapen)),
        )
        table = Table(box=None, show_header=False)
        for name, value in rows:
            if value:
                table.add_row(name, printable(value))
        output().print(table)
    if not fit.fits:
        raise click.exceptions.Exit(1)


@weights.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", "-o", type=click.Path(path_type=Path), required=True, metavar="OUT.safetensors",
              help="The file to write; not one that is there.")  # fmt: skip
def convert(*, file: Path, out: Path) -> None:
    """Write the tensors of FILE under this house's names, as safetensors, which hold nothing but tensors."""
    from safetensors.torch import save

    from benchmark.interop.placing import writes
    from benchmark.store.record import write_whole
    from trackers.weights.fitting import inspect_file

    if out.suffix != ".safetensors":
        raise InputError(f"{out} does not end in .safetensors, by which the format is known")
    if out.exists():
        raise InputError(f"{out} is there already: name another file")
    fit = inspect_file(file)
    if not fit.fits:
        raise InputError(f"{file} is not converted, {_why(fit)}; `run_bench weights show {file}` says more")
    tensors = {name: value.detach().clone().contiguous() for name, value in fit.ours.items()}  # none shares its memory
    with writes(out, "-o OUT"):
        write_whole(out, save(tensors, metadata={"source": fit.origin or fit.source, "tracker": fit.tracker}))
    echo(f"{out}: {counted(len(tensors), 'tensor')} for {fit.tracker}")


def _why(fit: Fit) -> str:
    if not fit.tracker:
        return "as no tracker takes it"
    parts = (("lacks", fit.missing), ("has over", fit.over), ("has in another shape", fit.misshapen))
    return "; ".join(f"it {what} {_some(names)}" for what, names in parts if names)


def _some(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
