"""How work is handed out and taken back, with workers that only say what a test tells them to."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmark.datasets.folder import FolderDataset
from benchmark.datasets.selection import select
from benchmark.engine.device import environment_class
from benchmark.engine.executors.dispatch import (
    Answer,
    Dispatch,
    Fault,
    Loss,
    Progress,
    Refusal,
    Seat,
    make_order,
)
from benchmark.engine.executors.pieces import LOSSES
from benchmark.engine.executors.worker import Result
from benchmark.engine.load import Load
from benchmark.engine.run import Plan, Task, lay_out
from benchmark.store.results import Results
from trackers.errors import InputError
from trackers.names import resolve


class Puppets:
    """A crew whose workers do `moves[0]`, then `moves[1]`, ..., then all that is left as they should.

    A move takes a worker's call (method, arguments) and returns all that it says.
    """

    look_seconds = 0.0

    def __init__(self, number: int, *moves) -> None:
        self.environment = environment_class("cpu")
        self.moves = deque(moves)
        self.seats = [Seat(str(index)) for index in range(number)]
        self.reserve: list[Seat] = []
        self.said: deque = deque()
        self.left: list[tuple[str, str, bool]] = []
        self.calls: list[tuple[str, str, int]] = []

    def recruit(self) -> list[Seat]:
        fresh, self.reserve = self.reserve, []
        self.seats += fresh
        return fresh

    def dismiss(self, seat: Seat, why: str, *, at_work: bool = False) -> None:
        self.seats.remove(seat)
        self.left.append((seat.name, why, at_work))
        self.reserve.append(Seat(f"after {seat.name}"))

    def ask(self, seat: Seat, method: str, *arguments) -> None:
        if method == "prepare":
            self.calls.append((seat.name, method, 0))
            self.said.append((seat, Answer("")))
            return
        _, given = arguments
        self.calls.append((seat.name, method, len(given)))
        move = self.moves.popleft() if self.moves else do
        self.said.extend((seat, each) for each in move(given))

    def hear(self, seconds: float):
        return [self.said.popleft()] if self.said else []

    def load(self) -> Load:
        return Load(0.5, 4)


def do(given):
    return [Answer([result(number, one) for number, one in enumerate(given)])]


def result(number: int, one) -> Result:
    rows = 6  # boxes are what shows how far a worker came
    return Result(number, np.tile(one.box, (rows, 1)), np.ones(rows), 1.0, {}, "", False, np.ones(rows), (), 1)


def die(given):
    return [Progress(3), Loss("it was struck by lightning")]


@pytest.fixture
def plan(picture_folder: Path) -> Plan:
    return Plan((resolve("siamfc@random"),), select(FolderDataset(picture_folder)), "cpu")


@pytest.fixture
def tasks(plan: Plan, tmp_path: Path) -> list[Task]:
    return lay_out(plan, Results(tmp_path / "results"), environment_class("cpu"))


def run(crew: Puppets, plan: Plan, tasks: list[Task], shown: list[int] | None = None):
    shown = [] if shown is None else shown
    order = make_order(plan, tasks, crew.environment, Path("/data"))
    return list(Dispatch(crew, order, tasks, lambda name, count: shown.append(count)).run())


def test_every_task_comes_back_with_what_others_did_meanwhile(plan: Plan, tasks: list[Task]) -> None:
    found = run(Puppets(2), plan, tasks)
    assert {one.task.sequence for one in found} == {"first", "second", "third"}
    assert all(one.load == Load(0.5, 4) and not one.outcome.error for one in found)


def test_a_lost_worker_costs_time_and_its_frames_are_shown_once(plan: Plan, tasks: list[Task]) -> None:
    shown: list[int] = []
    crew = Puppets(1, die)
    found = run(crew, plan, tasks, shown)
    assert len(found) == 3
    assert not any(one.outcome.error for one in found)
    assert crew.left == [("0", "it is lost, its sequences run again: it was struck by lightning", True)]
    assert crew.calls[2][0] == "after 0", "another took its place"
    assert sum(shown) == 3 * 6
    assert min(shown) == -3, "what it had shown as done was taken back"


def test_a_lost_worker_is_replaced_however_much_the_others_have_to_say(plan: Plan, tasks: list[Task]) -> None:
    crew = Puppets(2, die, lambda given: [])
    silence = crew.hear
    talk = iter(range(1000))
    crew.hear = lambda seconds: silence(seconds) or [(crew.seats[0], Progress(0 * next(talk)))]  # type: ignore
    going = Dispatch(
        crew, make_order(plan, tasks, crew.environment, Path("/data")), tasks, lambda name, count: None
    ).run()
    assert {next(going).task.sequence for _ in range(2)} < {"first", "second", "third"}
    assert {name for name, method, _ in crew.calls if method == "work"} == {"0", "1", "after 0"}
    going.close()


def test_a_sequence_that_costs_three_workers_fails_alone(plan: Plan, tasks: list[Task]) -> None:
    worst = max(tasks, key=lambda task: len(task.job)).sequence
    crew = Puppets(2)
    crew.ask = lambda seat, method, *arguments: (  # type: ignore[method-assign]
        crew.said.extend((seat, said) for said in die(()))
        if method == "work" and arguments[1][0].sequence == worst
        else Puppets.ask(crew, seat, method, *arguments)
    )
    found = {one.task.sequence: one for one in run(crew, plan, tasks)}
    assert len(crew.left) == LOSSES
    assert not any(one.outcome.error for name, one in found.items() if name != worst)
    assert found[worst].outcome.reason.startswith("3 workers were lost with this sequence in hand, the last of them")
    assert "it was struck by lightning" in found[worst].outcome.reason


def test_lanes_that_were_lost_twice_are_tried_one_by_one(plan: Plan, tasks: list[Task]) -> None:
    crew = Puppets(1, die, die)
    assert len(run(crew, replace(plan, lanes=3), tasks)) == 3
    assert [size for _, method, size in crew.calls if method == "work"] == [3, 3, 1, 1, 1]


def test_what_a_worker_lacks_stops_the_run_before_work(plan: Plan, tasks: list[Task]) -> None:
    crew = Puppets(2)
    crew.ask = lambda seat, method, *arguments: crew.said.append((seat, Answer("no data here")))  # type: ignore
    with pytest.raises(InputError, match=r"^worker 0: no data here \(and 1 more worker\)$"):
        run(crew, plan, tasks)


def test_what_the_user_can_mend_is_one_line_and_a_fault_is_a_fault(plan: Plan, tasks: list[Task]) -> None:
    with pytest.raises(InputError, match=r"^worker 0: mend me$"):
        run(Puppets(1, lambda given: [Refusal("mend me")]), plan, tasks)
    with pytest.raises(RuntimeError, match="worker 0: Traceback of ours"):
        run(Puppets(1, lambda given: [Fault("Traceback of ours")]), plan, tasks)


def test_one_that_comes_late_proves_itself_and_is_left_out_where_it_cannot(plan: Plan, tasks: list[Task]) -> None:
    crew = Puppets(1, die)
    prepare = iter([Answer(""), Answer("other data"), Loss("no memory"), Answer("")])
    crew.ask = lambda seat, method, *arguments: (  # type: ignore[method-assign]
        crew.said.append((seat, next(prepare))) if method == "prepare" else Puppets.ask(crew, seat, method, *arguments)
    )
    assert len(run(crew, plan, tasks)) == 3
    assert [why for _, why, _ in crew.left[1:]] == ["other data", "it did not start: no memory"]
