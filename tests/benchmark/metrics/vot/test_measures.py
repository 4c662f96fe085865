from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmark.metrics.vot import Code
from benchmark.metrics.vot.measures import Measures
from benchmark.metrics.vot.multistart import FromAnchor, multistart_measures, progress
from benchmark.metrics.vot.supervised import Restarted, counted, supervised_measures
from benchmark.profiles.vot import load_vot_profile, vot_profile_names, vot_span
from trackers.errors import InputError

TOOLKIT, PYSOT = load_vot_profile("vot-toolkit"), load_vot_profile("pysot-toolkit")


def restarted(length: int, failures: list[int], seed: int) -> Restarted:
    """A run that fails in some frames of its own: of each part, counted from its start."""
    codes, overlaps = np.zeros(length, np.int8), np.zeros(length)
    rng, frame, left = np.random.default_rng(seed), 0, list(failures)
    while frame < length:
        codes[frame] = 1
        stop = frame + 1 + (left.pop(0) if left else length)
        codes[frame + 1 : stop] = 3
        overlaps[frame + 1 : stop] = rng.uniform(0.05, 1, len(overlaps[frame + 1 : stop]))
        if stop < length:
            codes[stop] = 2
        frame = stop + 5
    return Restarted(overlaps, codes)


runs_of = st.lists(
    st.tuples(st.integers(2, 60), st.lists(st.integers(0, 25), max_size=4), st.integers(0, 999)), min_size=1, max_size=5
)


@given(runs_of)
@settings(max_examples=60, deadline=None)
def test_expected_overlap_is_the_mean_over_parts_that_tell_of_a_length(rows) -> None:
    runs = {str(index): [restarted(*row)] for index, row in enumerate(rows)}
    parts = []
    for (run,) in runs.values():
        begins = [i for i, code in enumerate(run.codes) if code == 1]
        for begin in begins:
            end = next((i for i in range(begin, len(run.codes)) if run.codes[i] == 2), None)
            parts.append((run.overlaps[begin:end].tolist(), end is not None))
    curve = supervised_measures(runs, TOOLKIT, (1, 1)).curve
    assert len(curve) == max(len(part) for part, _ in parts)
    for length in range(1, len(curve)):
        told = []
        for part, failed in parts:
            if failed or length < len(part):
                followed = (part + [0.0] * 99)[1 : length + 1]
                told.append(sum(followed) / length)
        assert curve[length] == pytest.approx(np.mean(told) if told else 0.0)


def test_a_failure_counts_and_a_start_is_followed_by_frames_that_do_not() -> None:
    codes = np.array([1, *[3] * 20, 2, 0, 0, 0, 0, 1, *[3] * 14], np.int8)
    overlaps = np.where(codes == 3, 0.5, 0.0)
    overlaps[:10] = 0.9  # within the burn-in
    wanted = counted(codes, 10)
    assert np.flatnonzero(wanted).tolist() == [*range(10, 21), *range(36, 41)]
    found = supervised_measures({"a": [Restarted(overlaps, codes)]}, TOOLKIT, (1, 5))
    assert (found.accuracy, found.failures, found.robustness) == (0.5, 1.0, 1.0)
    other = supervised_measures({"a": [Restarted(overlaps, codes)]}, PYSOT, (1, 5))
    assert (other.accuracy, other.failures) == (0.5, 1.0)
    assert other.robustness == pytest.approx(100 / 41)


def test_the_toolkits_weigh_sequences_and_frames_differently() -> None:
    def run(length: int, overlap: float, lost: int) -> list[Restarted]:
        codes = np.array([1, *[3] * (length - 1)], np.int8)
        codes[length - lost :] = Code.FAILED
        return [Restarted(np.where(codes == 3, overlap, 0.0), codes)]

    runs = {"long": run(110, 0.8, 0), "short": run(15, 0.2, 1)}
    assert supervised_measures(runs, TOOLKIT, (1, 9)).accuracy == pytest.approx((110 * 0.8 + 15 * 0.2) / 125)
    assert supervised_measures(runs, PYSOT, (1, 9)).accuracy == pytest.approx((100 * 0.8 + 4 * 0.2) / 104)
    assert supervised_measures(runs, TOOLKIT, (1, 9)).robustness == pytest.approx(15 / 125)


def test_repeats_are_averaged() -> None:
    one, two = restarted(40, [20], 1), restarted(40, [], 2)
    both = supervised_measures({"a": [one, two]}, TOOLKIT, (1, 9))
    alone = [supervised_measures({"a": [run]}, TOOLKIT, (1, 9)) for run in (one, two)]
    assert both.accuracy == pytest.approx(np.mean([found.accuracy for found in alone]))
    assert both.failures == 0.5


def test_a_span_that_no_sequence_reaches_has_no_value() -> None:
    assert supervised_measures({"a": [restarted(30, [], 1)]}, TOOLKIT, (100, 356)).eao is None


def test_pysots_parts_end_with_the_frame_of_the_next_start_and_its_span_begins_one_earlier() -> None:
    run = restarted(30, [9], 4)
    found = supervised_measures({"a": [run]}, PYSOT, (3, 8))
    first, second = run.overlaps[: 15 + 1], run.overlaps[15:]
    expected = []
    for length in range(2, 8):
        told = [sum(([*first, *[0.0] * 30])[1 : length + 1]) / length, second[1 : length + 1].mean()]
        expected.append(np.mean(told))
    assert found.eao == pytest.approx(np.mean(expected))


def test_a_target_is_lost_after_ten_frames_on_end() -> None:
    overlaps = np.full(60, 0.7)
    overlaps[0] = 0.0
    overlaps[20:29], overlaps[40:] = 0.1, 0.05
    visible = np.ones(60, bool)
    assert progress(FromAnchor(overlaps, visible)) == 40
    assert progress(FromAnchor(overlaps[:40], visible[:40])) == 40
    hidden = visible.copy()
    hidden[45] = False
    assert progress(FromAnchor(overlaps, hidden)) == 46
    assert progress(FromAnchor(np.zeros(12), np.ones(12, bool))) == 0


@given(st.lists(st.tuples(st.integers(2, 50), st.integers(0, 50), st.integers(0, 99)), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_measures_from_anchors_are_the_sums_that_the_toolkit_describes(rows) -> None:
    runs: dict[str, list[FromAnchor]] = {}
    for index, (length, lost, seed) in enumerate(rows):
        overlaps = np.random.default_rng(seed).uniform(0.15, 1, length)
        overlaps[0] = 0.0
        overlaps[lost:] = 0.0
        runs.setdefault(str(index % 2), []).append(FromAnchor(overlaps, np.ones(length, bool)))
    lengths = {name: 100 + 50 * int(name) for name in runs}
    high = 30
    found = multistart_measures(runs, lengths, (5, high), "vot-toolkit")
    ends = {name: [progress(run) for run in own] for name, own in runs.items()}
    total = sum(sum(own) for own in ends.values())
    overlap = sum(run.overlaps[:end].sum() for name in runs for run, end in zip(runs[name], ends[name]))
    assert found.accuracy == pytest.approx(overlap / total if total else 0.0)
    shares = {name: sum(ends[name]) / sum(len(run.overlaps) for run in own) for name, own in runs.items()}
    robustness = sum(shares[name] * lengths[name] for name in runs) / sum(lengths.values())
    assert found.robustness == pytest.approx(robustness)
    for place in range(1, high):
        told = []
        for name, own in runs.items():
            for run, end in zip(own, ends[name]):
                kept = np.where(np.arange(len(run.overlaps)) < end, run.overlaps, 0.0)
                if place < len(kept):
                    told.append(kept[1 : place + 1].mean())
                elif end < len(kept):
                    told.append(kept[1:].sum() / (place - 1))
        assert found.curve[place] == pytest.approx(np.mean(told) if told else 0.0)


def test_measures_come_back_from_plain_data() -> None:
    found = supervised_measures({"a": [restarted(30, [3], 1)]}, TOOLKIT, (2, 9))
    again = Measures.from_dict(found.to_dict())
    assert again.to_dict() == found.to_dict()


def test_spans_are_the_challenges_or_those_of_the_sequences() -> None:
    assert vot_span("VOT2016", [500])[0] == (108, 371)
    span, words = vot_span("OTB100", [100, 200, 300, 400, 500])
    assert span == (200, 400)
    assert "no challenge's span" in words
    assert "no sequence here has more than 130" in vot_span("VOT2018", [130, 120])[1]
    assert vot_span("demo", [60, 60])[0] == (59, 60)


def test_an_unknown_profile_is_refused_with_what_may_be_meant() -> None:
    assert vot_profile_names() == ("vot-toolkit", "pysot-toolkit")
    with pytest.raises(InputError, match="Did you mean 'vot-toolkit'"):
        load_vot_profile("vot-tolkit")


def test_shares_of_sequences_have_the_expected_overlap_as_mean_and_its_spread() -> None:
    rng = np.random.default_rng(3)
    runs = {}
    for number in range(40):
        length = int(rng.integers(30, 80))
        runs[str(number)] = [restarted(length, sorted(rng.choice(np.arange(12, length), 1)), number)]
    span = (10, 40)
    found = supervised_measures(runs, TOOLKIT, span)
    assert found.eao == pytest.approx(np.mean(list(found.shares.values())))
    drawn = []
    for _ in range(300):
        names = rng.choice(list(runs), len(runs))
        drawn.append(supervised_measures({f"{k}": runs[name] for k, name in enumerate(names)}, TOOLKIT, span).eao)
    spread = np.std(list(found.shares.values()), ddof=1) / np.sqrt(len(runs))
    assert spread == pytest.approx(np.std(drawn), rel=0.15)


def test_shares_from_anchors_have_the_expected_overlap_as_mean() -> None:
    rng = np.random.default_rng(1)
    runs = {}
    for name in "abc":
        overlaps = rng.uniform(0.3, 1, 40)
        overlaps[25:] = 0
        runs[name] = [FromAnchor(overlaps, np.ones(40, bool)), FromAnchor(rng.uniform(0.3, 1, 20), np.ones(20, bool))]
    found = multistart_measures(runs, dict.fromkeys(runs, 40), (5, 30), "vot-toolkit")
    assert found.eao == pytest.approx(np.mean(list(found.shares.values())))
    assert len(set(found.shares.values())) == 3


def test_a_span_that_no_run_from_an_anchor_reaches_has_no_expected_overlap() -> None:
    overlaps = np.full(40, 0.7)
    overlaps[0] = 0.0
    runs = {"a": [FromAnchor(overlaps, np.ones(40, bool))]}
    beyond = multistart_measures(runs, {"a": 40}, (115, 755), "vot-toolkit")
    assert (beyond.eao, beyond.shares, len(beyond.curve)) == (None, {}, 755)
    within = multistart_measures(runs, {"a": 40}, (39, 755), "vot-toolkit")
    assert within.eao == pytest.approx(0.7 / 716)  # as the toolkit: the lengths beyond count as 0
    lost = np.where(np.arange(40) < 20, overlaps, 0.0)
    told = multistart_measures({"a": [FromAnchor(lost, np.ones(40, bool))]}, {"a": 40}, (115, 755), "vot-toolkit")
    assert told.eao is not None  # a run that lost its target tells of every length
    assert told.eao > 0
