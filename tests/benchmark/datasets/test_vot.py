from __future__ import annotations

from pathlib import Path

import layouts
import numpy as np
import pytest

from benchmark.datasets.lookup import open_dataset
from benchmark.datasets.regions import parse_regions, region_boxes
from benchmark.datasets.selection import select
from trackers.errors import InputError

POLYGON = "10,10,30,14,28,34,8,30"


def test_boxes_of_polygons_are_those_of_got10ks_reader(tmp_path: Path):
    from got10k.datasets import VOT

    rng = np.random.default_rng(0)
    turn, size = rng.uniform(0, 3, 20), rng.uniform(8, 20, (20, 2))
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])[None] * size[:, None] / 2
    across = np.stack([np.stack([np.cos(turn), np.sin(turn)], 1), np.stack([-np.sin(turn), np.cos(turn)], 1)], 1)
    polygons = np.round(corners @ across + 40, 2).reshape(20, 8)
    polygons[10:] = np.round(polygons[10:] + rng.normal(0, 2, (10, 8)), 2)  # no rectangles: centres are corners' means
    layouts.vot(tmp_path, "car1", [",".join(map(str, row)) for row in polygons.tolist()], color=False)
    (sequence,) = open_dataset("VOT2018", tmp_path).load(["car1"])
    frames, truth = VOT(str(tmp_path), 2018, anno_type="rect", download=False)["car1"]
    assert [str(frame) for frame in sequence.frames] == frames
    assert sequence.annotation.boxes == pytest.approx(truth)


def test_colour_folders_tags_and_frames_without_a_target(tmp_path: Path):
    lines = [POLYGON, POLYGON, "0", "nan,nan,nan,nan,nan,nan,nan,nan", "10,10,20,20"]
    layouts.vot(tmp_path / "VOT2019" / "sequences", "agility", lines, tags=["occlusion"])
    (sequence,) = open_dataset("VOT2019", tmp_path).load(["agility"])
    assert sequence.frames[0].parent.name == "color"
    assert sequence.annotation.attributes == ("occlusion",)
    assert sequence.annotation.valid.tolist() == [True, True, False, False, True]
    assert sequence.annotation.boxes[4].tolist() == [10, 10, 20, 20]


def test_years_are_not_taken_for_one_another(tmp_path: Path):
    layouts.vot(tmp_path / "VOT2018", "car1", [POLYGON] * 3)
    layouts.vot(tmp_path / "vot-2019", "car1", [POLYGON] * 4)
    assert len(open_dataset("VOT2018", tmp_path).load(["car1"])[0]) == 3
    assert len(open_dataset("VOT2019", tmp_path).load(["car1"])[0]) == 4
    assert open_dataset("VOT2019", tmp_path / "VOT2018").inventory().found == ()
    assert open_dataset("VOT2018", tmp_path / "VOT2018").inventory().found == ("car1",)


def test_2022_has_the_sequences_of_the_copys_own_list(tmp_path: Path):
    layouts.vot(tmp_path / "VOT2022", "new_one", ["m10,8,4,3,1,2,2,2,5"] * 3)
    dataset = open_dataset("VOT2022", tmp_path)
    assert (dataset.inventory().found, dataset.total) == (("new_one",), 1)
    assert dataset.load(["new_one"])[0].annotation.boxes[0].tolist() == [11, 8, 2, 2]
    (tmp_path / "VOT2022" / "list.txt").write_text("new_one\nlost_one\nNew_One\n")
    dataset = open_dataset("VOT2022", tmp_path)
    assert (dataset.inventory().found, dataset.inventory().missing, dataset.total) == (("new_one",), ("lost_one",), 2)
    with pytest.raises(InputError, match="1 of its 2 sequences are missing"):
        select(dataset)
    (tmp_path / "VOT2022" / "list.txt").write_text("../elsewhere\n")
    with pytest.raises(InputError, match="is no sequence's name"):
        open_dataset("VOT2022", tmp_path)


def test_a_masks_box_is_that_of_its_pixels():
    rng = np.random.default_rng(3)
    for _ in range(200):
        width, height = rng.integers(1, 9, 2)
        mask = rng.random((height, width)) < rng.choice([0.05, 0.3, 0.9])
        changes = np.flatnonzero(np.diff(np.concatenate([[0], mask.ravel().astype(int)])))
        runs = np.diff(np.concatenate([[0], changes, [mask.size]])).tolist()
        line = ",".join(map(str, [7, 9, width, height, *runs]))
        (found,) = region_boxes(parse_regions(f"m{line}", "x.txt"))
        if mask.any():
            rows, columns = np.nonzero(mask)
            low, size = (columns.min(), rows.min()), (np.ptp(columns) + 1, np.ptp(rows) + 1)
            assert found.tolist() == [7 + low[0], 9 + low[1], *size]
        else:
            assert np.isnan(found).all()


@pytest.mark.parametrize(
    "line",
    [
        "1,2,3",
        "m1,2",
        "m0,0,2,2,5",
        "m0,0,-1,4,1",
        "a,b,c,d",
        "1,2,3,4,5,6",
        "1_0,2,3,4",
        "m1_0,0,2,2,0,4",
        "m0,0,99999,99999,1",
        "inf,1,2,3",
        "1,2,3,4,5,6,7,1e308",
        "m99999999999999999999,0,3,3,1,2",
    ],
)
def test_what_is_no_region_is_refused_with_its_line(line):
    with pytest.raises(InputError, match=r"x.txt, line 2: .* is no region"):
        parse_regions(f"{POLYGON}\n{line}\n", "x.txt")


@pytest.mark.parametrize("gap", [",", ", ", "\t", " ", ";"])
def test_values_stand_between_any_usual_signs(gap: str):
    (found,) = parse_regions(POLYGON.replace(",", gap), "x.txt")
    (usual,) = parse_regions(POLYGON, "x.txt")
    assert np.array_equal(found, usual)


def test_a_polygon_without_an_area_is_no_target(tmp_path: Path):
    """One point, a line across, a line down; corners on a diagonal have what got10k makes of them."""
    lines = [POLYGON, "10,10,10,10,10,10,10,10", "10,10,30,10,30,10,10,10", "10,10,10,30,10,30,10,10", POLYGON]
    layouts.vot(tmp_path / "VOT2018", "ants1", lines)
    (sequence,) = open_dataset("VOT2018", tmp_path).load(["ants1"])
    assert sequence.annotation.valid.tolist() == [True, False, False, False, True]


@pytest.mark.parametrize("listed", [None, "", "other\n"])
def test_a_year_of_which_nothing_is_listed_is_one_line(tmp_path: Path, run_bench, listed: str | None):
    layouts.vot(tmp_path / "VOT2022", "zebra", [POLYGON] * 3)
    (tmp_path / "VOT2022" / "list.txt").unlink()
    if listed is not None:
        (tmp_path / "VOT2022" / "list.txt").write_text(listed)
    done = run_bench("-d", "VOT2022", "-t", "siamfc", "--data-root", tmp_path, "--subset", "available")
    assert done.returncode == 2
    if listed:
        assert "VOT2022: none of its 1 sequences is in" in done.stderr
        return
    assert "VOT2022: no sequence is found in" in done.stderr
    assert "those that its list.txt names, one a line" in done.stderr
    told = run_bench("doctor", "-d", "VOT2022", "--data-root", tmp_path, "--results", tmp_path / "r")
    assert "missing: its list.txt, which names its sequences one a line" in told.stdout


def test_a_listed_name_may_have_a_space(tmp_path: Path):
    layouts.vot(tmp_path / "VOT2022", "a zebra", [POLYGON] * 3)
    assert open_dataset("VOT2022", tmp_path).inventory().found == ("a zebra",)
