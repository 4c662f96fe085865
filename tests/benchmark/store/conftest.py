"""A results folder whose runs use records of their own."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest

from benchmark.store.manifest import write_json
from benchmark.store.record import Record
from benchmark.store.results import MANIFEST, PLAN, Results

HOUR = 3600.0


class Shelf:
    """Makes runs and records of any age."""

    def __init__(self, folder: Path) -> None:
        self.store = Results(folder)

    def record(self, number: int, age: float = 2 * HOUR, sequence: str = "plain", telemetry: bool = False) -> Path:
        key = f"{number:064d}"[::-1]
        one = Record(key, "demo", "cv2:kcf", sequence, 0, 0, "done", np.ones((3, 4)), np.ones(3))
        file = self.store.keep(one, {"peak": np.ones(2)} if telemetry else None)
        for path in file.parent.iterdir():
            self.age(path, age)
        return file

    def run(self, number: int, *records: Path, finished: bool = True, age: float = 2 * HOUR, failed: int = 0) -> Path:
        folder = self.store.folder / "runs" / f"20260101T{number:06d}Z-abcdef"
        folder.mkdir()
        rows = [
            {"tracker": "cv2:kcf", "sequence": file.name.rsplit(".", 3)[0], "start": 0, "repeat": 0,
             "key": file.parent.name + "0" * 52, "status": "failed" if index < failed else "done"}
            for index, file in enumerate(records)
        ]  # fmt: skip
        content = {
            "schema": 1,
            "command": ["run_bench"],
            "dataset": {"name": "demo", "coverage": "demo, 1 of 12 sequences"},
            "trackers": [{"name": "cv2:kcf"}],
            "records": rows,
        }
        file = folder / (MANIFEST if finished else PLAN)
        write_json(file, content)
        self.age(file, age)
        return folder

    @staticmethod
    def age(path: Path, seconds: float) -> None:
        then = time.time() - seconds
        os.utime(path, (then, then))


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "results")
