"""What is said on a terminal never obeys a stranger's text."""

from __future__ import annotations

import io
import json

import pytest
from rich.table import Table

from benchmark.commands.terminal import Terminal, echo, echo_json, output, progress, remarks

HOSTILE = "\x1b[2J\x1b]0;owned\x07\x9b31m\b\r\u202eevil\nrun_bench: nothing is worse :car:"
SPELT = r"\x1b[2J\x1b]0;owned\x07\x9b31m\x08\r\u202eevil\nrun_bench: nothing is worse :car:"


@pytest.fixture
def screen() -> tuple[Terminal, io.StringIO]:
    file = io.StringIO()
    return Terminal(file=file, force_terminal=True, width=200, emoji=False, highlight=False), file


def test_a_line_is_one_line_and_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    echo(HOSTILE)
    output().print(HOSTILE, markup=False, soft_wrap=True)
    remarks().print(HOSTILE, markup=False, soft_wrap=True)
    said = capsys.readouterr()
    assert said.out == f"{SPELT}\n" * 2
    assert said.err == f"{SPELT}\n"


def test_cells_titles_and_headings_of_a_table_are_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("\x1b[31mheading", title="\x07title", caption="\x9bcaption")
    table.add_row("\x1b[0mcell\n")
    output().print(table)
    said = capsys.readouterr().out
    for text in (r"\x1b[31mheading", r"\x07title", r"\x9bcaption", r"\x1b[0mcell\n"):
        assert text in said
    assert not {"\x1b", "\x07", "\x9b"} & set(said)


def test_a_bar_on_a_terminal_moves_the_cursor_but_its_description_does_not(screen) -> None:
    console, file = screen
    with progress(console, "frames") as bars:
        bars.add_task("\x1b]0;owned\x07tracker", total=2)
    said = file.getvalue()
    assert r"\x1b]0;owned\x07tracker" in said
    assert "\x1b[" in said  # colours and the cursor are the bar's own
    assert "\x1b]" not in said
    assert "\x07" not in said


def test_colours_of_ours_stay(screen) -> None:
    console, file = screen
    console.print("[red]worse[/] than before")
    assert "\x1b[31mworse\x1b[0m" in file.getvalue()


def test_json_is_ascii_and_reads_back_to_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    echo_json({"name": HOSTILE + "\x7f"})
    said = capsys.readouterr().out
    assert json.loads(said) == {"name": HOSTILE + "\x7f"}
    assert set(said) - {"\n"} <= set(map(chr, range(0x20, 0x7F)))
