from __future__ import annotations

from pathlib import Path

import torch

from benchmark.training.batches import stream
from benchmark.training.clips import ClipSource, Cut
from benchmark.training.readers import READERS
from benchmark.training.scripting import Chances


def test_clips_of_other_processes_are_those_of_this_one(crops: Path) -> None:
    source = ClipSource(READERS["crops"](crops), {}, frames=2, seed=5, cut=Cut(), chances=Chances())
    here, there = (list(stream(source, [3, 0, 4], 2, workers)) for workers in (0, 1))
    assert [len(batch.weight) for batch in there] == [2, 1]
    for one, other in zip(here, there, strict=True):
        assert torch.equal(one.searches, other.searches)
        assert torch.equal(one.positions, other.positions)
