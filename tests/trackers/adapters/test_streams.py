"""What third-party code writes to goes to our error stream, which stays open whatever is done to it."""

from __future__ import annotations

import gc
import io
import subprocess
import sys
from pathlib import Path

import pytest

from tests.trackers.adapters.third_party import BOX, FRAME, build
from trackers.adapters.streams import REPLACED

WRITE = "print('told', file=sys.stderr); print('said')\nreturn self.box"


@pytest.mark.parametrize(
    "lines",
    [
        "sys.stderr.close()",
        "sys.stderr = io.TextIOWrapper(sys.stderr.buffer, 'utf-8')",
        "sys.stderr = io.TextIOWrapper(sys.stderr.detach(), 'utf-8'); sys.stderr.close()",
        "sys.stdout = io.TextIOWrapper(sys.stdout.detach(), 'utf-8')",
        "sys.stderr = sys.stdout",
        "sys.stdout = sys.stderr",
    ],
)
@pytest.mark.parametrize("where", ["at_import", "init", "update"])
def test_the_error_stream_stays_open_and_ours(tmp_path: Path, monkeypatch, lines: str, where: str) -> None:
    errors = io.TextIOWrapper(io.BytesIO(), "utf-8")
    monkeypatch.setattr(sys, "stderr", errors)
    given = {"at_import": "import io, sys", "init": "pass", "update": ""}
    given[where] += f"\n{lines}"
    tracker = build(tmp_path, **given | {"update": f"{given['update']}\n{WRITE}"})
    state = tracker.start([FRAME], BOX, [0])
    for _ in range(2):
        _, state = tracker.step(state, [FRAME])
    del state, tracker
    gc.collect()
    assert sys.stderr is errors
    errors.write("ours")
    errors.flush()
    said = errors.buffer.getvalue().decode()
    assert said.endswith("ours")
    assert (said.count("told"), said.count("said")) == (2, 2)


def test_whoever_replaces_a_stream_is_told_of(tmp_path: Path) -> None:
    tracker = build(tmp_path, init="import sys; sys.stderr = sys.stdout")
    tracker.start([FRAME], BOX, [0])
    assert REPLACED in tracker.changed


def test_processes_that_it_starts_may_write_to_either(tmp_path: Path, capfd) -> None:
    lines = "import subprocess, sys\nfor one in (sys.stdout, sys.stderr): subprocess.run(['echo', 'told'], stdout=one)"
    build(tmp_path, init=lines).start([FRAME], BOX, [0])
    told = capfd.readouterr()
    assert (told.out, told.err) == ("", "told\ntold\n")


def test_a_surrogate_can_be_printed(tmp_path: Path, capsys) -> None:
    tracker = build(tmp_path, init="import sys; print('bad \\udcff', file=sys.stderr)")
    tracker.start([FRAME], BOX, [0])
    assert capsys.readouterr().err == "bad \\udcff\n"


def test_where_there_is_no_error_stream_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "theirs.py").write_text(
        "from trackers.api import register\nimport sys\n@register('mute', remembers='nothing')\nclass Mute:\n"
        "    def init(self, image, box): print('lost'); sys.stderr.write('lost'); sys.stderr.flush()\n"
        "    def update(self, image): pass\n"
    )
    code = (
        "import sys; sys.stderr = None\nimport numpy as np\nfrom trackers.names import resolve\n"
        f"resolve('py:{tmp_path / 'theirs.py'}').build('cpu').start([np.zeros((9, 9, 3), np.uint8)], np.ones((1, 4)),"
        " [0])"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
