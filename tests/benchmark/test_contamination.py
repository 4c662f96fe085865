"""Marks of weights on data: where training and test data meet, and where nothing was trained."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmark.contamination import standing_marks
from benchmark.datasets.selection import Selection
from trackers.names import TrackerSpec, resolve
from trackers.weights.catalog import Weights

DUALMN = resolve("dualmn")
SHIPPED = replace(DUALMN, weights=replace(DUALMN.weights, tuned_on=()))


def marks(spec: TrackerSpec, dataset: str = "folder", place: str = "/data/mine") -> tuple[str, ...]:
    return standing_marks(spec, Selection(dataset, "1", (), 0, place=place))


@pytest.mark.parametrize(
    ("place", "met"),
    [
        ("/data/UAV123", "UAV123"), ("/data/uav123_10fps/data_seq", "UAV123"), ("/data/UAV123@10fps", "UAV123"),
        ("/x/UAVDT/M", "UAVDT"), ("/x/m/uavdt", "UAVDT"), ("/x/DTB70", "DTB70"), ("/x/dtb70-test", "DTB70"),
        ("/x/VOT", "VOT"), ("/x/vot2018", "VOT"), ("/x/VOT-LT2019/sequences", "VOT"), ("/x/vot_2014", "VOT"),
        ("/x/DAVIS", "DAVIS-2016 (val)"), ("/x/davis-2017/JPEGImages", "DAVIS-2016 (val)"),
        ("/x/DAVIS2016", "DAVIS-2016 (val)"),
    ],
)  # fmt: skip
def test_a_folder_of_a_set_that_was_trained_on_is_marked(place: str, met: str) -> None:
    assert marks(SHIPPED, place=place) == (f"trained on {met}",)


@pytest.mark.parametrize(
    "place", ["/data/mine", "/x/voting", "/x/pivot", "/x/devotion1", "/x/uav1234", "/x/mydavisson"]
)
def test_other_folders_are_not(place: str) -> None:
    assert marks(SHIPPED, place=place) == ()


def test_a_dataset_is_met_by_its_own_name() -> None:
    spec = replace(SHIPPED, weights=Weights("w", None, "", trained_on=("OTB100",), tuned_on=("demo",)))
    assert marks(spec, "OTB50") == ("trained on OTB100",)
    assert marks(spec, "demo") == ("tuned on demo",)
    assert marks(SHIPPED, "OTB100") == ()


@pytest.mark.parametrize(
    ("dataset", "met"),
    [
        ("UAV123", ("UAV123",)), ("UAV20L", ("UAV123",)), ("DTB70", ("DTB70",)), ("NfS/30", ()), ("LaSOT", ()),
        ("GOT-10k/val", ()), ("TrackingNet", ()), ("TColor-128", ()), ("OTB2013", ()), ("demo-full", ()),
    ],
)  # fmt: skip
def test_a_dataset_is_met_by_sets_of_its_own_family_alone(dataset: str, met: tuple[str, ...]) -> None:
    assert marks(SHIPPED, dataset) == tuple(f"trained on {name}" for name in met)  # not UAVDT on UAV123


def test_what_settings_were_chosen_by_is_marked_beside_what_was_trained_on() -> None:
    assert marks(DUALMN, place="/x/DTB70") == ("trained on DTB70", "tuned on DTB70")


def test_a_trunk_alone_is_untrained() -> None:
    assert marks(resolve("siamfc")) == ("untrained",)
    assert marks(resolve("siamfc@random")) == ("random weights",)
