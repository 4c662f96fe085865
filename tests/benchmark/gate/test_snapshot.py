"""Runs that the gate cannot use, in one line each."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from benchmark.datasets.selection import Selection
from benchmark.datasets.sequence import Annotation
from benchmark.datasets.sequence import Sequence as Video
from benchmark.gate.snapshot import read_run
from benchmark.interop.trajectories import Trajectories, Trajectory
from benchmark.profiles import load_profile
from benchmark.scoring import score_run
from benchmark.store.manifest import manifest, write_json, write_run
from benchmark.store.record import Record
from benchmark.store.results import Results
from trackers.errors import InputError
from trackers.names import resolve

BOXES = np.tile([20.0, 20.0, 30.0, 30.0], (4, 1))
MACHINE = {"processor": "", "cores": "2", "system": "", "python": "", "model": "", "instructions": ""}


@pytest.fixture
def finished(tmp_path: Path) -> Callable[..., tuple[Results, Path]]:
    """Return a function that writes a run of one tracker, or of imported results alone, on one sequence."""

    def write(dataset: str, upload: str = "", *, imported: bool = False) -> tuple[Results, Path]:
        store, spec = Results(tmp_path), resolve("cv2:kcf")
        video = Video(Annotation("one", BOXES, np.ones(len(BOXES), bool)), ())
        selection = Selection(dataset, "1", (video,), 1, upload=upload)
        record = Record("0" * 64, dataset, spec.name, "one", 0, 0, "done", BOXES, np.ones(4), seconds=1.0)
        store.keep(record)
        own = {} if imported else {spec: [record]}
        theirs = [Trajectories("other", dataset, "otb", "", {"one": Trajectory("one", BOXES)})] if imported else []
        folder = store.new_run()
        scores = score_run(folder.name, own, selection, load_profile(), imported=theirs)
        write_json(folder / "scores.json", scores.to_dict())
        machine = {name: MACHINE[name] for name in list(MACHINE)[: 4 if imported else None]}
        records = [record for kept in own.values() for record in kept]
        content = manifest(
            selection=selection, specs=tuple(own), records=records, digests={"one": "abc"}, command=[], seed=0, lanes=1,
            repeats=1, timeout=None, environment={"device": "cpu", "threads": "1"}, machine=machine,
        )  # fmt: skip
        write_run(folder, content, records)
        return store, folder

    return write


def test_a_run_is_read(finished: Callable[..., tuple[Results, Path]]) -> None:
    tracker = read_run(*finished("demo")).trackers["cv2:kcf"]
    assert tracker.sequences["one"].auc > 0.9


def test_a_run_that_a_server_alone_can_score_is_refused(finished: Callable[..., tuple[Results, Path]]) -> None:
    with pytest.raises(InputError, match="has no score: GOT-10k/test is scored by its server alone"):
        read_run(*finished("GOT-10k/test", "got10k"))


def test_a_run_of_imported_results_alone_is_refused(finished: Callable[..., tuple[Results, Path]]) -> None:
    with pytest.raises(InputError, match="has imported results alone: the gate judges trackers that were run"):
        read_run(*finished("demo", imported=True))


def test_a_finished_sequence_without_its_score_is_refused(finished: Callable[..., tuple[Results, Path]]) -> None:
    store, folder = finished("demo")
    scores = json.loads((folder / "scores.json").read_text())
    scores["trackers"][0]["sequences"] = {}
    write_json(folder / "scores.json", scores)
    with pytest.raises(InputError, match="no score of cv2:kcf on one: run the same command again"):
        read_run(store, folder)
