"""What any reader of box files must take: byte order marks, line ends, trailing blanks, NaN, commas, tabs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import layouts
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmark.datasets.box_text import read_boxes, read_flags
from benchmark.datasets.lookup import open_dataset
from benchmark.datasets.nfs import read_vatic
from benchmark.datasets.regions import parse_regions, region_boxes
from trackers.errors import InputError

FILES = {
    "UAV123": ("uav6", "anno/UAV123/uav6.txt"), "DTB70": ("Motor2", "Motor2/groundtruth_rect.txt"),
    "TColor128": ("Deer", "Deer/Deer_gt.txt"), "GOT-10k/val": ("GOT-10k_Val_000001", None),
    "TrackingNet": ("-Dz7OIf54b0_0", "TEST/anno/-Dz7OIf54b0_0.txt"), "VOT2019": ("agility", "agility/groundtruth.txt"),
    "NfS/30": ("car_jumping", "car_jumping/30/car_jumping.txt"),
    "LaSOT": ("monkey-17", "monkey/monkey-17/out_of_view.txt"),
}  # fmt: skip
"""Dataset: a sequence, and its box file, or one that lies beside it."""


@st.composite
def writings(draw: st.DrawFn, delimiters: tuple[str, ...] = (",", "\t", " ", ", ", ",\t", ";")) -> dict[str, str]:
    """A way to write a text down that changes nothing of what it says."""
    return {
        "mark": draw(st.sampled_from(["", "\ufeff"])), "end": draw(st.sampled_from(["\n", "\r\n", "\r"])),
        "delimiter": draw(st.sampled_from(delimiters)), "blanks": draw(st.sampled_from(["", " ", "\t", "  "])),
        "last": draw(st.sampled_from(["", "\n", "\r\n\r\n", "  \n"])),
        "encoding": draw(st.sampled_from(["utf-8", "utf-16"])),
    }  # fmt: skip


def written(lines: list[str], way: dict[str, str]) -> bytes:
    text = way["end"].join(line.replace(",", way["delimiter"]) + way["blanks"] for line in lines) + way["last"]
    return text.encode("utf-16") if way["encoding"] == "utf-16" else (way["mark"] + text).encode()


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A root for each dataset, with one sequence in it."""
    roots = {name: tmp_path_factory.mktemp("tree") for name in FILES}
    layouts.uav(roots["UAV123"], "uav6", "uav6", range(1, 110), layouts.boxes(109))
    layouts.dtb70(roots["DTB70"], "Motor2", layouts.boxes(68))
    layouts.tcolor128(roots["TColor128"], "Deer", range(1, 72), layouts.boxes(71))
    layouts.got10k(roots["GOT-10k/val"], "val", "GOT-10k_Val_000001", layouts.boxes(60, 0))
    layouts.trackingnet(roots["TrackingNet"], "-Dz7OIf54b0_0", 5, (5, 6, 30, 20))
    layouts.vot(roots["VOT2019"], "agility", [",".join(f"{v:g}" for v in row) for row in layouts.boxes(9, 0)])
    layouts.nfs(roots["NfS/30"], "car_jumping", layouts.boxes(176, 0), 30, 22)
    layouts.lasot(roots["LaSOT"], "monkey-17", layouts.boxes(2260), hidden=[7], out=[5, 2259])
    return roots


def check_reader(trees: dict[str, Path], dataset: str, way: dict[str, str]) -> None:
    sequence, file = FILES[dataset]
    path = trees[dataset] / (file or f"val/{sequence}/groundtruth.txt")
    original = path.read_bytes()
    before = open_dataset(dataset, trees[dataset]).load([sequence])[0].annotation
    try:
        path.write_bytes(written(original.decode().splitlines(), way))
        after = open_dataset(dataset, trees[dataset]).load([sequence])[0].annotation
    finally:
        path.write_bytes(original)
    assert np.array_equal(before.boxes, after.boxes, equal_nan=True)
    assert np.array_equal(before.valid, after.valid)
    assert before.absent is None or np.array_equal(before.absent, after.absent)


@pytest.mark.parametrize("dataset", [name for name in FILES if name != "VOT2019"])
@settings(deadline=None, max_examples=6)
@given(way=writings())
def test_readers_take_every_usual_writing(trees: dict[str, Path], dataset: str, way: dict[str, str]) -> None:
    check_reader(trees, dataset, way)


@settings(deadline=None, max_examples=6)
@given(way=writings((",", "\t")))
def test_regions_too(trees: dict[str, Path], way: dict[str, str]) -> None:
    check_reader(trees, "VOT2019", way)


@pytest.mark.slow
@pytest.mark.parametrize("dataset", [name for name in FILES if name != "VOT2019"])
@settings(deadline=None, max_examples=1000)
@given(way=writings())
def test_readers_take_every_usual_writing_at_length(trees: dict[str, Path], dataset: str, way: dict[str, str]) -> None:
    check_reader(trees, dataset, way)


numbers = st.one_of(st.integers(-5, 5000).map(str), st.floats(-1e4, 1e4).map(repr), st.sampled_from(["NaN", "nan"]))
rows = st.lists(st.lists(numbers, min_size=4, max_size=4), min_size=1, max_size=30)
anything = st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode), rows.map(
    lambda found: "\n".join(",".join(row) for row in found).encode()))  # fmt: skip


def check_boxes_come_back(folder: Path, found: list[list[str]], way: dict[str, str]) -> None:
    file = folder / "boxes.txt"
    file.write_bytes(written([",".join(row) for row in found], way))
    assert np.array_equal(read_boxes(file), np.array(found, float), equal_nan=True)


def check_anything(folder: Path, data: bytes) -> None:
    """Whatever a file holds, a reader gives rows of four or says in one line what is wrong."""
    file = folder / "any.txt"
    file.write_bytes(data)
    text = data.decode("utf-8", errors="replace")
    for read in (read_boxes, read_vatic, lambda path: region_boxes(parse_regions(text, str(path))), read_flags):
        found, said = answer(read, file)
        assert found is None or found.shape[1:] == (() if read is read_flags else (4,))
        assert "\n" not in said


def answer(read: Callable[[Path], np.ndarray], file: Path) -> tuple[np.ndarray | None, str]:
    """What a reader gives of a file, or what it says of it."""
    try:
        return read(file), ""
    except InputError as error:
        return None, str(error)


@settings(deadline=None, max_examples=25)
@given(found=rows, way=writings())
def test_any_rows_come_back(tmp_path_factory: pytest.TempPathFactory, found, way) -> None:
    check_boxes_come_back(tmp_path_factory.getbasetemp(), found, way)


@settings(deadline=None, max_examples=40)
@given(data=anything)
def test_anything_gives_rows_or_one_line(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    check_anything(tmp_path_factory.getbasetemp(), data)


@pytest.mark.slow
@settings(deadline=None, max_examples=4000)
@given(found=rows, way=writings())
def test_any_rows_come_back_at_length(tmp_path_factory: pytest.TempPathFactory, found, way) -> None:
    check_boxes_come_back(tmp_path_factory.getbasetemp(), found, way)


@pytest.mark.slow
@settings(deadline=None, max_examples=4000)
@given(data=anything)
def test_anything_gives_rows_or_one_line_at_length(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    check_anything(tmp_path_factory.getbasetemp(), data)


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("0,1,1", "011"),
        ("0\n1\n1\n", "011"),
        ("0\r\n1\r\n", "01"),
        ("1", "1"),
        ("", ""),
        ("0 1\t0;1", "0101"),
        ("0, 1", "01"),
    ],
)
def test_flags_however_they_are_written(tmp_path: Path, text: str, flags: str) -> None:
    (tmp_path / "f.txt").write_bytes(text.encode())
    assert read_flags(tmp_path / "f.txt").tolist() == [one == "1" for one in flags]


@pytest.mark.parametrize("text", ["01", "0,2", "0,1,x", "0.5", "0,,1x"])
def test_what_is_no_flag_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "f.txt").write_text(text)
    with pytest.raises(InputError, match="is neither 0 nor 1"):
        read_flags(tmp_path / "f.txt")
