"""Text that strangers wrote, as it may be shown: no character of it moves a cursor, rings a bell or reorders a line."""

from __future__ import annotations

import re

_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f"  # C0, DEL and C1: escape sequences begin with ESC or with one of C1
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # what changes the direction of writing
    r"\u200b\u2028\u2029\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"  # what is not seen at all
    r"\ud800-\udfff]"  # halves of characters, as in a file's name that is not UTF-8: no encoding takes them
)


def printable(text: str, keep: str = "") -> str:
    r"""Return a text with control characters and their like spelt out (``\x1b``, ``\u202e``), those in `keep` left.

    By default the result is one line: a line break becomes ``\n``, spelt out.
    """
    return _UNSEEN.sub(lambda found: found[0] if found[0] in keep else _spelt(found[0]), text)


def _spelt(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
