from __future__ import annotations

from pathlib import Path

import layouts
import numpy as np
import pytest

from benchmark.datasets.lookup import open_dataset
from trackers.errors import InputError


@pytest.mark.parametrize("flat", [False, True])
def test_a_target_is_absent_where_either_flag_says_so(tmp_path: Path, flat):
    rows = layouts.boxes(1000)
    rows[7] = 0
    root = tmp_path / ("LaSOTTesting" if flat else "LaSOTBenchmark")
    layouts.lasot(root, "yoyo-15", rows, hidden=(7, 8), out=(8, 9), flat=flat)
    dataset = open_dataset("LaSOT", tmp_path)
    (sequence,) = dataset.load(["yoyo-15"])
    annotation = sequence.annotation
    assert dataset.inventory().found == ("yoyo-15",)
    assert np.flatnonzero(annotation.absent).tolist() == [7, 8, 9]
    assert np.flatnonzero(~annotation.valid).tolist() == [7]
    assert np.array_equal(annotation.boxes + [1, 1, 0, 0], rows)
    assert annotation.attributes[-1] == "class yoyo"
    assert np.flatnonzero(sequence.first(9).annotation.absent).tolist() == [7, 8]
    assert dataset.profile == "lasot"


def test_of_a_video_that_is_longer_than_its_annotation_the_first_images_are_taken(tmp_path: Path):
    layouts.lasot(tmp_path, "monkey-17", layouts.boxes(2260), more=5)
    assert open_dataset("LaSOT", tmp_path).load(["monkey-17"])[0].frames[-1].name == "00002260.jpg"


def test_flags_that_are_missing_or_too_few_are_said(tmp_path: Path):
    folder = layouts.lasot(tmp_path, "yoyo-15", layouts.boxes(1000))
    (folder / "out_of_view.txt").write_text("0,0\n")
    with pytest.raises(InputError, match=r"yoyo-15: .*out_of_view.txt has 2 flags for 1,000 frames"):
        open_dataset("LaSOT", tmp_path).load(["yoyo-15"])
    (folder / "out_of_view.txt").unlink()
    with pytest.raises(InputError, match=r"out_of_view.txt is missing: frames without the target are scored by it"):
        open_dataset("LaSOT", tmp_path).load(["yoyo-15"])


def test_the_extension_has_as_many_frames_as_its_copy(tmp_path: Path):
    layouts.lasot(tmp_path / "LaSOT_extension_subset", "atv-1", layouts.boxes(30))
    dataset = open_dataset("LaSOT/ext", tmp_path)
    assert len(dataset.load(["atv-1"])[0]) == 30
    layouts.lasot(tmp_path / "LaSOT_extension_subset", "atv-2", layouts.boxes(30), more=2)
    with pytest.raises(InputError, match=r"atv-2: .* has 30 rows, but the sequence has 32"):
        open_dataset("LaSOT/ext", tmp_path).load(["atv-2"])
