"""A workspace that is gone on with: what its results were made of is still there, or it is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from conftest import write_folder

from benchmark.commands.vot import _run
from benchmark.datasets.folder import FolderDataset
from benchmark.datasets.selection import select
from benchmark.vot import running
from benchmark.vot.running import Workspace, prepare
from benchmark.vot.toolkit import Toolkit
from trackers.errors import InputError
from trackers.names import expand


def begin(folder: Path, data: Path) -> Workspace:
    return prepared(folder, data, "unsupervised")[0]


def prepared(folder: Path, data: Path, stack: str) -> tuple[Workspace, list[str]]:
    pytest.importorskip("trax")
    specs = expand(["cv2:kcf"])
    return prepare(folder, Toolkit(folder), stack, select(FolderDataset(data)), specs, "cpu", 0)


def test_a_frame_changed_at_equal_size_is_no_longer_what_results_are_of(tmp_path: Path) -> None:
    frames = write_folder(tmp_path / "data" / "first", frames=4) / "img"
    begin(tmp_path / "workspace", tmp_path / "data")
    begin(tmp_path / "workspace", tmp_path / "data")
    frame = sorted(frames.glob("*.png"))[2]
    content = bytearray(frame.read_bytes())
    content[-20] ^= 1
    frame.write_bytes(content)
    with pytest.raises(InputError, match="on other sequences or frames: choose another --workspace"):
        begin(tmp_path / "workspace", tmp_path / "data")


def test_a_dataset_that_has_moved_is_found_where_it_is(tmp_path: Path) -> None:
    write_folder(tmp_path / "data" / "first", frames=4)
    begin(tmp_path / "workspace", tmp_path / "data")
    shutil.move(tmp_path / "data", tmp_path / "moved")
    begin(tmp_path / "workspace", tmp_path / "moved")
    links = sorted((tmp_path / "workspace" / "sequences").glob("*/color/*"))
    assert len(links) == 4
    assert all(link.resolve(strict=True).is_relative_to(tmp_path / "moved") for link in links)


def test_where_the_toolkit_would_see_a_failure_and_our_engine_none_is_said(tmp_path: Path) -> None:
    file = write_folder(tmp_path / "data" / "first", frames=4).joinpath("groundtruth_rect.txt")
    write_folder(tmp_path / "data" / "second", frames=4)
    assert prepared(tmp_path / "whole", tmp_path / "data", "supervised")[1] == []
    rows = file.read_text().splitlines()
    file.write_text("\n".join([*rows[:2], "NaN,NaN,NaN,NaN", rows[3]]) + "\n")
    (said,) = prepared(tmp_path / "gap", tmp_path / "data", "supervised")[1]
    assert said.startswith("no ground truth in 1 frame (first 1): in runs with restarts the toolkit takes each for a f")
    assert prepared(tmp_path / "anchors", tmp_path / "data", "multistart")[1] == []


def test_who_stops_it_reads_what_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    for name in ("first", "second"):
        write_folder(tmp_path / "data" / name, frames=4)
    place = begin(tmp_path / "ws", tmp_path / "data")

    def stopped(*_: object) -> None:
        (result, _) = place.wanted["cv2_kcf"]
        result.parent.mkdir(parents=True)
        result.with_name(f"{result.name}.txt").touch()
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "evaluate", stopped)
    with pytest.raises(KeyboardInterrupt):
        _run(place, 60)
    assert f"Stopped. 1 of 2 results are kept in {tmp_path / 'ws'}; the same command goes on" in capsys.readouterr().err
