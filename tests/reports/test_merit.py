"""By EAO rank, ask and compare all that show a run by VOT's protocols, where success AUC would say the opposite."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmark.commands.scoreboard import table
from benchmark.commands.terminal import output
from benchmark.commands.vot_board import vot_table
from benchmark.merit import AO, EAO, SUCCESS, merit_of
from benchmark.metrics.vot.measures import Measures
from benchmark.scores import RunScores
from benchmark.statistics.intervals import Interval
from benchmark.store.manifest import write_json
from benchmark.vot.scores import Part, VOTScores
from reports.answers import answer
from reports.board.gathering import gather
from reports.board.model import make_board
from reports.board.page import write_board
from reports.compare.model import compare_trackers
from reports.compare.page import render
from reports.compare.tables import comparison_tables
from reports.compare.words import line, sentence
from reports.html.page import render as render_report
from reports.model import build_report
from reports.plain import to_plain
from reports.tables import make_tables

EAOS = {"siamfc": 0.6, "memtrack": 0.4, "dualmn": 0.2}
"""The other way about than by success."""


def measured(eao: float | None, names: list[str], reach: float = 0.01) -> VOTScores:
    """Return measures whose shares differ by sequence, and whose mean is the EAO."""
    parts = np.linspace(-reach, reach, len(names))
    shares = {} if eao is None else {name: eao + float(part) for name, part in zip(names, parts, strict=True)}
    one = Measures(profile="vot-toolkit", accuracy=0.5, robustness=1.0, failures=2.0, eao=eao,
                   curve=np.full(30, eao or 0.0), span=(5, 20), shares=shares)  # fmt: skip
    return VOTScores((one,), "a made span", {name: Part(30, 0.5, 2.0 - 2 * (eao or 0)) for name in names}, {})


def restarted(run: Path, eaos: Mapping[str, float | None], short: str = "") -> Path:
    """Give the trackers of a run VOT's measures; those of `short` are of all sequences but one."""
    scores = RunScores.read(run)
    trackers = tuple(
        replace(one, vot=measured(eaos[one.name], [*one.sequences][one.name == short :])) for one in scores.trackers
    )
    write_json(run / "scores.json", replace(scores, protocol="vot-supervised", trackers=trackers).to_dict())
    return run


@pytest.fixture
def run(make: Callable[..., Path], tmp_path: Path) -> Path:
    return restarted(make(tmp_path / "own", {"siamfc": 0.2, "memtrack": 0.6, "dualmn": 1.0}, frames=30), EAOS)


def test_an_interval_is_of_the_sequences_that_have_a_part_in_the_eao(run: Path) -> None:
    """Of which the others say nothing: two long sequences are two, however many short ones stand beside them."""
    tracker = RunScores.read(run).trackers[0]

    def interval(shares: Mapping[str, float]) -> Interval | None:
        (measures,) = measured(0.6, ["a"]).measures
        vot = VOTScores((replace(measures, shares=shares),), "", {}, {})
        return EAO.interval(replace(tracker, vot=vot))

    alone = interval({"a": 0.59, "b": 0.61})
    assert alone is not None
    assert alone.high - alone.low == pytest.approx(2 * 12.706 * 0.01, rel=1e-3)  # Student's, one degree of freedom
    short = {f"short{number}": 0.6 for number in range(8)}
    beside = interval({"a": 0.55, "b": 0.65, **short})
    assert beside is not None
    assert (beside.low, beside.high) == pytest.approx(
        (alone.low, alone.high)
    )  # of ten, what each adds weighs five times
    assert interval({"a": 0.6, **short}) is None


def test_short_sequences_are_no_evidence_between_trackers(run: Path) -> None:
    """On each of them the tracker of the higher EAO would seem the better one."""

    def having(spread: float, short: int) -> list:
        found = []
        for one, eao in zip(RunScores.read(run).trackers, (0.5, 0.51, 0.52), strict=True):
            (measures,) = measured(eao, ["a"]).measures
            reach = spread if one.name == "siamfc" else -spread
            told = {"a": eao - reach, "b": eao + reach, "c": eao + reach / 2, "d": eao - reach / 2}
            shares = told | {f"short{number}": eao for number in range(short)}
            parts = dict.fromkeys(shares, Part(30, 0.5, 1.0))
            found.append(replace(one, vot=VOTScores((replace(measures, shares=shares),), "", parts, {})))
        return found

    few, many = having(0.1, 0), having(0.1 * 24 / 4, 20)
    assert EAO.standings(many) == EAO.standings(few)
    assert set(EAO.standings(many).values()) == {"alike"}
    assert EAO.ranks(many) == EAO.ranks(few)
    assert EAO.ranks(many[:2]) is None
    for short, long in zip(answer(few, {}, EAO), answer(many, {}, EAO), strict=True):
        ends = [(one.main.interval.low, one.main.interval.high) for one in (short, long) if one.main.interval]
        assert ends[1] == pytest.approx(ends[0])
        assert long.main.p_holm == short.main.p_holm


def test_a_profile_that_pools_frames_has_a_merit_of_its_own(run: Path) -> None:
    trackers = RunScores.read(run).trackers
    assert merit_of(trackers) is EAO
    assert merit_of([replace(one, vot=None) for one in trackers]) is SUCCESS
    assert AO.overall(trackers[0]) == trackers[0].summary.overall.ao  # type: ignore[union-attr]
    wide = EAO.interval(replace(trackers[0], vot=measured(0.6, ["first", "second"], 0.4)))
    assert (wide.low, wide.high) == (0.0, 1.0)  # type: ignore[union-attr]
    assert (SUCCESS.title, AO.title, EAO.title) == ("Success AUC", "AO", "EAO")


def test_the_terminal_shows_eao_first_with_its_interval_and_its_standing(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scores = RunScores.read(run)
    shown = vot_table(scores)
    assert shown is not None
    for one in (shown, table(scores)):
        output().print(one)
        rows = [line for line in capsys.readouterr().out.splitlines() if line.startswith("│ ")]
        assert [row.split()[1] for row in rows] == ["siamfc", "memtrack", "dualmn"]
        if one is shown:
            assert "0.6000~ [0.592, 0.608]" in rows[0]
            assert "0.2000~ [0.192, 0.208]" in rows[2]


def test_a_sequence_on_which_one_alone_was_restarted_is_compared(run: Path) -> None:
    """Where a tracker has failed frames are left out, so that the two are scored on other ones."""
    scores = RunScores.read(run)
    last, *others = scores.trackers[::-1]
    left = {name: replace(own, frames=own.frames - 4) for name, own in last.sequences.items()}
    write_json(run / "scores.json", replace(scores, trackers=(*others[::-1], replace(last, sequences=left))).to_dict())
    comparison = compare_trackers(run, [others[0].name, last.name], frames=False)
    assert comparison.left_out == ()
    assert len(comparison.pairs[0].sequences) == 6


def test_a_comparison_is_by_eao(run: Path) -> None:
    comparison = compare_trackers(run, ["siamfc", "memtrack"], frames=False)
    (pair,) = comparison.pairs
    assert pair.main.difference == pytest.approx(-0.2)
    assert pair.counts == (0, 0, 6)
    assert "worse; EAO -0.200" in line(pair)
    assert "EAO -0.200" in sentence(pair)
    assert "the target is lost less often on 0 of 6 sequences, as often on 0, more often on 6" in sentence(pair)
    tables = comparison_tables(comparison)
    assert [cell.text for cell in tables["comparison"].rows[0][1:4]] == ["0.600", "0.400", "-0.200"]
    assert tables["differences"].title == "Change of EAO, B − A"
    assert "AUC" not in render(comparison).partition('id="plots"')[0].partition("<main>")[2]


def test_where_nobody_has_an_eao_a_comparison_is_by_success_and_says_so(run: Path) -> None:
    comparison = compare_trackers(restarted(run, dict.fromkeys(EAOS)), ["siamfc", "dualmn"], frames=False)
    assert comparison.merit is SUCCESS
    assert comparison.left_out == ("EAO: a tracker has none, so that they are compared by success AUC",)
    assert "success AUC" in line(comparison.pairs[0])


def test_expected_overlaps_of_different_sequences_are_said_to_be(run: Path) -> None:
    restarted(run, EAOS, short="memtrack")
    said = "Their EAO are of different sequences, memtrack's of 5 and siamfc's of 6, and what one says of it depends"
    (pair,) = compare_trackers(run, ["siamfc", "memtrack"], frames=False).pairs
    assert said in line(pair)
    assert said in sentence(pair)
    report = build_report([run], frames=False)
    assert "Their EAO are of different sequences, " in render_report(report, make_tables(report))
    assert [one.first.count("different sequences") for one in report.answers if "memtrack" not in one.pair.asks.lower()]
    (pair,) = compare_trackers(run, ["siamfc", "dualmn"], frames=False).pairs
    assert "different sequences" not in line(pair) + sentence(pair)


def test_speeds_stand_beside_eao(run: Path) -> None:
    report = build_report([run], frames=False)
    assert {one.tracker: one.score for one in report.speeds} == EAOS
    assert [one.tracker for one in report.speeds if one.front] == ["siamfc"]  # the quickest too
    tables = make_tables(report)
    assert tables["latency"].columns[1].heading == "EAO"
    assert tables["ranks"].title == "Mean ranks by EAO"
    assert [row[0].text for row in tables["ranks"].rows] == list(EAOS)
    assert [one["eao"] for one in to_plain(report)["speeds"]] == list(EAOS.values())
    assert "EAO against latency" in render_report(report, tables)


def test_a_board_ranks_by_eao(run: Path, tmp_path: Path) -> None:
    board = make_board(gather([run.parent.parent], tmp_path / "room", None))
    assert board.names == tuple(EAOS)
    (division,) = board.divisions
    assert division.merit is EAO
    assert division.ranks is not None
    assert list(division.ranks.mean_ranks) == list(EAOS)
    page = write_board(board, tmp_path / "site").read_text()
    assert "[otb]: EAO" in page
    assert "trackers by EAO with" in page
    assert '"measure": "eao"' in (tmp_path / "site" / "board.json").read_text()
