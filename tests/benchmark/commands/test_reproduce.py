"""``run_bench reproduce``: what is here is run, what is missing is said, and nothing is claimed that is not so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from authors_files import write_checkpoint
from safetensors.torch import save_file

from benchmark.commands.reproduce import _time
from benchmark.datasets.folder import FolderDataset
from benchmark.datasets.selection import select
from benchmark.engine.estimate import Pace
from benchmark.reproduction import Row, recognise
from trackers.errors import InputError
from trackers.nets.alexnet import AlexNet


@pytest.fixture
def siamfc(tmp_path: Path) -> Path:
    tensors = {f"backbone.{name}": value for name, value in AlexNet(groups=2).state_dict().items()}
    (tmp_path / "weights").mkdir()
    torch.save(tensors, tmp_path / "weights" / "siamfc_alexnet_e50.pth")
    return tmp_path / "weights" / "siamfc_alexnet_e50.pth"


def words(text: str) -> str:
    return " ".join(text.split())


def test_without_any_file_it_runs_and_says_that_nothing_is_reproduced(
    picture_folder: Path, run_bench, tmp_path
) -> None:
    data = ("-d", "folder", "--data-root", picture_folder, "--sequences", "first", "--limit-frames", 3)
    done = run_bench("reproduce", *data, "--results", tmp_path / "results", "--workers", 1)
    assert done.returncode == 0, done.stderr
    assert "this reproduces nothing" in words(done.stderr)
    assert "about" in done.stderr and "5 trackers and 3 frames" in words(done.stderr)  # noqa: PT018
    assert "missing: Google Drive" in words(done.stdout)
    (page,) = (tmp_path / "results" / "runs").glob("*/reproduction.html")
    assert str(page.name) in done.stdout
    text = page.read_text()
    assert "nothing is reproduced" in text
    assert "no paper prints scores on folder" in text
    assert "dualmn-long" in text


def test_a_check_says_what_is_here_and_runs_nothing(siamfc: Path, picture_folder: Path, run_bench, tmp_path) -> None:
    data = ("-d", "folder", "--data-root", picture_folder, "--sequences", "first", "--limit-frames", 2)
    results = tmp_path / "results"
    done = run_bench("reproduce", "--check", siamfc.parent, *data, "--results", results)
    assert done.returncode == 0, done.stderr
    assert "siamfc_alexnet_e50.pth" in done.stdout.replace("\n", "")
    assert "the authors' networks: SiamFC-3s; without their files MemTrack" in words(done.stderr)
    assert not list(results.glob("runs/*"))


def test_what_lies_together_in_a_folder_is_told_apart(siamfc: Path, picture_folder: Path, run_bench, tmp_path) -> None:
    folder = siamfc.parent
    write_checkpoint(folder, {"layer": np.ones(3, np.float32)})
    torch.save({"layer.weight": torch.zeros(3)}, folder / "mine.pth")
    (folder / "README.txt").write_text("where these are from")
    (folder / "old").mkdir()
    data = ("-d", "folder", "--data-root", picture_folder, "--sequences", "first", "--limit-frames", 2)
    done = run_bench("reproduce", "--check", folder, *data, "--results", tmp_path / "results")
    assert done.returncode == 0, done.stderr
    said = words(done.stderr)
    assert "the authors' networks: SiamFC-3s" in said
    assert "sha256" in done.stdout
    assert "README.txt: no file of weights; left out" in said
    assert "mine.pth is for no tracker, and none of what is reproduced takes it; left out" in said
    assert "model.ckpt-95000.index is for no tracker" in said
    assert "data-00000" not in said


def test_what_was_trained_here_is_not_taken_for_the_authors(tmp_path: Path) -> None:
    net = {f"backbone.{name}": value for name, value in AlexNet(groups=2).state_dict().items()}
    for said in (None, {"source": "Engram", "tracker": "siamfc:paper"}):
        save_file({**net, "response_shift": torch.zeros(())}, tmp_path / "best.safetensors", said)
        with pytest.raises(InputError, match="trained here no paper is reproduced"):
            recognise([tmp_path / "best.safetensors"], print)
        remarks: list[str] = []
        assert recognise([tmp_path], remarks.append) == {}
        assert "best.safetensors has Engram's names" in remarks[-1]


def test_folders_within_the_folder_are_looked_into_and_what_holds_nothing_is_said(siamfc: Path, tmp_path: Path) -> None:
    said: list[str] = []
    folder = siamfc.parent
    (folder / "theirs" / "siamfc").mkdir(parents=True)
    siamfc.rename(folder / "theirs" / "siamfc" / siamfc.name)
    (folder / "theirs" / "round").symlink_to(folder)
    (folder / "models.zip").write_bytes(b"PK")
    for number in range(9):
        (folder / "theirs" / f"{number}.jpg").write_bytes(b"")
    assert recognise([folder], said.append) == {"siamfc": folder / "theirs" / "siamfc" / siamfc.name}
    assert any("models.zip: packed" in text for text in said)
    assert sum(".jpg" in text for text in said) == 5
    assert any("4 more files" in text for text in said)
    (tmp_path / "empty").mkdir()
    assert recognise([tmp_path / "empty"], said.append) == {}
    assert "empty: no file of weights lies in it" in said[-1]


def test_a_damaged_file_in_a_folder_is_no_missing_one(siamfc: Path, picture_folder: Path, run_bench) -> None:
    siamfc.write_bytes(siamfc.read_bytes()[:-1000])
    done = run_bench("reproduce", siamfc.parent, "-d", "folder", "--data-root", picture_folder)
    assert done.returncode == 2
    assert "corrupt or truncated" in done.stderr


def test_a_file_that_is_none_of_them_is_refused(tmp_path: Path, picture_folder: Path, run_bench) -> None:
    torch.save({"layer.weight": torch.zeros(3)}, tmp_path / "net.pth")
    done = run_bench("reproduce", tmp_path / "net.pth", "-d", "folder", "--data-root", picture_folder)
    assert done.returncode == 2
    assert "is for no tracker" in done.stderr


def test_a_file_that_lacks_a_tensor_is_refused(tmp_path: Path, picture_folder: Path, run_bench) -> None:
    names = ("feature_extraction/conv1/kernel", "c_state/kernel", "RNN/0/kernel")
    write_checkpoint(tmp_path, {name: torch.zeros(2, 2).numpy() for name in names})
    done = run_bench("reproduce", tmp_path, "-d", "folder", "--data-root", picture_folder)
    assert done.returncode == 2
    assert "does not fit memtrack:paper" in done.stderr


def test_the_files_are_told_before_the_data_is_asked_for(tmp_path: Path, run_bench) -> None:
    done = run_bench("reproduce", "--dry-run", "-d", "OTB100", "--data-root", tmp_path)
    assert done.returncode == 2
    assert "missing: Google Drive" in words(done.stdout)
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(("device", "workers", "seconds"), [("cpu", 2, 33), ("cpu", 1, 66), ("cuda", 0, 66)])
def test_its_time_is_that_of_the_workers_side_by_side(
    monkeypatch: pytest.MonkeyPatch, picture_folder: Path, device: str, workers: int, seconds: int
) -> None:
    monkeypatch.setattr("benchmark.engine.device.use_device", lambda wanted: wanted)
    monkeypatch.setattr("benchmark.engine.estimate.pace_of", lambda *one: Pace(4.0, 1.0))
    made = tuple(Row("", (), name, (), "") for name in ("siamfc", "memtrack", "siamfc"))
    selection = select(FolderDataset(picture_folder))  # of 6, 8 and 10 frames
    said = _time(made, selection, device, workers, 0)
    assert f"about {seconds} s for 2 trackers and 24 frames on {device}" in said
    assert ("2 processes side by side" in said) == (workers == 2)
