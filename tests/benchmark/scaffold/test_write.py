"""A new tracker's package installs without a network, keeps the contract, and says so where it is broken."""

from __future__ import annotations

import errno
import importlib
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from conftest import REPOSITORY

from benchmark.contract import Finding, check_tracker
from benchmark.contract.finding import failing
from benchmark.scaffold.write import write_tracker
from trackers.errors import InputError
from trackers.names import resolve

INSTALL = ["-m", "pip", "install", "-q", "--no-deps", "--no-index", "--no-build-isolation"]


one_target = pytest.mark.parametrize("installed", [False], indirect=True, ids=["one target"])
lanes = pytest.mark.parametrize("installed", [True], indirect=True, ids=["lanes"])
both = pytest.mark.parametrize("installed", [False, True], indirect=True, ids=["one target", "lanes"])


@pytest.fixture(scope="module")
def installed(request, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place with the package ``my-tracker`` installed, with lanes or without."""
    folder, place = tmp_path_factory.mktemp("made"), tmp_path_factory.mktemp("site")
    write_tracker("my-tracker", folder, request.param)
    words = [sys.executable, *INSTALL, "--target", str(place), str(folder / "my-tracker")]
    subprocess.run(words, check=True, timeout=120)
    return place


def check(place: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Finding]:
    for module in [name for name in sys.modules if name.partition(".")[0] == "my_tracker"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.syspath_prepend(place)
    importlib.invalidate_caches()
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return {one.check: one for one in check_tracker(resolve("my-tracker"))}


def broken(place: Path, change: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the checks that say what is wrong with the installed tracker after a change, which is undone."""
    file = place / "my_tracker" / "tracker.py"
    whole = file.read_text()
    assert change[0] in whole
    try:
        file.write_text(whole.replace(*change) + "\n\nKEPT = []\n")
        wrong = failing(check(place, monkeypatch).values(), strict=True)
    finally:
        file.write_text(whole)
    return [one.check for one in wrong if one.verdict != "cannot tell"]


@both
def test_it_is_known_by_name_and_keeps_the_strict_contract(installed: Path, monkeypatch) -> None:
    found = check(installed, monkeypatch)
    assert not failing(found.values(), strict=True), found
    assert resolve("my-tracker").family.plug_in == "my-tracker 0.1.0"


SIX = {
    "shapes": ("return self.box, float(", "return None, float("),
    "repeats": ("self.patch = image[", "self.patch = np.random.default_rng().permuted(image)["),
    "memory": ("        response = cv2", "        KEPT.append(image.copy())\n        response = cv2"),
    "hard frames": ('"""See the target for the first time."""', "assert box[2] > 9"),
    "images": ("        response = cv2", "        image[:2] = 0\n        response = cv2"),
    "process": ('"""See the target for the first time."""', "__import__('os').chdir('/')"),
}


@pytest.mark.parametrize("wanted", SIX)
@one_target
def test_six_ways_to_break_it_are_six_lines(installed: Path, wanted: str, monkeypatch) -> None:
    assert broken(installed, SIX[wanted], monkeypatch) == [wanted]


LANES = {
    "lanes": ("boxes[lane, :2] = inside", "boxes[lane, :2] = len(frames) + inside"),
    "state": ("boxes, scores = state.boxes.copy(), ", "boxes, scores = state.boxes, "),
}


@pytest.mark.parametrize("wanted", LANES)
@lanes
def test_ways_to_break_lanes_are_lines_too(installed: Path, wanted: str, monkeypatch) -> None:
    assert broken(installed, LANES[wanted], monkeypatch) == [wanted]


def test_the_packages_own_test_and_workflow_are_whole(tmp_path: Path) -> None:
    files = write_tracker("my-tracker", tmp_path, lanes=False)
    for file in files:
        text = file.read_text()
        assert "%%" not in text
        assert text.endswith("\n")
        if file.suffix == ".py":
            compile(text, str(file), "exec")
    test = (tmp_path / "my-tracker/tests/test_contract.py").read_text()
    assert 'assert_sound("my-tracker")' in test
    workflow = yaml.safe_load((tmp_path / "my-tracker/.github/workflows/gate.yml").read_text())
    inputs = yaml.safe_load((REPOSITORY / "action.yml").read_text())["inputs"]
    (step,) = [one for one in workflow["jobs"]["tracker"]["steps"] if one.get("id") == "gate"]
    assert set(step["with"]) <= set(inputs)
    assert step["with"]["trackers"] == "my-tracker"


def test_it_brings_no_other_opencv_than_engrams_own(tmp_path: Path) -> None:
    """Two distributions of OpenCV are one folder, which the last one installed has written."""
    write_tracker("my-tracker", tmp_path, lanes=False)
    own, theirs = (tomllib.loads((folder / "pyproject.toml").read_text())["project"]["dependencies"]
                   for folder in (REPOSITORY, tmp_path / "my-tracker"))  # fmt: skip
    wanted = {re.match("[a-z0-9-]+", line)[0] for line in own}  # type: ignore[index]
    assert any("opencv" in name for name in theirs)
    assert set(theirs) <= wanted


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("9x", "letters, digits"), ("a/b", "letters, digits"), ("", "letters, digits"),
        ("a_", "letters, digits"),
        ("Engram-Bench", "another's name"),
        *((name, "means something already") for name in ("siamfc", "SiamFC", "memtrack-m4", "all", "pytracking")),
        *((name, "means something already") for name in ("memtrack-noatt-m4", "All", "env")),
        *((name, "another's name") for name in ("json", "Reports", "run_bench", "tests", "cv2", "class")),
        *((name, "would be a class '[NST]") for name in ("none", "True", "step", "tracker")),
    ],
)  # fmt: skip
def test_a_name_that_cannot_be_is_refused(tmp_path: Path, name: str, line: str) -> None:
    with pytest.raises(InputError, match=line):
        write_tracker(name, tmp_path, lanes=False)
    assert not list(tmp_path.iterdir())


def test_nothing_is_written_over(tmp_path: Path, run_bench) -> None:
    assert run_bench("new-tracker", "mine", "--out", tmp_path).returncode == 0
    done = run_bench("new-tracker", "mine", "--out", tmp_path)
    assert done.returncode == 2
    assert "is there already" in done.stderr


@pytest.mark.slow
def test_it_installs_in_place_into_an_environment_of_its_own_and_passes_its_own_test(tmp_path: Path) -> None:
    write_tracker("my-tracker", tmp_path, lanes=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "env"], check=True, timeout=120)
    python = tmp_path / "env" / "bin" / "python"
    (site,) = (tmp_path / "env" / "lib").glob("python*/site-packages")
    paths = [str(REPOSITORY), *(path for path in sys.path if path.endswith("site-packages"))]
    (site / "all.pth").write_text("\n".join(paths) + "\n")
    subprocess.run([python, *INSTALL, "-e", "my-tracker"], check=True, cwd=tmp_path, timeout=120)
    done = subprocess.run([python, "-m", "pytest", "-q", "-p", "no:cacheprovider"], cwd=tmp_path / "my-tracker",
                          capture_output=True, text=True, timeout=300)  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout


def test_a_full_disk_leaves_nothing_of_a_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write, written = Path.write_text, []

    def fills_up(file: Path, *words: str) -> int:
        written.append(file)
        if len(written) == 4:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(file, *words)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_text", fills_up)
        with pytest.raises(InputError, match=r"\(No space left on device\).* another --out"):
            write_tracker("my-tracker", tmp_path / "new", False)
    assert not [*tmp_path.iterdir()]
    assert all(file.is_file() for file in write_tracker("my-tracker", tmp_path / "new", False))
