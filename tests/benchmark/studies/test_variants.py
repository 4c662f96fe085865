from __future__ import annotations

import pytest

from benchmark.studies.variants import varied
from trackers.errors import InputError


@pytest.mark.parametrize(
    ("base", "deltas", "name"),
    [
        ("dualmn", ("",), "dualmn"),
        ("dualmn", ("-k1", "-ungated"), "dualmn-k1-ungated"),
        ("siamfc{scales=5}:paper@file", ("{scale_step=1.1}", "-avg"), "siamfc-avg{scales=5,scale_step=1.1}:paper@file"),
        ("memtrack", ("@imagenet",), "memtrack@imagenet"),
        ("py:a/b.py:Mine", ("{gain=2}",), "py:a/b.py:Mine{gain=2}"),
        ("py:b.py{gain=2}@w.pth", ("{step=1}",), "py:b.py{gain=2,step=1}@w.pth"),
    ],
)
def test_deltas_are_put_where_the_grammar_has_them(base: str, deltas: tuple[str, ...], name: str) -> None:
    assert varied(base, *deltas) == name


@pytest.mark.parametrize(("base", "delta"), [("cv2:kcf", "{x=1}"), ("py:a.py", "-avg"), ("got10k:m:C", "-avg")])
def test_what_has_no_variants_is_told_of(base: str, delta: str) -> None:
    with pytest.raises(InputError, match="neither variants nor fields"):
        varied(base, delta)
