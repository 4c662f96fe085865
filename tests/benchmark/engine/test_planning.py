"""What planning a run costs, in work that can be counted: a set of LaSOT's size has 685,360 frames."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import cv2
import pytest
import torch

from benchmark.datasets.folder import FolderDataset
from benchmark.datasets.selection import select
from benchmark.engine import device
from benchmark.engine.device import environment_class, find_device, plan_for
from benchmark.engine.executors.local import Local
from benchmark.engine.run import Plan, execute, lay_out
from benchmark.store.results import Results
from trackers.names import expand

PLANNING = """
import sys
from pathlib import Path
from benchmark.commands.terminal import remarks
from benchmark.commands.workers import open_executor
from benchmark.datasets.folder import FolderDataset
from benchmark.datasets.selection import select
from benchmark.engine.run import Plan, lay_out
from benchmark.store.results import Results
from trackers.names import expand

root, results = map(Path, sys.argv[1:])
specs = tuple(expand(["siamfc", "memtrack", "dualmn*"]))
with open_executor(remarks(True), executor="local", ray_address=None, device="cpu", workers=0, data_root=root) as team:
    tasks = lay_out(Plan(specs, select(FolderDataset(root)), team.device), Results(results), team.environment)
    print(len(tasks) > 5 * len({task.sequence for task in tasks}), "torch" in sys.modules, sep="\\n")
    import torch
    from benchmark.engine.device import environment_class, use_device
    print(team.environment == environment_class(use_device("cpu")), torch.get_num_threads(), sep="\\n")
"""


def test_a_run_on_a_cpu_is_planned_without_torch_and_in_the_environment_that_it_will_have(
    picture_folder: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", PLANNING, str(picture_folder), str(tmp_path / "results")]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=100).stdout
    assert said.split() == ["True", "False", "True", "1"]


def test_what_is_kept_is_found_by_one_look_at_every_frame_whatever_the_trackers(
    picture_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    selection, store = select(FolderDataset(picture_folder)), Results(tmp_path / "results")
    wanted = Plan(tuple(expand(["cv2:kcf", "cv2:csrt", "siamfc-s1"])), selection, "cpu")
    own = environment_class("cpu")
    monkeypatch.setattr("benchmark.datasets.content.UNSETTLED_NS", 0)
    list(execute(wanted, lay_out(wanted, store, own), store, Local("cpu")))
    looked: Counter[str] = Counter()
    stat, read = os.stat, []
    monkeypatch.setattr(os, "stat", lambda path, **given: looked.update([path]) or stat(path, **given))
    monkeypatch.setattr(os, "supports_dir_fd", {*os.supports_dir_fd, os.stat})
    monkeypatch.setattr("benchmark.datasets.content.read_bytes", read.append)
    tasks = lay_out(wanted, store, own)
    assert all(task.kept is not None for task in tasks)
    assert not read
    frames = Counter(frame.name for video in selection.sequences for frame in video.frames)
    assert {name: looked[name] for name in frames} == dict(frames)


@pytest.mark.parametrize(("built", "loaded", "found"), [
    ("2.9.0+cpu", {}, "cpu"), ("2.9.0+cpu", {"torch": torch}, "cuda:0"), ("2.9.0", {}, "cuda:0"),
    ("2.9.0+cu128", {}, "cuda:0"),
])  # fmt: skip
def test_auto_asks_torch_unless_it_is_built_for_cpus_alone(
    monkeypatch: pytest.MonkeyPatch, built: str, loaded: dict, found: str
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(device, "version", lambda name: built)
    monkeypatch.setattr(device, "sys", SimpleNamespace(modules=loaded))
    assert find_device("auto") == found


def test_where_torch_is_loaded_already_it_computes_with_one_thread_from_the_plan_on() -> None:
    threads = torch.get_num_threads(), cv2.getNumThreads()
    torch.set_num_threads(2)
    try:
        assert plan_for("cpu") == "cpu"
        assert (torch.get_num_threads(), cv2.getNumThreads()) == (1, 1)
        torch.set_num_threads(2)
        assert Local("cpu").environment["threads"] == "1"
    finally:
        torch.set_num_threads(threads[0])
        cv2.setNumThreads(threads[1])
