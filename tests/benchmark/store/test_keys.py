from __future__ import annotations

from pathlib import Path

import pytest

from benchmark.store.keys import code_digest, record_key
from trackers.names import resolve

FACTS = {
    "dataset": "demo 1", "protocol": "ope", "start": 0, "box": [1.0, 2.0, 3.0, 4.0], "repeat": 0, "seed": 7,
    "environment": {"device": "x", "threads": "2"},
}  # fmt: skip


def key(name: str = "siamfc", digest: str = "d", **changes: object) -> str:
    return record_key(resolve(name), digest, **{**FACTS, **changes})  # type: ignore[arg-type]


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
        family = resolve(f"py:{tmp_path / name / 'mine.py'}").family
        digests.append(code_digest(family.cls, "mine"))
    assert (digests[0] == digests[1]) is same


def test_families_have_digests_of_their_own() -> None:
    siamfc, csrt = resolve("siamfc").family, resolve("cv2:csrt").family
    assert code_digest(siamfc.cls, siamfc.plug_in) != code_digest(csrt.cls, csrt.plug_in)
