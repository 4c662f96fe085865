"""Standard output is what the command says; whatever third-party code prints goes elsewhere."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmark.commands.standard_output import deliver, kept, reserve


@contextmanager
def process(folder: Path) -> Iterator[tuple[Path, Path]]:
    """Give this process files as descriptors 1 and 2, and streams on them, as a process of its own has."""
    before, saved = (sys.stdout, sys.stderr), (os.dup(1), os.dup(2))
    files = folder / "out", folder / "err"
    for number, file in enumerate(files, 1):
        with file.open("wb") as opened:
            os.dup2(opened.fileno(), number)
    with open(1, "w", closefd=False) as output, open(2, "w", closefd=False) as errors:
        sys.stdout, sys.stderr = output, errors
        try:
            yield files
        finally:
            sys.stdout, sys.stderr = before
            for number, descriptor in enumerate(saved, 1):
                os.dup2(descriptor, number)
                os.close(descriptor)


def test_c_code_and_threads_do_not_reach_it(tmp_path: Path) -> None:
    with process(tmp_path) as (out, err):
        with kept(for_good=False):
            sys.stdout.write("ours\n")
            os.write(1, b"from C\n")
            thread = threading.Thread(target=lambda: sys.stdout.write("from a thread\n"))
            thread.start()
            thread.join()
        sys.stdout.write("after\n")
        sys.stdout.flush()
        sys.stderr.flush()
    assert (out.read_text(), err.read_text()) == ("ours\nafter\n", "from C\nfrom a thread\n")


def test_when_it_is_reserved_only_what_is_delivered_gets_there(tmp_path: Path) -> None:
    with process(tmp_path) as (out, err):
        with kept(for_good=False):
            reserve()
            sys.stdout.write("theirs, in the main thread\n")
            deliver("{}\n")
        sys.stderr.flush()
    assert (out.read_text(), err.read_text()) == ("{}\n", "theirs, in the main thread\n")


def test_what_is_printed_while_the_process_ends_is_not_ours(tmp_path: Path) -> None:
    with process(tmp_path) as (out, err):
        with kept(for_good=True):
            sys.stdout.write("ours\n")
        sys.stdout.write("at exit\n")
        os.write(1, b"at exit, from C\n")
        sys.stderr.flush()
    assert out.read_text() == "ours\n"
    assert sorted(err.read_text().splitlines()) == ["at exit", "at exit, from C"]


CHATTY = """
import atexit, os, threading
from trackers.api import register
print("loading")
atexit.register(print, "at exit")
atexit.register(os.write, 1, b"C at exit\\n")
@register("chatty", remembers="nothing")
class Chatty:
    def init(self, image, box):
        self.box = box
        print("init")
        threading.Timer(0.05, lambda: print("later")).start()
    def update(self, image):
        print("frame")
        os.write(1, b"from C\\n")
        os.system("echo from a process")
        return self.box
    def __del__(self):
        print("gone")
"""


@pytest.mark.parametrize("command", ["run", "track", "audit"])
def test_json_on_standard_output_is_alone_there(command: str, picture_folder: Path, tmp_path: Path, run_bench) -> None:
    (tmp_path / "chatty.py").write_text(CHATTY)
    tracker = ("-t", f"py:{tmp_path / 'chatty.py'}", "--json", "-")
    data = ("-d", "folder", "--data-root", picture_folder, "--sequences", "first")
    words = {
        "run": ("run", *tracker, *data, "--results", "r"),
        "track": ("track", picture_folder / "first" / "img", "--init", "40,40,30,24", "-o", "o.avi", *tracker),
        "audit": ("audit", *tracker, *data),
    }[command]
    done = run_bench(*words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)
    for said in ("loading", "init", "frame", "from C", "from a process", "later", "gone", "at exit", "C at exit"):
        assert said in done.stderr
