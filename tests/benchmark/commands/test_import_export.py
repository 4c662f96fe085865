from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from benchmark.commands.export import export
from benchmark.commands.import_ import import_
from benchmark.commands.options import choose_imports
from benchmark.datasets.selection import Selection
from benchmark.datasets.sequence import Annotation, Sequence
from benchmark.interop import Trajectories, Trajectory, load_import, load_imports, save_import
from benchmark.store.record import read_arrays
from benchmark.store.truth import write_truth
from trackers.errors import InputError

ROWS = np.array([[20.0 + 3 * i, 30.25 + i, 40, 50] for i in range(140)])


def call(command: Any, *arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments], standalone_mode=True)


def fails(command: Any, *arguments: object) -> str:
    result = call(command, *arguments)
    assert isinstance(result.exception, InputError), result.output
    return str(result.exception)


MANIFEST = {
    "schema": 1, "command": ["run_bench"], "trackers": [], "seed": 0, "lanes": 1, "repeats": 1, "git": None,
    "records": [],
    "dataset": {"name": "OTB100", "coverage": "OTB100", "revision": "1", "sequences": ["Couple"], "limit_frames": None},
    "environment": {"device": "cpu", "threads": "1"}, "versions": {},
    "machine": {"processor": "", "cores": "2", "system": "", "python": ""},
}  # fmt: skip


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run's folder as `run_bench run` leaves it, in ``tmp_path/results``."""
    folder = tmp_path / "results" / "runs" / "20260101T000000Z-abcdef"
    (folder / "boxes" / "memtrack").mkdir(parents=True)
    (folder / "boxes" / "siamfc").mkdir(parents=True)
    records = []
    for tracker, name, status in (
        ("memtrack", "Couple", "done"),
        ("siamfc", "Couple", "done"),
        ("siamfc", "Deer", "failed"),
    ):
        place = {"tracker": tracker, "sequence": name, "start": 0, "repeat": 0}
        records.append({**place, "status": status, "key": "0" * 64})
        if status == "done":
            text = "".join(f"{x:.4f},{y:.4f},{w:.4f},{h:.4f}\n" for x, y, w, h in ROWS)
            (folder / "boxes" / tracker / f"{name}.txt").write_text(text)
    said = {"schema": 1, "dataset": {"name": "OTB100", "coverage": "1"}, "trackers": [{"name": "siamfc"}]}
    (folder / "manifest.json").write_text(json.dumps(said | {"records": records}))
    (tmp_path / "results" / "latest").write_text(folder.name + "\n")
    return folder


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    folder = tmp_path / "truth"
    folder.mkdir()
    (folder / "Couple.txt").write_text("".join(f"{x:g},{y:g},{w:g},{h:g}\n" for x, y, w, h in np.round(ROWS)))
    return folder


def test_what_is_not_there_is_not_said_to_hold_no_results(tmp_path: Path) -> None:
    nowhere = tmp_path / "nope"
    assert fails(import_, nowhere, "--dataset", "OTB100", "--results", tmp_path) == f"{nowhere}: no such file or folder"


def test_a_run_is_exported_and_comes_back_as_an_import(run: Path, truth: Path, tmp_path: Path) -> None:
    results, out = tmp_path / "results", tmp_path / "out"
    done = call(export, "latest", "--format", "got10k", "--out", out, "--results", results)
    assert done.exit_code == 0, done.output
    assert "siamfc: 1 sequence of OTB100" in done.output
    assert np.array_equal(np.loadtxt(out / "memtrack" / "Couple.txt", delimiter=","), ROWS)
    back = call(
        import_,
        out / "memtrack",
        "--results",
        results,
        "--ground-truth",
        truth,
        "--data-root",
        tmp_path,
        "--tracker",
        "M",
    )
    assert back.exit_code == 0, back.output
    assert "M: 1 of 100 sequences of OTB100" in back.output
    assert back.output.splitlines()[-1] == str(results / "imports" / "OTB100" / "M.npz")
    assert "AUC .9" in back.output or "AUC 0.9" in back.output
    (imported,) = load_imports(results, "OTB100")
    assert imported.boxes["Couple"] + [1, 1, 0, 0] == pytest.approx(ROWS)
    again = call(export, results / "imports" / "OTB100" / "M.npz", "-f", "otb-mat", "-o", tmp_path / "mat")
    assert again.exit_code == 0, again.output
    assert (tmp_path / "mat" / "Couple_M.mat").is_file()


def test_a_run_whose_boxes_are_cut_off_is_not_exported(run: Path, tmp_path: Path) -> None:
    write_truth(run, [Annotation("Couple", ROWS, np.ones(len(ROWS), bool))], "")
    options = ("latest", "--format", "got10k", "--out", tmp_path / "out", "--results", tmp_path / "results")
    assert call(export, *options).exit_code == 0
    file = run / "boxes" / "siamfc" / "Couple.txt"
    file.write_text("1,2,3,4\n")
    assert "1 box of Couple, where its run has 140: run the same command again" in fails(export, *options)
    file.write_text("")
    (run / "ground_truth.npz").unlink()
    assert "0 boxes of Couple" in fails(export, *options)


def test_a_folder_is_called_by_its_whole_name_and_a_file_by_its_stem(truth: Path, tmp_path: Path) -> None:
    options = ("--results", tmp_path / "r", "--ground-truth", truth, "--data-root", tmp_path)
    for version in ("ATOM.1", "ATOM.2"):
        (tmp_path / version).mkdir()
        shutil.copy(truth / "Couple.txt", tmp_path / version)
        assert call(import_, tmp_path / version, *options).exit_code == 0
    assert sorted(file.name for file in (tmp_path / "r" / "imports" / "OTB100").iterdir()) == [
        "ATOM.1.npz",
        "ATOM.2.npz",
    ]


def test_imports_that_do_not_fit_are_told_before_a_run(tmp_path: Path) -> None:
    boxes = ROWS[:11] - [1.0, 1, 0, 0]
    save_import(tmp_path, Trajectories("x", "folder", "otb", "y", {"clip": Trajectory("clip", boxes, 0, None)}))
    videos = [Sequence(Annotation("clip", ROWS[:frames], np.ones(frames, bool)), ()) for frames in (11, 12)]
    right, wrong = (Selection("folder", "1", (video,), 1, rendered=False) for video in videos)
    assert [one.tracker for one in choose_imports(tmp_path, right, "x")] == ["x"]
    with pytest.raises(InputError, match=r"results of x do not fit: clip: 11 boxes .* has 12; import them again"):
        choose_imports(tmp_path, wrong, "all")


def test_warnings_and_files_left_out(truth: Path, tmp_path: Path) -> None:
    folder = tmp_path / "Theirs"
    folder.mkdir()
    (folder / "Couple.txt").write_text("".join(f"{x - 1:g},{y - 1:g},{w:g},{h:g}\n" for x, y, w, h in np.round(ROWS)))
    (folder / "Deer.txt").write_text("1,2,3,4\n")
    options = ("--results", tmp_path / "r", "--ground-truth", truth, "--data-root", tmp_path)
    assert "Deer.txt: Deer: 1 box " in fails(import_, folder, *options)
    assert not (tmp_path / "r").exists()
    result = call(import_, folder, "--keep-going", *options)
    assert result.exit_code == 1
    assert "left out: " in result.output
    assert "looks 0-based" in result.output
    assert "whole number" in result.output
    (folder / "Deer.txt").unlink()
    better = call(import_, folder, "--origin", 0, *options)
    assert better.exit_code == 0
    assert "0-based" not in better.output
    imported = load_import(tmp_path / "r" / "imports" / "OTB100" / "Theirs.npz")
    assert np.array_equal(imported.boxes["Couple"], np.round(ROWS) - [1, 1, 0, 0])


def test_a_bundle_goes_out_and_comes_in(run: Path, tmp_path: Path) -> None:
    out = call(export, run.name, "--format", "bundle", "--out", tmp_path / "run.zip", "--results", tmp_path / "results")
    assert out.exit_code == 0, out.output
    seal = out.output.split()[-1]
    back = call(import_, tmp_path / "run.zip", "--seal", seal, "--results", tmp_path / "there")
    assert back.exit_code == 0, back.output
    assert (tmp_path / "there" / "runs" / run.name / "boxes" / "siamfc" / "Couple.txt").is_file()
    assert "its seal is not" in fails(import_, tmp_path / "run.zip", "--seal", "0" * 64, "--results", tmp_path / "x")


def test_what_cannot_be_exported(run: Path, tmp_path: Path) -> None:
    results = ("--results", tmp_path / "results")
    assert "no run 'other'" in fails(export, "other", "-f", "otb", "-o", tmp_path / "o", *results)
    (run / "boxes" / "siamfc" / "Couple.txt").unlink()
    assert "Couple.txt: cannot be read" in fails(export, "latest", "-f", "otb", "-o", tmp_path / "o", *results)
    manifest = json.loads((run / "manifest.json").read_text())
    (run / "manifest.json").write_text(json.dumps(manifest | {"records": []}))
    assert "no finished trajectory" in fails(export, "latest", "-f", "otb", "-o", tmp_path / "o", *results)
    (run / "manifest.json").write_text("{}")
    assert "no manifest of a run" in fails(export, "latest", "-f", "otb", "-o", tmp_path / "o", *results)
    (run / "manifest.json").write_text("{")
    assert "no manifest of a run" in fails(export, "latest", "-f", "otb", "-o", tmp_path / "o", *results)


def test_a_run_is_exported_with_the_seconds_of_every_frame(run_bench, picture_folder: Path, tmp_path: Path) -> None:
    results, out = tmp_path / "results", tmp_path / "out"
    assert run_bench("-t", "cv2:kcf", "-d", "folder", "--data-root", picture_folder, "--quiet").returncode == 0
    done = run_bench("export", "latest", "-f", "got10k", "-o", out, "--results", results)
    assert (done.returncode, done.stderr) == (0, "")
    (tracker,) = out.iterdir()
    for record in sorted((results / "records").rglob("*.npz")):
        facts, arrays = read_arrays(record)
        times = np.loadtxt(tracker / "times" / f"{facts['sequence']}_time.txt")
        assert times.shape == (len(np.loadtxt(tracker / f"{facts['sequence']}.txt", delimiter=",")),)
        assert times == pytest.approx(arrays["times"], abs=1e-9)
        assert times.sum() == pytest.approx(facts["seconds"])
    run = next((results / "runs").iterdir())
    next(run.rglob("first_time.txt")).unlink()
    without = run_bench("export", "latest", "-f", "got10k", "-o", out, "--results", results)
    assert without.stderr == "cv2:kcf: 1 of them have no times: none were kept when they ran\n"
    assert not (tracker / "times" / "first_time.txt").exists()
