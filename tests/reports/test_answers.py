from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from benchmark.statistics.intervals import Interval
from reports.answers import questions
from reports.model import build_report
from reports.sentences import cost, evidence, verdict
from reports.tables import make_tables


def pairs(*names: str) -> list[tuple[str, str]]:
    return [(pair.other, pair.base) for pair in questions(names)]


def test_the_written_questions_are_asked_where_both_trackers_are_there() -> None:
    assert pairs("siamfc", "memtrack") == [("memtrack", "siamfc")]
    assert pairs("siamfc", "memtrack", "dualmn-short", "dualmn-long", "dualmn") == [
        ("dualmn", "dualmn-long"), ("dualmn", "dualmn-short"), ("memtrack", "siamfc"), ("dualmn", "siamfc"),
        ("dualmn", "memtrack"),
    ]  # fmt: skip


def test_a_variant_is_compared_with_what_it_varies() -> None:
    assert ("memtrack-m4", "memtrack") in pairs("memtrack", "memtrack-m4")
    assert ("memtrack{slots=3}", "memtrack") in pairs("memtrack", "memtrack{slots=3}")
    assert ("siamfc-s1", "siamfc") in pairs("siamfc", "memtrack", "siamfc-s1")
    assert ("dualmn-short-k4", "dualmn-short") in pairs("dualmn-short", "dualmn-short-k4")
    assert ("siamfc@other.pth", "siamfc") in pairs("siamfc", "siamfc@other.pth")


def test_presets_are_asked_of_their_own_kind() -> None:
    assert ("memtrack:paper", "siamfc:paper") in pairs("siamfc", "siamfc:paper", "memtrack:paper")


def test_whatever_else_is_there_is_compared_with_the_first() -> None:
    assert pairs("siamfc", "cv2:kcf") == [("cv2:kcf", "siamfc")]
    assert pairs("siamfc") == []


def test_sentences_say_difference_interval_correction_and_cost(made_run: Path) -> None:
    report = build_report([made_run], frames=False)
    answers = {one.pair.asks: one for one in report.answers}
    one = answers["Does the dual memory beat a template that never changes?"]
    text = evidence(one)
    assert f"{abs(one.main.difference):.3f} higher than siamfc" in text
    assert f"corrected for {len(report.answers)} questions" in text
    assert f"better on {one.main.wins} of 6 sequences" in text
    assert cost(one).endswith("at one lane, peak memory 700 MB against 700 MB.")
    assert verdict(one) in ("Yes.", "Not shown.")


def test_a_trained_tracker_against_an_untrained_one_says_so_first(made_run: Path) -> None:
    report = build_report([made_run], frames=False)
    said = {(one.pair.other, one.pair.base): evidence(one) for one in report.answers}
    first = "dualmn was trained for tracking, siamfc was not: training is part of what differs. "
    assert said["dualmn", "siamfc"].startswith(first)
    assert said["memtrack", "siamfc"].startswith("memtrack was trained for tracking, siamfc was not")
    assert said["dualmn", "dualmn-long"].startswith("dualmn has a success AUC")
    assert said["cv2:kcf", "siamfc"].startswith("cv2:kcf has a success AUC")  # it has no weights to train
    assert first.strip() in make_tables(report)["answers"].notes[:2]


def test_throughput_is_said_to_be_no_latency(make: Callable[..., Path], tmp_path: Path) -> None:
    report = build_report([make(tmp_path, {"siamfc": 0.5, "dualmn": 0.9}, extras=False, pictures=False)], frames=False)
    assert "throughput of this run, no latency" in cost(report.answers[0])


def test_one_sequence_tells_nothing(make: Callable[..., Path], tmp_path: Path) -> None:
    run = make(tmp_path, {"siamfc": 0.5, "dualmn": 0.9}, ["only"], pictures=False)
    answer = build_report([run], frames=False).answers[0]
    assert verdict(answer) == "One sequence cannot tell."
    assert "says nothing of others" in evidence(answer)


def test_a_difference_that_rounds_to_nothing_is_neither_higher_nor_lower(made_run: Path) -> None:
    answer = build_report([made_run], frames=False).answers[0]
    for value in (-0.0004, 0.0004, -0.0):
        text = evidence(replace(answer, main=replace(answer.main, difference=value, interval=Interval(-0.0004, 0.1))))
        assert f"{answer.pair.other} and {answer.pair.base} have the same success AUC to three decimals (95" in text
        assert "interval 0.000 to +0.100" in text
