from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import savemat

from benchmark.datasets.sequence import Annotation
from benchmark.interop.dialects import detect_dialect, read_dialect
from benchmark.interop.ground_truth import read_ground_truth
from benchmark.interop.importing import import_results
from benchmark.interop.matlab import read_mats
from benchmark.interop.text import read_times
from benchmark.interop.trajectories import Trajectories
from benchmark.metrics import score_sequences, summarise
from benchmark.profiles import load_profile
from trackers.errors import InputError

ROWS = np.array([[20.0 + 3 * i, 30 + i, 40, 50] for i in range(30)])
ORIGIN = np.array([1.0, 1.0, 0.0, 0.0])


def truths(*names: str, start: int = 0) -> dict[str, Annotation]:
    return {name: Annotation(name, ROWS - ORIGIN, np.ones(30, bool), start) for name in names}


def text(rows: np.ndarray) -> str:
    return "".join(",".join(f"{v:g}" for v in row) + "\n" for row in rows)


def take(path: Path, annotations: dict[str, Annotation], dialect: str = "otb", **options: Any) -> Trajectories:
    return import_results(path, read_dialect(dialect), "T", "OTB100", annotations, **options)[0]


def test_mixed_delimiters_and_names(tmp_path: Path) -> None:
    (tmp_path / "jogging.1.txt").write_text(text(ROWS).replace(",", "\t ").replace("\n", "\r\n"))
    (tmp_path / "HUMAN4_2.txt").write_text(text(ROWS))
    (tmp_path / "notes.txt").write_text("read me")
    found = take(tmp_path, truths("Jogging-1", "Human4"))
    assert set(found.boxes) == {"Jogging-1", "Human4"}
    assert np.array_equal(found.boxes["Jogging-1"], ROWS - ORIGIN)
    assert found.remarks[0] == "left out 1 file about no sequence of OTB100: 'notes.txt'"


def test_texts_beside_the_boxes_are_not_boxes(tmp_path: Path) -> None:
    (tmp_path / "Couple.txt").write_text(text(ROWS))
    for ending in ("time", "object_presence_scores", "all_boxes", "confidence"):
        (tmp_path / f"Couple_{ending}.txt").write_text("0.5\n" * 30)
    found = take(tmp_path, truths("Couple"), "pytracking")
    assert list(found.boxes) == ["Couple"]
    assert found.times["Couple"].tolist() == [0.5] * 30


def test_results_from_either_start(tmp_path: Path) -> None:
    annotations = truths("Couple", start=5)
    for rows, start in ((ROWS, 0), (ROWS[5:], 5)):
        (tmp_path / "Couple.txt").write_text(text(rows))
        assert take(tmp_path, annotations).starts == {"Couple": start}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            text(ROWS[:-4]),
            r"Couple\.txt: Couple: 26 boxes where the ground truth has 30; .* 4 rows were missing at the end",
        ),
        (text(ROWS[3:]), r"27 boxes where the ground truth has 30; it looks as if 3 rows were missing at the start"),
        (text(np.tile([500.0, 500, 9, 9], (12, 1))), r"12 boxes where the ground truth has 30$"),
        (text(ROWS) + "1,2,3\n", r"Couple\.txt, line 31: 3 values where a box has 4"),
        (text(ROWS).replace("20,", "twenty,", 1), r"Couple\.txt, line 1: .* is not a box of 4 numbers"),
        ("", r"Couple\.txt: .*0 boxes|Couple\.txt: holds no box"),
        ("nan,nan,nan,nan\n" * 30, r"Couple\.txt: holds no box"),
        ("\x00\x01binary", r"Couple\.txt, line 1"),
    ],
)
def test_bad_text_is_refused_by_name(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "Couple.txt").write_text(content)
    with pytest.raises(InputError, match=message):
        take(tmp_path, truths("Couple"))


def test_bad_files_are_counted_or_left_out(tmp_path: Path) -> None:
    for name, rows in (("Couple", ROWS[:7]), ("Crossing", ROWS[:8]), ("Deer", ROWS)):
        (tmp_path / f"{name}.txt").write_text(text(rows))
    annotations = truths("Couple", "Crossing", "Deer")
    with pytest.raises(InputError, match=r"Couple\.txt: .* \(1 more such file\)"):
        take(tmp_path, annotations)
    found, errors = import_results(tmp_path, read_dialect("otb"), "T", "OTB100", annotations, keep_going=True)
    assert list(found.boxes) == ["Deer"]
    assert ["Couple.txt" in errors[0], "Crossing.txt" in errors[1]] == [True, True]


def test_sequences_outside_the_dataset_are_left_out(tmp_path: Path) -> None:
    for name in ("Couple", "Deer"):
        (tmp_path / f"{name}.txt").write_text(text(ROWS))
    found = take(tmp_path, truths("Couple", "Deer"), targets={"Couple"})
    assert list(found.boxes) == ["Couple"]
    assert "left out 1 file about no sequence of OTB100: 'Deer.txt'" in found.remarks


def test_an_empty_folder_a_missing_one_and_two_files_about_one_sequence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no results found"):
        detect_dialect(tmp_path)
    with pytest.raises(InputError, match="no result of OTB100 in the otb dialect"):
        take(tmp_path, truths("Couple"))
    with pytest.raises(InputError, match="no such file or folder"):
        take(tmp_path / "nowhere", truths("Couple"))
    (tmp_path / "Jogging-1.txt").write_text(text(ROWS))
    (tmp_path / "Jogging.1.txt").write_text(text(ROWS))
    with pytest.raises(InputError, match="a second file about Jogging-1"):
        take(tmp_path, truths("Jogging-1"))
    with pytest.raises(InputError, match="Did you mean 'got10k'"):
        read_dialect("got-10k")


def test_without_ground_truth_the_catalogue_knows_the_lengths(tmp_path: Path) -> None:
    (tmp_path / "Tiger1.txt").write_text(text(np.tile(ROWS[:1], (349, 1))))
    assert take(tmp_path, {}).starts == {"Tiger1": 5}
    (tmp_path / "Tiger1.txt").write_text(text(np.tile(ROWS[:1], (300, 1))))
    with pytest.raises(InputError, match="Tiger1: 300 boxes where the sequence has 354 frames"):
        take(tmp_path, {})


def test_times(tmp_path: Path) -> None:
    (tmp_path / "Couple.txt").write_text(text(ROWS))
    (tmp_path / "times").mkdir()
    times = tmp_path / "times" / "Couple_time.txt"
    times.write_text("0.25\n" * 30)
    assert take(tmp_path, truths("Couple"), "got10k").times["Couple"].tolist() == [0.25] * 30
    times.write_text("0.25\n" * 29)
    assert take(tmp_path, truths("Couple"), "got10k").times["Couple"].tolist() == [0.0] + [0.25] * 29
    times.write_text("0.25\n" * 31)
    with pytest.raises(InputError, match="31 times for 30 boxes"):
        take(tmp_path, truths("Couple"), "got10k")
    times.write_text("fast\n")
    with pytest.raises(InputError, match="one time a line"):
        read_times(times, 30)


def vot(tmp_path: Path, content: str) -> Path:
    file = tmp_path / "baseline" / "Couple" / "Couple_001.txt"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)
    return tmp_path


def test_vot_trajectories(tmp_path: Path) -> None:
    annotations = truths("Couple")
    folder = vot(tmp_path, "1\n" + text(ROWS[1:]))
    assert detect_dialect(folder).name == "vot"
    assert np.array_equal(take(folder, annotations, "vot").boxes["Couple"], ROWS - ORIGIN)
    assert np.array_equal(take(folder / "baseline", annotations, "vot").boxes["Couple"], ROWS - ORIGIN)
    spaced = "1\r\n" + text(ROWS[1:]).replace(",", ", ").replace("\n", "\r\n") + "\r\n\r\n"
    assert np.array_equal(take(vot(tmp_path, spaced), annotations, "vot").boxes["Couple"], ROWS - ORIGIN)
    zero_based = take(folder, annotations, "vot", origin=0).boxes["Couple"]
    assert np.array_equal(zero_based[0], ROWS[0] - ORIGIN)
    assert np.array_equal(zero_based[1:], ROWS[1:])
    with pytest.raises(InputError, match="give --ground-truth"):
        take(folder, {}, "vot")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("1\n2\n0\n0\n0\n0\n1\n" + text(ROWS[7:]), r"restarts \(1 failure, 6 frames without a box\)"),
        (text(ROWS), "where a VOT trajectory has 1"),
        ("", "begins with 'nothing'"),
        ("1\n" + "1,2,3,4,5,6,7,8\n" * 29, "regions other than"),
        ("1\n" + "m1,2,3,4\n" * 29, "regions other than"),
        ("1\n" + "1,2,3,4 1,2,3,4\n" * 14 + "1,2,3,4\n", "regions other than"),
        ("1\n" + "1_0,2,3,4\n" * 29, "regions other than"),
    ],
)
def test_bad_vot_trajectories(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        take(vot(tmp_path, content), truths("Couple"), "vot")


def test_mat_files_that_are_no_results(tmp_path: Path) -> None:
    contents = {
        "Bolt": ({"other": 3.0}, r"Bolt_T\.mat: no OTB results: .* found \['other'\]"),
        "Box": ({"results": {"res": np.ones((30, 6)), "type": "L1Aff"}}, "30 x 6 'L1Aff' parameters, not rectangles"),
        "Boy": ({"results": {"res": np.ones((30, 5)), "type": "rect"}}, "30 x 5 array where boxes are N x 4"),
        "Couple": ({"results": {"res": ROWS[:9], "type": "rect"}}, "9 boxes where the ground truth has 30"),
    }
    for name, (content, _) in contents.items():
        savemat(tmp_path / f"{name}_T.mat", content)
    (tmp_path / "Deer_T.mat").write_bytes(b"MATLAB 5.0 MAT-file, but not really")
    savemat(tmp_path / "Doll_T.mat", {"results": {"res": ROWS, "type": "rect"}})
    annotations = truths(*contents, "Deer", "Doll")
    found, errors = import_results(tmp_path, read_dialect("otb-mat"), "T", "OTB100", annotations, keep_going=True)
    assert list(found.boxes) == ["Doll"]
    for error, message in zip(
        errors, [*(said for _, said in contents.values()), r"Deer_T\.mat: no readable"], strict=True
    ):
        assert re.search(message, error), error


def test_of_several_trackers_mat_files_one_is_taken(tmp_path: Path) -> None:
    for tracker, shift in (("KCF", 0.0), ("T", 7.0)):
        for name in ("Couple", "Crossing"):
            savemat(tmp_path / f"{name.lower()}_{tracker}.mat", {"anything": {"res": ROWS + shift, "type": "rect"}})
    found = take(tmp_path, truths("Couple", "Crossing"), "otb-mat")
    assert set(found.boxes) == {"Couple", "Crossing"}
    assert np.array_equal(found.boxes["Couple"], ROWS + 7 - ORIGIN)


EXPECTED_MAT = {
    "Biker_ASLA": "holds 142 x 6 'ivtAff' parameters, not rectangles",
    "Biker_IVT": "holds 142 x 6 'ivtAff' parameters, not rectangles",
    "Biker_CFWLB": "Biker: 138 boxes where the ground truth has 142; it looks as if 4 rows were missing at the end",
    "Board_MDNet": ("Board", 697, 0),
    "Twinnings_MDNet": ("Twinnings", 471, 0),
    "Tiger1_siamfc3s": ("Tiger1", 349, 5),
    "Human4_2_siamfc3s": ("Human4", 667, 0),
    "Jogging-1_CCOT": ("Jogging-1", 307, 0),
    "Couple_siamfc3s": ("Couple", 140, 0),
    "Crossing_KCF": ("Crossing", 120, 0),
    "Crossing_siamfc3s": ("Crossing", 120, 0),
}


def test_published_mat_files(golden: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = golden.folder / "dialects" / "otb_mat"
    read = read_mats(sorted(folder.glob("*.mat")))  # by one process
    monkeypatch.setattr("benchmark.interop.importing.read_mats", lambda files: {file: read[file] for file in files})
    assert {file.stem for file in folder.glob("*.mat")} == set(EXPECTED_MAT)
    for stem, expected in EXPECTED_MAT.items():
        file = folder / f"{stem}.mat"
        if isinstance(expected, str):
            with pytest.raises(InputError) as caught:
                take(file, golden.annotations, "otb-mat")
            assert str(file) in str(caught.value)
            assert expected in str(caught.value)
        else:
            (one,) = take(file, golden.annotations, "otb-mat").by_sequence.values()
            assert (one.sequence, len(one.boxes), one.start) == expected
            scored = score_sequences({one.sequence: one.boxes}, golden.annotations, load_profile())
            assert scored[one.sequence].auc > 0.3


def test_published_text_and_got10k_folders_import_and_score(golden: Any) -> None:
    annotations = read_ground_truth(golden.folder / "otb100" / "annotations")
    assert all(annotations[name].attributes == truth.attributes for name, truth in golden.annotations.items())
    folder = golden.folder / "dialects" / "got10k" / "OTB2015" / "SiamFC"
    found, _ = import_results(folder, detect_dialect(folder), "SiamFC", "OTB100", annotations)
    assert (found.dialect, len(found.by_sequence), len(found.times)) == ("got10k", 100, 100)
    assert found.remarks == ()
    profile = load_profile("got10k")
    overall = summarise(score_sequences(found.boxes, annotations, profile, starts=found.starts), profile).overall
    assert overall.auc == pytest.approx(0.593237, abs=1e-6)
