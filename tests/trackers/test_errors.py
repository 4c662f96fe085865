from __future__ import annotations

from trackers.errors import did_you_mean


def test_a_near_name_is_suggested_in_its_own_spelling() -> None:
    assert did_you_mean("siamFCC", ["siamfc", "memtrack"]) == " Did you mean 'siamfc'?"


def test_nothing_is_suggested_where_nothing_is_near() -> None:
    assert did_you_mean("zzz", ["siamfc", "memtrack"]) == ""
