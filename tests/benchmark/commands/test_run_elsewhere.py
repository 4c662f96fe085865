"""Runs of trackers in processes of their own, and of other schools' classes, as a user starts them."""

from __future__ import annotations

import json
import os
import signal
import sys
from itertools import count
from pathlib import Path
from threading import Event, Thread, main_thread

import pytest
from conftest import Done

from benchmark.datasets.folder import FolderDataset
from benchmark.datasets.selection import select
from benchmark.engine.executors.local import Local
from benchmark.engine.run import Plan, lay_out
from benchmark.store.results import Results
from trackers.names import expand
from trackers.registry import PATH_VARIABLE

THEIRS = """
import os, sys, time
class Theirs:
    def init(self, image, box): self.box, self.number = box, 1
    def update(self, image):
        print("a word for nobody")
        self.number += 1
        if self.number == 7:
            print("on its last legs", file=sys.stderr)
            {at_seven}
        self.box[0] += 2
        return self.box
"""
TRAX = """
import os, sys, trax
with trax.Server([trax.Region.RECTANGLE], [trax.Image.PATH]) as server:
    while True:
        request = server.wait()
        if request.type in ("quit", "error"): break
        if request.type == "initialize": box, number = request.objects[0][0].bounds(), 0
        number += 1
        if number == 7:
            print("on its last legs", file=sys.stderr)
            {at_seven}
        server.status([(trax.Rectangle.create(box[0] + 2 * (number - 1), *box[1:]), {{}})])
"""


def name(folder: Path, kind: str, at_seven: str = "pass") -> str:
    file = folder / f"my_{kind}.py"
    file.write_text({"env": THEIRS, "trax": TRAX}[kind].format(at_seven=at_seven))
    return f"env:{sys.executable} {file}:Theirs" if kind == "env" else f'trax:"{sys.executable} {file}"'


def scores(done: Done) -> dict:
    return {one["name"].partition(":")[0]: one for one in json.loads(done.stdout)["trackers"]}


@pytest.mark.parametrize("kind", ["env", "trax"])
def test_a_process_that_dies_is_a_failed_sequence_and_its_last_words_are_kept(
    run_bench, tmp_path: Path, picture_folder: Path, kind: str
) -> None:
    words = ("-d", "folder", "--data-root", picture_folder, "--results", tmp_path / "results")
    done = run_bench("-t", name(tmp_path, kind, "os._exit(3)"), *words, "--workers", "1", "--json", "-")
    assert done.returncode == 1
    (found,) = scores(done).values()
    assert set(found["failed"]) == {"second", "third"}
    assert "it ended with exit code 3" in found["failed"]["second"]
    assert list(found["sequences"]) == ["first"]
    shown = run_bench("results", "--failed", "--results", tmp_path / "results").stdout
    assert "on second of folder, frame 7 (run" in shown
    assert shown.count("        on its last legs\n") == 2


@pytest.mark.parametrize("once_more", ["", "time.sleep(0.2); "])
def test_who_answers_once_too_often_has_no_trajectory(
    run_bench, tmp_path: Path, picture_folder: Path, once_more: str
) -> None:
    words = ("-d", "folder", "--data-root", picture_folder, "--workers", "1", "--json", "-")
    twice = f"""import time; print('@@TRAX:state "1,2,3,4"', flush=True); {once_more}"""
    done = run_bench("-t", name(tmp_path, "trax", twice), *words)
    assert done.returncode == 1
    (found,) = scores(done).values()
    assert set(found["failed"]) == {"second", "third"}
    assert all("it answered a frame twice" in why for why in found["failed"].values())


@pytest.mark.parametrize("kind", ["env", "trax"])
def test_a_process_that_hangs_is_held_to_the_time_it_has(
    run_bench, tmp_path: Path, picture_folder: Path, kind: str
) -> None:
    words = ("-d", "folder", "--data-root", picture_folder, "--sequences", "first,second", "--workers", "1")
    hang = "import time; time.sleep(600)"
    done = run_bench("-t", name(tmp_path, kind, hang), *words, "--timeout", "3", "--json", "-")
    assert done.returncode == 1
    (found,) = scores(done).values()
    assert list(found["failed"]) == ["second"]
    assert "6 of 8 frames, --timeout is 3 s" in found["failed"]["second"]


@pytest.mark.parametrize("kind", ["env", "trax"])
def test_nobody_waits_for_a_process_that_hangs_when_the_run_is_stopped(
    tmp_path: Path, picture_folder: Path, kind: str
) -> None:
    (spec,) = expand([name(tmp_path, kind, "import time; time.sleep(600)")])
    plan = Plan((spec,), select(FolderDataset(picture_folder), sequences=["second"]), "cpu")
    local = Local("cpu")
    tasks = lay_out(plan, Results(tmp_path / "results"), local.environment)
    done = Event()
    found = local.work(plan, tasks, lambda tracker, count: done.set() if next(frames) == 5 else None)
    frames = count()

    def stop() -> None:
        done.wait()
        signal.pthread_kill(main_thread().ident or 0, signal.SIGINT)

    Thread(target=stop).start()
    with pytest.raises(KeyboardInterrupt):
        next(found)


def test_worker_processes_have_processes_of_their_own(run_bench, tmp_path: Path, picture_folder: Path) -> None:
    names = f"{name(tmp_path, 'env')},{name(tmp_path, 'trax')}"
    words = ("-t", names, "-d", "folder", "--data-root", picture_folder, "--json", "-")
    two = run_bench(*words, "--workers", "2")
    assert two.returncode == 0, two.stderr
    assert [one["summary"]["overall"]["auc"] for one in scores(two).values()] == pytest.approx([20 / 21, 20 / 21])
    one = run_bench(*words, "--workers", "1")
    assert "nothing is left to run" in one.stderr


REPOSITORY = {
    "lib/test/tracker/theirs.py": """
class Theirs:
    def __init__(self, params, dataset_name): self.step = params.step
    def initialize(self, image, info): self.box = info["init_bbox"]
    def track(self, image, info=None):
        self.box[0] += self.step
        return {"target_bbox": self.box}
""",
    "lib/test/parameter/theirs.py": """
class Params: pass
def parameters(name):
    print("a word for nobody")
    params = Params()
    params.step = {"still": 0, "moving": 2}[name]
    return params
""",
}


def test_the_folder_of_a_repository_is_given_once(run_bench, tmp_path: Path, picture_folder: Path) -> None:
    for file, text in REPOSITORY.items():
        (tmp_path / "repo" / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "repo" / file).write_text(text)
    before = os.environ.get(PATH_VARIABLE)
    (tmp_path / "options.toml").write_text(f"tracker-path = {str(tmp_path / 'repo')!r}\n")
    start = "pytracking:lib.test.tracker.theirs:Theirs"
    done = run_bench("-t", f"{start}{{still}},{start}{{moving}}", "--config", tmp_path / "options.toml", "-d", "folder",
                     "--data-root", picture_folder, "--workers", "1", "--json", "-")  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = {one["name"]: one["summary"]["overall"]["auc"] for one in json.loads(done.stdout)["trackers"]}
    assert list(found) == [f"pytracking:repo/lib.test.tracker.theirs:Theirs{{{one}}}" for one in ("still", "moving")]
    still, moving = found.values()
    assert still < moving == pytest.approx(20 / 21)
    assert os.environ.get(PATH_VARIABLE) == before
    once = run_bench("list", "--keys", f"{start}{{still}}", "--tracker-path", tmp_path / "repo", "--json")
    assert list(json.loads(once.stdout)) == list(found)[:1]
