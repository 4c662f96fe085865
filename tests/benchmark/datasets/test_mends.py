"""What the doctor says of data that are damaged, misplaced or packed, and how to mend it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import layouts
import pytest

from benchmark.datasets.doctor import Examination, examine
from benchmark.datasets.lookup import open_dataset
from trackers.errors import InputError

NAME = "Motor2"


@pytest.fixture
def told(tmp_path: Path) -> Callable[[str], list[str]]:
    """What is found wrong with a dataset in the folder of the test, apart from what is missing by name."""

    def ask(dataset: str = "DTB70") -> list[str]:
        found: Examination = examine(open_dataset(dataset, tmp_path), tmp_path)
        return [f"{one.kind}: {one.text}" for one in found.findings if one.kind != "missing"]

    return ask


def sequence(root: Path, name: str = NAME) -> Path:
    layouts.dtb70(root, name, layouts.boxes(68))
    return root / name


def test_a_file_beside_the_boxes_in_another_letter_case(tmp_path: Path, told):
    folder = layouts.lasot(tmp_path, "monkey-17", layouts.boxes(2260))
    (folder / "out_of_view.txt").rename(folder / "Out_Of_View.txt")
    (said,) = told("LaSOT")
    assert said.endswith(f"scored by it; {folder}/Out_Of_View.txt is there: call it out_of_view.txt")


@pytest.mark.parametrize("file", ["cover.label", "meta_info.ini"])
def test_labels_that_are_not_there_are_named_with_their_sequence(tmp_path: Path, told, file: str):
    folder = layouts.got10k(tmp_path, "val", "GOT-10k_Val_000001", layouts.boxes(60, 0))
    (folder / file).rename(folder / file.upper())
    (said,) = told("GOT-10k/val")
    assert said == (
        f"damaged: GOT-10k_Val_000001: {folder / file} is missing: the set is scored by it; put the original back;"
        f" {folder / file.upper()} is there: call it {file}"
    )


def test_a_sequence_one_folder_too_deep(tmp_path: Path, told):
    inner = sequence(tmp_path / "DTB70" / NAME)
    (said,) = told()
    assert said.endswith(f"; {inner} has it, one folder too deep: move what is in there up")


def test_what_is_missing_may_lie_a_folder_deeper_than_the_rest(tmp_path: Path, told):
    sequence(tmp_path / "DTB70")
    sequence(tmp_path / "DTB70" / "DTB70-2", "Animal1")
    assert told() == [
        f"layout: 1 of the missing sequences is in {tmp_path}/DTB70/DTB70-2: move it up",
    ]


def test_another_benchmarks_sequences_of_the_same_name_are_not_taken_for_it(tmp_path: Path, told):
    """TColor-128 has OTB's names, in other cuts; a year of VOT another year's."""
    layouts.dtb70(tmp_path / "TColor128", "Basketball", layouts.boxes(725))
    layouts.vot(tmp_path / "VOT2018" / "sequences", "ants1", ["1,2,30,40"] * 3)
    assert told("OTB100") == []
    assert told("VOT2017") == ["layout: here is VOT2018 (1 of 60 sequences), and not VOT2017"]


@pytest.mark.parametrize(
    ("dataset", "place"),
    [("LaSOT", "LaSOT/monkey/monkey-1"), ("GOT-10k/val", "GOT-10k/train/GOT-10k_Train_000001"),
     ("TrackingNet", "TrackingNet/TRAIN_0")],
)  # fmt: skip
def test_the_training_split_is_told(tmp_path: Path, told, dataset: str, place: str):
    layouts.write(tmp_path / place / "full_occlusion.txt", "0,0\n")
    assert told(dataset) == [f"layout: here is the training split ({Path(place).name}), and not {dataset}"]


def test_links_that_lead_nowhere_are_told(tmp_path: Path, told):
    (tmp_path / "DTB70").symlink_to(tmp_path / "disk")
    assert told() == [f"layout: {tmp_path}/DTB70 is a link that leads nowhere: is its disk there?"]
    folder = sequence(tmp_path / "disk")
    (folder / "img" / "00003.jpg").unlink()
    (folder / "img" / "00003.jpg").symlink_to("00003.jpg")
    (said,) = told()
    assert "img lacks image 3: 1 of the sequence's images 1-68 are missing" in said
    (folder / "img").rename(folder / "other")
    (folder / "img").symlink_to("img")
    (said,) = told()
    assert said.endswith("img, is a link that leads nowhere: unpack it again")


@pytest.fixture
def close(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Refuse to list a folder, and whatever is asked of what lies in it, as a system does of a folder of mode 0."""

    def refuse(folder: Path) -> None:
        def asked(call: Callable[..., Any], listing: bool) -> Callable[..., Any]:
            def answer(place: Any = ".", *more: Any, **options: Any) -> Any:
                path = Path(os.fspath(place)) if not isinstance(place, int) else Path()
                if path.is_relative_to(folder) and (listing or path != folder):
                    raise PermissionError(13, "Permission denied", str(place))
                return call(place, *more, **options)

            return answer

        allowed = os.access
        monkeypatch.setattr(os, "scandir", asked(os.scandir, True))
        monkeypatch.setattr(os, "listdir", asked(os.listdir, True))
        monkeypatch.setattr(os, "stat", asked(os.stat, False))
        monkeypatch.setattr(
            os, "access", lambda place, mode, **_: not Path(place).is_relative_to(folder) and allowed(place, mode)
        )

    return refuse


@pytest.mark.parametrize(
    ("dataset", "closed", "said"),
    [
        ("DTB70", "DTB70/Motor2/img", "damaged: Motor2: {} cannot be read (Permission denied)"),
        ("DTB70", "DTB70/Motor2", "damaged: Motor2: {}/groundtruth_rect.txt cannot be read (Permission denied)"),
        ("DTB70", "DTB70", "layout: {} may not be read: change its permissions (chmod u+rx)"),
        ("TColor128", "TColor128/Deer", "damaged: Deer: {} cannot be read (Permission denied)"),
        ("UAV123", "UAV123/anno/UAV123", "damaged: uav6: {}/uav6.txt cannot be read (Permission denied)"),
        ("UAV123", "UAV123/data_seq", "layout: {} may not be read: change its permissions (chmod u+rx)"),
        ("VOT2018", "VOT2018", "layout: {} may not be read: change its permissions (chmod u+rx)"),
    ],
)
def test_a_folder_that_may_not_be_read_is_named(
    tmp_path: Path, told, close, dataset: str, closed: str, said: str
) -> None:
    sequence(tmp_path / "DTB70")
    layouts.tcolor128(tmp_path / "TColor128", "Deer", range(1, 72), layouts.boxes(71))
    layouts.uav(tmp_path / "UAV123", "uav6", "uav6", range(1, 110), layouts.boxes(109))
    layouts.vot(tmp_path / "VOT2018", "ants1", ["1,2,30,40"] * 3)
    close(tmp_path / closed)
    assert told(dataset) == [said.format(tmp_path / closed)]
    for name in ("DTB70", "TColor128", "UAV123", "VOT2018", "VOT2022"):  # nobody else is kept from being listed
        assert open_dataset(name, tmp_path).inventory().place == str(tmp_path)


def test_a_data_root_that_may_not_be_read_is_said_at_once(tmp_path: Path, close) -> None:
    close(tmp_path)
    with pytest.raises(InputError, match=r"--data-root .*: may not be read$"):
        open_dataset("DTB70", tmp_path)


@pytest.mark.parametrize("name", ["Animal1.zip", "animal1.TAR.GZ"])
def test_an_archive_of_what_is_missing_is_still_needed(tmp_path: Path, told, name: str):
    sequence(tmp_path / "DTB70")
    (tmp_path / "DTB70" / name).write_bytes(b"x" * 2_000_000)
    assert told() == [f"layout: {tmp_path}/DTB70/{name} is not unpacked (2 MB)"]


def test_an_archive_beside_a_part_of_what_it_has_may_be_needed(tmp_path: Path, told):
    sequence(tmp_path / "DTB70")
    for name in ("DTB70.zip", f"{NAME}.zip", "LaSOT.zip", "photos.zip"):
        (tmp_path / name).write_bytes(b"x" * 2_000_000)
    assert told() == [
        f"note: {tmp_path}/DTB70.zip may have what is missing (2 MB): unpack it again",
        f"note: {tmp_path}/{NAME}.zip is no longer needed (2 MB)",
    ]


def test_trackingnets_zips_lie_in_a_folder_of_their_own(tmp_path: Path, told):
    layouts.write(tmp_path / "TEST" / "zips" / "-Dz7OIf54b0_0.zip", "x")
    assert told("TrackingNet") == [f"layout: {tmp_path}/TEST/zips/-Dz7OIf54b0_0.zip is not unpacked (0 MB)"]


def test_one_set_of_two_under_one_image_tree(tmp_path: Path, told):
    layouts.uav(tmp_path, "bike1", "bike1", range(1, 3086), layouts.boxes(3085), "UAV20L")
    assert told("UAV20L") == []
    assert told("UAV123") == ["layout: here is UAV20L (1 of 20 sequences), and not UAV123"]
