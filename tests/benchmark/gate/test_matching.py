from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchmark.gate.matching import check_current, match
from benchmark.gate.snapshot import Snapshot
from benchmark.store.keys import code_digest
from trackers.errors import InputError
from trackers.names import resolve

FILE = Path("base.json")
KCF = "cv2:kcf"


def test_the_same_conditions_match(snapshot: Snapshot) -> None:
    assert match(FILE, snapshot, snapshot, partial=False) == []


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"dataset": "demo"}, "base.json has dataset OTB100, the run has demo: run `--dataset OTB100`"),
        ({"revision": "2"}, "dataset revision 1, the run has 2: bless the baseline again"),
        ({"profile": "got10k"}, "profile otb, the run has got10k: run with `--profile otb`"),
        ({"limit_frames": 20}, "frame limit None, the run has 20: run with no `--limit-frames`"),
        ({"seed": 1}, "seed 0, the run has 1: run with `--seed 0`"),
    ],
)
def test_other_conditions_are_refused(snapshot: Snapshot, change: dict, line: str) -> None:
    with pytest.raises(InputError, match=r"base\.json") as refused:
        match(FILE, snapshot, replace(snapshot, **change), partial=True)
    assert line in str(refused.value)


def test_a_tracker_that_is_not_here_is_named(snapshot: Snapshot) -> None:
    gone = replace(snapshot, trackers={"siamfcc": snapshot.trackers[KCF]})
    with pytest.raises(InputError, match=r"no tracker named 'siamfcc'. Did you mean 'siamfc'"):
        match(FILE, gone, gone, partial=False)
    with pytest.raises(InputError, match=r"--intended cv2:kcff: base.json has no such tracker. Did you mean 'cv2:kcf'"):
        match(FILE, snapshot, snapshot, partial=False, intended=["cv2:kcff"])


def test_what_the_run_lacks_must_be_allowed(snapshot: Snapshot, changed) -> None:
    sequences = dict(snapshot.trackers[KCF].sequences)
    del sequences["third"]
    fewer = changed(snapshot, {"sequences": sequences})
    with pytest.raises(InputError, match=r"the run lacks third of base.json.*--partial"):
        match(FILE, snapshot, fewer, partial=False)
    assert match(FILE, snapshot, fewer, partial=True) == ["judged on 2 of 3 sequences, those that the run has"]
    failed = changed(snapshot, {"sequences": sequences, "failed": {"third": "why"}})
    assert match(FILE, snapshot, failed, partial=False) == [], "it was run: that it failed is a verdict"
    two = replace(snapshot, trackers={**snapshot.trackers, "cv2:mil": snapshot.trackers[KCF]})
    with pytest.raises(InputError, match="the run lacks cv2:mil"):
        match(FILE, two, snapshot, partial=False)
    assert match(FILE, two, snapshot, partial=True) == ["not judged, as the run lacks them: cv2:mil"]
    assert match(FILE, snapshot, two, partial=False) == ["not in the baseline, hence not judged: cv2:mil"]
    nothing = replace(snapshot, trackers={"cv2:mil": snapshot.trackers[KCF]})
    with pytest.raises(InputError, match=r"no tracker and sequence in common"):
        match(FILE, snapshot, nothing, partial=True)


def test_other_frames_are_refused_but_where_they_are_rendered(snapshot: Snapshot, changed) -> None:
    sequences = {n: replace(one, sequence_digest="x") for n, one in snapshot.trackers[KCF].sequences.items()}
    other = changed(snapshot, {"sequences": sequences})
    with pytest.raises(InputError, match=r"frames or ground truth of first are not those of base.json"):
        match(FILE, snapshot, other, partial=False)
    assert match(FILE, replace(snapshot, rendered=True), replace(other, rendered=True), partial=False) == []


def test_a_run_of_other_code_or_weights_is_stale(snapshot: Snapshot, changed) -> None:
    spec = resolve(KCF)
    now = {"code": code_digest(spec), "weights_sha256": ""}
    check_current(changed(snapshot, now))
    with pytest.raises(InputError, match="other code of cv2:kcf than is here now"):
        check_current(changed(snapshot, {**now, "code": "older"}))
    with pytest.raises(InputError, match="other weights of cv2:kcf"):
        check_current(changed(snapshot, {**now, "weights_sha256": "abc"}))
