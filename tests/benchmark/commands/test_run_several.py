"""One command on several datasets: a run on each, and one page of them all."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import layouts
import pytest
from conftest import REPOSITORY


@pytest.fixture
def words(tmp_path: Path) -> tuple[object, ...]:
    layouts.dtb70(tmp_path / "data" / "DTB70", "Motor2", layouts.boxes(68))
    layouts.dtb70(tmp_path / "data" / "DTB70", "Car2", layouts.boxes(74, seed=1))
    for index, name in enumerate(("GOT-10k_Val_000001", "GOT-10k_Val_000151")):
        layouts.got10k(tmp_path / "data" / "GOT-10k", "val", name, layouts.boxes(60, 0, index))
    (tmp_path / "stay.py").write_text(layouts.STAY)
    return ("-t", f"py:{tmp_path}/stay.py", "--data-root", tmp_path / "data", "--subset", "available")


def test_each_is_scored_by_its_own_rules_and_stands_on_one_page(run_bench, words, tmp_path: Path) -> None:
    done = run_bench(*words, "-d", "dtb70,got10k/val", "--json", tmp_path / "s.json")
    assert done.returncode == 0, done.stderr
    scores = json.loads((tmp_path / "s.json").read_text())
    assert [(one["dataset"], one["profile"]) for one in scores] == [("DTB70", "otb"), ("GOT-10k/val", "got10k")]
    page = Path(done.stdout.splitlines()[-1].removeprefix("Report: "))
    page = page if page.is_absolute() else Path.cwd() / page
    assert page.name == "datasets.html"
    text = page.read_text()
    assert "DTB70, 2 of 70 sequences" in text
    assert "GOT-10k/val, 2 of 180 sequences" in text
    assert "Success AUC by class and motion" in text  # GOT-10k's own meta_info: two goats that run
    assert text.count("share no attributes") == 0  # DTB70's two have some, GOT-10k's classes
    (row,) = csv.DictReader((page.parent / "tables" / "datasets.csv").read_text().splitlines())
    own = scores[1]["trackers"][0]["summary"]["overall"]
    assert float(row["GOT-10k/val ao"]) == pytest.approx(own["ao"])
    assert float(row["DTB70 auc"]) == pytest.approx(scores[0]["trackers"][0]["summary"]["overall"]["auc"])
    assert scores[1]["trackers"][0]["uncertainty"] is None  # frames in one pool have no interval over sequences
    assert set(scores[1]["trackers"][0]["summary"]["by_attribute"]) == {"class goat", "motion running"}
    links = [line for line in text.splitlines() if "The whole report of this dataset" in line]
    assert len(links) == 2
    runs = sorted((tmp_path / "results" / "runs").iterdir())
    alone = (runs[1] / "report.html").read_text()
    assert "the first frame is left out; where the target is absent, a frame is left out; every frame weighs" in alone
    again = run_bench("report", *runs, "-o", tmp_path / "both")
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "both" / "datasets.html").is_file()


def test_sequences_are_looked_for_in_each_dataset(run_bench, words, tmp_path: Path) -> None:
    names = ("--sequences", "got-10k_val_000151,Car2", "--name", "both")
    done = run_bench(*words, "-d", "DTB70,GOT-10k/val", *names, "--json", tmp_path / "s.json")
    assert done.returncode == 0, done.stderr
    scores = json.loads((tmp_path / "s.json").read_text())
    assert [list(one["trackers"][0]["sequences"]) for one in scores] == [["Car2"], ["GOT-10k_Val_000151"]]
    done = run_bench(*words, "-d", "DTB70,GOT-10k/val", "--sequences", "Car2", "--json", tmp_path / "s.json")
    assert "GOT-10k/val has none of these sequences: it is left out" in done.stderr
    assert json.loads((tmp_path / "s.json").read_text())["coverage"] == "DTB70, 1 of 70 sequences"
    done = run_bench(*words, "-d", "DTB70,GOT-10k/val", "--sequences", "Car2,Motr2")
    assert done.returncode == 2
    assert "none of DTB70, GOT-10k/val has a sequence 'Motr2'. Did you mean 'Motor2'" in done.stderr
    done = run_bench(*words, "-d", "DTB70,GOT-10k/val", "--sequences", "Motor2", "--name", "both")
    assert done.returncode == 2
    assert "the name 'both' is taken by run" in done.stderr


def test_a_name_stands_for_the_run_on_each(run_bench, words, tmp_path: Path) -> None:
    done = run_bench(
        *words, "-d", "DTB70,GOT-10k/val", "--sequences", "Car2,GOT-10k_Val_000151", "--name", "both", "-q"
    )
    assert done.returncode == 0, done.stderr
    page, results = Path(done.stdout.strip()), ("--results", tmp_path / "results")
    again = run_bench("report", "BOTH", *results)
    assert again.returncode == 0, again.stderr
    assert Path(again.stdout.strip()).resolve() == page.resolve()
    shown = json.loads(run_bench("results", "--json", *results).stdout)["runs"]
    assert [one["name"] for one in shown] == ["both", "both"]
    refused = run_bench("compare", "both", "latest", *results)
    assert refused.returncode == 2
    assert "both stands for 2 runs: say which, both/DTB70, both/GOT-10k/val, or give an id" in refused.stderr
    alone = run_bench("report", "both/got-10k/VAL", "--no-frames", *results)
    assert alone.returncode == 0, alone.stderr
    assert alone.stdout.strip().endswith(f"{shown[0]['id']}/report.html")
    lost = run_bench("report", "both/UAV123", *results)
    assert (lost.returncode, "no run 'both/UAV123'" in lost.stderr) == (2, True)


def test_datasets_that_are_named_twice_or_unknown_are_refused(run_bench, words) -> None:
    done = run_bench(*words, "-d", "DTB70,dtb-70")
    assert (done.returncode, "--dataset names DTB70 twice" in done.stderr) == (2, True)
    done = run_bench(*words, "-d", "DTB70,Nowhere")
    assert (done.returncode, "unknown dataset 'Nowhere'" in done.stderr) == (2, True)


def test_nothing_is_run_where_one_of_them_is_missing(run_bench, words, tmp_path: Path) -> None:
    done = run_bench(*words, "-d", "DTB70,UAV123")
    assert done.returncode == 2
    assert "UAV123: none of its 123 sequences" in done.stderr
    assert not list((tmp_path / "results" / "runs").iterdir())


def test_exports_are_in_the_datasets_own_pixels(run_bench, words, tmp_path: Path) -> None:
    for dataset, first in (("got10k/val", layouts.boxes(60, 0)[0]), ("dtb70", layouts.boxes(68)[0])):
        assert run_bench(*words, "-d", dataset).returncode == 0
        done = run_bench("export", "latest", "-f", "otb", "-o", tmp_path / dataset, "--results", tmp_path / "results")
        assert done.returncode == 0, done.stderr
        (file,) = [*(tmp_path / dataset).rglob("GOT-10k_Val_000001.txt"), *(tmp_path / dataset).rglob("Motor2.txt")]
        assert file.read_text().splitlines()[0] == ",".join(f"{value:g}" for value in first)


WATCHED = """
import resource, sys, run_bench
try:
    run_bench.main(sys.argv[1:])
finally:
    print(max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))
"""


@pytest.mark.slow
def test_a_folder_of_many_frames_needs_no_more_memory(tmp_path: Path) -> None:
    """Frames come and go: 10,000 of them take what 100 take, but for their names and boxes."""
    peaks = {}
    for frames in (100, 10_000):
        folder = tmp_path / str(frames) / "clip"
        layouts.images(folder / "img", range(1, frames + 1))
        layouts.write(folder / "groundtruth.txt", layouts.text(layouts.boxes(frames)))
        (folder.parent / "stay.py").write_text(layouts.STAY)
        words = ("-t", f"py:{folder.parent}/stay.py", "-d", "folder", "--data-root", folder, "-q", "--workers", 1)
        command = [sys.executable, "-c", WATCHED, *map(str, words), "--results", str(tmp_path / f"r{frames}")]
        done = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY)
        assert done.returncode == 0, done.stderr
        peaks[frames] = int(done.stdout.split()[-1]) / 1000
    assert peaks[10_000] < peaks[100] + 60
