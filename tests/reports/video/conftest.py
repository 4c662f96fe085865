"""A small scene to draw."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import paint

from benchmark.datasets.sequence import Annotation
from benchmark.playback.scene import Scene, Trail

FRAMES = 9
TRUTH = np.array([[40.0 + 2 * frame, 40, 30, 24] for frame in range(FRAMES)])


@pytest.fixture
def frames() -> list[np.ndarray]:
    return paint(FRAMES)


@pytest.fixture
def scene() -> Scene:
    """Siamfc follows 20 pixels below; memtrack keeps still, and fails after six frames."""
    peak = {"peak": np.linspace(0.9, 0.4, FRAMES - 1)}
    return Scene(
        name="a sequence",
        source="folder",
        length=FRAMES,
        trails=(
            Trail("siamfc", 0, TRUTH + [0, 20, 0, 0], np.full(FRAMES, 0.7), peak),
            Trail("memtrack", 0, np.tile(TRUTH[0], (6, 1)), np.full(6, 0.6), error="RuntimeError: gave up"),
        ),
        cast=("siamfc", "memtrack"),
        truth=Annotation("a sequence", TRUTH, np.arange(FRAMES) != 4),
    )
