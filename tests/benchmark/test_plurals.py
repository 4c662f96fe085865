"""Counts in words."""

from __future__ import annotations

import pytest

from benchmark.plurals import counted


@pytest.mark.parametrize(
    ("count", "nouns", "words"),
    [
        (0, ("sequence",), "0 sequences"),
        (1, ("sequence",), "1 sequence"),
        (2_000, ("sequence",), "2,000 sequences"),
        (1, ("box", "boxes"), "1 box"),
        (3, ("box", "boxes"), "3 boxes"),
    ],
)
def test_a_noun_follows_its_count(count: int, nouns: tuple[str, ...], words: str) -> None:
    assert counted(count, *nouns) == words
