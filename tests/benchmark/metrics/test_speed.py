from __future__ import annotations

import numpy as np
import pytest

from benchmark.metrics import frames_per_second
from benchmark.profiles import load_profile


def test_frames_over_time_and_got10ks_mean_of_inverse_times() -> None:
    times = {"A": np.array([0.01, 0.03]), "B": np.array([0.0, 0.04]), "C": np.zeros(3)}
    assert frames_per_second(times, load_profile()) == pytest.approx(3 / 0.08)
    assert frames_per_second(times, load_profile("got10k")) == pytest.approx(((100 + 1 / 0.03) / 2 + 25) / 2)
    assert frames_per_second({"C": np.zeros(3)}, load_profile()) is None
