from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest
from conftest import REPOSITORY

from benchmark.store import keys
from benchmark.store.keys import code_digest, record_key
from trackers.names import resolve
from trackers.weights import catalog

FACTS = {
    "dataset": "demo 1", "protocol": "ope", "start": 0, "box": [1.0, 2.0, 3.0, 4.0], "repeat": 0, "seed": 7,
    "environment": {"device": "x", "threads": "2"},
}  # fmt: skip


def key(name: str = "siamfc", digest: str = "d", **changes: object) -> str:
    spec = resolve(name)
    return record_key(spec, code_digest(spec), digest, **{**FACTS, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "siamfc-s1"}, {"name": "siamfc@random"}, {"name": "siamfc:paper@random"}, {"digest": "other"},
        {"dataset": "demo 2"}, {"protocol": "tre"}, {"start": 1}, {"box": [1.0, 2.0, 3.0, 4.5]}, {"repeat": 1},
        {"seed": 8}, {"environment": {"device": "x", "threads": "1"}},
    ],
    ids=str,
)  # fmt: skip
def test_everything_that_boxes_depend_on_changes_the_key(changes: dict) -> None:
    assert key(**changes) != key()


def test_another_name_for_the_same_is_the_same_key() -> None:
    assert key("siamfc{scales=1}") == key("siamfc-s1")
    assert key() == key()


CODE = '''
"""A tracker."""
from trackers.api import register

@register("mine", remembers="")
class Mine:
    """Follows."""
    def init(self, image, box):
        self.box = box
    def update(self, image):
        return self.box
'''


@pytest.mark.parametrize(
    ("change", "same"),
    [
        (("self.box = box", "self.box = box  # kept"), True),
        (('"""Follows."""', '"""Follows a target\n    somehow."""'), True),
        (("self.box = box", "self.box  =  (box)"), True),
        (("return self.box", "return self.box + 1"), False),
    ],
)
def test_comments_and_docstrings_are_no_code(tmp_path: Path, change: tuple[str, str], same: bool) -> None:
    digests = []
    for name, text in (("before", CODE), ("after", CODE.replace(*change))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "mine.py").write_text(text)
        digests.append(code_digest(resolve(f"py:{tmp_path / name / 'mine.py'}")))
    assert (digests[0] == digests[1]) is same


def test_families_have_digests_of_their_own() -> None:
    siamfc, csrt = resolve("siamfc"), resolve("cv2:csrt")
    assert code_digest(siamfc) != code_digest(csrt)


@pytest.mark.parametrize(
    ("file", "addition", "same"),
    [
        ("nets/crops.py", "# a comment", True),
        ("nets/crops.py", "TWICE = 2", False),
        ("weights/formats/siamfc.py", "TWICE = 2", True),
        ("api.py", "TWICE = 2", False),
        ("memtrack/memory.py", "TWICE = 2", True),
        ("names.py", "TWICE = 2", True),
    ],
)
def test_the_familys_own_code_what_families_share_and_the_api_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, addition: str, same: bool
) -> None:
    copy = shutil.copytree(
        REPOSITORY / "trackers", tmp_path / "trackers", ignore=shutil.ignore_patterns("*.safetensors")
    )
    monkeypatch.setattr(keys, "_OURS", copy)
    siamfc = resolve("siamfc")
    before = code_digest(siamfc)
    with (copy / file).open("a") as source:
        source.write(f"\n{addition}\n")
    assert (code_digest(siamfc) == before) is same


def test_how_files_are_read_counts_where_weights_are_the_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = shutil.copytree(REPOSITORY / "trackers", tmp_path / "trackers")
    ours = resolve("siamfc@siamfc-compact")
    theirs = resolve(f"siamfc@{copy / 'weights' / 'siamfc.safetensors'}")
    assert ours.weights.sha256 == theirs.weights.sha256
    monkeypatch.setattr(keys, "_OURS", copy)
    before = code_digest(ours), code_digest(theirs)
    with (copy / "weights" / "formats" / "siamfc.py").open("a") as source:
        source.write("\nTWICE = 2\n")
    assert code_digest(ours) == before[0]
    assert code_digest(theirs) != before[1]


def test_other_tensors_read_from_the_same_file_are_another_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = key()
    entries = catalog._entries()
    entries["imagenet"]["tensors"] = "0" * 64
    monkeypatch.setattr(catalog, "_entries", lambda: entries)
    assert key() != before


@pytest.mark.parametrize("family", ["siamfc", "memtrack", "dualmn", "nets"])
def test_a_family_uses_no_code_that_its_digest_leaves_out(family: str) -> None:
    counted = (f"trackers.{family}", "trackers.nets", "trackers.api")
    harmless = ("trackers.errors", "trackers.weights", "trackers.registry")
    for source in (REPOSITORY / "trackers" / family).rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                assert not name.startswith(("trackers", "benchmark")) or name.startswith(counted + harmless), source


def test_the_weights_bytes_count_and_not_their_name(tmp_path: Path) -> None:
    for name, content in (("a.pth", b"one"), ("b.pth", b"one"), ("c.pth", b"two")):
        (tmp_path / name).write_bytes(content)
    first, copied, other = (key(f"siamfc@{tmp_path / name}") for name in ("a.pth", "b.pth", "c.pth"))
    assert first == copied != other
