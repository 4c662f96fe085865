from __future__ import annotations

import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from benchmark.engine import load
from benchmark.engine.load import QUIET, Load, Watch


class Machine:
    """A machine whose clocks a test sets."""

    def __init__(self) -> None:
        self.wall = self.own = self.all = 0.0

    def passes(self, wall: float, own: float = 0.0, others: float = 0.0) -> None:
        self.wall, self.own, self.all = self.wall + wall, self.own + own, self.all + own + others


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    """Four cores."""
    now = Machine()
    monkeypatch.setattr(load._Moment, "now", lambda workers: load._Moment(now.wall, now.own, now.all))
    monkeypatch.setattr(load.os, "cpu_count", lambda: 4)
    return now


def test_what_this_process_did_is_no_load(machine: Machine) -> None:
    watch = Watch()
    machine.passes(2.0, own=6.0)
    assert watch.others() == 0
    machine.passes(2.0, own=2.0, others=4.0)
    assert watch.others() == pytest.approx(1.0)


def test_a_share_of_time_is_looked_at_since_the_call_before_and_a_second_at_the_least(machine: Machine) -> None:
    watch = Watch()
    machine.passes(5.0, others=15.0)
    assert watch.lately() == Load(3.0, 4)
    machine.passes(5.0, others=0.0)
    assert watch.lately() == Load(0.0, 4)
    machine.passes(0.5, others=1.0)
    assert watch.lately() == Load(pytest.approx(1.0 / 5.5), 4), "half a second alone is too short to tell"
    machine.passes(0.5, others=1.0)
    assert watch.lately() == Load(pytest.approx(2.0), 4)


def test_where_the_system_counts_nothing_its_load_average_serves(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.all = math.nan
    monkeypatch.setattr(load.os, "getloadavg", lambda: (3.0, 0.0, 0.0))
    watch = Watch()
    machine.wall, machine.own = 10.0, 10.0
    assert watch.lately() == Load(2.0, 4)

    def unknown() -> None:
        raise OSError

    monkeypatch.setattr(load.os, "getloadavg", unknown)
    assert watch.lately() is None


def test_the_mark_says_how_much_of_the_machine_was_taken() -> None:
    assert Load(QUIET, 2).mark == ""
    assert Load(1.24, 2).mark == "measured beside other work: 62 % of the processors were busy with something else"
    assert " 1 % " in Load(0.2, 64).mark
    assert " 100 % " in Load(2.3, 2).mark
    assert Load(math.nan, 2).mark == ""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems do not count it")
def test_another_process_is_noticed() -> None:
    spin = [sys.executable, "-c", "while True: pass"]
    with subprocess.Popen(spin) as other:
        try:
            time.sleep(0.3)
            watch = Watch()
            time.sleep(0.5)
            others = watch.others()
        finally:
            other.kill()
    assert others > QUIET


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems do not count it")
def test_what_a_worker_does_is_no_load() -> None:
    spin = [sys.executable, "-c", "while True: pass"]
    with subprocess.Popen(spin) as worker:
        try:
            time.sleep(0.3)
            ours, blind = Watch(lambda: [worker.pid]), Watch()
            time.sleep(0.5)
            others, everybody = ours.others(), blind.others()
        finally:
            worker.kill()
    assert others <= everybody - QUIET
    assert load._processor_seconds(worker.pid) == 0, "it is gone"


def test_own_work_is_told_from_anothers() -> None:
    before, watch = os.times().user, Watch()
    while os.times().user - before < 0.3:
        sum(range(1000))
    assert watch.others() >= 0 or not sys.platform.startswith("linux")


@pytest.mark.parametrize(("busy", "cores", "share"), [(1e308, 2, 100), (10**30, 1, 100), (3.0, 0, 100), (0.2, 64, 1)])
def test_the_mark_is_a_share_whatever_a_file_says(busy: float, cores: int, share: int) -> None:
    assert f": {share} % of the processors" in Load(busy, cores).mark
