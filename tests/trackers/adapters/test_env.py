"""A tracker in another environment: this Python stands for it, started as any other would be."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import REPOSITORY, paint

from trackers.adapters.apart.child import Overdue, TrackerFailure
from trackers.api import Tracker
from trackers.errors import InputError
from trackers.names import TrackerSpec, expand, resolve
from trackers.registry import PATH_VARIABLE

FIRST = np.array([[40.0, 40.0, 30.0, 24.0]])
FILE = """
{top}
class Theirs:
    def __init__(self, gain=1): self.gain = gain
    def init(self, image, box):
        self.image, self.box = image, box
        {init}
    def update(self, image):
        {update}
"""


def named(folder: Path, top="", init="pass", update="return self.box", more="") -> TrackerSpec:
    file = folder / "theirs.py"
    file.write_text(FILE.format(top=top, init=init, update=update))
    return resolve(f"env:{sys.executable} {file}:Theirs{more}")


def follow(tracker: Tracker[Any], frames: int = 4, seed: int = 0) -> np.ndarray:
    """Return rows of box and score."""
    video, rows = paint(frames), []
    state = tracker.start(video[:1], FIRST, [seed])
    for frame in video[1:]:
        step, state = tracker.step(state, [frame])
        rows.append([*step.boxes[0], step.scores[0]])
    return np.array(rows)


def test_it_gets_frames_and_boxes_and_returns_boxes_and_scores(tmp_path: Path, capfd) -> None:
    tracker = named(
        tmp_path,
        top="print('hello')",
        init="assert image.dtype == 'uint8' and box.tolist() == [40, 40, 30, 24]; import os; os.write(1, b'told')",
        update="print('step'); return [float(self.image[50, 50, 2]), float(image[50, 50, 0]), 1, self.gain], 0.25",
        more="{gain=3}",
    ).build("cpu")
    video = paint(4)
    np.testing.assert_array_equal(
        follow(tracker), [[video[0][50, 50, 2], frame[50, 50, 0], 1, 3, 0.25] for frame in video[1:]]
    )
    assert capfd.readouterr().out == ""


def test_frames_may_change_their_size(tmp_path: Path) -> None:
    tracker = named(tmp_path, update="return [image.shape[0], image.shape[1], image.sum(), 1]").build("cpu")
    state = tracker.start(paint(1), FIRST, [0])
    for shape in ((30, 20), (1200, 1000), (31, 21)):
        step, state = tracker.step(state, [np.full((*shape, 3), 7, np.uint8)])
        np.testing.assert_array_equal(step.boxes, [[*shape, 21 * shape[0] * shape[1], 1]])


DRAW = "import random, numpy; return [random.random(), numpy.random.rand(), 1, 1]"


def test_what_it_draws_at_random_follows_the_seed_alone(tmp_path: Path) -> None:
    tracker = named(tmp_path, update=DRAW).build("cpu")
    first = follow(tracker, seed=3)
    assert (follow(tracker, seed=4) != first).any()
    np.testing.assert_array_equal(follow(tracker, seed=3), first)


@pytest.mark.skipif(sys.platform != "linux", reason="memory of other processes is known on Linux alone")
def test_memory_that_its_process_loses_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trackers.adapters.noticing.LOST_BYTES", 30_000_000)
    tracker = named(tmp_path, top="KEPT = []", init="KEPT.append(b'x' * 16_000_000)").build("cpu")
    for _ in range(4):
        follow(tracker, 2)
        said = tracker.remarks()
    assert "in 3 sequences, in every one of them: it leaks" in said


def test_targets_side_by_side_do_not_meet(tmp_path: Path) -> None:
    tracker = named(tmp_path).build("cpu")
    boxes = np.array([[1.0, 2, 3, 4], [5, 6, 7, 8]])
    step, _ = tracker.step(tracker.start(paint(2), boxes, [0, 1]), paint(2))
    np.testing.assert_array_equal(step.boxes, boxes)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("import os; os._exit(3)", "it ended with exit code 3"),
        ("raise RuntimeError('out of memory, say')", "RuntimeError: out of memory, say"),
        ("import sys; sys.exit(2)", "SystemExit: 2"),
        ("return None", "TypeError: update must return a box x, y, w, h"),
    ],
)
def test_a_failure_says_how_and_the_next_target_gets_a_new_process(tmp_path: Path, lines: str, says: str) -> None:
    tracker = named(tmp_path, top="import sys; print('loaded', file=sys.stderr)", update=lines).build("cpu")
    for _ in range(2):
        with pytest.raises(TrackerFailure) as raised:
            follow(tracker)
        assert says in str(raised.value).splitlines()[0]
        assert "\n    loaded" in str(raised.value)


def test_one_that_does_not_answer_in_time_is_ended(tmp_path: Path) -> None:
    tracker = named(tmp_path, update="import time; time.sleep(600)").build("cpu")
    state = tracker.start(paint(1), FIRST, [0])
    tracker.allow(0.2)
    with pytest.raises(Overdue, match=r"within 0\.2 s"):
        tracker.step(state, paint(1))


def test_a_fork_that_comes_back_from_the_tracker_answers_nothing(tmp_path: Path) -> None:
    forks = "import os; os.fork(); self.seen = getattr(self, 'seen', 0) + 1; return (self.seen, 2, 3, 4)"
    rows = follow(named(tmp_path, update=forks).build("cpu"), 8)
    np.testing.assert_array_equal(rows[:, 0], range(1, len(rows) + 1))


def test_numbers_of_every_kind_come_through(tmp_path: Path) -> None:
    rows = follow(named(tmp_path, update="return (1, 2.5, float('nan'), float('inf'))").build("cpu"), 2)
    np.testing.assert_array_equal(rows[0, :4], [1, 2.5, np.nan, np.inf])


PYTRACKING = """
class Theirs:
    def __init__(self, step): self.step = step
    def initialize(self, image, info): self.box = info["init_bbox"]
    def track(self, image, info=None):
        self.box = [self.box[0] + self.step, *self.box[1:]]
        return {"target_bbox": self.box}
"""


def test_a_class_with_initialize_and_track_is_driven_as_that(tmp_path: Path) -> None:
    (tmp_path / "theirs.py").write_text(PYTRACKING)
    rows = follow(resolve(f"env:{sys.executable} {tmp_path / 'theirs.py'}{{step=2}}").build("cpu"))
    np.testing.assert_array_equal(rows[:, 0], [42, 44, 46])


REPOSITORY_OF_THEIRS = {
    "lib/test/tracker/theirs.py": PYTRACKING.replace("step): self.step = step", "params, dataset_name):\n"
                                                     "        self.step = params.step"),
    "lib/test/parameter/theirs.py": """
class Params: pass
def parameters(name):
    print("making", name)
    params = Params()
    params.step = {"slow": 1, "fast": 4}[name]
    return params
""",
    "flat.py": """
class Flat:
    def init(self, image, box):
        self.first = image.size + tuple(box[:2])
    def update(self, image): return self.first
""",
}  # fmt: skip


@pytest.mark.parametrize("once", [True, False])
def test_trackers_of_other_schools_run_there_too(tmp_path: Path, once: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    for file, text in REPOSITORY_OF_THEIRS.items():
        (tmp_path / "repo" / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "repo" / file).write_text(text)
    if once:
        monkeypatch.setenv(PATH_VARIABLE, str(tmp_path / "repo"))
    folder = "" if once else f"{tmp_path / 'repo'}/"
    fast = resolve(f"env:{sys.executable} pytracking:{folder}lib.test.tracker.theirs:Theirs{{fast}}")
    assert fast.name == f"env:{sys.executable} pytracking:repo/lib.test.tracker.theirs:Theirs{{fast}}"
    np.testing.assert_array_equal(follow(resolve(fast.address).build("cpu"))[:, 0], [44, 48, 52])
    assert "lib/test/parameter/theirs.py" in fast.family.reach.files
    flat = resolve(f"env:{sys.executable} got10k:{folder}flat:Flat")
    # A picture's width comes first, and boxes begin at 1 there: they come back as they went.
    np.testing.assert_array_equal(follow(flat.build("cpu"), 2)[0, :4], [160 - 1, 120 - 1, 41, 41])


WEIGHTED = """
class Theirs:
    def __init__(self, net_path):
        with open(net_path) as file: self.value = float(file.read())
    def init(self, image, box): pass
    def update(self, image): return [self.value] * 4
"""


def test_a_file_of_weights_goes_to_the_constructor_and_into_the_key(tmp_path: Path) -> None:
    (tmp_path / "theirs.py").write_text(WEIGHTED)
    (tmp_path / "net.txt").write_text("7")
    name = f"env:{sys.executable} {tmp_path / 'theirs.py'}:Theirs@{tmp_path / 'net.txt'}"
    before = resolve(name)
    assert before.name.endswith("theirs.py:Theirs@net.txt")
    np.testing.assert_array_equal(follow(before.build("cpu"), 2)[0, :4], [7] * 4)
    (tmp_path / "net.txt").write_text("8")
    assert resolve(name).identity() != before.identity()
    (tmp_path / "theirs.py").write_text(WEIGHTED.replace("net_path", "path"))
    with pytest.raises(InputError, match="it takes no weights"):
        resolve(name).build("cpu")


def test_what_cannot_be_loaded_there_says_so_before_the_first_frame(tmp_path: Path) -> None:
    spec = named(tmp_path, top="import nothing_of_this_name")
    with pytest.raises(
        InputError, match=r"cannot be built: ModuleNotFoundError: No module named 'nothing_of_this_name'$"
    ):
        spec.build("cpu")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("env:python", "the form is env:PYTHON"),
        ("env:/no/python {file}", "there is no program /no/python"),
        ("env:{python} /no/file.py:Theirs", "there is no Python file /no/file.py"),
        ("env:/bin/true {file}", r"no Python from 3.7 on \(it says ''"),
        ("env:/bin/ls {file}", "no Python from 3.7 on .*start.py"),
        ("env:{python} got10k:nowhere/module:Class", "there is no folder"),
        ("env:{python} {file}{{a,b}}", "is not of the form"),
    ],
)
def test_what_is_no_environment_or_no_tracker_is_refused(tmp_path: Path, name: str, says: str) -> None:
    file = tmp_path / "theirs.py"
    file.write_text(PYTRACKING)
    with pytest.raises(InputError, match=says):
        resolve(name.format(python=sys.executable, file=file))


def test_what_a_python_prints_at_its_start_is_no_answer(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\necho welcome\necho 3\necho {{}}\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    (tmp_path / "theirs.py").write_text(PYTRACKING)
    assert follow(resolve(f"env:{python} {tmp_path / 'theirs.py'}{{step=2}}").build("cpu"))[-1, 0] == 46


def test_a_path_with_spaces_is_quoted(tmp_path: Path) -> None:
    python = tmp_path / "my environments" / "python"
    python.parent.mkdir()
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    (tmp_path / "my trackers.py").write_text(PYTRACKING)
    (spec,) = expand([f'env:"{python}" {tmp_path / "my trackers.py"}{{step=2}}'])
    assert follow(resolve(spec.address).build("cpu"), 2)[-1, 0] == 42
    assert spec.name.startswith(f'env:"{python}" ')


def test_a_python_without_numpy_is_refused(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S "$@"\n')
    python.chmod(0o755)
    (tmp_path / "theirs.py").write_text(PYTRACKING)
    with pytest.raises(InputError, match="has no NumPy"):
        resolve(f"env:{python} {tmp_path / 'theirs.py'}")


def test_its_key_covers_its_code_what_lies_beside_it_and_what_its_python_has(tmp_path: Path) -> None:
    (tmp_path / "beside.py").write_text("X = 1")
    (tmp_path / "numpy_like.py").write_text("")
    spec = named(tmp_path, top="import beside, numpy, trackers")
    assert sorted(spec.family.reach.files) == ["beside.py", "main.py"]
    assert spec.family.reach.distributions[0].startswith(f"Python {sys.version.split()[0]} ")
    (tmp_path / "beside.py").write_text("X = 2")
    assert resolve(spec.address).family.reach.digest != spec.family.reach.digest


def test_it_is_named_in_full_and_found_from_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    named(tmp_path)
    (spec,) = expand([f"env:{sys.executable} theirs.py:Theirs{{gain=2,other=1}}"])
    assert spec.name == f"env:{sys.executable} theirs.py:Theirs{{gain=2,other=1}}"
    monkeypatch.chdir("/")
    assert resolve(spec.address).identity() == spec.identity()


def test_what_runs_there_is_of_old_syntax_and_needs_numpy_alone() -> None:
    for file in (REPOSITORY / "trackers" / "adapters" / "abroad").glob("*.py"):
        tree = ast.parse(file.read_text(), feature_version=(3, 7))
        imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        assert {name.partition(".")[0] for name in imported} <= {*sys.stdlib_module_names, "numpy"}


def test_a_python_says_what_it_has() -> None:
    start = REPOSITORY / "trackers" / "adapters" / "abroad" / "start.py"
    facts = json.loads(subprocess.run([sys.executable, str(start)], capture_output=True, check=True).stdout)
    assert facts["numpy"] is True
    assert any(name.startswith("numpy-") for name in facts["packages"])
