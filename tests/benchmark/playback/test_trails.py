from __future__ import annotations

import json
from pathlib import Path

from benchmark.playback.trails import find_run


def test_a_run_that_was_copied_alone_has_no_records(tmp_path: Path) -> None:
    run = tmp_path / "copied"
    run.mkdir()
    (run / "manifest.json").write_text(json.dumps({}))
    assert find_run(tmp_path / "results", str(run)) == (None, run)
    assert not (tmp_path / "results").exists()
    assert [file.name for file in tmp_path.iterdir()] == ["copied"]
