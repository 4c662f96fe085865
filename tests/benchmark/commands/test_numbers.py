"""Every number that any command takes is one, and bounded."""

from __future__ import annotations

import math
from collections.abc import Iterator

import click
import pytest

from benchmark.commands.numbers import Number
from benchmark.commands.options import read_count
from run_bench import COMMANDS, cli


def _options(command: click.Command) -> Iterator[click.Parameter]:
    yield from command.params
    for one in command.commands.values() if isinstance(command, click.Group) else ():
        yield from _options(one)


@pytest.mark.parametrize("name", COMMANDS)
def test_no_option_takes_a_number_without_bounds(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    for one in _options(command):
        kind = one.type
        if isinstance(kind, click.types.IntParamType | click.types.FloatParamType):
            assert isinstance(kind, click.IntRange | Number), one.name
            assert kind.min is not None, one.name
            assert kind.max is not None, one.name
            assert math.isfinite(kind.max), one.name
            assert max(abs(kind.min), kind.max) < 2**63 + 1, one.name


@pytest.mark.parametrize("text", ["nan", "NaN", "inf", "-inf", "1e999", "-1", "2000"])
def test_what_is_no_number_within_bounds_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter):
        Number(0, 1000).convert(text, None, None)
    assert Number(0, 1000).convert("2.5", None, None) == 2.5


@pytest.mark.parametrize("text", ["0", "-1", "1e3", "9" * 10, "9" * 10_000, "²", ""])
def test_a_count_is_auto_or_a_number(text: str) -> None:
    context = click.Context(click.Command("x"))
    with pytest.raises(click.BadParameter):
        read_count(context, click.Option(["--lanes"]), text)
    assert read_count(context, click.Option(["--lanes"]), "0012") == 12


def test_a_gate_with_an_effect_of_no_number_lets_nothing_pass(run_bench) -> None:
    done = run_bench("gate", "latest", "--effect", "nan")
    assert done.returncode == 2
    assert "no number" in done.stderr
