from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackers.printable import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("\x9b31m", r"\x9b31m"),
        ("back\b\b\rover", r"back\x08\x08\rover"),
        ("two\nlines\u2028three", r"two\nlines\u2028three"),
        ("gpj\u202egnp.exe", r"gpj\u202egnp.exe"),
        ("caf\udce9", r"caf\udce9"),
        ("追跡 تتبع é ñ – 😀", "追跡 تتبع é ñ – 😀"),
        ("", ""),
    ],
)
def test_what_a_terminal_obeys_is_spelt_out(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_line_breaks_stay_where_they_are_asked_for() -> None:
    assert printable("a\n\tb\x1b", keep="\n\t") == "a\n\tb\\x1b"


@given(st.text())
def test_nothing_shown_is_a_control_character_and_the_rest_is_untouched(text: str) -> None:
    shown = printable(text)
    assert not [one for one in shown if unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp")]
    assert not [one for one in shown if unicodedata.bidirectional(one) in ("LRE", "RLE", "LRO", "RLO", "PDF")]
    assert printable(shown) == shown
    shown.encode()
