from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmark.datasets.sequence import Annotation, Sequence


def test_the_first_frames_are_counted_from_the_official_start():
    annotation = Annotation("Tiger1", np.arange(40.0).reshape(10, 4), np.ones(10, bool), start=5)
    sequence = Sequence(annotation, tuple(Path(f"{i}.jpg") for i in range(10)))
    cut = sequence.first(3)
    assert len(cut) == len(cut.annotation) == len(cut.annotation.valid) == 8
    assert cut.annotation.start == 5
    assert cut.frames == sequence.frames[:8]
    assert len(sequence.first(99)) == 10
