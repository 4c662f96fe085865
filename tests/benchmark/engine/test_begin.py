from __future__ import annotations

from pathlib import Path

import pytest
from conftest import write_folder

from benchmark.datasets.folder import FolderDataset
from benchmark.engine.begin import begin
from benchmark.protocols import PROTOCOLS
from trackers.errors import InputError


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_first_frame_that_cannot_be_read_is_one_line_where_its_size_is_needed(tmp_path: Path, protocol: str) -> None:
    write_folder(tmp_path / "first", frames=24)
    (video,) = FolderDataset(tmp_path).load(["first"])
    assert begin(protocol, video)
    video.frames[0].write_bytes(b"no picture")
    if protocol in ("ope", "tre"):
        assert begin(protocol, video), "it fails the run of its sequence, with its own message"
        return
    with pytest.raises(InputError, match=r"^first: .*"):
        begin(protocol, video)
