from __future__ import annotations

import numpy as np
import pytest
from authors_files import checksum

from trackers.weights.formats.crc32c import crc32c, masked


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (b"", 0),
        (b"a", 0xC1D04330),
        (b"123456789", 0xE3069283),
        (bytes(32), 0x8A9136AA),  # this one and those below: RFC 3720, B.4
        (b"\xff" * 32, 0x62A8AB43),
        (bytes(range(32)), 0x46DD794E),
        (bytes(range(31, -1, -1)), 0x113FDB5C),
    ],
)
def test_checksums_are_those_of_the_standard(content: bytes, wanted: int) -> None:
    assert crc32c(content) == wanted


def test_any_length_is_cut_into_rows_and_put_together_again() -> None:
    content = np.random.default_rng(0).integers(0, 256, 4097, np.uint8)
    for length in (*range(1, 70), 255, 256, 257, 1000, 4096, 4097):
        assert crc32c(content[:length]) == checksum(content[:length].tobytes()), length


def test_a_kept_checksum_is_turned_and_shifted() -> None:
    assert masked(0) == 0xA282EAD8
    assert masked(0x8001) == 0xA282EAD8 + 0x20001
