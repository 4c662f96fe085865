from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from benchmark.datasets.box_text import read_boxes
from benchmark.datasets.catalogue import CATALOGUES, Target, family, is_plain, parse_catalogue, read_catalogue

CODES = ["IV", "OPR", "SV", "OCC", "DEF", "MB", "FM", "IPR", "OV", "BC", "LR"]


@pytest.fixture(scope="module")
def otb():
    return read_catalogue("otb")


def test_the_sets_have_their_published_sizes(otb):
    assert {name: len(otb.of(name)) for name in otb.sets} == {"OTB2013": 51, "OTB50": 50, "OTB100": 100}
    assert set(otb.of("OTB50")) | set(otb.of("OTB2013")) <= set(otb.of("OTB100")) == set(otb.targets)
    assert len({target.folder for target in otb.of("OTB100")}) == 98
    assert len({target.folder for target in otb.of("OTB2013")}) == 50


def test_the_sets_differ_where_they_are_known_to(otb):
    otb2013, otb50 = ({target.name for target in otb.of(name)} for name in ("OTB2013", "OTB50"))
    assert {"Jogging-1", "Jogging-2", "Tiger1", "Coke"} <= otb2013 - otb50
    assert {"Skating2-1", "Skating2-2", "Human4", "Diving"} <= otb50 - otb2013


def test_all_frames_are_counted(otb):
    assert sum(target.frames for target in otb.targets) == 59_040


def test_official_ranges_and_starts(otb):
    images = {target.name: target.images for target in otb.targets}
    special = {
        "David": (300, 770), "Football1": (1, 74), "Freeman3": (1, 460), "Freeman4": (1, 283), "Diving": (1, 215),
        "BlurCar1": (247, 988), "BlurCar3": (3, 359), "BlurCar4": (18, 397),
    }  # fmt: skip
    assert special.items() <= images.items()
    assert [name for name, (first, _) in images.items() if first != 1] == ["BlurCar1", "BlurCar3", "BlurCar4", "David"]
    assert {target.name: target.start for target in otb.targets if target.start} == {"Tiger1": 5}


def test_second_targets_have_their_own_box_files(otb):
    assert {(t.name, t.folder, t.annotation) for t in otb.targets if t.annotation != "groundtruth_rect.txt"} == {
        ("Jogging-1", "Jogging", "groundtruth_rect.1.txt"),
        ("Jogging-2", "Jogging", "groundtruth_rect.2.txt"),
        ("Skating2-1", "Skating2", "groundtruth_rect.1.txt"),
        ("Skating2-2", "Skating2", "groundtruth_rect.2.txt"),
        ("Human4", "Human4", "groundtruth_rect.2.txt"),
    }


def test_every_dialect_of_the_awkward_names_is_listed(otb):
    aliases = {alias for target in otb.targets for alias in target.aliases}
    expected = {f"{video}{gap}{n}" for video in ("Jogging", "Skating2") for gap in (".", "_", "") for n in "12"}
    assert aliases == expected | {"Human4-2", "Human4.2", "Human4_2"}


def test_names_and_lengths_are_those_of_the_published_ground_truth(otb, shared_data: Path):
    files = sorted((shared_data / "golden" / "otb100" / "annotations").glob("*.txt"))
    assert {file.stem: len(read_boxes(file)) for file in files} == {t.name: t.frames for t in otb.targets}


def test_attributes_are_those_of_the_att_files(otb, shared_data: Path):
    golden = json.loads((shared_data / "golden" / "otb100" / "attributes.json").read_text())
    assert {target.name: list(target.attributes) for target in otb.targets} == golden


def test_attributes_are_known_codes_in_column_order(otb):
    for target in otb.targets:
        assert list(target.attributes) == [code for code in CODES if code in target.attributes]


def test_the_published_results_use_names_of_the_catalogue(otb, shared_data: Path):
    known = {name.casefold() for target in otb.targets for name in (target.name, *target.aliases)}
    results = shared_data / "golden" / "dialects" / "got10k" / "OTB2015"
    names = {file.stem.removesuffix("_time").casefold() for file in results.rglob("*.txt")}
    assert names
    assert names <= known


@pytest.mark.parametrize("name", ["", ".", "..", ".git", "a/b", "..\\b", "C:", "a\0b", "what?"])
def test_names_that_could_leave_their_folder_are_not_plain(name):
    assert not is_plain(name)


@pytest.mark.parametrize("name", ["Jogging-1", "Human4.2", "groundtruth_rect.1.txt"])
def test_the_catalogues_own_kinds_of_name_are_plain(name):
    assert is_plain(name)


def test_a_target_that_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="no plain name"):
        Target("a", (1, 9), folder="../a")
    with pytest.raises(ValueError, match="cannot be run from image 12"):
        Target("a", (1, 9), start_image=12)


def test_a_catalogue_that_contradicts_itself_is_refused():
    sets = {"A": {"title": "a"}, "B": {"title": "b"}}
    head = {"reader": "otb", "revision": "1", "source": "", "folders": [], "sets": sets}
    row = {"name": "x", "images": "1-9", "sets": "A", "aliases": "Y Z"}
    assert parse_catalogue("any", head, [row]).of("A")[0].frames == 9
    parse_catalogue("any", head, [row, {"name": "y", "sets": "B"}])  # each set has names of its own
    with pytest.raises(ValueError, match="two targets of A answer to one name"):
        parse_catalogue("any", head, [row, {"name": "y", "sets": "A"}])
    with pytest.raises(ValueError, match="no such set as C"):
        parse_catalogue("any", head, [row | {"sets": "A C"}])


def test_every_published_set_has_its_published_size():
    sizes = {name: len(read_catalogue(c).of(name)) for c in CATALOGUES for name in read_catalogue(c).sets}
    assert sizes == {
        "OTB2013": 51, "OTB50": 50, "OTB100": 100, "DTB70": 70, "GOT-10k/val": 180, "GOT-10k/test": 180, "LaSOT": 280,
        "LaSOT/ext": 150, "NfS/30": 100, "NfS/240": 100, "TColor128": 129, "TrackingNet": 511, "UAV123": 123,
        "UAV20L": 20,
        "VOT2013": 16, "VOT2014": 25, **{f"VOT{year}": 60 for year in range(2015, 2022)}, "VOT2022": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "frames"),
    [
        ("UAV123", 112_578), ("UAV20L", 58_670), ("NfS/30", 47_953), ("TColor128", 55_346), ("DTB70", 15_777),
        ("LaSOT", 685_360), ("GOT-10k/val", 21_007), ("GOT-10k/test", 22_834),
    ],
)  # fmt: skip
def test_every_published_set_has_its_published_frames(name, frames):
    assert sum(target.frames for target in read_catalogue(family(name)).of(name)) == frames


@pytest.mark.parametrize(
    ("dataset", "golden"),
    [("UAV123", "uav123"), ("UAV20L", "uav20l"), ("TColor128", "tc128"), ("DTB70", "dtb70"), ("LaSOT", "lasot"),
     ("GOT-10k/val", "got10k_val")],
)  # fmt: skip
def test_lengths_are_those_of_the_published_ground_truth(dataset, golden, shared_data: Path):
    with np.load(shared_data / "golden" / golden / "annotations.npz") as kept:
        lengths = {name.casefold(): len(kept[name]) for name in kept.files}  # one copy has a jogging2
    assert {target.name.casefold(): target.frames for target in read_catalogue(family(dataset)).of(dataset)} == lengths


def test_attributes_of_uav123_are_as_often_as_published():
    counts = Counter(code for target in read_catalogue("uav").of("UAV123") for code in target.attributes)
    assert counts == {
        "SV": 109, "ARC": 68, "LR": 48, "FM": 28, "FOC": 33, "POC": 73, "OV": 30, "BC": 21, "IV": 31, "VC": 60,
        "CM": 70, "SOB": 39,
    }  # fmt: skip
