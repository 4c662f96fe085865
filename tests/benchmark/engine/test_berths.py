from __future__ import annotations

import threading

from benchmark.engine.berths import Berths


def test_no_more_is_given_than_there_is() -> None:
    berths = Berths(5)
    assert berths.take(3, wait=False) == 3
    assert berths.take(4, wait=False) == 2
    assert berths.take(1, wait=False) == 0
    berths.give(4)
    assert berths.take(9, wait=True) == 4


def test_nobody_waits_for_nothing() -> None:
    assert Berths(0).take(0, wait=True) == 0


def test_who_waits_goes_on_when_a_berth_is_given_back() -> None:
    berths, given = Berths(1), []
    assert berths.take(1, wait=True) == 1
    waiting = threading.Thread(target=lambda: given.append(berths.take(2, wait=True)))
    waiting.start()
    waiting.join(0.1)
    assert waiting.is_alive()
    berths.give(1)
    waiting.join(5)
    assert given == [1]
