"""A worker's process, from its start to its end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SLOW_TO_LET_GO = """
import time
from multiprocessing import get_context
from pathlib import Path

from benchmark.engine.executors import process

class Slow:
    def __init__(self, device, on_frames):
        pass
    def __del__(self):
        time.sleep(0.3)
        Path("let-go").touch()

def serve(connection):
    process.Worker = Slow
    process.serve(connection, "cpu")

if __name__ == "__main__":
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    worker = context.Process(target=serve, args=(theirs,))
    worker.start()
    theirs.close()
    ours.close()
    worker.join()
    raise SystemExit(worker.exitcode)
"""


def test_a_worker_lets_go_of_what_it_has_before_its_process_ends(tmp_path: Path) -> None:
    script = tmp_path / "slow.py"
    script.write_text(SLOW_TO_LET_GO)
    subprocess.run([sys.executable, script], cwd=tmp_path, check=True, timeout=120)
    assert (tmp_path / "let-go").exists()
