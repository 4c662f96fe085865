from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from trackers import names, registry
from trackers.api import register
from trackers.errors import InputError


@dataclass(frozen=True)
class Config:
    slots: int = 8


def test_a_delta_of_an_unknown_field_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="slotz"):
        register("mine", remembers="", config=Config, variants={"m4": {"slotz": 4}})


def test_a_config_must_be_frozen() -> None:
    @dataclass
    class Loose:
        slots: int = 8

    with pytest.raises(TypeError, match="frozen"):
        register("mine", remembers="", config=Loose)


@pytest.mark.parametrize("lanes", [0, -1, 2.0, "4"])
def test_a_number_of_lanes_that_can_be_none_is_refused(lanes: object) -> None:
    with pytest.raises(ValueError, match="max_lanes is a whole number from 1 on, or None"):
        register("mine", remembers="")(type("Mine", (), {"max_lanes": lanes}))


@pytest.mark.parametrize("name", ["", "-mine", "mi ne", "mine-", "../mine", "a:b", "a@b"])
def test_a_name_that_could_not_be_typed_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        register(name, remembers="")


TRACKER = """
from trackers.api import register

@register("still", remembers="where the target was")
class Still:
    def init(self, image, box):
        self.box = box

    def update(self, image):
        return self.box
"""
PROJECT = """
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[project]
name = "still-tracker"
version = "1.2"
[project.entry-points."engram.trackers"]
still = "still_tracker:Still"
broken = "still_tracker:Missing"
[tool.setuptools]
py-modules = ["still_tracker"]
"""


@pytest.fixture(scope="module")
def plug_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny third-party package, really installed, in a folder of its own."""
    source, site = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("site")
    (source / "still_tracker.py").write_text(TRACKER)
    (source / "pyproject.toml").write_text(PROJECT)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--target"]
    subprocess.run([*command, str(site), str(source)], check=True, capture_output=True)
    return site


def test_an_installed_plug_in_is_run_by_name(plug_in: Path, picture_folder: Path, run_bench) -> None:
    done = run_bench(
        "--trackers", "still", "--dataset", "folder", "--data-root", picture_folder, "--json", "-", path=plug_in
    )
    assert done.returncode == 0, done.stderr
    (tracker,) = json.loads(done.stdout)["trackers"]
    assert tracker["name"] == "still"
    assert 0 < tracker["summary"]["overall"]["auc"] < 1


def test_plug_ins_are_listed_the_broken_ones_with_their_reason(plug_in: Path, run_bench) -> None:
    done = run_bench("list", "--json", path=plug_in)
    rows = {row["name"]: row for row in json.loads(done.stdout)["trackers"]}
    assert rows["still"]["remembers"] == "where the target was"
    assert rows["still"]["origin"] == "still-tracker 1.2"
    assert "cannot be used" in rows["broken"]["origin"]


def test_a_broken_plug_in_stops_a_run_with_its_reason(plug_in: Path, run_bench) -> None:
    done = run_bench("--trackers", "broken", path=plug_in)
    assert done.returncode == 2
    assert "plug-in tracker 'broken' of still-tracker 1.2 cannot be loaded" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_two_packages_that_announce_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [EntryPoint("still", value, registry.GROUP) for value in ("one:Still", "other:Still")]
    monkeypatch.setattr(registry, "entry_points", lambda group: points)
    with pytest.raises(InputError, match="one:Still and other:Still both announce a tracker 'still': uninstall one"):
        registry.find_family("still")


@pytest.mark.parametrize(
    "name", ["all", "None", "py", "cv2", "dualmn-short", "memtrack-m4-noatt", "a,b", "../x", "a b"]
)
def test_no_package_takes_a_name_that_means_something_else(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(registry, "entry_points", lambda group: [EntryPoint(name, "json:loads", registry.GROUP)])
    with pytest.raises(InputError, match="json:loads announces a tracker under a name that it cannot have"):
        registry.find_family(name)
    assert names.resolve("dualmn-short").family.plug_in == ""
    assert names.resolve("memtrack-m4-noatt").family.name == "memtrack"


def test_a_wildcard_imports_no_plug_in_that_it_cannot_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    find = registry.find_family
    monkeypatch.setattr(names, "family_names", lambda: ("siamfc", "still"))
    monkeypatch.setattr(names, "find_family", lambda name: asked.append(name) or find(name))
    assert [spec.name for spec in names.expand(["siam*"])][:2] == ["siamfc", "siamfc-s1"]
    assert "still" not in asked
