from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from authors_files import write_net
from scipy.io import savemat

from trackers.errors import InputError
from trackers.weights.formats.matconvnet import read_matconvnet


def test_parameters_are_read_by_name(tmp_path: Path) -> None:
    kernel = np.random.default_rng(0).random((3, 3, 2, 4), np.float32)
    read = read_matconvnet(write_net(tmp_path / "net.mat", {"conv1f": kernel, "adjust_b": np.float32([[0.25]])}))
    assert list(read) == ["conv1f", "adjust_b"]
    np.testing.assert_array_equal(read["conv1f"], kernel)
    assert read["adjust_b"].shape == (1, 1)


def test_other_files_are_refused(tmp_path: Path) -> None:
    savemat(tmp_path / "boxes.mat", {"results": np.zeros((3, 4))})
    (tmp_path / "text.mat").write_text("no MATLAB file")
    for name in ("boxes.mat", "text.mat"):
        with pytest.raises(InputError, match=f"{name} is not a readable MatConvNet network"):
            read_matconvnet(tmp_path / name)
