"""How many workers there are, and what becomes of them, without any."""

from __future__ import annotations

import pytest

from benchmark.engine.executors import process_crew
from benchmark.engine.executors.dispatch import Answer, Loss, Progress
from benchmark.engine.executors.process_crew import FAILURES, ProcessCrew
from trackers.errors import InputError

GB = 10**9


class FakeProcess:
    """A process that is none: it says what a test has it say."""

    started = 0
    gone: Loss | None = None

    def __init__(self, name: str, device: str) -> None:
        from multiprocessing import Pipe

        FakeProcess.started += 1
        self.id = -FakeProcess.started
        self.connection, self.theirs = Pipe()
        self.closed: list[float] = []

    def ask(self, method: str, *arguments) -> None:
        for said in arguments:
            self.theirs.send(said)

    def hear(self):
        return self.connection.recv()

    def lost(self):
        return self.gone

    def close(self, seconds: float = 0.0) -> None:
        self.closed.append(seconds)
        self.connection.close()


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch):
    """Processes of 1 GB each; `free` bytes of memory are left as a test says."""
    free: list[int | None] = [100 * GB]
    monkeypatch.setattr(process_crew, "Process", FakeProcess)
    monkeypatch.setattr(process_crew, "free_memory", lambda: free[0])
    monkeypatch.setattr(process_crew, "peak_memory_of", lambda process: GB)
    return free


def crew(wanted: int, said: list[str] | None = None, careful: bool = True) -> ProcessCrew:
    return ProcessCrew("cpu", {}, wanted, (said if said is not None else []).append, careful=careful)


def test_where_memory_is_ample_all_start_at_once(machine) -> None:
    with crew(4) as four:
        assert [seat.name for seat in four.seats] == ["1", "2", "3", "4"]
        assert four.recruit() == []


def test_where_it_is_not_the_first_is_measured_and_as_many_join_as_fit(machine) -> None:
    said: list[str] = []
    machine[0] = 3 * GB
    with crew(4, said) as few:
        assert len(few.seats) == 1
        assert len(few.recruit()) == 2
        assert said == ["3 workers in place of 4: one takes up to 1.2 GB, and 3.0 GB are free"]
        machine[0] = GB // 2
        assert few.recruit() == []
        assert len(said) == 1, "it is said once"
        machine[0] = 50 * GB
        assert len(few.recruit()) == 1


def test_as_many_as_the_user_says_start_whatever_memory_is_left(machine) -> None:
    machine[0] = 1
    with crew(3, careful=False) as three:
        assert len(three.seats) == 3


def test_off_linux_memory_is_not_known(machine) -> None:
    machine[0] = None
    with crew(3) as three:
        assert len(three.seats) == 3


def test_a_lost_worker_is_replaced_and_said(machine) -> None:
    said: list[str] = []
    with crew(2, said) as two:
        first = two.seats[0]
        two.dismiss(first, "it is gone", at_work=True)
        assert first.process.closed == [0.0]
        assert said == ["worker 1 is left out: it is gone"]
        assert [seat.name for seat in two.recruit()] == ["3"]


def test_where_none_can_start_one_line_says_so(machine) -> None:
    with crew(1) as one:
        for _ in range(FAILURES - 1):
            one.dismiss(one.seats[0], "it did not start")
            assert len(one.recruit()) == 1
        with pytest.raises(InputError, match=r"no worker can be started \(no room\); --workers 1 does without"):
            one.dismiss(one.seats[0], "no room")


def test_a_worker_is_heard_until_it_answers(machine) -> None:
    with crew(2) as two:
        first, second = two.seats
        assert two.hear(0.0) == []
        two.ask(first, "work", Progress(1), Answer([]))
        two.ask(second, "work")
        assert two.hear(1.0) == [(first, Progress(1))]
        assert two.hear(1.0) == [(first, Answer([]))]
        second.process.theirs.send(Loss("gone"))
        first.process.theirs.send(Answer("of nothing that was asked"))
        assert two.hear(1.0) == [(second, Loss("gone"))]


def test_a_worker_that_ends_is_missed_while_others_have_its_connection(machine) -> None:
    with crew(2) as two:
        first, second = two.seats
        two.ask(first, "work")
        two.ask(second, "work")
        first.process.gone = Loss("ended by SIGSEGV")
        assert two.hear(0.0) == [(first, Loss("ended by SIGSEGV"))]
        assert two.hear(0.0) == []


def test_what_answers_another_call_is_not_heard(machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeProcess, "hear", lambda self: self.connection.recv() and None)
    with crew(1) as one:
        one.ask(one.seats[0], "work", Answer([]))
        assert one.hear(1.0) == []


@pytest.mark.parametrize("error", [None, KeyboardInterrupt])
def test_all_are_ended_at_once_where_the_work_is_cut_off(machine, error) -> None:
    seats = []
    try:
        with crew(2) as two:
            seats += two.seats
            if error:
                raise error
    except KeyboardInterrupt:
        pass
    assert all(seat.process.closed == ([0.0] if error else [process_crew.END_SECONDS]) for seat in seats)
    assert two.seats == []
