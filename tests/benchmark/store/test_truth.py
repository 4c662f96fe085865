from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmark.datasets.sequence import Annotation
from benchmark.store.truth import FILE, read_truth, write_truth


def annotation(name: str, frames: int) -> Annotation:
    boxes = np.arange(4.0 * frames).reshape(frames, 4) / 7
    return Annotation(name, boxes, np.arange(frames) != 2, min(frames - 1, 3), ("OCC", "SV"))


def test_ground_truth_comes_back_bit_for_bit(tmp_path: Path) -> None:
    kept = [annotation("../a", 5), annotation("b", 1), annotation("c", 9)]
    write_truth(tmp_path, kept, "/data")
    found = read_truth(tmp_path)
    assert found is not None
    assert found.root == "/data"
    assert list(found.annotations) == ["../a", "b", "c"]
    for one, other in zip(kept, found.annotations.values(), strict=True):
        np.testing.assert_array_equal(one.boxes, other.boxes)
        np.testing.assert_array_equal(one.valid, other.valid)
        assert (one.start, one.attributes) == (other.start, other.attributes)


def test_a_run_without_it_or_with_a_damaged_one_has_none(tmp_path: Path) -> None:
    assert read_truth(tmp_path) is None
    (tmp_path / FILE).write_bytes(b"no archive")
    assert read_truth(tmp_path) is None
