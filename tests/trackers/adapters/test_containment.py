"""What third-party code does to the process is put back, and found again by itself; what it raises is its own."""

from __future__ import annotations

import builtins
import decimal
import gc
import io
import logging
import os
import random
import signal
import socket
import sys
import threading
import warnings
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch

from tests.trackers.adapters.third_party import BOX, FRAME, build
from trackers.adapters.containment import Contained, Ended
from trackers.errors import InputError
from trackers.names import resolve

LEFT = {
    "import os; os.chdir('/')": "os.getcwd()",
    "import os; os.environ['ENGRAM_TEST'] = 'theirs'": "os.environ.get('ENGRAM_TEST')",
    "import os; os.environ.pop('PATH', None)": "os.environ.get('PATH')",
    "import sys; sys.path.insert(0, '/theirs')": "list(sys.path)",
    "import sys; sys.path = []": "list(sys.path)",
    "import sys; sys.argv.append('--theirs')": "list(sys.argv)",
    "import sys; sys.setrecursionlimit(4321)": "sys.getrecursionlimit()",
    "import sys; sys.excepthook = print": "sys.excepthook",
    "import sys; sys.unraisablehook = print": "sys.unraisablehook",
    "import threading; threading.excepthook = print": "threading.excepthook",
    "import gc; gc.disable()": "gc.isenabled()",
    "import gc; gc.set_threshold(77)": "gc.get_threshold()",
    "import decimal; decimal.getcontext().prec = 3": "decimal.getcontext().prec",
    "import decimal; decimal.setcontext(decimal.ExtendedContext)": "sum(decimal.getcontext().traps.values())",
    "import os; os.umask(0o027)": "oct((mask := os.umask(0o077), os.umask(mask))[0])",
    "import builtins; builtins.round = int": "round",
    "import gettext; gettext.install('theirs')": "vars(builtins).get('_')",
    "import socket; socket.setdefaulttimeout(7)": "socket.getdefaulttimeout()",
    "import torch; torch.set_flush_denormal(True)": "5e-324 * len([0]) == 0",
    "import torch; torch.set_autocast_enabled('cpu', True)": "torch.is_autocast_enabled('cpu')",
    "import numpy; numpy.seterrcall(print)": "np.geterrcall()",
    "import torch; torch.set_default_dtype(torch.float64)": "torch.get_default_dtype()",
    "import torch; torch.set_default_device('meta')": "torch.get_default_device()",
    "import torch; torch.set_num_threads(torch.get_num_threads() + 1)": "torch.get_num_threads()",
    "import torch; torch.set_grad_enabled(False)": "torch.is_grad_enabled()",
    "import torch; torch.use_deterministic_algorithms(True)": "torch.are_deterministic_algorithms_enabled()",
    "import torch; torch.backends.cudnn.benchmark = True": "torch.backends.cudnn.benchmark",
    "import torch; torch.set_float32_matmul_precision('high')": "torch.get_float32_matmul_precision()",
    "import torch; torch.backends.cudnn.allow_tf32 = False": "torch.backends.cudnn.allow_tf32",
    "import torch; torch.backends.mkldnn.enabled = False": "torch.backends.mkldnn.enabled",
    "import torch; torch.backends.mha.set_fastpath_enabled(False)": "torch.backends.mha.get_fastpath_enabled()",
    "import torch; torch.backends.cuda.enable_flash_sdp(False)": "torch.backends.cuda.flash_sdp_enabled()",
    "import torch; torch.autograd.set_detect_anomaly(True)": "torch.is_anomaly_enabled()",
    "import cv2; cv2.setUseOptimized(False)": "cv2.useOptimized()",
    "import os; os.environ = dict(os.environ)": "type(os.environ)",
    "import sys; sys.path = tuple(sys.path)": "type(sys.path)",
    "import numpy; numpy.seterr(all='raise')": "np.geterr()",
    "import numpy; numpy.set_printoptions(precision=2)": "np.get_printoptions()",
    "import cv2; cv2.setNumThreads(cv2.getNumThreads() + 1)": "cv2.getNumThreads()",
    "import warnings; warnings.simplefilter('ignore')": "list(warnings.filters)",
    "import logging; logging.basicConfig(level=1, force=True)": "(logging.root.level, list(logging.root.handlers))",
    "import logging; logging.disable(logging.CRITICAL)": "logging.root.manager.disable",
    "from PIL import Image; Image.MAX_IMAGE_PIXELS = None": "Image.MAX_IMAGE_PIXELS",
}
if hasattr(getattr(cv2, "ipp", None), "setUseIPP"):
    LEFT["import cv2; cv2.ipp.setUseIPP(False)"] = "cv2.ipp.useIPP()"
if hasattr(os, "sched_getaffinity") and len(os.sched_getaffinity(0)) > 1:
    LEFT["import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})"] = "os.sched_getaffinity(0)"
"""What third-party code does, and how it looks."""


def look(expression: str) -> Any:
    from PIL import Image

    return eval(
        expression,
        {"builtins": builtins, "cv2": cv2, "decimal": decimal, "gc": gc, "logging": logging, "np": np, "os": os,
         "socket": socket, "sys": sys, "threading": threading, "torch": torch, "warnings": warnings, "Image": Image},
    )  # fmt: skip


@pytest.fixture(autouse=True)
def _as_before():
    """A fault of the guard is one test's, not those after it."""
    seen = {expression: look(expression) for expression in LEFT.values()}
    yield
    left = [expression for expression, before in seen.items() if look(expression) != before]
    assert not left


@pytest.mark.parametrize("where", ["at_import", "init", "update"])
@pytest.mark.parametrize("change", LEFT)
def test_what_is_changed_in_the_process_is_put_back_and_found_again(tmp_path: Path, change: str, where: str) -> None:
    before = look(LEFT[change])
    seen: list[Any] = []
    sys.modules["engram_test_spy"] = spy = type(sys)("engram_test_spy")
    spy.look = lambda: seen.append(look(LEFT[change]))
    lines = {"at_import": "", "init": "pass", "update": ""} | {where: change}
    lines["update"] += "\nimport engram_test_spy; engram_test_spy.look()\nreturn self.box"
    try:
        tracker = build(tmp_path, **lines)
        assert look(LEFT[change]) == before
        state = tracker.start([FRAME], BOX, [0])
        for _ in range(2):
            assert look(LEFT[change]) == before
            _, state = tracker.step(state, [FRAME])
    finally:
        del sys.modules["engram_test_spy"]
    assert look(LEFT[change]) == before
    assert len(seen) == 2
    assert all(one != before for one in seen)


def test_our_figures_are_drawn_as_before(tmp_path: Path) -> None:
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    build(tmp_path, at_import="import matplotlib.style; matplotlib.style.use('dark_background')")
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGPIPE", "SIGCHLD"])
@pytest.mark.parametrize("where", ["at_import", "init"])
def test_signals_are_not_theirs(tmp_path: Path, where: str, name: str) -> None:
    number = getattr(signal, name)
    before = signal.getsignal(number)
    other = "SIG_DFL" if before is signal.SIG_IGN else "SIG_IGN"
    build(tmp_path, **{where: f"import signal; signal.signal({number}, signal.{other})"}).start([FRAME], BOX, [0])
    assert signal.getsignal(number) is before


def test_a_folder_that_was_removed_is_left(tmp_path: Path) -> None:
    lines = "import os, tempfile; d = tempfile.mkdtemp(); os.chdir(d); os.rmdir(d)"
    before = Path.cwd()
    tracker = build(tmp_path, init=lines)
    tracker.step(tracker.start([FRAME], BOX, [0]), [FRAME])
    assert Path.cwd() == before


OWN_ERROR = "class Own(BaseException): pass\nraise Own('theirs')"


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("raise RuntimeError('no driver\\nsecond line')", "RuntimeError: no driver"),
        ("import sys; sys.exit()", r"it called sys.exit\(\)"),
        ("import argparse\np = argparse.ArgumentParser(); p.add_argument('must'); p.parse_args()", r"sys.exit\(2\)"),
        ("raise GeneratorExit", "it raised GeneratorExit"),
        (OWN_ERROR, "it raised Own: theirs"),
        ("class Mute(Exception):\n    def __str__(self): raise ValueError\nraise Mute", "Mute"),
        ("class Ends(Exception):\n    def __str__(self): raise SystemExit\nraise Ends", "Ends"),
        ("exec('raise ValueError(4)')", "ValueError: 4"),
        ("import nowhere_at_all", "ModuleNotFoundError: No module named 'nowhere_at_all'"),
        ("x = (", "SyntaxError"),
    ],
)  # fmt: skip
def test_whatever_an_import_raises_is_one_line_with_its_file(tmp_path: Path, lines: str, says: str) -> None:
    with pytest.raises(InputError, match=says) as refused:
        build(tmp_path, at_import=lines)
    line = str(refused.value)
    assert "\n" not in line
    assert line.count("theirs.py") >= 2  # the tracker's name, and where it happened
    assert "line " in line


def test_an_import_sees_no_arguments_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["run_bench", "run", "-t", "x"])
    lines = "import argparse\np = argparse.ArgumentParser(); p.add_argument('--lr', default=3); ARGS = p.parse_args()"
    tracker = build(tmp_path, at_import=lines, update="return [ARGS.lr, 0, 1, 1]")
    step, _ = tracker.step(tracker.start([FRAME], BOX, [0]), [FRAME])
    assert step.boxes[0, 0] == 3
    assert sys.argv == ["run_bench", "run", "-t", "x"]


@pytest.mark.parametrize("where", ["init", "update"])
@pytest.mark.parametrize(
    ("lines", "says"),
    [("import sys; sys.exit(3)", r"exit\(3\)"), ("raise GeneratorExit", "GeneratorExit"), (OWN_ERROR, "Own: theirs")],
)  # fmt: skip
def test_what_is_no_exception_becomes_one(tmp_path: Path, where: str, lines: str, says: str) -> None:
    tracker = build(tmp_path, **{where: lines})
    with pytest.raises(Ended, match=says):
        tracker.step(tracker.start([FRAME], BOX, [0]), [FRAME])


def test_exceptions_stay_what_they_are(tmp_path: Path) -> None:
    tracker = build(tmp_path, update="raise torch.OutOfMemoryError('theirs')", at_import="import torch")
    with pytest.raises(torch.OutOfMemoryError, match="theirs"):
        tracker.step(tracker.start([FRAME], BOX, [0]), [FRAME])


def test_it_may_draw_on_its_frame_and_change_its_box(tmp_path: Path) -> None:
    tracker = build(tmp_path, init="image[:] = 0; box[:] = 7", update="image[:] = 0; return self.box")
    frame, box = FRAME.copy(), BOX.copy()
    step, _ = tracker.step(tracker.start([frame], box, [0]), [frame])
    np.testing.assert_array_equal(step.boxes, [[7, 7, 7, 7]])
    np.testing.assert_array_equal(frame, FRAME)
    np.testing.assert_array_equal(box, BOX)


def test_it_may_return_the_same_array_every_time(tmp_path: Path) -> None:
    lines = """
import numpy as np
from trackers.api import Signal, Step, Tracker, register
@register("buffer", remembers="nothing")
class Buffer(Tracker):
    signals = (Signal("n", "steps", shape=(2,)),)
    def __init__(self, config, weights, device): self.all = None
    def start(self, frames, boxes, seeds):
        self.boxes, self.scores, self.told = np.array(boxes), np.ones(1), {"n": np.zeros((1, 2))}
        return np.zeros((1, 1))
    def step(self, state, frames):
        self.boxes += 1; self.scores *= 0.5; self.told["n"] += 1
        return Step(self.boxes, self.scores, self.told), state
"""
    (tmp_path / "buffer.py").write_text(lines)
    tracker = resolve(f"py:{tmp_path / 'buffer.py'}").build("cpu")
    tracker.recording = True
    state = tracker.start([FRAME], BOX, [0])
    first, state = tracker.step(state, [FRAME])
    second, _ = tracker.step(state, [FRAME])
    np.testing.assert_array_equal(first.boxes, BOX + 1)
    np.testing.assert_array_equal(second.boxes, BOX + 2)
    assert (first.scores, second.scores) == ([0.5], [0.25])
    np.testing.assert_array_equal([first.telemetry["n"], second.telemetry["n"]], [[[1, 1]], [[2, 2]]])


DRAW = "import random, numpy, torch\nreturn [random.random(), numpy.random.rand(), float(torch.rand(())), 1]"


def test_its_random_numbers_are_its_own_and_ours_are_ours(tmp_path: Path) -> None:
    def follow(seed: int, beside: Contained | None = None) -> np.ndarray:
        tracker, boxes = build(tmp_path, update=DRAW), []
        state = tracker.start([FRAME], BOX, [seed])
        other = beside.start([FRAME], BOX, [9]) if beside else None
        for _ in range(3):
            step, state = tracker.step(state, [FRAME])
            boxes.append(step.boxes[0])
            if beside:
                _, other = beside.step(other, [FRAME])
        return np.array(boxes)

    random.seed(5)
    np.random.seed(5)  # noqa: NPY002
    torch.manual_seed(5)
    before = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()  # noqa: NPY002
    alone = follow(3)
    np.testing.assert_array_equal(follow(3), alone)
    np.testing.assert_array_equal(follow(3, beside=build(tmp_path, update=DRAW)), alone)
    assert not np.isclose(follow(4)[:, :3], alone[:, :3]).any()
    assert before == (random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist())  # noqa: NPY002


@pytest.mark.parametrize(
    "wrap",
    [
        "",
        "import io, sys; sys.stdout = io.TextIOWrapper(sys.stdout.buffer, 'utf-8')",
        "import io, sys; sys.stdout = io.StringIO()",
        "import sys; sys.stdout.close()",
    ],
)
def test_what_it_prints_goes_to_the_error_stream_which_it_cannot_close(tmp_path: Path, capsys, wrap: str) -> None:
    tracker = build(tmp_path, at_import=wrap, update="print('told é', flush=True)\nreturn self.box")
    tracker.step(tracker.start([FRAME], BOX, [0]), [FRAME])
    gc.collect()
    sys.stderr.write("ours\n")
    sys.stdout.write("ours\n")
    said = capsys.readouterr()
    assert (said.out, said.err) == ("ours\n", "told é\nours\n")


def test_closing_the_error_streams_wrapper_leaves_it_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    errors = io.TextIOWrapper(io.BytesIO(), "utf-8")
    monkeypatch.setattr(sys, "stderr", errors)
    build(tmp_path, at_import="import io, sys; sys.stderr = io.TextIOWrapper(sys.stderr.buffer, 'utf-8')")
    gc.collect()
    assert sys.stderr is errors
    assert not errors.closed
    errors.write("ours")


def test_our_own_run_without_a_guard() -> None:
    assert not isinstance(resolve("cv2:kcf").build("cpu"), Contained)
    assert not isinstance(resolve("siamfc:paper@random").build("cpu"), Contained)
