"""Who does the work of a run: options, and what they stand for."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchmark.commands.options import Function, device_option, lanes_option, read_count
from benchmark.commands.terminal import Terminal
from trackers.errors import InputError

if TYPE_CHECKING:
    from benchmark.engine.run import Executor


def worker_options(function: Function) -> Function:
    """Add what says who works on what; `open_executor` takes the values, lanes apart."""
    for option in reversed((
        device_option,
        lanes_option,
        click.option("--workers", callback=read_count, default="auto", show_default=True, metavar="N",
                     help="Processes that run sequences side by side on a CPU, one thread each; auto: one a core, "
                          "where there is enough to do and memory."),
        click.option("--executor", type=click.Choice(["local", "ray"]), default="local", show_default=True,
                     help="Who does the work: this machine, or a Ray cluster (`engram-bench[cluster]`)."),
        click.option("--ray-address", metavar="ADDRESS",
                     help="The cluster's HOST:PORT, or auto.  [default: every device of this machine]"),
    )):  # fmt: skip
        function = option(function)
    return function


def open_executor(
    says: Terminal, *, executor: str, ray_address: str | None, device: str, workers: int, data_root: Path | None
) -> AbstractContextManager[Executor]:
    """Return whoever does the work; a cluster is connected when the context is entered."""

    def say(line: str) -> None:
        says.print(line, markup=False, soft_wrap=True)

    if executor == "nobody":
        from benchmark.engine.executors.nobody import Nobody

        return nullcontext(Nobody())
    if executor == "ray":
        from benchmark.engine.executors.cluster import Cluster

        if workers:
            raise InputError("--executor ray starts a worker on every device there is: it does not go with --workers")
        return Cluster(ray_address, device, data_root, say)
    if ray_address is not None:
        raise InputError("--ray-address needs --executor ray")
    from benchmark.engine.device import plan_for
    from benchmark.engine.executors.local import Local
    from benchmark.engine.executors.processes import Processes

    if (found := plan_for(device)) == "cpu":
        return nullcontext(Processes(found, workers, data_root, say))
    if workers > 1:
        raise InputError(f"--workers {workers} is for a CPU; on {found} sequences run side by side in --lanes")
    return nullcontext(Local(found))
