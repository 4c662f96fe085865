from __future__ import annotations

from contextlib import suppress
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


def test_a_file_of_matlab_7_3_is_said_to_be_one(tmp_path: Path) -> None:
    header = b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(124) + b"\x00\x02IM"
    (tmp_path / "net.mat").write_bytes(header.ljust(512, b"\0") + b"\x89HDF\r\n\x1a\n")
    with pytest.raises(InputError, match=r"is of MATLAB 7\.3: save it in MATLAB with"):
        read_matconvnet(tmp_path / "net.mat")


def test_other_files_are_refused(tmp_path: Path) -> None:
    savemat(tmp_path / "boxes.mat", {"results": np.zeros((3, 4))})
    (tmp_path / "text.mat").write_text("no MATLAB file")
    for name in ("boxes.mat", "text.mat"):
        with pytest.raises(InputError, match=f"{name} is not a readable MatConvNet network"):
            read_matconvnet(tmp_path / name)


def test_a_damaged_file_is_nothing_worse_than_refused(tmp_path: Path) -> None:
    file = write_net(tmp_path / "net.mat", {"adjust_b": np.float32([[1]])})
    whole = file.read_bytes()
    for place in range(128, len(whole)):  # one of these once ended the process
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 64]) + whole[place + 1 :])
        with suppress(InputError):
            read_matconvnet(file)
