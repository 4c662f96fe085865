"""Lines at which the protocol's library would end our process are kept from it; all others come through as they are."""

from __future__ import annotations

import os

import pytest

from trackers.adapters.apart.sieve import Sieve

GREETING = b'@@TRAX:hello "trax.version=4" "trax.region=rectangle;" "trax.image=path;"\n'


def passed(content: bytes) -> tuple[bytes, str]:
    """Return what comes through, and why no more does."""
    read, write = os.pipe()
    with os.fdopen(read, "rb"), os.fdopen(write, "wb") as sink:
        sieve = Sieve(read)
        sink.write(content)
        sink.close()
        with os.fdopen(os.dup(sieve.read), "rb") as source:
            return source.read(), sieve.seen.why


def test_what_is_sound_and_what_is_no_message_come_through() -> None:
    content = b"\x00\xff progress\n" + GREETING + b'@@TRAX:state "1,2,3,4" "a="\n' + b"x" * 30_000 + b"\n"
    assert passed(content) == (content, "")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"@@TRAX:hello\n", "it greets without a region"),
        (b'@@TRAX:hello "trax.version=4" "trax.image=path"\n', "it greets without a region"),
        (b'@@TRAX:hello "trax.region=;;;" "trax.image=;;"\n', "it greets without a region"),
        (GREETING + b'@@TRAX:state ""\n', "it answered with an empty region"),
        (GREETING + b'@@TRAX:frame "a.bmp"\n', "it sent 'frame', which is no answer"),
        (b'@@TRAX:state "1,2,3,4"\n', "it greets without a region"),
        (GREETING + b'@@TRAX:status  "" "confidence=1"\n', "it answered with an empty region"),
    ],
)
def test_what_is_fatal_and_all_behind_it_is_kept(line: bytes, why: str) -> None:
    content, said = passed(line + GREETING)
    assert content == (GREETING if line.startswith(GREETING) else b"")
    assert said.startswith(why)
