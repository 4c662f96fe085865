from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import numpy as np
import pytest

from benchmark.datasets.base import Dataset, Inventory, Progress
from benchmark.datasets.otb import OTBDataset
from benchmark.datasets.selection import select
from benchmark.datasets.sequence import Annotation, Sequence
from trackers.errors import InputError


class Listed(Dataset):
    """Sequences of 30 frames that need no files."""

    name, title, revision, source = "demo", "", "7", ""
    rendered = True

    def __init__(self, found: str, missing: str = "", start: int = 0) -> None:
        self._inventory = Inventory(tuple(found.split()), tuple(missing.split()), "/data")
        self.total = len(self._inventory.found + self._inventory.missing)
        self._start = start

    def inventory(self) -> Inventory:
        return self._inventory

    def load(self, names: Collection[str], progress: Progress | None = None) -> list[Sequence]:
        if progress is not None:
            progress(len(names), len(names))
        frames = tuple(Path(f"{i}.png") for i in range(30))
        return [Sequence(Annotation(n, np.ones((30, 4)), np.ones(30, bool), self._start), frames) for n in names]

    def aliases(self) -> dict[str, str]:
        return {"Jogging.1": "Jogging-1"}


def failure(*arguments, **options) -> str:
    with pytest.raises(InputError) as error:
        select(*arguments, **options)
    return str(error.value)


def test_a_whole_dataset():
    selection = select(Listed("a b c"))
    assert selection.coverage == "demo, 3 sequences"
    assert selection.complete
    assert selection.rendered
    assert (selection.dataset, selection.revision, selection.total) == ("demo", "7", 3)
    assert [sequence.name for sequence in selection.sequences] == ["a", "b", "c"]


def test_a_part_is_missing():
    assert failure(Listed("a", "b c d e")) == (
        "demo: 4 of its 5 sequences are missing in /data (b, c, d, ...):"
        " add them, or run what is there with --subset available"
    )
    selection = select(Listed("a", "b c d e"), subset="available")
    assert selection.coverage == "demo, 1 of 5 sequences"
    assert not selection.complete


@pytest.mark.parametrize("subset", ["full", "available"])
def test_all_is_missing(subset):
    assert failure(Listed("", "a b"), subset=subset) == (
        "demo: none of its 2 sequences is in /data (a, b): name the folder that holds them with --data-root DIR"
    )


def test_named_sequences_need_no_subset_and_keep_the_datasets_order():
    selection = select(Listed("Crossing Jogging-1 Couple", "Deer"), sequences=["couple", " JOGGING.1 ", "Couple"])
    assert [sequence.name for sequence in selection.sequences] == ["Jogging-1", "Couple"]
    assert selection.coverage == "demo, 2 of 4 sequences"


def test_a_name_that_means_nothing_gets_a_hint():
    said = failure(Listed("Jogging-1 Jogging-2 Couple"), sequences=["Coupel"])
    assert said == "demo has no sequence 'Coupel'. Did you mean 'Couple'?"
    assert failure(Listed("a"), sequences=[]) == "--sequences names no sequence"


def test_a_named_sequence_that_is_missing():
    dataset = Listed("a", "b c")
    said = "demo: b not found in /data: add what is missing, or do not name it"
    assert failure(dataset, sequences=["a", "b"]) == said
    assert failure(dataset, sequences=["b"], subset="available") == said
    assert select(dataset, sequences=["a", "b"], subset="available").coverage == "demo, 1 of 3 sequences"


def test_a_frame_limit_counts_from_the_official_start():
    selection = select(Listed("a", start=5), limit_frames=20)
    assert len(selection.sequences[0]) == 25
    assert selection.coverage == "demo, 1 sequence, first 20 frames"
    assert not selection.complete


def test_a_limit_below_two_frames():
    assert failure(Listed("a"), limit_frames=1) == (
        "--limit-frames 1: at least 2 are needed, the first of them to show the target"
    )


def test_progress_is_passed_on():
    seen: list[tuple[int, int]] = []
    select(Listed("a b"), progress=lambda *at: seen.append(at))
    assert seen == [(2, 2)]


def test_the_real_partial_otb100(shared_data: Path):
    dataset = OTBDataset("OTB100", shared_data / "data" / "otb")
    assert failure(dataset).startswith("OTB100: 86 of its 100 sequences are missing in ")
    assert failure(dataset).endswith(
        "(Basketball, Biker, Bird1, ...): add them, or run what is there with --subset available"
    )
    assert select(dataset, subset="available").coverage == "OTB100, 14 of 100 sequences"
    narrowed = select(dataset, sequences=["Couple", "Crossing"], limit_frames=20)
    assert narrowed.coverage == "OTB100, 2 of 100 sequences, first 20 frames"
    assert [len(sequence) for sequence in narrowed.sequences] == [20, 20]
