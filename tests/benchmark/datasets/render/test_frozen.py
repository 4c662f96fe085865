"""The sets are frozen: boxes to the last digit everywhere, pixels nearly.

Where a change is meant, raise the revisions in the catalogues and write both files anew: run this file as a program.
"""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmark.datasets.render.catalogue import LARGE, NAMES, read_catalogue
from benchmark.datasets.render.painter import Painter
from benchmark.datasets.render.truth import Truth

FROZEN = Path(__file__).with_name("frozen.toml")
THUMBNAILS = Path(__file__).with_name("frozen.png")
SHOWN = (
    ("demo", "plain-1", 20),
    ("demo", "occlusion-1", 20),
    ("demo-full", "clutter-4", 60),
    ("demo-full", "light-5", 42),
)
SIZE = (80, 60)
EVERY = 67


def digests(name: str) -> dict[str, str]:
    """Return 12 digits of every sequence's, of the large set of every `EVERY`th's, boxes, validity and attributes."""
    found = {}
    for sequence, entry in list(read_catalogue(name).entries.items())[:: EVERY if name == LARGE else 1]:
        truth = Truth(entry.play().scene)
        rows = [",".join(f"{value + 0.0:.4f}" for value in row) for row in truth.boxes]
        text = "\n".join([*rows, "".join("01"[int(v)] for v in truth.valid), " ".join(truth.attributes())])
        found[sequence] = hashlib.sha256(text.encode()).hexdigest()[:12]
    return found


def thumbnail(name: str, sequence: str, t: int) -> np.ndarray:
    """Return a frame, small."""
    frame = Painter(read_catalogue(name).entries[sequence].play().scene).frame(t)
    return np.asarray(cv2.resize(frame, SIZE, interpolation=cv2.INTER_AREA))


@pytest.mark.parametrize("name", [*NAMES, LARGE])
def test_the_ground_truth_is_that_of_its_revision(name: str) -> None:
    frozen = tomllib.loads(FROZEN.read_text())[name]
    assert read_catalogue(name).revision == frozen["revision"]
    assert digests(name) == frozen["boxes"]


def test_pixels_look_as_they_did() -> None:
    picture = cv2.imread(str(THUMBNAILS))
    assert picture is not None
    strip = picture[..., ::-1]
    for i, (name, sequence, t) in enumerate(SHOWN):
        expected = strip[:, i * SIZE[0] : (i + 1) * SIZE[0]].astype(float)
        assert np.abs(thumbnail(name, sequence, t) - expected).mean() < 2, sequence


def write() -> None:
    """Write what is drawn now."""
    lines = ["# Written by test_frozen.py, run as a program."]
    for name in (*NAMES, LARGE):
        lines += ["", f"[{name}]", f'revision = "{read_catalogue(name).revision}"', "", f"[{name}.boxes]"]
        lines += [f'"{sequence}" = "{digest}"' for sequence, digest in digests(name).items()]
    FROZEN.write_text("\n".join(lines) + "\n")
    strip = np.hstack([thumbnail(*shown) for shown in SHOWN])
    cv2.imwrite(str(THUMBNAILS), strip[..., ::-1])


if __name__ == "__main__":
    write()
