from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from benchmark.training.shipping import tensors_digest
from trackers.api import lane_bytes
from trackers.errors import InputError
from trackers.names import resolve
from trackers.registry import PAPERS_FIVE
from trackers.weights import catalog
from trackers.weights.catalog import Facts, find_facts, find_weights


def test_every_listed_file_is_there_and_whole() -> None:
    entries = catalog._entries()
    assert entries
    for name in entries:
        weights = find_weights("any", "compact", name)
        assert weights.path is not None
        assert hashlib.sha256(weights.path.read_bytes()).hexdigest() == weights.sha256
        assert tensors_digest(weights.path) == weights.tensors, f"what is read of {name} has changed: so do its boxes"
        assert weights.licence


def test_a_variant_takes_the_weights_of_its_family() -> None:
    assert find_weights("siamfc-s1", "compact", "") == find_weights("siamfc", "compact", "")


def test_a_users_file_is_known_by_its_content(tmp_path: Path) -> None:
    for name in ("one.pth", "two.pth"):
        (tmp_path / name).write_bytes(b"the same")
    one, two = (find_weights("siamfc", "paper", str(tmp_path / name)) for name in ("one.pth", "two.pth"))
    assert one.sha256 == two.sha256 == hashlib.sha256(b"the same").hexdigest()


def test_damaged_shipped_weights_are_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = catalog._entries()
    entries["imagenet"]["sha256"] = "0" * 64
    monkeypatch.setattr(catalog, "_entries", lambda: entries)
    with pytest.raises(InputError, match="damaged"):
        find_weights("siamfc", "compact", "")


@pytest.mark.parametrize("name", PAPERS_FIVE)
def test_the_catalogue_says_of_a_tracker_what_building_it_gives(name: str) -> None:
    spec = resolve(name)
    tracker = spec.build("cpu")
    state = tracker.start([np.full((120, 160, 3), 128, np.uint8)], np.array([[60.0, 40.0, 40.0, 40.0]]), [0])
    assert find_facts(name) == Facts(
        remembers=spec.remembers,
        parameters=tracker.parameters(),
        lane_bytes=lane_bytes(state),
        presets=tuple(spec.family.presets),
        variants=tuple(spec.family.variants) if name == spec.family.name else (),
    )


def test_the_catalogue_holds_no_facts_of_others() -> None:
    assert find_facts("siamfc-s5") is None
    assert set(catalog._catalogue()["trackers"]) == set(PAPERS_FIVE)
