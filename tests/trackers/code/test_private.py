"""Modules of a folder that are its own."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib import import_module
from itertools import count
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from trackers.code.private import PrivateFolder
from trackers.names import resolve

NUMBERS = count()


@pytest.fixture
def load(tmp_path: Path) -> Iterator:
    """Load a file of a folder whose files are given as texts, by name."""
    folders: list[PrivateFolder] = []

    def loaded(main: str, *, folder: str = "own", **files: str):
        place = tmp_path / folder
        for name, text in {"main": main, **files}.items():
            file = place / f"{name.replace('__in__', '/')}.py"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        folders.append(PrivateFolder(f"test_private_{next(NUMBERS)}", place))
        return folders[-1].load_file(place / "main.py")

    yield loaded
    for folder in folders:
        folder.forget()


LAZY = """
import helper
def now():
    return helper.WHO
def later():
    import late
    from pkg.inner import WHO
    import pkg.inner
    assert pkg.inner.WHO == WHO
    return late.WHO, WHO
def dynamic():
    import importlib, importlib.util
    from importlib import import_module
    assert import_module("late").WHO == importlib.import_module("late").WHO
    return importlib.import_module("pkg.inner").WHO, importlib.util.find_spec("json").name
"""


def folder_of(who: str) -> dict[str, str]:
    return {
        "helper": f"WHO = 'helper {who}'", "late": f"WHO = 'late {who}'", "pkg__in____init__": "",
        "pkg__in__inner": "from .deep import WHO", "pkg__in__deep": "import helper\nWHO = 'deep ' + helper.WHO",
    }  # fmt: skip


def test_two_folders_with_the_same_names_each_get_their_own_also_inside_functions(load) -> None:
    first, second = (load(LAZY, folder=who, **folder_of(who)) for who in ("a", "b"))
    for module, who in ((second, "b"), (first, "a")):
        assert module.now() == f"helper {who}"
        assert module.later() == (f"late {who}", f"deep helper {who}")
        assert module.dynamic() == (f"deep helper {who}", "json")
    assert not {"helper", "late", "pkg"} & set(sys.modules)


def test_it_holds_in_threads_that_run_side_by_side(load) -> None:
    modules = {who: load(LAZY, folder=who, **folder_of(who)) for who in "abcd"}
    found: dict[str, tuple] = {}
    threads = [Thread(target=lambda who=who: found.update({who: modules[who].later()})) for who in modules]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {who: (f"late {who}", f"deep helper {who}") for who in modules}


def test_what_lies_beside_comes_before_other_modules_of_that_name(load, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "helper.py").write_text("WHO = 'outside'")
    monkeypatch.syspath_prepend(tmp_path)
    main = "import helper, json\nWHO, JSON = helper.WHO, json"
    assert load(main, helper="WHO = 'beside'").WHO == "beside"
    assert load(main, folder="bare").WHO == "outside"
    assert load(main, folder="bare").JSON is json
    monkeypatch.delitem(sys.modules, "helper")


def test_a_plain_folder_gives_way_to_a_package_as_in_python(load, tmp_path: Path) -> None:
    (tmp_path / "own" / "numpy").mkdir(parents=True)
    (tmp_path / "own" / "parts").mkdir()
    (tmp_path / "own" / "parts" / "one.py").write_text("X = 1")
    module = load("import numpy\nfrom parts.one import X\nPI = numpy.pi")
    assert (module.X, module.PI > 3) == (1, True)


def test_folders_that_the_code_puts_on_the_path_count_as_its_own(load, tmp_path: Path, monkeypatch) -> None:
    before = list(sys.path)
    for who in "ab":
        (tmp_path / f"lib_{who}").mkdir()
        (tmp_path / f"lib_{who}" / "helper.py").write_text(f"WHO = '{who}'")
    main = "import sys; sys.path.insert(0, {!r})\ndef who():\n    import helper\n    return helper.WHO"
    modules = []
    for who in "ab":
        monkeypatch.setattr(sys, "path", list(before))  # as a tracker's world does
        modules.append(load(main.format(str(tmp_path / f"lib_{who}")), folder=who))
        assert sys.path == [str(tmp_path / f"lib_{who}"), *before]
    monkeypatch.setattr(sys, "path", before)
    assert [module.who() for module in modules] == ["a", "b"]


def test_a_file_of_any_name_may_import_itself_and_its_neighbours_with_dots(load) -> None:
    module = load("from . import helper\nfrom .helper import WHO\nimport main\nME = main", helper="WHO = 1")
    assert (1, 1, module) == (module.helper.WHO, module.WHO, module.ME)


def test_what_is_missing_is_called_as_the_code_calls_it(load) -> None:
    with pytest.raises(ModuleNotFoundError, match=r"^No module named 'pkg.nowhere'$"):
        load("import pkg.nowhere", pkg__in____init__="")
    with pytest.raises(ModuleNotFoundError, match=r"^No module named 'nowhere'$"):
        load("import nowhere")


def test_the_source_of_now_is_run_not_bytecode_of_the_same_size_and_second(load) -> None:
    assert load("import helper\nX = helper.X", helper="X = 1").X == 1
    assert load("import helper\nX = helper.X", helper="X = 2").X == 2


def test_engrams_own_names_stay_its_own(load) -> None:
    assert load("from trackers.api import register", trackers="raise ValueError").register


def test_dataclasses_and_annotations_find_their_module(load) -> None:
    text = """
from __future__ import annotations
from dataclasses import dataclass
from typing import get_type_hints
import helper
@dataclass(frozen=True)
class Config:
    other: helper.Other
HINTS = get_type_hints(Config)
"""
    module = load(text, helper="class Other: pass")
    assert module.HINTS["other"] is module.helper.Other


def test_what_is_unpickled_is_forgotten_and_what_is_installed_below_the_folder_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / ".venv" / "site-packages"
    site.mkdir(parents=True)
    (site / "engram_installed.py").write_text("x = 1")
    (tmp_path / "engram_pickled.py").write_text("class Net: pass")
    monkeypatch.syspath_prepend(site)
    folder = PrivateFolder("engram_test_opened", tmp_path)
    try:
        with folder.unpickling():
            import_module("engram_installed")
            import_module("engram_pickled")
        assert "engram_installed" in sys.modules
        assert "engram_pickled" not in sys.modules
    finally:
        folder.forget()
        for name in ("engram_installed", "engram_pickled"):
            sys.modules.pop(name, None)


PICKLES = """
import pickle
from trackers.api import register
import engram_helper
TEXT = b"cengram_helper\\nNet\\n)R."
{at_import}
@register("pickles", remembers="nothing")
class Pickles:
    def __init__(self): {made}
    def init(self, image, box): {init}
    def update(self, image): return [NET.k, 1, 1, 1]
"""
LOAD = "global NET; NET = pickle.loads(TEXT); assert type(NET) is engram_helper.Net"


@pytest.mark.parametrize("where", ["at_import", "made", "init"])
def test_a_file_unpickles_objects_of_the_modules_beside_it(tmp_path: Path, where: str) -> None:
    for name, value in (("first", 3), ("second", 5)):
        lines = {"at_import": "", "made": "pass", "init": "pass"} | {where: LOAD}
        lines["at_import"] = lines["at_import"].replace("global NET; ", "")
        (tmp_path / name).mkdir()
        (tmp_path / name / "mine.py").write_text(PICKLES.format(**lines))
        (tmp_path / name / "engram_helper.py").write_text(f"class Net:\n    k = {value}\n")
        tracker = resolve(f"py:{tmp_path / name / 'mine.py'}").build("cpu")
        frame = np.zeros((9, 9, 3), np.uint8)
        step, _ = tracker.step(tracker.start([frame], np.ones((1, 4)), [0]), [frame])
        assert step.boxes[0, 0] == value
        assert "engram_helper" not in sys.modules
