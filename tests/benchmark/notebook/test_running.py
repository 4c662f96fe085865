from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import cv2
import pytest
import torch
from conftest import REPOSITORY

import benchmark
from benchmark import load, run
from benchmark.commands.run import run as command
from benchmark.notebook.loading import LoadedRun
from trackers.errors import InputError


def test_a_run_can_be_repeated_by_the_command_that_it_names(loaded: LoadedRun, run_bench) -> None:
    _, *words = loaded.kept.manifest["command"]
    done = run_bench(*words)
    assert done.returncode == 0, done.stderr
    assert "6 of 6 trajectories are kept from earlier runs" in done.stderr
    again = load(results=loaded.folder.parent.parent)
    assert again.id != loaded.id
    assert again.scores.equals(loaded.scores)


def test_every_option_of_the_command_is_an_argument_of_that_name() -> None:
    arguments = set(inspect.signature(run).parameters) - {"report"}
    assert arguments == {one.name for one in command.params} - {"json_file", "config"}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"protocol": "opee"}, "'opee' is not one of"),
        ({"sequences": ["first", "second, third"]}, "no sequence 'second, third'"),
        ({"repeats": 0}, "0 is not in the range"),
        ({"dataset": "folder,demo"}, "one dataset at a time"),
        ({"profile": "otbb"}, "otbb"),
        ({"sequences": ["first", "a,b"]}, "no sequence 'a,b'"),
        ({"lanes": -1}, "neither auto nor a number"),
    ],
)
def test_what_cannot_be_is_one_line_before_anything_runs(
    wrong: dict[str, object], says: str, tmp_path: Path, picture_folder: Path
) -> None:
    given = {"dataset": "folder", "data_root": picture_folder, "results": tmp_path / "out", **wrong}
    with pytest.raises(InputError, match=says) as raised:
        run("cv2:kcf", **given)
    assert "\n" not in str(raised.value)
    assert not (tmp_path / "out" / "latest").exists()


def test_a_failed_sequence_is_in_the_result(tmp_path: Path, picture_folder: Path) -> None:
    (tmp_path / "bad.py").write_text(
        "from trackers.api import register\n\n\n@register('bad', remembers='nothing')\nclass Bad:\n"
        "    def init(self, image, box): pass\n    def update(self, image): raise ValueError('no idea')\n"
    )
    found = run(f"py:{tmp_path / 'bad.py'}", "folder", data_root=picture_folder, results=tmp_path / "out", quiet=True)
    assert list(found.sequences["status"]) == ["failed"] * 3
    assert "no idea" in found.sequences["notes"].iloc[0]
    assert "no scores" in repr(found)


def test_a_run_leaves_the_notebook_its_threads(tmp_path: Path, picture_folder: Path) -> None:
    before = torch.get_num_threads(), cv2.getNumThreads()
    torch.set_num_threads(2)
    cv2.setNumThreads(2)
    try:
        run("cv2:kcf", "folder", data_root=picture_folder, results=tmp_path / "out", limit_frames=2, quiet=True)
        assert (torch.get_num_threads(), cv2.getNumThreads()) == (2, 2)
    finally:
        torch.set_num_threads(before[0])
        cv2.setNumThreads(before[1])


def test_the_command_lines_own_run_ends_with_its_report(
    tmp_path: Path, picture_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import run_bench

    monkeypatch.setattr("reports.plots.files.write_figures", lambda *report, **how: [])
    found = run_bench.run("cv2:kcf", "folder", data_root=picture_folder, results=tmp_path / "out", quiet=True)
    assert (found.folder / "report.html").is_file()
    assert run_bench.load is benchmark.load
    assert run_bench.compare is benchmark.compare


def test_nothing_is_loaded_before_it_is_asked_for_and_no_torch_by_loading_a_run(loaded: LoadedRun) -> None:
    code = (
        "import sys, benchmark\n"
        "assert not {'numpy', 'pandas', 'click'} & set(sys.modules)\n"
        f"run = benchmark.load({str(loaded.folder)!r})\n"
        "run._repr_html_(), run.scores, run.boxes('first'), run.speed, benchmark.compare(run).table\n"
        "benchmark.run\n"
        "assert 'torch' not in sys.modules, 'torch'\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
