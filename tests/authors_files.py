"""Files of weights in other programs' formats, written on the spot."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from scipy.io import savemat

from trackers.weights.formats.crc32c import crc32c
from trackers.weights.formats.tensorflow import MAGIC


def varint(number: int) -> bytes:
    out = b""
    while number >= 128:
        out, number = out + bytes([number & 127 | 128]), number >> 7
    return out + bytes([number])


def field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def block(entries: list[tuple[bytes, bytes]]) -> bytes:
    """Encode a table's block, keys sharing what they have in common with the one before."""
    body, last = b"", b""
    for key, value in entries:
        shared = next((i for i, (a, b) in enumerate(zip(key, last, strict=False)) if a != b), min(len(key), len(last)))
        body += varint(shared) + varint(len(key) - shared) + varint(len(value)) + key[shared:] + value
        last = key
    return body + struct.pack("<II", 0, 1)


def checksum(content: bytes) -> int:
    """Return CRC-32C, a bit at a time."""
    state = 0xFFFFFFFF
    for byte in content:
        state ^= byte
        for _ in range(8):
            state = state >> 1 ^ 0x82F63B78 * (state & 1)
    return state ^ 0xFFFFFFFF


def kept(state: int) -> bytes:
    """Return a checksum as both formats keep it: turned by 15 bits, a constant added."""
    return struct.pack("<I", ((state >> 15 | state << 17) + 0xA282EAD8) % 2**32)


def write_index(file: Path, entries: list[tuple[bytes, bytes]], kind: int = 0) -> Path:
    """Write a checkpoint's index, its blocks marked as compressed by `kind`."""
    first = block(entries)
    listing = block([(b"z", varint(0) + varint(len(first)))])
    blocks = [part + bytes([kind]) + kept(checksum(part + bytes([kind]))) for part in (first, listing)]
    handles = varint(0) + varint(0) + varint(len(first) + 5) + varint(len(listing))
    file.write_bytes(b"".join(blocks) + handles.ljust(40, b"\0") + struct.pack("<Q", MAGIC))
    return file


def write_checkpoint(
    folder: Path, tensors: dict[str, np.ndarray], name: str = "model.ckpt-95000", kind: int = 0
) -> Path:
    """Write a checkpoint as TensorFlow's Saver does; return its index."""
    codes = {"float32": 1, "int64": 9}
    data, entries = b"", [(b"", field(1, 1))]
    for key in sorted(tensors):
        value = tensors[key]
        shape = b"".join(field(2, field(1, size)) for size in value.shape)
        entry = field(1, codes[value.dtype.name]) + field(2, shape)
        told = kept(checksum(value.tobytes()) if value.nbytes < 1000 else crc32c(value.tobytes()))
        entry += field(4, len(data)) + field(5, value.nbytes) + varint(6 << 3 | 5) + told
        entries.append((key.encode(), entry))
        data += value.tobytes()
    index = write_index(folder / f"{name}.index", entries, kind)
    (folder / f"{name}.data-00000-of-00001").write_bytes(data)
    (folder / "checkpoint").write_text(f'model_checkpoint_path: "/home/author/output/{name}"\n')
    return index


def write_net(file: Path, parameters: dict[str, np.ndarray]) -> Path:
    """Write a network as MatConvNet's ``net.saveobj`` is kept."""
    params = np.zeros((1, len(parameters)), dtype=[("name", object), ("value", object), ("learningRate", object)])
    for place, (name, value) in enumerate(parameters.items()):
        params[0, place] = (name, value, 1.0)
    savemat(file, {"net": {"layers": "left out", "params": params}})
    return file
