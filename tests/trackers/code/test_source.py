from __future__ import annotations

import pytest

from trackers.code.source import Imported, read_source

PLAIN = b"import os\nX = 1\n"


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (b"import os  # why\n\n\nX = (1)\n", True),
        (b'"""What it is."""\nimport os\nX = 1\n', True),
        (b"\xef\xbb\xbfimport os\nX = 1\n", True),
        (b"# coding: latin-1\nimport os  # \xe9\nX = 1\n", True),
        (b"import os\nX = 2\n", False),
    ],
)
def test_what_decides_is_the_syntax(other: bytes, same: bool) -> None:
    assert (read_source(other).digest == read_source(PLAIN).digest) is same


@pytest.mark.parametrize(
    "text",
    [b"print 'python 2'\n", b"class {{ name }}:\n    pass\n", b"X = '\xe9'\n", b"X = '\0'\n", b"(" * 5000],
    ids=["python-2", "template", "latin-1 without a word", "a zero", "too deep"],
)
def test_what_does_not_parse_counts_by_its_bytes(text: bytes) -> None:
    found = read_source(text)
    assert found.imports == ()
    assert found.digest != read_source(text + b" ").digest


def test_invalid_escapes_are_no_warning_of_ours() -> None:
    assert read_source(b"import re\nX = '\\d'\n").imports == (Imported(0, "re"),)


def test_imports_are_found_at_any_depth() -> None:
    text = b"""
import a.b as c
def update():
    from . import d
    from ..e import f, g
    import importlib
    importlib.import_module("h.i")
    importlib.import_module(f"j.{name}")
    __import__("k")
    importlib.import_module(name)
"""
    assert read_source(text).imports == (
        Imported(0, "a.b"), Imported(1, "", ("d",)), Imported(2, "e", ("f", "g")), Imported(0, "importlib"),
        Imported(0, "h.i"), Imported(0, "j"), Imported(0, "k"),
    )  # fmt: skip


def test_files_of_weights_and_settings_are_found_by_their_ending() -> None:
    text = b"""
A = open("w.npy")
B = os.path.join(HERE, "nets", "w.pth")
C = HERE / "more" / "w.onnx"
D = "log.txt", "frame.jpg", "say.npy.", "two\\nlines.npy"
"""
    named = read_source(text).data
    assert {"w.npy", "nets/w.pth", "more/w.onnx"} <= set(named)
    assert not [name for name in named if name.startswith(("log", "frame", "say"))]
