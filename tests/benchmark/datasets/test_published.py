from __future__ import annotations

from pathlib import Path

import layouts
import numpy as np
import pytest

from benchmark.datasets.lookup import open_dataset
from benchmark.datasets.published import numbered
from trackers.errors import InputError


def test_tcolor128_is_read_as_by_got10k(tmp_path: Path):
    from got10k.datasets import TColor128

    layouts.tcolor128(tmp_path, "Deer", range(1, 72), layouts.boxes(71))
    layouts.tcolor128(tmp_path, "Hurdle_ce2", range(27, 331), layouts.boxes(304))
    layouts.images(tmp_path / "Hurdle_ce2" / "img", range(1, 20), 4)
    dataset, theirs = open_dataset("TColor128", tmp_path), TColor128(str(tmp_path), download=False)
    assert dataset.inventory().found == ("Deer", "Hurdle_ce2")
    for sequence in dataset.load(["Deer", "Hurdle_ce2"]):
        frames, rows = theirs[sequence.name]
        assert [str(frame) for frame in sequence.frames] == frames
        assert np.array_equal(sequence.annotation.boxes + [1, 1, 0, 0], rows)
    assert dataset.profile == "tcolor128"


def test_tcolor128s_names_wander_in_case_and_its_range_must_be_the_published_one(tmp_path: Path):
    layouts.tcolor128(tmp_path / "Temple-color-128", "deer", range(1, 72), layouts.boxes(71))
    dataset = open_dataset("TC128", tmp_path)
    assert len(dataset.load(["Deer"])[0]) == 71
    (tmp_path / "Temple-color-128" / "deer" / "deer_frames.txt").write_text("1,70\n")
    with pytest.raises(InputError, match=r"deer_frames.txt says '1,70', but images 1-71 are annotated"):
        dataset.load(["Deer"])


def test_a_first_row_at_the_border_is_a_start_all_the_same(tmp_path: Path):
    """TColor128 has rows with y = 0 and a size: its authors count them."""
    from benchmark.protocols import ope

    rows = layouts.boxes(71)
    rows[0, 1] = 0
    layouts.tcolor128(tmp_path, "Deer", range(1, 72), rows)
    annotation = open_dataset("TColor128", tmp_path).load(["Deer"])[0].annotation
    assert not annotation.valid[0]
    assert ope(annotation).frame == 0


def test_dtb70_is_read_as_by_got10k(tmp_path: Path):
    from got10k.datasets import DTB70

    rows = layouts.boxes(68) + 0.5
    rows[30] = 0
    layouts.dtb70(tmp_path, "Motor2", rows)
    (sequence,) = open_dataset("DTB70", tmp_path).load(["Motor2"])
    frames, theirs = DTB70(str(tmp_path))["Motor2"]
    assert [str(frame) for frame in sequence.frames] == frames
    assert np.array_equal(sequence.annotation.boxes + [1, 1, 0, 0], theirs)
    assert np.flatnonzero(~sequence.annotation.valid).tolist() == [30]


def test_an_image_that_is_there_twice_is_said(tmp_path: Path):
    layouts.dtb70(tmp_path, "Motor2", layouts.boxes(68))
    (tmp_path / "Motor2" / "img" / "7.png").write_bytes(b"")
    with pytest.raises(InputError, match=r"00007.jpg and 7.png are the same frame twice"):
        open_dataset("DTB70", tmp_path).load(["Motor2"])


def test_images_are_the_same_however_they_are_found(tmp_path: Path) -> None:
    """Folders numbered without a gap are not looked at file by file; a stray file makes that the other way round."""
    numbers = {"plain": range(1, 13), "later": range(5, 30), "from 0": range(12), "thousands": range(1997, 2012)}
    for name, listed in numbers.items():
        layouts.images(tmp_path / name, listed)
        for images in (None, (listed[6], listed[9])):
            short = numbered("S", tmp_path / name, images)
            (tmp_path / name / "stray.jpg").write_bytes(b"")
            assert numbered("S", tmp_path / name, images) == short
            (tmp_path / name / "stray.jpg").unlink()
            first, last = images or (listed[0], listed[-1])
            assert short.names == tuple(f"{number:08d}.jpg" for number in range(first, last + 1))
    with pytest.raises(InputError, match=r"lacks image 3: 2 of the sequence's images 3-9"):
        numbered("S", tmp_path / "later", (3, 9))
    (tmp_path / "later" / "00000010.jpg").unlink()
    with pytest.raises(InputError, match=r"lacks image 10: 1 of"):
        numbered("S", tmp_path / "later")


@pytest.mark.parametrize("kind", ["folder", "broken link"])
def test_what_is_called_like_an_image_and_is_none_is_missing(tmp_path: Path, kind: str) -> None:
    layouts.images(tmp_path, range(1, 9))
    image = tmp_path / "00000004.jpg"
    image.unlink()
    if kind == "folder":
        image.mkdir()
    else:
        image.symlink_to(tmp_path / "nowhere.jpg")
    with pytest.raises(InputError, match=r"lacks image 4: 1 of"):
        numbered("S", tmp_path)


def test_links_to_images_are_images(tmp_path: Path) -> None:
    layouts.images(tmp_path / "there", range(998, 1003))
    (tmp_path / "here").mkdir()
    for image in (tmp_path / "there").iterdir():
        (tmp_path / "here" / image.name).symlink_to(image)
    assert numbered("S", tmp_path / "here").names == numbered("S", tmp_path / "there").names


def test_only_the_first_box_of_a_published_set_must_lie_inside(tmp_path: Path):
    rows = layouts.boxes(68)
    rows[9, 0] = 500
    layouts.dtb70(tmp_path, "Motor2", rows)
    open_dataset("DTB70", tmp_path).load(["Motor2"])
    rows[0, 0] = 500
    layouts.dtb70(tmp_path / "other", "Car2", np.vstack([rows, rows[:6]]))
    with pytest.raises(InputError, match=r"Car2: the box 500,.* lies outside its image of 96x64 pixels .* 1-based"):
        open_dataset("DTB70", tmp_path / "other").load(["Car2"])


def test_a_layouts_own_folders_are_found_in_any_letter_case(tmp_path: Path):
    """The sequences' folders are too, which each reader's tests show."""
    rows = layouts.boxes(60, 0)
    layouts.uav(tmp_path / "UAV123", "bike1", "bike1", range(1, 3086), layouts.boxes(3085))
    layouts.images(tmp_path / "NfS" / "sequences" / "gymnastics", range(1, 369), 5)
    layouts.write(tmp_path / "NfS" / "anno" / "nfs_gymnastics.txt", layouts.text(layouts.boxes(368, 0), "\t"))
    layouts.trackingnet(tmp_path / "TrackingNet", "0-6LB4FqxoE_0", 5, rows[0])
    layouts.got10k(tmp_path / "GOT-10k", "val", "GOT-10k_Val_000001", rows)
    for place, name in (
        ("UAV123", "anno"), ("UAV123", "data_seq"), ("NfS", "anno"), ("NfS", "sequences"), ("TrackingNet/TEST", "anno"),
        ("TrackingNet/TEST", "frames"), ("TrackingNet", "TEST"), ("GOT-10k", "val"),
    ):  # fmt: skip
        (tmp_path / place / name).rename(tmp_path / place / f"_{name}")
        (tmp_path / place / f"_{name}").rename(tmp_path / place / name.swapcase())
    for dataset, name, frames in (
        ("UAV123", "bike1", 3085), ("NfS/30", "Gymnastics", 368), ("TrackingNet", "0-6LB4FqxoE_0", 5),
        ("GOT-10k/val", "GOT-10k_Val_000001", 60),
    ):  # fmt: skip
        opened = open_dataset(dataset, tmp_path)
        assert opened.inventory().found == (name,)
        (sequence,) = opened.load([name])
        assert len(sequence) == frames
    assert not open_dataset("UAV20L", tmp_path).inventory().found
