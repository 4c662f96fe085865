"""Every shell line of the documentation: run as it stands, or marked with what it needs; commands and options exist.

A fence that is not run has ``<!-- needs: data -->`` above it, or what else it is that a test does not have.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
from conftest import REPOSITORY

from benchmark.gate.history import append
from benchmark.gate.verdict import GateResult, Verdict
from benchmark.store.naming import give_name
from benchmark.store.results import Results
from run_bench import cli

PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]
NEEDS = {"an installation", "data", "time", "two machines", "others' code", "the file above", "the network's file",
         "files of weights", "a video", "a browser"}  # fmt: skip
FENCE = re.compile(r"(?:<!-- needs: ([^>]*) -->\n)?```(?:sh|bash|shell|console)\n(.*?)```", re.DOTALL)


@dataclass(frozen=True)
class Fence:
    """Lines that stand together."""

    page: str
    needs: str
    lines: tuple[tuple[str, ...], ...]
    """In words, without comments and without where their output goes."""


def fences() -> list[Fence]:
    found = []
    for page in PAGES:
        for needs, text in FENCE.findall(page.read_text()):
            words = (tuple(shlex.split(re.sub(r">+ \S+$", "", line), comments=True)) for line in text.splitlines())
            found.append(Fence(page.relative_to(REPOSITORY).as_posix(), needs, tuple(filter(None, words))))
    return found


FENCES = fences()


@pytest.mark.parametrize("fence", FENCES, ids=lambda fence: fence.page)
def test_commands_and_options_are_there(fence: Fence) -> None:
    assert fence.needs in NEEDS | {""}
    for line in fence.lines:
        if line[0] == "run_bench":
            parse([word for word in line[1:] if word != "..."])


def parse(words: list[str]) -> None:
    """Read a command line as the program does, up to where values are looked at; raise where it has no such option."""
    command: click.Command = cli
    if not words or words[0].startswith("-"):
        words = ["run", *words]
    while isinstance(command, click.Group):
        context = click.Context(command, info_name=command.name)
        _, words, _ = command.make_parser(context).parse_args(words)
        if not words:
            return
        inner = command.get_command(context, words[0])
        assert inner is not None, words[0]
        command, words = inner, words[1:]
    _, left, _ = command.make_parser(click.Context(command, info_name=command.name)).parse_args(words)
    assert not left, left


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[..., Path]) -> Path:
    """A working directory with three runs, whose names the pages use, submissions and a history of gates."""
    store = Results(tmp_path / "results")
    for index, name in enumerate(("RUN", "RUN1", "RUN2")):
        skills = {"siamfc": 0.4 + 0.1 * index, "memtrack": 0.8, "dualmn": 0.9}
        run = make(
            store.folder, skills, ("Couple", "Man", "out-of-view-1"), 20, pictures=False, extras=False, seed=index
        )
        give_name(store, name, run.name)
        store.set_latest(run)
    (tmp_path / "submissions").mkdir()
    (tmp_path / "submissions" / "alone.zip").write_bytes(b"PK")
    verdict = Verdict("siamfc", "accuracy", "pass", "", "", 0.6, 0.6)
    append(
        tmp_path / "gate.jsonl", GateResult("r", "b", "", "2026-03-01T10:00:00Z", "c", "demo", "otb", "m", (verdict,))
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "page", dict.fromkeys(one.page for one in FENCES if not one.needs and "tutorial" not in one.page)
)
def test_lines_that_need_nothing_run(page: str, desk: Path, run_bench) -> None:
    for fence in FENCES:
        if fence.page == page and not fence.needs:
            follow(fence, run_bench)


def test_the_tutorial_runs_from_its_first_line_to_its_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_bench
) -> None:
    monkeypatch.chdir(tmp_path)
    (toml,) = re.findall(r"```toml\n(.*?)```", (REPOSITORY / "docs" / "tutorial.md").read_text(), re.DOTALL)
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "latest-run.toml").write_text(toml)
    for fence in FENCES:
        if fence.page == "docs/tutorial.md" and not fence.needs:
            follow(fence, run_bench)


def follow(fence: Fence, run_bench) -> None:
    for line in fence.lines:
        if line[0] == "ls":
            assert all(Path(name).is_file() for name in line[1:])
            continue
        assert line[0] == "run_bench", f"{fence.page}: a test runs no {line[0]}: say above what the lines need"
        done = run_bench(*line[1:])
        assert done.returncode == 0, f"{shlex.join(line)}\n{done.stderr}"
