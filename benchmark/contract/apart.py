"""The checks in a process of their own: a tracker that ends it, or never comes back, is a line too."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from multiprocessing import get_context
from multiprocessing.connection import Connection

from benchmark.contract.checks import CHECKS, check_tracker
from benchmark.contract.finding import Finding
from trackers.errors import InputError
from trackers.names import resolve


def check_apart(name: str, device: str, timeout: float) -> Iterator[Finding]:
    """Yield what each check says of a tracker; InputError where it cannot be built.

    A check that takes more than `timeout` seconds, the first with the time to build, is broken.
    """
    context = get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_serve, args=(name, device, there))
    process.start()
    there.close()
    ended = ""
    try:
        for check in CHECKS:
            if ended:
                yield Finding(check, "cannot tell", f"{ended} before")
                continue
            found, ended = _receive(here, timeout)
            if isinstance(found, InputError):
                raise found
            if ended == "its process ended":
                process.join(5)
                yield Finding(check, "broken", f"ends its process, exit code {process.exitcode}")
            else:
                yield found or Finding(check, "broken", f"does not come back within {timeout:g} s (--timeout)")
    finally:
        process.kill()
        process.join()


def _receive(here: Connection, timeout: float) -> tuple[Finding | InputError | None, str]:
    """Return the next finding, and in words what ended the checks, if something did."""
    try:
        if here.poll(timeout):
            return here.recv(), ""
    except EOFError:
        return None, "its process ended"
    return None, "it did not come back"


def _serve(name: str, device: str, there: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the parent says so
    try:
        for finding in check_tracker(resolve(name), device):
            there.send(finding)
    except InputError as error:
        there.send(error)
