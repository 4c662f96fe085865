from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from reports.model import build_report
from reports.write import write_report

SKILLS = {"siamfc": 0.6, "memtrack": 0.65, "dualmn-short": 0.7, "dualmn-long": 0.72, "dualmn": 0.8}


@pytest.mark.slow
@pytest.mark.parametrize("frames", [True, False])
def test_five_trackers_on_a_hundred_sequences_stay_small(
    make: Callable[..., Path], tmp_path: Path, frames: bool
) -> None:
    """The page is small, and five times the sequences take about five times as long."""
    lengths = np.clip(np.random.default_rng(1).lognormal(6.1, 0.75, 100), 71, 3872).astype(int)
    named = {f"Sequence{number:03d}": int(length) for number, length in enumerate(lengths)}
    seconds = {}
    for count in (20, 100):
        chosen = dict(list(named.items())[:count])
        run = make(tmp_path / str(count), SKILLS, list(chosen), lengths=chosen)
        began = time.process_time()
        page = write_report(build_report([run], frames=frames), tmp_path / f"out-{count}")
        seconds[count] = time.process_time() - began
    assert page.stat().st_size < 8e6
    assert seconds[100] < 10 * seconds[20]
