"""Runs of trackers from elsewhere: nothing stale, and names that do not fall together."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import pytest
from conftest import write_folder

from benchmark.datasets.folder import FolderDataset
from benchmark.datasets.selection import select
from benchmark.engine.executors.local import Local
from benchmark.engine.run import Plan, execute, lay_out
from benchmark.store.results import Results
from trackers import registry
from trackers.names import expand

MAIN = """
import os
import numpy as np
from trackers.api import register
import helper
HERE = os.path.dirname(os.path.abspath(__file__))
@register("mover", remembers="nothing")
class Mover:
    def init(self, image, box):
        self.box = box
        self.step = float(np.load(os.path.join(HERE, "w.npy")))
    def update(self, image):
        import late
        self.box[0] += helper.STEP + self.step + late.STEP
        return self.box
"""


def write_tracker(folder: Path, helper: int = 1, late: int = 1, data: int = 0) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mover.py").write_text(MAIN)
    (folder / "helper.py").write_text(f"STEP = {helper}\n")
    (folder / "late.py").write_text(f"STEP = {late}\n")
    np.save(folder / "w.npy", data)
    return folder / "mover.py"


@pytest.fixture
def run(tmp_path: Path) -> Callable:
    """Run trackers on one short video; return how much was kept, and each tracker's name with its last x."""
    write_folder(tmp_path / "videos" / "one", frames=5)
    selection = select(FolderDataset(tmp_path / "videos"))
    results, local = Results(tmp_path / "results"), Local("cpu")

    def ran(*names: object, fresh: bool = False) -> tuple[int, dict[str, float]]:
        plan = Plan(tuple(expand(map(str, names))), selection, "cpu", fresh=fresh)
        tasks = lay_out(plan, results, local.environment)
        records = [task.kept for task in tasks if task.kept]
        kept = len(records)
        records += [record for _, record in execute(plan, tasks, results, local)]
        return kept, {record.tracker: record.boxes[-1, 0] for record in records}

    return ran


def test_a_changed_helper_late_import_or_data_file_is_run_anew(run: Callable, tmp_path: Path) -> None:
    file = write_tracker(tmp_path / "own")
    assert run(f"py:{file}") == (0, {"py:mover.py": 48.0})
    assert run(f"py:{file}") == (1, {"py:mover.py": 48.0})
    write_tracker(tmp_path / "own", helper=2)
    assert run(f"py:{file}") == (0, {"py:mover.py": 52.0})
    write_tracker(tmp_path / "own", helper=2, late=3)
    assert run(f"py:{file}") == (0, {"py:mover.py": 60.0})
    write_tracker(tmp_path / "own", helper=2, late=3, data=1)
    assert run(f"py:{file}") == (0, {"py:mover.py": 64.0})
    write_tracker(tmp_path / "own")
    assert run(f"py:{file}") == (1, {"py:mover.py": 48.0})


def test_a_moved_file_finds_its_records(run: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write_tracker(tmp_path / "own")
    assert run(f"py:{file}")[0] == 0
    shutil.move(tmp_path / "own", tmp_path / "moved")
    assert run(f"py:{tmp_path / 'moved' / 'mover.py'}") == (1, {"py:mover.py": 48.0})
    monkeypatch.chdir(tmp_path)
    assert run("py:moved/mover.py") == (1, {"py:moved/mover.py": 48.0})
    assert run("py:./moved/../moved/mover.py") == (1, {"py:moved/mover.py": 48.0})


def test_two_files_of_one_name_run_both_each_with_its_own_modules(run: Callable, tmp_path: Path) -> None:
    first, second = write_tracker(tmp_path / "a"), write_tracker(tmp_path / "b", helper=2, late=2)
    assert run(f"py:{first}", f"py:{second}") == (0, {"py:a/mover.py": 48.0, "py:b/mover.py": 56.0})
    assert run(f"py:{second}") == (1, {"py:mover.py": 56.0})
    same = write_tracker(tmp_path / "c")
    assert run(f"py:{first}", f"py:{same}") == (1, {"py:mover.py": 48.0})


def test_what_no_key_covers_is_run_anew_by_fresh(run: Callable, tmp_path: Path) -> None:
    file = write_tracker(tmp_path / "own")
    text = MAIN.replace('"w.npy"', '"w" + ".npy"')
    file.write_text(text)
    assert run(f"py:{file}")[1] == {"py:mover.py": 48.0}
    np.save(file.with_name("w.npy"), 2)
    assert run(f"py:{file}") == (1, {"py:mover.py": 48.0})
    assert run(f"py:{file}", fresh=True) == (0, {"py:mover.py": 56.0})
    assert run(f"py:{file}") == (1, {"py:mover.py": 56.0})


def test_declared_files_count(run: Callable, tmp_path: Path) -> None:
    file = write_tracker(tmp_path / "own")
    file.write_text(
        MAIN.replace('"w.npy"', "self.files[0]").replace("    def init", '    files = ["w.npy"]\n    def init')
    )
    assert run(f"py:{file}")[1] == {"py:mover.py": 48.0}
    np.save(file.with_name("w.npy"), 2)
    assert run(f"py:{file}") == (0, {"py:mover.py": 56.0})


def test_weights_of_one_name_in_two_folders_run_both(run: Callable, tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        "from pathlib import Path\nfrom trackers.api import register\n"
        "@register('mine', remembers='')\nclass Mine:\n"
        "    def __init__(self, weights): self.step = float(Path(weights).read_text())\n"
        "    def init(self, image, box): self.box = box\n"
        "    def update(self, image): return self.box + [self.step, 0, 0, 0]\n"
    )
    for folder, content in (("x", "1"), ("y", "2"), ("z", "1")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "w.txt").write_text(content)
    names = [f"py:{file}@{tmp_path / folder / 'w.txt'}" for folder in "xyz"]
    assert run(*names) == (0, {"py:mine.py@x/w.txt": 41.0, "py:mine.py@y/w.txt": 42.0})
    assert run(names[2]) == (1, {"py:mine.py@w.txt": 41.0})


GOT10K = """
from pkg.util import STEP
class Mover:
    def init(self, image, box): self.box = box
    def update(self, image):
        self.box[0] += STEP
        return self.box
"""


def test_a_got10k_class_is_found_in_the_current_folder_and_its_whole_package_counts(
    run: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pkg" / "inner").mkdir(parents=True)
    (tmp_path / "pkg" / "inner" / "tracker.py").write_text(GOT10K)
    (tmp_path / "pkg" / "util.py").write_text("STEP = 1\n")
    name = "got10k:pkg.inner.tracker:Mover"
    assert run(name) == (0, {name: 44.0})
    assert run(name) == (1, {name: 44.0})
    (tmp_path / "pkg" / "util.py").write_text("STEP = 2\n")
    assert run(name) == (0, {name: 48.0})
    (tmp_path / "pkg" / "weights.bin").write_bytes(b"1")
    assert run(name) == (0, {name: 48.0})


def test_a_broken_plug_in_stops_only_what_needs_it(run_bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("broken", "engram_test_nowhere:Missing", registry.GROUP)
    monkeypatch.setattr(registry, "_plug_ins", lambda: {"broken": [point]})
    file = write_tracker(tmp_path / "own")
    assert [spec.name for spec in expand([f"py:{file}", "siamfc-s*"])] == ["py:mover.py", "siamfc-s1", "siamfc-s5"]
    for name in ("broke*", "all"):
        done = run_bench("--trackers", name)
        assert done.returncode == 2
        assert "plug-in tracker 'broken' of engram_test_nowhere:Missing cannot be loaded" in done.stderr
