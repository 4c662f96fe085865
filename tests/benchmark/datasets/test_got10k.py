from __future__ import annotations

from pathlib import Path

import layouts
import numpy as np
import pytest

from benchmark.datasets.lookup import open_dataset
from trackers.errors import InputError

VAL, TEST = "GOT-10k_Val_000001", "GOT-10k_Test_000033"


def test_val_is_read_as_by_got10k(tmp_path: Path):
    from got10k.datasets import GOT10k

    cover = [8] * 10 + [0, 0, 1] + [8] * 47
    rows = layouts.boxes(60, 0) + 0.25
    rows[20, 0] = 0
    layouts.got10k(tmp_path, "val", VAL, rows, cover=cover)
    annotation = open_dataset("GOT-10k/val", tmp_path).load([VAL])[0].annotation
    frames, truth, meta = GOT10k(str(tmp_path), "val", return_meta=True)[VAL]
    assert len(frames) == 60
    assert np.array_equal(annotation.boxes, truth)
    assert np.array_equal(annotation.absent, meta["cover"] == 0)
    assert str(annotation.bounds) == meta["resolution"]
    assert annotation.attributes == ("class goat", "motion running")
    assert annotation.valid.all()  # x = 0 is the first pixel here


def test_test_has_one_box_and_no_more(tmp_path: Path):
    from got10k.datasets import GOT10k

    layouts.got10k(tmp_path / "GOT-10k", "test", TEST, layouts.boxes(1, 0), frames=51)
    dataset = open_dataset("GOT-10k/test", tmp_path)
    (sequence,) = dataset.load([TEST])
    frames, truth = GOT10k(str(tmp_path / "GOT-10k"), "test")[TEST]
    assert [str(frame) for frame in sequence.frames] == frames
    assert np.array_equal(sequence.annotation.boxes[:1], truth)
    assert np.isnan(sequence.annotation.boxes[1:]).all()
    assert sequence.annotation.secret
    assert dataset.upload == "got10k"
    assert np.flatnonzero(sequence.annotation.valid).tolist() == [0]


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("cover.label", "8\n9\n", "'9' is not one of 0 to 8"),
        ("cover.label", "8\n", "has 1 flag for 60 frames"),
        ("meta_info.ini", "[METAINFO]\nobject_class: goat\n", r"meta_info.ini has no resolution"),
        ("meta_info.ini", "[METAINFO]\nresolution: (0, 0)\n", r"meta_info.ini has no resolution"),
        ("cover.label", None, f"{VAL}: .*cover.label is missing: the set is scored by it"),
        ("meta_info.ini", None, f"{VAL}: .*meta_info.ini is missing: the set is scored by it"),
    ],
)
def test_labels_that_are_damaged_are_said(tmp_path: Path, file, content, said):
    folder = layouts.got10k(tmp_path, "val", VAL, layouts.boxes(60, 0))
    (folder / file).unlink()
    if content is not None:
        (folder / file).write_text(content)
    with pytest.raises(InputError, match=said):
        open_dataset("GOT-10k/val", tmp_path).load([VAL])


def test_images_of_another_size_than_the_facts_say_are_refused(tmp_path: Path):
    folder = layouts.got10k(tmp_path, "val", VAL, layouts.boxes(60, 0))
    facts = folder / "meta_info.ini"
    width, height = open_dataset("GOT-10k/val", tmp_path).load([VAL])[0].annotation.bounds
    facts.write_text(facts.read_text().replace(f"({width}, {height})", f"({height}, {width})"))
    with pytest.raises(InputError, match=f"says {height}x{width} pixels, .*00000001.jpg has {width}x{height}"):
        open_dataset("GOT-10k/val", tmp_path).load([VAL])
