from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmark.store.failures import read_failures
from benchmark.store.record import Record, write_record
from benchmark.store.runs import Run

RECORD = Record(
    key="a" * 64, dataset="demo", tracker="theirs", sequence="plain", start=3, repeat=1, status="failed",
    begun="tre-02", boxes=np.ones((2, 4)), scores=np.ones(2),
    error='Traceback\n  File "x", line 1\nValueError: wrong\n',
)  # fmt: skip


def run(name: str, *files: Path, finished: bool = True, failures: int = 1) -> Run:
    return Run(name, Path(name), finished, "demo", ("theirs",), failures, frozenset(files), 0, 0.0)


def test_each_failure_is_told_once_under_the_newest_run_and_damage_is_none(tmp_path: Path) -> None:
    failed, late, done, damaged = (tmp_path / f"{name}.npz" for name in ("failed", "late", "done", "damaged"))
    write_record(failed, RECORD)
    write_record(late, replace(RECORD, status="timeout", error="timeout: 3 s", begun="ope", repeat=0))
    write_record(done, replace(RECORD, status="done", error=""))
    damaged.write_bytes(failed.read_bytes()[:200])
    found = list(read_failures([run("new", failed, done, damaged, tmp_path / "gone"), run("old", failed, late)]))
    assert [(one.run, one.status, one.frame, one.repeat, one.begun, one.reason) for one in found] == [
        ("new", "failed", 6, 2, "tre-02", "ValueError: wrong"),
        ("old", "timeout", 6, 1, "ope", "timeout: 3 s"),
    ]
    assert found[0].error == RECORD.error


def test_a_run_that_says_that_nothing_failed_is_not_read_but_one_that_goes_on_is(tmp_path: Path) -> None:
    write_record(tmp_path / "failed.npz", RECORD)
    file = tmp_path / "failed.npz"
    assert not list(read_failures([run("a", file, failures=0)]))
    assert len(list(read_failures([run("a", file, failures=0, finished=False)]))) == 1
