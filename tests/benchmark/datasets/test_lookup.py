from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmark.datasets.folder import FolderDataset
from benchmark.datasets.lookup import dataset_names, open_dataset
from trackers.errors import InputError


@pytest.fixture(autouse=True)
def _no_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ENGRAM_DATA", raising=False)
    monkeypatch.chdir(tmp_path)


def test_every_dataset_has_a_name():
    assert dataset_names() == (
        "demo", "demo-full", "demo-large", "OTB2013", "OTB50", "OTB100", "UAV123", "UAV20L", "NfS/30", "NfS/240",
        "TColor128", "DTB70", "LaSOT", "LaSOT/ext", "GOT-10k/val", "GOT-10k/test", "TrackingNet",
        *(f"VOT{year}" for year in range(2013, 2023)), "folder",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("OTB100", "OTB100"), ("otb-100", "OTB100"), ("OTB2015", "OTB100"), ("OTB-2015", "OTB100"),
        ("TB_100", "OTB100"), ("tb100", "OTB100"),
        ("CVPR13", "OTB2013"), ("otb-2013", "OTB2013"), ("OTB13", "OTB2013"), ("TB-50", "OTB50"),
    ],
)  # fmt: skip
def test_datasets_answer_to_their_usual_spellings(spelling, name):
    dataset = open_dataset(spelling)
    assert dataset.name == name
    assert dataset.total == {"OTB100": 100, "OTB50": 50, "OTB2013": 51}[name]
    assert dataset.title
    assert dataset.revision
    assert dataset.source
    assert not dataset.rendered


def test_an_unknown_dataset_gets_a_hint():
    with pytest.raises(InputError) as error:
        open_dataset("OTB1000")
    assert str(error.value).startswith("unknown dataset 'OTB1000'. Did you mean 'OTB100'")
    assert str(error.value).endswith(f"There are: {', '.join(dataset_names())}")


def test_a_benchmark_with_several_splits_asks_which():
    with pytest.raises(InputError, match="unknown dataset 'GOT-10k': say which, of GOT-10k/val, GOT-10k/test"):
        open_dataset("GOT-10k")
    with pytest.raises(InputError, match="say which, of LaSOT, LaSOT/ext"):
        open_dataset("lasot/train")


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("got10k/val", "GOT-10k/val"), ("GOT-10K/Test", "GOT-10k/test"), ("lasot/test", "LaSOT"),
        ("LaSOT_ext", "LaSOT/ext"),
        ("nfs", "NfS/30"), ("nfs240", "NfS/240"), ("TC-128", "TColor128"), ("TrackingNet/test", "TrackingNet"),
        ("uav20l", "UAV20L"), ("vot/2018", "VOT2018"), ("VOT-2019", "VOT2019"),
    ],
)  # fmt: skip
def test_published_sets_answer_to_their_usual_spellings(spelling, name):
    assert open_dataset(spelling).name == name


def test_the_option_goes_before_the_variable_and_that_before_the_default(
    write_video, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    write_video("data/OTB100/Skiing", range(1, 82))
    write_video("variable/Deer", range(1, 72))
    write_video("option/KiteSurf", range(1, 85))
    assert open_dataset("OTB100").inventory().found == ("Skiing",)
    monkeypatch.setenv("ENGRAM_DATA", str(tmp_path / "variable"))
    assert open_dataset("OTB100").inventory().found == ("Deer",)
    assert open_dataset("OTB100", tmp_path / "option").inventory().found == ("KiteSurf",)
    monkeypatch.setenv("ENGRAM_DATA", "")
    assert open_dataset("OTB100").inventory().found == ("Skiing",)


def test_a_named_root_must_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("OTB100", "folder"):
        with pytest.raises(InputError) as error:
            open_dataset(name, tmp_path / "none")
        assert str(error.value) == f"--data-root {tmp_path / 'none'}: no such folder"
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="not a folder"):
        open_dataset("OTB100", tmp_path / "file")
    monkeypatch.setenv("ENGRAM_DATA", "/no/such/place")
    with pytest.raises(InputError, match=r"^ENGRAM_DATA /no/such/place: no such folder$"):
        open_dataset("OTB100")


def test_without_any_root_a_catalogue_is_all_missing_and_a_folder_is_asked_for():
    assert open_dataset("OTB100").inventory().found == ()
    with pytest.raises(InputError, match=r"^the dataset 'folder' needs --data-root DIR: a sequence is a folder"):
        open_dataset("folder")


def test_a_folder_is_opened_by_name(write_video):
    assert isinstance(open_dataset("Folder", write_video("clip")), FolderDataset)


def test_datasets_load_without_torch():
    modules = "lookup, selection, fingerprint, images, otb, folder"
    code = f"import sys; from benchmark.datasets import {modules}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[3], check=False).returncode == 0


@pytest.mark.parametrize("name", ["demo", "Demo-Full", "demo_full"])
def test_rendered_datasets_need_no_root(name, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ENGRAM_DATA", "/no/such/place")
    dataset = open_dataset(name)
    assert dataset.name == name.lower().replace("_", "-")
    assert dataset.rendered
