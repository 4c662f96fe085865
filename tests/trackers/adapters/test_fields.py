"""What stands in braces behind a tracker from elsewhere: the files and modules that it names are of the key."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from trackers.names import expand, resolve

PLAIN = """
class Theirs:
    def __init__(self, net=""): self.net = net
    def init(self, image, box): self.box = box
    def update(self, image): return self.box
"""
REGISTERED = """
from dataclasses import dataclass
from pathlib import Path
from trackers.api import register
@dataclass(frozen=True)
class Config:
    net: {kind} = {kind}()
@register("theirs", remembers="nothing", config=Config)
class Theirs:
    def __init__(self, config): self.net = config.net
    def init(self, image, box): self.box = box
    def update(self, image): return self.box
"""
PYTRACKING = """
class Theirs:
    def __init__(self, params): self.params = params
    def initialize(self, image, info): self.box = info["init_bbox"]
    def track(self, image): return {"target_bbox": self.box}
"""
MAKER = """
class Params: pass
def make(net=""):
    params = Params()
    params.net, params.nets = net, {"first": [HERE + "/in_list.pth"]}
    return params
"""
NAMES = {
    "got10k": ("mod.py", PLAIN, "got10k:{folder}/mod:Theirs{{net=net}}"),
    "env": ("mod.py", PLAIN, "env:" + sys.executable + " {folder}/mod.py:Theirs{{net=net}}"),
    "text": ("mod.py", REGISTERED.format(kind="str"), "py:{folder}/mod.py{{net=net}}"),
    "path": ("mod.py", REGISTERED.format(kind="Path"), "py:{folder}/mod.py{{net=net}}"),
    "pytracking": ("mod.py", PYTRACKING, "pytracking:{folder}/mod:Theirs{{net=net,params=maker:make}}"),
}


def digest(name: str) -> str:
    reach = resolve(name).family.reach
    assert reach is not None
    return reach.digest


@pytest.mark.parametrize("kind", NAMES)
def test_a_file_that_a_field_names_is_of_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    file, text, name = NAMES[kind]
    monkeypatch.chdir(tmp_path)
    (tmp_path / file).write_text(text)
    (tmp_path / "maker.py").write_text(MAKER.replace("HERE", repr(str(tmp_path))))
    name = name.format(folder=tmp_path)
    without = digest(name)
    (tmp_path / "net").write_bytes(b"1")
    before = digest(name)
    (tmp_path / "net").write_bytes(b"2")
    assert len({without, before, digest(name)}) == 3
    (tmp_path / "net").write_bytes(b"1")
    assert digest(name) == before


@pytest.mark.parametrize("python", ["", f"env:{sys.executable} "])
def test_who_makes_the_parameters_is_of_the_key_and_so_are_files_in_lists_of_them(tmp_path: Path, python: str) -> None:
    (tmp_path / "mod.py").write_text(PYTRACKING)
    (tmp_path / "maker.py").write_text(text := MAKER.replace("HERE", repr(str(tmp_path))))
    (tmp_path / "in_list.pth").write_bytes(b"1")
    name = f"{python}pytracking:{tmp_path}/mod:Theirs{{params=maker:make}}"
    before = digest(name)
    (tmp_path / "maker.py").write_text(text + "\nX = 1\n")
    assert digest(name) != before
    (tmp_path / "maker.py").write_text(text)
    assert digest(name) == before
    (tmp_path / "in_list.pth").write_bytes(b"2")
    assert (digest(name) == before) == bool(python)  # nobody here makes the parameters of another Python's


def test_two_classes_of_one_file_under_one_name_are_two_trackers(tmp_path: Path) -> None:
    one = 'from trackers.api import register\n@register("same", remembers="nothing")\nclass {}:\n' + (
        "    def init(self, image, box): self.box = box\n    def update(self, image): return self.box\n"
    )
    (tmp_path / "mod.py").write_text(one.format("A") + one.format("B"))
    first, second = expand([f"py:{tmp_path}/mod.py:A", f"py:{tmp_path}/mod.py:B"])
    assert first.identity() != second.identity()
