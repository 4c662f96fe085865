from __future__ import annotations

from pathlib import Path

import layouts
import numpy as np
import pytest

from benchmark.datasets.lookup import open_dataset
from trackers.errors import InputError


def got10k_reader(root: Path, version: str):
    from got10k.datasets import UAV123

    return UAV123(str(root), version)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two segments of one video, a target of UAV20L with the same images, and rows of NaN."""
    rows = layouts.boxes(109)
    rows[3:6] = np.nan
    layouts.uav(tmp_path, "uav6", "uav6", range(1, 110), rows)
    layouts.uav(tmp_path, "car1_2", "car1", range(751, 1628), layouts.boxes(877, seed=1))
    layouts.uav(tmp_path, "car3", "car3", range(1, 1718), layouts.boxes(1717, seed=2), "UAV20L")
    return tmp_path


@pytest.mark.parametrize(("version", "names"), [("UAV123", ["car1_2", "uav6"]), ("UAV20L", ["car3"])])
def test_frames_and_rows_are_those_of_got10ks_reader(root: Path, version, names):
    dataset, theirs = open_dataset(version, root), got10k_reader(root, version)
    assert set(names) == set(theirs.seq_names) <= set(dataset.inventory().found)
    for sequence in dataset.load(names):
        frames, rows = theirs[sequence.name]
        assert [str(frame) for frame in sequence.frames] == frames
        assert np.array_equal(sequence.annotation.boxes + [1, 1, 0, 0], rows, equal_nan=True)


def test_a_row_of_nan_is_a_frame_without_the_target(root: Path):
    annotation = open_dataset("UAV123", root).load(["uav6"])[0].annotation
    assert np.flatnonzero(~annotation.valid).tolist() == [3, 4, 5]
    assert annotation.absent is None
    assert annotation.attributes == ("SV", "LR", "FM", "FOC", "POC", "CM", "SOB")


def test_segments_have_their_own_images_and_share_a_folder(root: Path):
    layouts.write(root / "anno" / "UAV123" / "car1_1.txt", layouts.text(layouts.boxes(751)))
    with pytest.raises(InputError, match=r"car1_1: .* lacks image 1: 750 of the sequence's images 1-751 are missing"):
        open_dataset("UAV123", root).load(["car1_1"])
    segment = open_dataset("UAV123", root).load(["car1_2"])[0]
    assert (segment.frames[0].name, segment.frames[-1].name) == ("000751.jpg", "001627.jpg")


@pytest.mark.parametrize("usual", ["UAV123", "uav_123", "Dataset_UAV123"])
def test_the_root_may_hold_it_by_a_usual_name(tmp_path: Path, usual):
    layouts.uav(tmp_path / usual, "uav6", "uav6", range(1, 110), layouts.boxes(109))
    assert open_dataset("UAV123", tmp_path).inventory().found == ("uav6",)


def test_the_wrong_number_of_rows_is_refused(root: Path):
    layouts.write(root / "anno" / "UAV123" / "uav6.txt", layouts.text(layouts.boxes(108)))
    with pytest.raises(InputError, match=r"uav6.txt has 108 rows, but the sequence has 109 annotated frames"):
        open_dataset("UAV123", root).load(["uav6"])


def test_images_without_their_box_file_are_said(root: Path):
    (root / "anno" / "UAV123" / "uav6.txt").unlink()
    with pytest.raises(InputError, match=r"uav6: no ground truth: .*anno/UAV123/uav6.txt is missing"):
        open_dataset("UAV123", root).load(["uav6"])
