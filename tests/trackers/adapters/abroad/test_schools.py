"""Classes of other schools are called as they are written, and what stands in braces is theirs or refused."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trackers.adapters.abroad.schools import PyTracking
from trackers.adapters.abroad.worker import Worker
from trackers.errors import InputError
from trackers.names import resolve

FRAME = np.zeros((9, 9, 3), np.uint8)
BOX = np.array([1.0, 2, 3, 4])


@pytest.mark.parametrize(
    ("signature", "is_told"),
    [
        ("image, info", True), ("image, info=None", True), ("image, state", True), ("image, *info", True),
        ("*arguments", True), ("image, *, info=None", True), ("image, prompt=None, info=None", True),
        ("image, info, /", True), ("image", False), ("image, debug=False", False), ("image, **more", False),
        ("image, debug=False, *more", False),
    ],
)  # fmt: skip
def test_what_was_found_before_goes_where_it_is_asked_for(signature: str, is_told: bool) -> None:
    seen: list[bool] = []
    lines = f"""
class Theirs:
    def initialize(self, image, info): pass
    def track(self, {signature}):
        told = [one for value in locals().values() for one in (value if isinstance(value, tuple) else [value])]
        seen.append(any(isinstance(one, dict) and "previous_output" in one for one in told))
        assert "debug" not in locals() or not locals()["debug"]
        return {{"target_bbox": [1, 2, 3, 4]}}
"""
    space: dict[str, Any] = {"seen": seen}
    exec(lines, space)
    driven = PyTracking(space["Theirs"])
    driven.init(FRAME, BOX)
    np.testing.assert_array_equal(driven.update(FRAME)[0], BOX)
    assert seen == [is_told]


PLAIN = """
class Theirs:
    def __init__(self, gain=1, input="x"): self.given = gain, input
    def init(self, image, box): pass
    def update(self, image): return [*self.given, 1, 1]
"""
PYTRACKING = """
class Theirs:
    def __init__(self, input="x"): pass
    def initialize(self, image, info): pass
    def track(self, image): pass
"""


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Load a file in a worker that is in this process; return how its tracker is made."""
    monkeypatch.setattr(sys, "argv", list(sys.argv))
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = random.getstate(), np.random.get_state()  # noqa: NPY002

    def load(text: str, settings: str, kind: str = "file") -> Worker:
        file = tmp_path / "engram_theirs.py"
        file.write_text(text)
        sys.path.insert(0, str(tmp_path))
        place = str(file) if kind == "file" else "engram_theirs"
        worker = Worker(None)  # type: ignore[arg-type]
        worker.load(kind, place, "Theirs", settings, "", [], "", [])
        return worker

    yield load
    sys.modules.pop("engram_theirs", None)
    random.setstate(before[0])
    np.random.set_state(before[1])  # noqa: NPY002


def test_a_plain_class_has_a_field_that_is_called_input(load) -> None:
    driven = load(PLAIN, "gain=3,input=5")._tracker
    driven.init(FRAME, BOX)
    np.testing.assert_array_equal(driven.update(FRAME)[0], [3, 5, 1, 1])


@pytest.mark.parametrize(
    ("text", "settings", "kind"),
    [
        (PLAIN, "fast", "file"),
        (PLAIN, "gain:20", "file"),
        (PYTRACKING, "fast", "file"),
        (PLAIN, "fast", "got10k"),
        (PLAIN, "input=film", "got10k"),
    ],
)
def test_what_cannot_be_meant_in_braces_is_refused(load, tmp_path: Path, text: str, settings: str, kind: str) -> None:
    with pytest.raises(ValueError, match="in braces go fields"):
        load(text, settings, kind)
    place = f"{tmp_path}/engram_theirs.py:" if kind == "file" else f"got10k:{tmp_path}/engram_theirs:"
    with pytest.raises(InputError, match="in braces go fields") as refused:
        resolve(f"env:{sys.executable} {place}Theirs{{{settings}}}")
    assert "\n" not in str(refused.value)


def test_a_class_for_got10k_does_not_get_what_says_how_it_reads(load) -> None:
    worker = load(PLAIN, "input=array,gain=2", "got10k")
    assert worker._tracker._arrays
    worker._tracker.init(FRAME, BOX)
    assert worker._tracker._tracker.given == (2, "x")
