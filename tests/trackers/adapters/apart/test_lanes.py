"""What a tracker's process finds around itself."""

from __future__ import annotations

import pytest

from trackers.adapters.apart.lanes import VISIBLE, surroundings


@pytest.mark.parametrize(
    ("device", "visible", "seen"),
    [("cuda:1", None, "1"), ("cuda:1", "4,7", "7"), ("cpu", "4,7", "4,7"), ("cpu", None, None)],
)
def test_it_sees_the_gpu_that_is_meant(
    monkeypatch: pytest.MonkeyPatch, device: str, visible: str | None, seen: str | None
) -> None:
    monkeypatch.delenv(VISIBLE, raising=False)
    if visible:
        monkeypatch.setenv(VISIBLE, visible)
    assert surroundings(device).get(VISIBLE) == seen


def test_on_a_cpu_it_computes_with_one_thread_unless_the_user_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    monkeypatch.setenv("PYTHONPATH", "/theirs")
    found = surroundings("cpu", without=("PYTHONPATH",))
    assert (found["OMP_NUM_THREADS"], found["MKL_NUM_THREADS"]) == ("3", "1")
    assert "PYTHONPATH" not in found
