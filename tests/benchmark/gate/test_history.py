from __future__ import annotations

import errno
import json
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark.gate import history
from benchmark.gate.verdict import GateResult, Verdict
from trackers.errors import InputError


def result(number: int, median: float, auc: float = 0.6, coverage: str = "demo") -> GateResult:
    verdicts = (
        Verdict("siamfc", "accuracy", "pass", "", "", 0.6, auc),
        Verdict("siamfc", "median", "pass", "", "", 20.0, 99.0, {"unit": "ms", "calibrated": median}),
    )
    return GateResult("run", "base", "", f"2026-03-{number + 1:02d}T10:00:00Z", f"commit{number}", coverage, "otb",
                      "machine", verdicts)  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "deep" / "history.jsonl"
    for number in range(16):
        wobble = 0.01 * (number % 3)
        history.append(file, result(number, (1.0 if number < 8 else 1.2) + wobble))
    return file


def test_a_change_of_level_is_found_and_told(file: Path) -> None:
    found = {one.measure: one for one in history.series(history.read(file))}
    (point,) = found["median"].changes
    assert point.index == 8
    assert (point.before, point.after) == (pytest.approx(1.01), pytest.approx(1.21))
    assert found["accuracy"].changes == ()
    assert history.sentences(list(found.values())) == ["siamfc, median: 1.01 became 1.21 on 2026-03-09 at commit8"]


def test_gates_of_other_sequences_are_another_series(file: Path) -> None:
    history.append(file, result(20, 5.0, coverage="OTB100"))
    assert [len(one.values) for one in history.series(history.read(file))] == [1, 1]


def test_a_line_that_is_none_is_named(file: Path) -> None:
    for line in ("{", "[]", json.dumps({"schema": 9})):
        with file.open("a") as lines:
            lines.write(line + "\n")
        with pytest.raises(InputError, match="line 17: no entry of a gate"):
            history.read(file)
        file.write_text("\n".join(file.read_text().splitlines()[:16]) + "\n")


def test_nothing_was_found_before_anything_was_gated() -> None:
    assert history.series([]) == []


@pytest.mark.parametrize("cut", [1, 5, 60])
def test_a_last_line_that_was_cut_off_is_left_out_and_mended(file: Path, cut: int) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[:-cut])
    kept = 16 if cut == 1 else 15  # the line break alone is missing: the entry is whole
    assert len(history.read(file)) == kept
    history.append(file, result(16, 1.2))
    entries = history.read(file)
    assert len(entries) == kept + 1
    assert entries[-1].commit == "commit16"
    assert file.read_bytes().endswith(b"\n")
    assert file.read_bytes().startswith(b"\n".join(whole.split(b"\n")[:15]) + b"\n")


ENTRY = b'{"schema": 1, "date": %s, "commit": "", "machine": "", "coverage": "", "status": "", "figures": %s}'


@pytest.mark.parametrize(
    "line",
    [b"{", b"[]", b"", b'{"schema": 1}', b"\xff", b"[" * 100_000, b'{"schema": 1, "schema": 1}', b"NaN",
     ENTRY % (b"3", b"{}"), ENTRY % (b'""', b'{"a": {"b": "c"}}'), ENTRY % (b'""', b'{"a": {"b": 1e999}}')],
)  # fmt: skip
def test_a_damaged_line_is_refused_before_anything_is_added(file: Path, line: bytes) -> None:
    before = file.read_bytes() + line + b"\n" + file.read_bytes()
    file.write_bytes(before)
    with pytest.raises(InputError, match="line 17: no entry of a gate"):
        history.append(file, result(16, 1.2))
    assert file.read_bytes() == before


def test_a_full_disk_leaves_the_history_as_it_was(file: Path, monkeypatch) -> None:
    before = file.read_bytes()

    def full(number: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("benchmark.gate.history.os.fsync", full)
    with pytest.raises(InputError, match="No space left on device"):
        history.append(file, result(16, 1.2))
    assert file.read_bytes() == before


def test_gates_that_end_at_once_all_stand_in_the_history(tmp_path: Path) -> None:
    file = tmp_path / "h.jsonl"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: history.append(file, result(number, 1.0)), range(28)))
    assert {entry.commit for entry in history.read(file)} == {f"commit{number}" for number in range(28)}


def test_a_measure_of_another_version_is_let_be(file: Path) -> None:
    entry = json.loads(file.read_text().splitlines()[-1])
    entry["figures"]["siamfc"]["energy"] = 3.0
    with file.open("a") as lines:
        lines.write(json.dumps(entry) + "\n")
    assert "energy" in {one.measure for one in history.series(history.read(file))}


@given(damage=st.integers(0, 2**16), byte=st.integers(0, 255))
def test_any_damage_is_entries_or_one_line(tmp_path_factory, damage: int, byte: int) -> None:
    file = tmp_path_factory.mktemp("h") / "h.jsonl"
    for number in range(3):
        history.append(file, result(number, 1.0))
    content = bytearray(file.read_bytes())
    content[damage % len(content)] = byte
    file.write_bytes(content)
    with suppress(InputError):
        history.sentences(history.series(history.read(file)))


def test_a_file_too_large_for_a_history_is_one_line(file: Path, monkeypatch) -> None:
    monkeypatch.setattr("benchmark.documents.LARGEST", file.stat().st_size - 1)
    before = file.read_bytes()
    for use in (lambda: history.read(file), lambda: history.append(file, result(21, 1.0))):
        with pytest.raises(InputError, match="no history of gates"):
            use()
    assert file.read_bytes() == before
