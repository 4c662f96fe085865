"""CRC-32C (Castagnoli), the checksum of TensorFlow's and LevelDB's files, with NumPy.

A checksum is linear: that of a text is what its first half leaves, sent through as many zero bytes as the second has,
plus (exclusive or) that of the second. So the bytes are cut into rows that go on side by side, two bytes of each at a
time, and the rows are put together in pairs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

POLYNOMIAL = 0x82F63B78
MASK = 0xA282EAD8
"""What both formats add, so that a checksum of bytes that hold checksums is none of these."""
BITS = 32
FULL = 0xFFFFFFFF

Words = NDArray[np.uint32]


def crc32c(content: bytes | memoryview | NDArray[np.uint8]) -> int:
    """Return the checksum of some bytes; 0 of none."""
    data = np.frombuffer(content, np.uint8)
    table, width = _table(), 2 << (len(data).bit_length() // 2)
    rows = 1 << max(0, (-(-len(data) // width) - 1).bit_length())
    cut = np.zeros(rows * width, np.uint8)  # zeros in front change nothing
    cut[rows * width - len(data) :] = data
    state = np.zeros(rows, np.uint32)
    for column in np.ascontiguousarray(cut.view("<u2").reshape(rows, width // 2).T):
        state = table[(state ^ column) & 0xFFFF] ^ (state >> 16)
    bits = np.uint32(1) << np.arange(BITS, dtype=np.uint32)
    one = table[(bits & 255) << 8] ^ (bits >> 8)  # what each bit becomes when a zero byte has gone by
    passes = one
    for _ in range(width.bit_length() - 1):
        passes = _sent(passes, passes)
    while len(state) > 1:
        state = _sent(passes, state[::2]) ^ state[1::2]
        passes = _sent(passes, passes)
    begun = np.array([FULL], np.uint32)
    for place in range(len(data).bit_length()):
        if len(data) >> place & 1:
            begun = _sent(one, begun)
        one = _sent(one, one)
    return int(state[0] ^ begun[0]) ^ FULL


def masked(checksum: int) -> int:
    """Return a checksum as it is kept."""
    return ((checksum >> 15 | checksum << 17) + MASK) & FULL


def _table() -> Words:
    """Return (65536,), what two bytes leave, the first of which is the lower."""
    byte = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        byte = np.where(byte & 1, byte >> 1 ^ np.uint32(POLYNOMIAL), byte >> 1).astype(np.uint32)
    pairs = np.arange(1 << 16, dtype=np.uint32)
    first = byte[pairs & 255] ^ (pairs >> 8)
    both: Words = byte[first & 255] ^ (first >> 8)
    return both


def _sent(passes: Words, states: Words) -> Words:
    """Return the states when some zero bytes have gone by; `passes` (32,) says what becomes of each bit."""
    sent = np.zeros_like(states)
    for bit in range(BITS):
        sent ^= np.where(states >> np.uint32(bit) & 1, passes[bit], 0).astype(np.uint32)
    return sent
