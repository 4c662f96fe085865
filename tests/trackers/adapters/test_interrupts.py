"""Ctrl-C is the user's, whatever a third party's tracker raises or does with the signal."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import pytest

from tests.trackers.adapters.third_party import BOX, FRAME, build
from trackers.adapters.containment import Ended


class Asked(KeyboardInterrupt):
    """What a command's own handler raises."""


@pytest.mark.parametrize(
    ("lines", "raised"),
    [
        ("raise KeyboardInterrupt('theirs')", Ended),
        ("os.kill(os.getpid(), signal.SIGINT)", Asked),
        (
            "signal.signal(signal.SIGINT, signal.default_int_handler)\nos.kill(os.getpid(), signal.SIGINT)",
            KeyboardInterrupt,
        ),
    ],
)
def test_an_interrupt_is_the_users_where_the_signal_was_sent(tmp_path: Path, lines: str, raised: type) -> None:
    def ask(number: int, frame: object) -> None:
        raise Asked

    before = signal.signal(signal.SIGINT, ask)
    try:
        tracker = build(tmp_path, at_import="import os, signal", init=lines)
        with pytest.raises(raised):
            tracker.start([FRAME], BOX, [0])
        assert signal.getsignal(signal.SIGINT) is ask
    finally:
        signal.signal(signal.SIGINT, before)


def test_an_interrupt_is_the_users_in_the_main_thread_alone(tmp_path: Path) -> None:
    tracker = build(tmp_path, init="raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        tracker.start([FRAME], BOX, [0])
    raised: list[BaseException] = []

    def start() -> None:
        try:
            tracker.start([FRAME], BOX, [0])
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert isinstance(raised[0], Ended)
