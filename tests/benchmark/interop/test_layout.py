"""Which file is about which sequence: nothing is dropped from a name that the dialect does not say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmark.datasets.sequence import Annotation
from benchmark.interop.dialects import detect_dialect, read_dialect
from benchmark.interop.importing import import_results
from benchmark.interop.layout import Layout, lay_out
from benchmark.interop.names import Names
from trackers.errors import InputError

ROW = "21,31,40,50\n"
UAV = ("bird1", "bird1_1", "car1", "Basketball")


def put(folder: Path, *names: str, text: str = ROW) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def layout(folder: Path, dialect: str = "otb", tracker: str = "T", names: tuple[str, ...] = UAV) -> Layout:
    return lay_out(folder, read_dialect(dialect), tracker, Names(names), names)


def taken(found: Layout) -> dict[str, list[str]]:
    return {name: [file.name for file in files] for name, files in found.boxes.items()}


@pytest.mark.parametrize("dialect", ["otb", "got10k", "pysot"])
def test_a_longer_name_is_another_sequence(tmp_path: Path, dialect: str) -> None:
    put(tmp_path, "bird1_1.txt", "bird1_2.txt", "car1.txt", "car1_s.txt", "Basketball_ce1.txt", "bird1 (copy).txt")
    found = layout(tmp_path, dialect)
    assert taken(found) == {"bird1_1": ["bird1_1.txt"], "car1": ["car1.txt"]}
    assert found.strangers == ["Basketball_ce1.txt", "bird1 (copy).txt", "bird1_2.txt", "car1_s.txt"]


def test_of_a_folder_of_two_datasets_what_belongs_is_scored(tmp_path: Path) -> None:
    put(tmp_path, "car1.txt", "bird1_1.txt", text=ROW * 3)
    put(tmp_path, "car1_s.txt", "bird1_2.txt", text="1,1,5,5\n" * 3)
    truth = np.tile([[20.0, 30, 40, 50]], (3, 1))
    truths = {name: Annotation(name, truth, np.ones(3, bool)) for name in ("car1", "bird1_1")}
    found, errors = import_results(tmp_path, read_dialect("otb"), "T", "folder", truths, targets=set(truths))
    assert errors == []
    assert np.array_equal(found.boxes["car1"], truth)
    assert found.remarks[0] == "left out 2 files about no sequence of folder: 'bird1_2.txt', 'car1_s.txt'"


def test_many_strangers_are_counted_and_a_few_named(tmp_path: Path) -> None:
    put(tmp_path, *(f"other{k}\x1b[31m.txt" for k in range(9)))
    with pytest.raises(InputError) as caught:
        import_results(tmp_path, read_dialect("otb"), "T", "folder", {})
    assert "no result of folder in the otb dialect found (left out 9 files about no sequence of folder:" in str(
        caught.value
    )
    assert r"'other0\x1b[31m.txt', 'other1\x1b[31m.txt', 'other2\x1b[31m.txt', ...)" in str(caught.value)


def test_files_beside_the_boxes_are_passed_over(tmp_path: Path) -> None:
    beside = ("time", "score", "scores", "confidence", "object_presence_scores", "all_boxes", "all_scores")
    put(tmp_path, "car1.txt", *(f"car1_{name}.txt" for name in beside), "car1_confidence.value", "readme.md")
    put(tmp_path, "._car1.txt", ".car1.txt", text="\0")
    assert layout(tmp_path) == Layout({"car1": [tmp_path / "car1.txt"]})
    half = put(tmp_path / "half", "half_time.txt")
    assert taken(layout(half, names=("half_time",))) == {"half_time": ["half_time.txt"]}  # its own name goes first


def test_the_trackers_own_name_may_end_a_texts(tmp_path: Path) -> None:
    put(tmp_path, "car1_KCF_LAB.txt", "bird1_1_kcf_lab.txt", "bird1_LAB.txt")
    found = layout(tmp_path, tracker="KCF_LAB")
    assert taken(found) == {"car1": ["car1_KCF_LAB.txt"], "bird1_1": ["bird1_1_kcf_lab.txt"]}
    assert found.strangers == ["bird1_LAB.txt"]


def test_two_files_about_one_sequence_are_an_error_of_that_sequence(tmp_path: Path) -> None:
    put(tmp_path, "car1.txt", "Car1.csv", "bird1.txt")
    truths = {name: Annotation(name, np.array([[20.0, 30, 40, 50]]), np.ones(1, bool)) for name in ("car1", "bird1")}
    with pytest.raises(InputError, match=r"car1\.txt: a second file about car1, beside 'Car1\.csv'"):
        import_results(tmp_path, read_dialect("otb"), "T", "folder", truths)
    found, errors = import_results(tmp_path, read_dialect("otb"), "T", "folder", truths, keep_going=True)
    assert list(found.boxes) == ["bird1"]  # which of car1's is meant cannot be known
    assert len(errors) == 1


def test_names_that_differ_in_case_alone_are_two(tmp_path: Path) -> None:
    names = Names(["car1", "Car1", "Deer"])
    assert (names.find("car1"), names.find("Car1"), names.find("CAR1")) == ("car1", "Car1", None)
    assert names.find("deer") == "Deer"


def test_a_datasets_own_names_go_before_those_of_otb() -> None:
    assert Names(["car1", "Jogging1"]).find("Car1") == "car1"
    assert Names(["car1", "Jogging1"]).find("jogging1") == "Jogging1"
    assert Names(["car1"]).find("jogging1") == "Jogging-1"


@pytest.mark.parametrize(
    ("files", "tracker", "expected", "remarks"),
    [
        (("car1_KCF", "bird1_1_KCF"), "KCF", {"car1", "bird1_1"}, 0),
        (("car1_KCF", "bird1_1_KCF", "car1_MIL"), "kcf", {"car1", "bird1_1"}, 0),  # several trackers' in one folder
        (("car1_KCF", "bird1_1_KCF", "car1_s_KCF"), "other", {"car1", "bird1_1"}, 1),  # what ends every name
        (("car1_KCF", "bird1_1_MIL"), "other", set(), 0),  # whose are wanted?
        (("car1", "car1_s", "bird1_1"), "other", {"car1", "bird1_1"}, 0),
        (("car1_s", "bird1_1_s", "bird1"), "other", {"bird1"}, 0),
        (("Basketball_ce1_my_kcf", "car1_my_kcf"), "other", set(), 1),  # one word, no more
        (("Basketball_ce1_my_kcf", "car1_my_kcf"), "my_kcf", {"car1"}, 0),
    ],
)  # fmt: skip
def test_mat_files_are_called_by_sequence_and_tracker(
    tmp_path: Path, files: tuple[str, ...], tracker: str, expected: set[str], remarks: int
) -> None:
    put(tmp_path, *(f"{name}.mat" for name in files))
    found = layout(tmp_path, "otb-mat", tracker)
    assert set(found.boxes) == expected
    assert all(len(files) == 1 for files in found.boxes.values())
    assert len(found.remarks) == remarks


@pytest.mark.parametrize("dialect", ["vot", "got10k-server"])
def test_of_repeated_runs_the_first_is_taken(tmp_path: Path, dialect: str) -> None:
    above = tmp_path / "baseline" if dialect == "vot" else tmp_path
    first = "1\n" if dialect == "vot" else ROW
    for name in ("car1", "car1_s"):
        put(above / name, *(f"{name}_{run:03}.txt" for run in (1, 2, 3)), text=first + ROW)
        put(above / name, f"{name}_time.txt", f"{name}_001_confidence.value", f"{name}_001_score.txt", text="1\n")
    assert detect_dialect(tmp_path).name == dialect
    found = layout(tmp_path, dialect)
    assert taken(found) == {"car1": ["car1_001.txt"]}
    assert found.strangers == ["car1_s"]
    assert found.remarks == ["left out 4 files of repeated runs: of each sequence the first is taken"]
    assert taken(layout(above / "car1" / "car1_001.txt", dialect)) == {"car1": ["car1_001.txt"]}


def test_published_files_of_other_toolkits(shared_data: Path) -> None:
    folder = shared_data / "golden" / "dialects"
    server = layout(
        folder / "got10k_test" / "GOT-10k_Test_000001_001.txt", "got10k-server", names=("GOT-10k_Test_000001",)
    )
    assert list(server.boxes) == ["GOT-10k_Test_000001"]
    assert list(layout(folder / "uav_mat", "otb-mat", "SiamFC").boxes) == ["bird1_1"]
    assert list(layout(folder / "tc128", tracker="KCF_LAB", names=("Jogging2",)).boxes) == ["Jogging2"]
    assert detect_dialect(folder / "vot2019" / "ball2_001.txt").name == "vot"
