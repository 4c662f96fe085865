from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from authors_files import field, write_checkpoint, write_index
from golden import golden, inputs

from trackers.errors import InputError
from trackers.weights.catalog import find_weights
from trackers.weights.formats.tensorflow import find_index, read_checkpoint

TENSORS = {
    "a/kernel": np.arange(6, dtype=np.float32).reshape(2, 3),
    "a/kernel/Adam": np.zeros((2, 3), np.float32),
    "global_step": np.array(95000, np.int64),
    "nothing": np.zeros((0, 3), np.float32),
}


def test_tensors_are_read_as_they_were_written(tmp_path: Path) -> None:
    read = read_checkpoint(write_checkpoint(tmp_path, TENSORS))
    assert read.keys() == TENSORS.keys()
    for name, value in TENSORS.items():
        assert read[name].dtype == value.dtype
        np.testing.assert_array_equal(read[name], value)


def test_a_folder_a_prefix_and_the_index_mean_the_same(tmp_path: Path) -> None:
    older = write_checkpoint(tmp_path, TENSORS, "model.ckpt-9")
    index = write_checkpoint(tmp_path, TENSORS)  # which the text file names
    beside = ("model.ckpt-95000", "model.ckpt-95000.data-00000-of-00001", "model.ckpt-95000.meta", "checkpoint")
    for path in (tmp_path, index, *(tmp_path / name for name in beside)):
        assert find_index(path) == index
    assert find_index(older) == older
    assert find_index(tmp_path / "model.ckpt-7") is None
    weights = {find_weights("memtrack", "paper", str(path)) for path in (tmp_path, index)}
    assert len(weights) == 1
    assert weights.pop().path == index


def test_a_folder_with_several_and_no_word_which_is_refused(tmp_path: Path) -> None:
    write_checkpoint(tmp_path, TENSORS, "one")
    write_checkpoint(tmp_path, TENSORS, "two")
    (tmp_path / "checkpoint").unlink()
    with pytest.raises(InputError, match="2 checkpoints"):
        find_index(tmp_path)


def test_the_data_counts_in_the_digest(tmp_path: Path) -> None:
    index = write_checkpoint(tmp_path, TENSORS)
    before = find_weights("memtrack", "paper", str(index)).sha256
    write_checkpoint(tmp_path, {**TENSORS, "global_step": np.array(95001, np.int64)})
    assert find_weights("memtrack", "paper", str(index)).sha256 != before


def flip(file: Path, place: int) -> None:
    content = bytearray(file.read_bytes())
    content[place] ^= 16
    file.write_bytes(content)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda index, data: index.write_bytes(index.read_bytes()[:-20]), "not a readable TensorFlow checkpoint"),
        (lambda index, data: index.write_bytes(b""), "not a readable TensorFlow checkpoint"),
        (lambda index, data: data.write_bytes(data.read_bytes()[:-9]), "damaged or truncated"),
        (lambda index, data: data.unlink(), "is missing"),
        (lambda index, data: flip(data, 9), "a/kernel is damaged: its checksum is another"),
        (lambda index, data: flip(data, -1), "global_step is damaged: its checksum is another"),
        (lambda index, data: flip(index, 20), "a block's checksum is another"),
    ],
)
def test_what_is_damaged_is_one_line(tmp_path: Path, harm, said: str) -> None:
    index = write_checkpoint(tmp_path, TENSORS)
    harm(index, tmp_path / "model.ckpt-95000.data-00000-of-00001")
    with pytest.raises(InputError, match=said) as caught:
        read_checkpoint(index)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("header", "entry", "said"),
    [
        (field(1, 1 << 60), b"", "no number of data files"),
        (field(1, 1) + field(2, 1), b"", "another byte order"),
        (field(1, 1), field(2, 2 * field(2, field(1, 1 << 32))), "does not lie whole"),  # their product passes 64 bits
        (field(1, 1), field(3, 7) + field(5, 4), "does not lie whole"),
        (field(1, 1), field(7, b""), "kept in slices"),
    ],
)
def test_what_no_index_says_is_refused(tmp_path: Path, header: bytes, entry: bytes, said: str) -> None:
    index = write_index(tmp_path / "model.ckpt-1.index", [(b"", header), (b"a", field(1, 1) + entry)])
    (tmp_path / "model.ckpt-1.data-00000-of-00001").write_bytes(b"")
    with pytest.raises(InputError, match=said):
        read_checkpoint(index)


def test_compressed_blocks_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="compressed"):
        read_checkpoint(write_checkpoint(tmp_path, TENSORS, kind=1))


def test_a_checkpoint_of_tensorflows_own_is_read(shared_data: Path) -> None:
    folder = golden(shared_data)
    index = find_index(folder / "memtrack_sample_ckpt")
    assert index is not None
    read = read_checkpoint(index)
    made = inputs(folder)
    names = [name for name in read if not name.endswith("/Adam") and name not in ("beta1_power", "global_step")]
    assert len(names) == 7
    for name in names:
        np.testing.assert_array_equal(read[name], made.tf_value(name, read[name].shape))
    assert read["global_step"] == 95000
