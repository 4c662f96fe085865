from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmark.datasets.catalogue import read_catalogue
from benchmark.interop.ground_truth import read_ground_truth
from benchmark.interop.text import format_rows
from trackers.errors import InputError

BOX = [10.0, 20.0, 30.0, 40.0]


def text(rows: np.ndarray) -> str:
    return format_rows(rows, ",")


def test_ground_truth_folders_are_checked(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no ground truth found"):
        read_ground_truth(tmp_path)
    (tmp_path / "Couple.txt").write_text(text(np.tile(BOX, (30, 1))))
    with pytest.raises(InputError, match="30 rows where Couple has 140 annotated frames"):
        read_ground_truth(tmp_path)
    (tmp_path / "Couple.txt").unlink()
    (tmp_path / "Nowhere.txt").write_text(text(np.tile(BOX, (30, 1))))
    with pytest.raises(InputError, match="no sequence of OTB100 is called 'Nowhere'"):
        read_ground_truth(tmp_path)


def test_ground_truth_that_is_twice_there_or_shows_nothing_is_refused(tmp_path: Path) -> None:
    rows = np.tile(BOX, (307, 1))
    (tmp_path / "Jogging-1.txt").write_text(text(rows))
    assert list(read_ground_truth(tmp_path)) == ["Jogging-1"]
    (tmp_path / "Jogging.1.txt").write_text(text(rows))
    with pytest.raises(InputError, match=r"Jogging\.1\.txt: a second ground truth of Jogging-1"):
        read_ground_truth(tmp_path)
    (tmp_path / "Jogging.1.txt").unlink()
    for row, value, said in ((0, np.nan, "NaN or empty"), (0, 0, "has no area"), (9, 1e300, "no box in pixels")):
        wrong = rows.copy()
        wrong[row, 2] = value
        (tmp_path / "Jogging-1.txt").write_text(text(wrong))
        with pytest.raises(InputError, match=said):
            read_ground_truth(tmp_path)


def test_ground_truth_without_what_its_set_is_scored_by_is_refused(tmp_path: Path) -> None:
    (target, *_) = read_catalogue("lasot").of("LaSOT")
    rows = np.tile(BOX, (target.frames, 1))
    (tmp_path / f"{target.name}.txt").write_text(text(rows))
    with pytest.raises(InputError, match=r"absent/.*\.txt is missing: frames without the target are scored by it"):
        read_ground_truth(tmp_path, "LaSOT")
    (tmp_path / "absent").mkdir()
    (tmp_path / "absent" / f"{target.name}.txt").write_text("0\n" * target.frames)
    assert list(read_ground_truth(tmp_path, "LaSOT")) == [target.name]
    with pytest.raises(InputError, match="GOT-10k/val is scored by what can be seen"):
        read_ground_truth(tmp_path, "GOT-10k/val")
