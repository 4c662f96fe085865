from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from reports.model import build_report
from reports.write import write_report


@pytest.mark.slow
@pytest.mark.parametrize(("frames", "seconds"), [(True, 60), (False, 20)])
def test_five_trackers_on_a_hundred_sequences_stay_small(
    make: Callable[..., Path], tmp_path: Path, frames: bool, seconds: float
) -> None:
    skills = {"siamfc": 0.6, "memtrack": 0.65, "dualmn-short": 0.7, "dualmn-long": 0.72, "dualmn": 0.8}
    names = [f"Sequence{number:03d}" for number in range(100)]
    lengths = np.clip(np.random.default_rng(1).lognormal(6.1, 0.75, 100), 71, 3872).astype(int)
    run = make(tmp_path, skills, names, lengths=dict(zip(names, map(int, lengths), strict=True)))
    began = time.monotonic()
    page = write_report(build_report([run], frames=frames), tmp_path / "out")
    assert time.monotonic() - began < seconds
    assert page.stat().st_size < 8e6
