"""What the command line itself does, before any command is at work."""

from __future__ import annotations

import subprocess
import sys

import click
from conftest import REPOSITORY

from benchmark.profiles import load_profile, profile_names
from run_bench import COMMANDS, cli

HEAVY = {"torch", "scipy", "pandas", "matplotlib", "seaborn", "ray"}
"""Packages that take long to load; `click` and the standard library are enough to say what there is."""


def modules_after(*words: str) -> set[str]:
    """Return the modules that a fresh interpreter has loaded when a command has ended."""
    code = (
        "import sys, contextlib, io, run_bench\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):\n"
        f"    run_bench.main({list(words)})\n"
        "print(*sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_help_loads_no_command_and_nothing_heavy() -> None:
    loaded = modules_after("--help")
    assert not loaded & (HEAVY | {"numpy", "cv2", "rich"})
    assert not loaded & {place.partition(":")[0] for place, _ in COMMANDS.values()}


def test_every_command_is_there_and_is_summed_up_in_its_own_words() -> None:
    context = click.Context(cli)
    for name, (_, summary) in COMMANDS.items():
        command = cli.get_command(context, name)
        assert command is not None
        assert command.get_short_help_str(limit=1000) == summary


def test_the_help_shows_summaries_whole(run_bench) -> None:
    shown = " ".join(run_bench("--help").stdout.split())
    for name, (_, summary) in COMMANDS.items():
        assert f"{name} {summary}" in shown


def test_the_list_loads_no_tracker_and_nothing_heavy() -> None:
    loaded = modules_after("list")
    assert not loaded & HEAVY
    assert not {name for name in loaded if name.startswith(("trackers.nets", "trackers.siamfc", "trackers.dualmn"))}
    assert "benchmark.datasets.render.dataset" in loaded


def test_the_help_of_a_run_has_a_line_for_every_profile(run_bench) -> None:
    shown = " ".join(run_bench("run", "--help").stdout.split())
    for name in profile_names():
        assert f"{name} {load_profile(name).summary}" in shown
