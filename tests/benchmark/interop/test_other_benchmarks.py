"""Results on other benchmarks than OTB, in the dialects in which they are published."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import layouts
import numpy as np
import pytest

from benchmark.datasets.lookup import open_dataset
from benchmark.datasets.sequence import Annotation
from benchmark.interop.dialects import detect_dialect
from benchmark.interop.importing import import_results
from benchmark.interop.names import Names
from benchmark.interop.trajectories import Trajectories
from trackers.errors import InputError


def take(path: Path, dataset: str, tracker: str = "T", truth: dict[str, Annotation] | None = None) -> Trajectories:
    opened = open_dataset(dataset)
    inventory = opened.inventory()
    targets = {*inventory.found, *inventory.missing}
    return import_results(
        path, detect_dialect(path), tracker, dataset, truth or {}, names=Names(targets, opened.aliases()),
        targets=targets, origin=opened.origin,
    )[0]  # fmt: skip


@pytest.fixture
def dialects(shared_data: Path) -> Path:
    return shared_data / "golden" / "dialects"


def golden(folder: Path, file: str, sequence: str) -> np.ndarray:
    with np.load(folder.parent / f"{file}.npz") as kept:
        return kept[sequence].astype(float)


@pytest.mark.parametrize(
    ("folder", "dataset", "tracker", "sequence", "arrays"),
    [
        ("uav_mat", "UAV123", "SiamFC", "bird1_1", "uav123/SiamFC"),
        ("uav_mat", "UAV123", "AutoTrack", "bird1_1", "uav123/AutoTrack"),
        ("dtb_mat", "DTB70", "KCF", "Animal1", "dtb70/KCF"),
    ],
)
def test_a_workspace_full_of_variables_is_read(dialects: Path, folder, dataset, tracker, sequence, arrays) -> None:
    found = take(dialects / folder, dataset, tracker)
    assert list(found.by_sequence) == [sequence]
    expected = golden(dialects, arrays, sequence)
    assert found.boxes[sequence] + [1, 1, 0, 0] == pytest.approx(expected, abs=1e-4)  # kept in single precision


@pytest.mark.parametrize(
    ("file", "sequence", "rows"),
    [("ATOM_000_nfs_Gymnastics", "nfs_Gymnastics", 368), ("SiamBAN_Gymnastics", "Gymnastics", 368)],
)
def test_nfs_by_its_two_names(dialects: Path, tmp_path: Path, file, sequence, rows) -> None:
    shutil.copy(dialects / "nfs_pytracking" / f"{file}.txt", tmp_path / f"{sequence}.txt")
    found = take(tmp_path, "NfS/30")
    assert {name: len(boxes) for name, boxes in found.boxes.items()} == {"Gymnastics": rows}
    assert found.boxes["Gymnastics"][0, 0] in (520, 520.5)  # as it stands in the file


def test_one_row_too_many_is_said(dialects: Path, tmp_path: Path) -> None:
    shutil.copy(dialects / "nfs_pytracking" / "ECO_nfs_Gymnastics.txt", tmp_path / "nfs_Gymnastics.txt")
    with pytest.raises(InputError, match="Gymnastics: 369 boxes where the sequence has 368 frames"):
        take(tmp_path, "NfS/30")


def test_names_that_differ_in_case(dialects: Path) -> None:
    found = take(dialects / "tc128", "TColor128", "KCF_LAB")
    assert {name: len(rows) for name, rows in found.boxes.items()} == {"Jogging2": 307}
    assert found.remarks[0] == "left out 1 file about no sequence of TColor128: 'jogging2_gt.txt'"


def test_a_submission_to_got10ks_server(dialects: Path) -> None:
    (found,) = take(dialects / "got10k_test" / "GOT-10k_Test_000001_001.txt", "GOT-10k/test").by_sequence.values()
    assert (found.sequence, len(found.boxes), found.boxes[0].tolist()) == (
        "GOT-10k_Test_000001",
        100,
        [395, 340, 532, 407],
    )
    assert found.times is not None
    assert found.times[0] == pytest.approx(9.575)


def test_a_video_that_is_longer_than_its_annotation(dialects: Path, tmp_path: Path) -> None:
    content = (dialects / "lasot" / "ATOM_monkey-17.txt").read_text()
    for more in (0, 3):
        (tmp_path / "monkey-17.txt").write_text(content + "1,2,3,4\n" * more)
        found = take(tmp_path, "LaSOT")
        assert len(found.boxes["monkey-17"]) == 2260
        said = [remark for remark in found.remarks if remark.startswith("left out")]
        assert said == ["left out 3 boxes of monkey-17 beyond its annotated frames"] * bool(more)
    (tmp_path / "monkey-4.txt").write_text(content)
    with pytest.raises(InputError, match="monkey-4: 2,260 boxes where the sequence has"):
        take(tmp_path, "LaSOT")


def test_a_length_that_nobody_knows_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "ball2.txt").write_text("1,2,3,4\n" * 41)
    with pytest.raises(InputError, match=r"ball2.txt: nothing here says how long ball2 is: .* --ground-truth"):
        take(tmp_path, "VOT2019")
    (tmp_path / "-Dz7OIf54b0_0.txt").write_text("1,2,3,4\n")
    with pytest.raises(InputError, match=r"nothing here says how long -Dz7OIf54b0_0 is"):
        take(tmp_path, "TrackingNet")


def test_a_row_that_lacks_is_none_to_overlook_where_the_truth_is_secret(tmp_path: Path) -> None:
    """Elsewhere a last row may be missing whose ground truth is invalid."""
    layouts.got10k(tmp_path / "data", "test", "GOT-10k_Test_000033", layouts.boxes(1, 0), frames=51)
    (video,) = open_dataset("GOT-10k/test", tmp_path / "data").load(["GOT-10k_Test_000033"])
    results = tmp_path / "T" / "GOT-10k_Test_000033"
    layouts.write(results / "GOT-10k_Test_000033_001.txt", layouts.text(layouts.boxes(50, 0)))
    with pytest.raises(InputError, match="50 boxes where the ground truth has 51"):
        take(tmp_path / "T", "GOT-10k/test", truth={video.name: video.annotation})


def test_the_command_takes_the_datasets_own_origin_and_rules(run_bench: Any, tmp_path: Path) -> None:
    rows = layouts.boxes(60, 0)
    layouts.got10k(tmp_path / "data", "val", "GOT-10k_Val_000001", rows)
    layouts.write(tmp_path / "ours" / "GOT-10k_Val_000001" / "GOT-10k_Val_000001_001.txt", layouts.text(rows))
    words = (
        "import",
        tmp_path / "ours",
        "-d",
        "got10k/val",
        "--data-root",
        tmp_path / "data",
        "--results",
        tmp_path / "r",
    )
    done = run_bench(*words)
    assert done.returncode == 0, done.stderr
    assert "looks 0-based" not in done.stderr
    assert "AUC 0.9901" in done.stdout  # 100 of 101 thresholds: no overlap exceeds 1
    assert "(profile got10k)" in done.stdout
