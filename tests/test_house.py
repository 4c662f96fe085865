"""The rules of the house that a machine can hold."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import REPOSITORY

PACKAGES = ("trackers", "benchmark", "reports")
MODULES = sorted(path for package in PACKAGES for path in (REPOSITORY / package).rglob("*.py"))


def test_dependencies_point_one_way() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=REPOSITORY, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "package",
    [
        "benchmark.metrics",
        "benchmark.statistics",
        "benchmark.scoring",
        "reports.commands.report",
        "reports.compare",
        "reports.video.render",
        "reports.viewer.server",
    ],
)
def test_scores_and_reports_load_without_torch(package: str) -> None:
    code = f"import sys, {package}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY).returncode == 0


def test_every_module_is_short() -> None:
    long = {str(p.relative_to(REPOSITORY)): n for p in MODULES if (n := len(p.read_text().splitlines())) > 300}
    assert not long


def test_the_tests_mirror_the_tree() -> None:
    tests = REPOSITORY / "tests"
    for test in tests.rglob("test_*.py"):
        folder = test.parent.relative_to(tests)
        assert (REPOSITORY / folder).is_dir(), f"{test} tests a folder that does not exist"


def test_every_package_says_what_it_is() -> None:
    for module in MODULES:
        if module.name == "__init__.py":
            assert module.read_text().lstrip().startswith('"""'), module


def test_another_distributions_package_in_place_of_ours_is_said(tmp_path: Path, run_bench) -> None:
    (tmp_path / "trackers").mkdir()
    (tmp_path / "trackers" / "__init__.py").write_text("")
    done = run_bench("list", path=tmp_path, cwd=tmp_path)
    assert done.returncode == 2
    assert "the package 'trackers' is imported from" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_what_rounds_to_zero_has_no_sign() -> None:
    """Differences are written by `benchmark.signed`, an interval's ends with ``z``: "-0.000" reads as worse."""
    plain = re.compile(r"[{:\"'%]\+z?,?(\.[\d{]|[efg%][}\"'])|\.(low|high):\.")
    sources = [*MODULES, *(REPOSITORY / "tests").rglob("*.py"), *(REPOSITORY / "reports").rglob("*.html")]
    assert not [file for file in sources if plain.search(file.read_text())]


def test_no_p_value_reads_as_zero() -> None:
    """They are written by `benchmark.p_values`."""
    assert not [file for file in MODULES if re.search(r"\bp(_holm)?:\.\d", file.read_text())]
