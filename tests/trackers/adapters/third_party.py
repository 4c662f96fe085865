"""A third party's tracker, made of a few lines of its own, as a user has it: in a file, by name."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent
from typing import Any

import numpy as np

from trackers.api import Tracker
from trackers.names import resolve

BOX = np.array([[40.0, 40.0, 30.0, 24.0]])
FRAME = np.full((120, 160, 3), 128, np.uint8)


def build(folder: Path, *, at_import: str = "", init: str = "pass", update: str = "return self.box") -> Tracker[Any]:
    """Return the tracker of a file written on the spot; its `init` has kept `image` and `box` already."""
    file = folder / "theirs.py"
    file.write_text(
        f"""
from trackers.api import register
{at_import}
@register("theirs", remembers="nothing")
class Theirs:
    def init(self, image, box):
        self.image, self.box = image, box
{indent(init, " " * 8)}
    def update(self, image):
{indent(update, " " * 8)}
"""
    )
    return resolve(f"py:{file}").build("cpu")
