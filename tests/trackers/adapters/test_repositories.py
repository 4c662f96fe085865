"""What repositories with pytracking's interface expect of where they run, and what is said where one does not start."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import paint

from tests.trackers.adapters.repositories import FIRST, follow, named, repository, write
from trackers.errors import InputError
from trackers.names import resolve
from trackers.registry import PATH_VARIABLE

RELATIVE = "import os; assert os.path.isfile('net.pth'), os.getcwd()"


@pytest.mark.parametrize("kind", ["pytracking:", f"env:{sys.executable} pytracking:"])
def test_its_working_directory_is_the_repository(tmp_path: Path, kind: str, monkeypatch) -> None:
    folder = repository(tmp_path / "r", built=RELATIVE, set="params.checkpoint = 'net.pth'")
    monkeypatch.chdir(tmp_path)
    spec = resolve(f"{kind}{folder}/lib.test.tracker.theirs:Theirs{{small}}")
    tracker: Any = spec.build("cpu")
    state = tracker.start(paint(1), FIRST, [0])
    step, _ = tracker.step(state, paint(1))
    assert step.boxes[0].tolist() == [41, 40, 30, 24]
    assert "the working directory" not in tracker.changed
    assert Path.cwd() == tmp_path
    if kind == "pytracking:":
        assert spec.family.reach.files["params.checkpoint"] == folder / "net.pth"


def test_a_file_in_braces_is_one_of_the_folder_where_the_command_was_given(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.pth").touch()
    folder = repository(tmp_path / "r", more=", model=''", set="params.model = model",
                        built=f"assert params.model == {str(tmp_path / 'mine.pth')!r}")  # fmt: skip
    spec = named(folder, "small,model=mine.pth")
    assert follow(spec) == [1, 2]
    assert spec.family.reach.files["field.model"] == tmp_path / "mine.pth"


def test_a_file_of_ones_own_may_drive_a_repository(tmp_path: Path, monkeypatch) -> None:
    write(tmp_path / "theirs", {"pysot/tracker.py": "class Siam:\n    def track(self): return [1, 2, 3, 4]\n"})
    (tmp_path / "mine.py").write_text(
        "from pysot.tracker import Siam\n"
        "from trackers.api import register\n"
        "@register('mine', remembers='nothing')\n"
        "class Mine:\n"
        "    def init(self, image, box): self.siam = Siam()\n"
        "    def update(self, image): return self.siam.track()\n"
    )
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"No module named 'pysot'; install it here, give the folder .*--tracker-path"):
        resolve("py:mine.py")
    monkeypatch.setenv(PATH_VARIABLE, str(tmp_path / "theirs"))
    for name, inside in (("py:mine.py", 0), ("got10k:mine:Mine", 1)):
        tracker: Any = resolve(name).build("cpu")
        step, _ = tracker.step(tracker.start(paint(1), FIRST, [0]), paint(1))
        assert step.boxes[0].tolist() == [1 - inside, 2 - inside, 3, 4]
        assert "pysot/tracker.py" in {key[-16:] for key in resolve(name).family.reach.files}


def test_what_initialize_returns_is_passed_on_only_where_it_is_a_dict(tmp_path: Path) -> None:
    folder = repository(tmp_path / "r", track="assert info['previous_output'].get('target_bbox', self.box) == self.box")
    theirs = folder / "lib/test/tracker/theirs.py"
    theirs.write_text(theirs.read_text().replace("    def track", "        return True\n    def track"))
    assert follow(named(folder)) == [1, 2]


LOCAL = """
def settings():
    try:
        import nowhere_to_be_found
    except:
        raise RuntimeError('YOU HAVE NOT SETUP YOUR local.py!!!\\n Go to "local.py"')
"""


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("lib.test.tracker.theirs:theirs{small}", "has no class 'theirs'; it has Theirs, TrackerParams$"),
        ("lib/test/tracker/theirs.py:Theirs{small}", "a module's dotted name goes there"),
        ("lib.test.tracker.theirs:Theirs", r"made of params, dataset_name: name the setting, as in Theirs\{SETTING\}"),
        ("lib.test.tracker.theirs:Theirs{small.yaml}", "KeyError: 'small.yaml'"),
        ("lib.test.tracker.local:Local{small}", r"local.py!!! Go to \"local.py\" \(after ModuleNotFoundError: No "),
        ("lib.test.tracker.run:Run{small}", r"parameters\(name, run_id\): missing a required argument: 'run_id'"),
        ("siam:Pysot", "but init and track, as pysot's have: docs/elsewhere.md"),
        ("siam:Got", "but init and update: name it as got10k:$"),
    ],
)  # fmt: skip
def test_where_one_does_not_start_the_line_says_what_to_write(tmp_path: Path, name: str, says: str) -> None:
    folder = repository(tmp_path / "r")
    theirs = (folder / "lib/test/tracker/theirs.py").read_text()
    write(folder, {
        "lib/local.py": LOCAL,
        "lib/test/tracker/local.py": theirs.replace("Theirs", "Local"),
        "lib/test/parameter/local.py": "from lib.local import settings\ndef parameters(name): settings()\n",
        "lib/test/tracker/run.py": theirs.replace("Theirs", "Run"),
        "lib/test/parameter/run.py": "def parameters(name, run_id): pass\n",
        "siam.py": "class Pysot: init = track = None\nclass Got: init = update = None\n",
    })  # fmt: skip
    with pytest.raises(InputError, match=says) as refused:
        resolve(f"pytracking:{folder}/{name}")
    assert "\n" not in str(refused.value)


def test_a_module_that_is_nowhere_says_where_it_was_looked_for(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=f"there is no module lib in {tmp_path}: give the folder .* by --tracker-path"):
        resolve("pytracking:lib.test.tracker.theirs:Theirs{small}")
    with pytest.raises(InputError, match="has not both init and update, but initialize and track: name it as pytrack"):
        resolve(f"got10k:{repository(tmp_path / 'r')}/lib.test.tracker.theirs:Theirs")
