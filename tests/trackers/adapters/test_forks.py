"""A process that a third party's tracker forks never comes back into the engine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.trackers.adapters.third_party import BOX, FRAME, build

CAME_BACK = 77
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")


@pytest.mark.parametrize(
    ("lines", "code"),
    [("sys.exit()", 0), ("sys.exit(3)", 3), ("sys.exit('why')", 1), ("return self.box + 30", 0), ("1 / 0", 1)],
)
@pytest.mark.parametrize("where", ["at_import", "init", "update"])
def test_a_forked_child_that_comes_back_ends(tmp_path: Path, where: str, lines: str, code: int) -> None:
    if where == "at_import" and "return" in lines:
        lines = "pass"
    fork = f"""
import os, sys
child = os.fork()
if child == 0:
    {lines}
else:
    print("it ended with", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    if where != "at_import":
        fork = f"{fork}    return self.box\n"
    elif lines == "pass":
        fork = f"{fork}if child == 0: raise SystemExit\n"
    ours = os.getpid()
    errors = sys.stderr
    told = (tmp_path / "told").open("w+")
    sys.stderr = told
    try:
        tracker = build(tmp_path, **{where: fork})
        step, _ = tracker.step(tracker.start([FRAME], BOX, [0]), [FRAME])
    finally:
        if os.getpid() != ours:
            os._exit(CAME_BACK)
        sys.stderr = errors
        told.close()
    assert (step.boxes == BOX).all()
    assert f"it ended with {code}\n" in (tmp_path / "told").read_text()
