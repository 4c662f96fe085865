from __future__ import annotations

import re
from pathlib import Path

import pytest

import benchmark
from benchmark.datasets.folder import FolderDataset
from benchmark.datasets.listing import below, entries, files_in, folders, hidden, matching
from benchmark.datasets.otb import OTBDataset
from benchmark.interop.dialects import detect_dialect, read_dialect
from benchmark.interop.ground_truth import read_ground_truth
from benchmark.interop.importing import import_results
from benchmark.training.readers.videos import read_got10k
from trackers.errors import InputError

LEFT_BY_SYSTEMS = ("._boxes.txt", ".DS_Store", "__MACOSX", ".ipynb_checkpoints", "Thumbs.db", "desktop.ini", ".hidden")
LISTING = re.compile(r"\.(iterdir|glob|rglob|walk)\(|os\.(listdir|scandir|walk)\(")
OWN_FILES = (
    "store",
    "datasets/render",
    "datasets/download/leftovers.py",
    "interop/trajectories.py",
    "profiles",
    "measurements",
    "interop/bundle.py",
    "interop/placing.py",
    "training/recipe.py",
    "studies/reading.py",
    "commands/completing.py",
    "vot",
)
"""Where the program lists what it has written or ships itself."""


@pytest.mark.parametrize("name", LEFT_BY_SYSTEMS)
def test_what_systems_leave_behind_is_no_data(name: str):
    assert hidden(name)


@pytest.mark.parametrize("name", ["a.txt", "img", "a.b", "_x", "MACOSX", "boxes..txt"])
def test_everything_else_is(name: str):
    assert not hidden(name)


def test_each_way_to_list_a_folder_leaves_it_out(tmp_path: Path):
    for place in (tmp_path, tmp_path / "inner", tmp_path / "__MACOSX", tmp_path / ".ipynb_checkpoints"):
        place.mkdir(exist_ok=True)
        for name in ("a.txt", "b.TXT", "._a.txt", "c.jpg"):
            (place / name).touch()
    assert [path.name for path in entries(tmp_path)] == ["a.txt", "b.TXT", "c.jpg", "inner"]
    assert [path.name for path in folders(tmp_path)] == ["inner"]
    assert sorted(files_in(tmp_path, (".txt",))) == ["a.txt", "b.TXT"]
    assert matching(tmp_path, "*.txt") == [tmp_path / "a.txt"]
    assert matching(tmp_path, "*/*.txt") == [tmp_path / "inner" / "a.txt"]
    assert matching(tmp_path, "none/*.txt") == matching(tmp_path, "a.txt/*") == []
    assert below(tmp_path, ".txt") == [tmp_path / "a.txt", tmp_path / "inner" / "a.txt"]
    assert below(tmp_path / "none", ".txt") == []


def litter(folder: Path) -> None:
    """Put beside everything in a folder what a Mac and a notebook leave there."""
    for path in [folder, *(path for path in folder.rglob("*") if path.is_dir())]:
        for inner in ("__MACOSX", ".ipynb_checkpoints"):
            (path / inner).mkdir()
        for file in [file for file in path.iterdir() if file.is_file()]:
            for name in (f"._{file.name}", f".ipynb_checkpoints/{file.name}", f"__MACOSX/{file.name}"):
                (path / name).write_bytes(b"\0\5\26\7")
        (path / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")


def test_a_box_file_with_a_macs_shadow_is_the_only_one(write_video):
    root = write_video("clip", boxes="boxes.txt")
    frames = FolderDataset(root).load(["clip"])[0].frames
    litter(root)
    (sequence,) = FolderDataset(root).load(FolderDataset(root).inventory().found)
    assert sequence.frames == frames


def test_littered_results_are_imported_as_clean_ones(tmp_path: Path):
    folder = tmp_path / "KCF"
    folder.mkdir()
    (folder / "Crossing.txt").write_text("1,1,9,9\n" * 120)
    litter(folder)
    assert detect_dialect(folder).name == "otb"
    found, errors = import_results(folder, read_dialect("otb"), "KCF", "OTB100", {})
    assert list(found.by_sequence) == ["Crossing"]
    assert errors == []
    assert [remark for remark in found.remarks if "left out" in remark] == []


def test_littered_ground_truth_and_training_data_are_read_as_clean_ones(tmp_path: Path, write_video):
    truth = tmp_path / "truth"
    truth.mkdir()
    (truth / "Crossing.txt").write_text("1,1,9,9\n" * 120)
    litter(truth)
    assert list(read_ground_truth(truth)) == ["Crossing"]
    videos = write_video("videos/clip", boxes="groundtruth.txt", inner=".").parent
    before = [track.name for track in read_got10k(videos)]
    litter(videos)
    assert [track.name for track in read_got10k(videos)] == before == ["clip"]


def test_a_hidden_folder_is_no_sequence_of_a_catalogue(tmp_path: Path):
    (tmp_path / ".Crossing").mkdir()
    (tmp_path / "__MACOSX" / "Crossing").mkdir(parents=True)
    assert OTBDataset("OTB100", tmp_path).inventory().found == ()
    with pytest.raises(InputError, match="no sequence in"):
        FolderDataset(tmp_path)


def test_nobody_else_lists_a_folder_of_data():
    root = Path(benchmark.__file__).parent
    found = [
        path.relative_to(root).as_posix()
        for path in sorted(root.rglob("*.py"))
        if LISTING.search(path.read_text("utf-8")) and path.name != "listing.py"
    ]
    assert [name for name in found if not name.startswith(OWN_FILES)] == []
