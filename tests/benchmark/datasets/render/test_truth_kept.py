from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmark.datasets.render.dataset import RenderedDataset


def test_the_truth_is_kept_beside_the_frames_and_a_damaged_one_is_worked_out_anew(tmp_path: Path, monkeypatch) -> None:
    first = RenderedDataset.open("demo", tmp_path)
    (video,) = first.load(["plain-1"])
    (file,) = tmp_path.rglob("truth.npz")
    monkeypatch.setattr(RenderedDataset, "annotation", None)
    (again,) = RenderedDataset.open("demo", tmp_path).load(["plain-1"])
    np.testing.assert_array_equal(again.annotation.boxes, video.annotation.boxes)
    np.testing.assert_array_equal(again.annotation.valid, video.annotation.valid)
    assert again.annotation.attributes == video.annotation.attributes
    monkeypatch.undo()
    file.write_bytes(file.read_bytes()[:-40])
    (mended,) = RenderedDataset.open("demo", tmp_path).load(["plain-1"])
    np.testing.assert_array_equal(mended.annotation.boxes, video.annotation.boxes)
