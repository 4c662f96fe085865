"""A third party's config is its own code: whatever it does is one line, and what it holds is in the key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from trackers.errors import InputError
from trackers.names import TrackerSpec, resolve

FILE = """
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional
import numpy as np
from trackers.api import register
@dataclass(frozen=True)
class Config:
    size: int = 3
    {more}
@register("theirs", remembers=lambda config: {remembers}, config=Config)
class Theirs:
    def __init__(self, config): self.config = config
    def init(self, image, box): self.box = box
    def update(self, image): return self.box
"""


def named(folder: Path, more: str = "", fields: str = "", remembers: str = "'nothing'") -> TrackerSpec:
    file = folder / "theirs.py"
    file.write_text(FILE.format(more=more, remembers=remembers))
    spec = resolve(f"py:{file}{fields}")
    spec.identity()
    return spec


REFUSED = {
    "a value that it refuses": (
        "def __post_init__(self):\n        if self.size < 0: raise ValueError('size below 0')",
        "{size=-1}",
        r"cannot be configured: ValueError: size below 0 \(.*theirs.py, line \d+\)",
    ),
    "a default that it refuses": ("def __post_init__(self): raise SystemExit(3)", "", r"it called sys.exit\(3\)"),
    "no default": ("must: int = field(kw_only=True)", "", "has no config to begin with: .*'must'"),
    "types that nobody knows": ("odd: 'Nowhere' = None", "{size=4}", "cannot be configured: NameError"),
    "what JSON has not": ("odd: object = frozenset((1,))", "", "its config holds a frozenset"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_whatever_a_config_does_is_one_line(tmp_path: Path, case: str) -> None:
    more, fields, says = REFUSED[case]
    with pytest.raises(InputError, match=says) as refused:
        named(tmp_path, more, fields)
    assert "\n" not in str(refused.value)


def test_paths_lists_and_numpys_numbers_are_kept_as_json_has_them(tmp_path: Path) -> None:
    fields = (
        "net: Path = Path('a/b')",
        "rate: float = np.float32(0.5)",
        "sizes: list = field(default_factory=lambda: [1, 2])",
    )
    more = "\n    ".join(fields)
    spec = named(tmp_path, more)
    assert spec.settings == {"size": 3, "net": "a/b", "rate": 0.5, "sizes": [1, 2]}
    assert json.loads(spec.identity())["config"] == spec.settings
    assert len({spec, named(tmp_path, more, "{size=4}")}) == 2  # a list cannot be hashed, the tracker can


def test_a_line_of_words_is_guarded_too(tmp_path: Path) -> None:
    before = Path.cwd()
    assert named(tmp_path, remembers="__import__('os').chdir('/') or 'all'").remembers == "all"
    assert Path.cwd() == before
    assert "cannot be told" in named(tmp_path, remembers="__import__('sys').exit()").remembers


@pytest.mark.parametrize("value", ["nan", "inf", "-Infinity", "1e999"])
@pytest.mark.parametrize("field", ["template_rate", "scale_limits"])
def test_a_number_that_is_not_finite_is_refused(field: str, value: str) -> None:
    given = f"0.2:{value}" if field == "scale_limits" else value
    with pytest.raises(InputError, match=f"{field} takes a value of type ") as refused:
        resolve(f"siamfc{{{field}={given}}}")
    assert "\n" not in str(refused.value)
    assert resolve("siamfc{scale_limits=0.2:4,template_rate=0.1}").config.scale_limits == (0.2, 4.0)


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        ("int | None", "5", 5), ("Optional[int]", "5", 5), ("'int | None'", "5", 5), ("int | None", "none", None),
        ("float | None", "5", 5.0), ("str | None", "fast", "fast"), ("str | None", "none", None),
        ("bool | None", "false", False), ("bool | None", "None", None), ("Path | None", "a/b", Path("a/b")),
        ("tuple[float, float] | None", "1:2", (1.0, 2.0)), ("tuple[float, float] | None", "none", None),
    ],
)  # fmt: skip
def test_an_optional_field_takes_a_value_of_its_type_or_none(tmp_path: Path, kind: str, given: str, value) -> None:
    config = named(tmp_path, f"odd: {kind} = 'default'", f"{{odd={given}}}").config
    assert config.odd == value
    assert type(config.odd) is type(value)


@pytest.mark.parametrize(("kind", "given"), [("int", "much"), ("bool", "5"), ("float", "nan")])
def test_an_optional_field_refuses_any_other(tmp_path: Path, kind: str, given: str) -> None:
    with pytest.raises(InputError, match=f"odd takes a value of type {kind}.*, or none$"):
        named(tmp_path, f"odd: {kind} | None = None", f"{{odd={given}}}")
