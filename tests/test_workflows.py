"""What runs on a build server: workflow files, the action, and the examples for other repositories."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import REPOSITORY

ACTION = REPOSITORY / "action.yml"
GITHUB = [*sorted((REPOSITORY / ".github" / "workflows").glob("*.yml")), REPOSITORY / "docs/examples/github-gate.yml"]
GITLAB = REPOSITORY / "docs" / "examples" / "gitlab-ci.yml"


def test_zizmor_finds_nothing() -> None:
    zizmor = shutil.which("zizmor", path=str(Path(sys.executable).parent)) or shutil.which("zizmor")
    assert zizmor, "zizmor belongs to the dev extra"
    done = subprocess.run(
        [zizmor, "--offline", "--no-progress", "--quiet", *GITHUB, ACTION], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("file", GITHUB, ids=lambda file: file.name)
def test_the_gate_is_called_with_inputs_that_it_has(file: Path) -> None:
    inputs = yaml.safe_load(ACTION.read_text())["inputs"]
    for job in yaml.safe_load(file.read_text())["jobs"].values():
        for step in job["steps"]:
            if step.get("id") == "gate":
                assert set(step["with"]) <= set(inputs)
                assert {name for name, one in inputs.items() if one.get("required")} <= set(step["with"])


def test_the_commands_of_action_and_gitlab_have_the_options_they_use(run_bench) -> None:
    (script,) = [step["run"] for step in yaml.safe_load(ACTION.read_text())["runs"]["steps"] if step.get("id")]
    lines = [script, *yaml.safe_load(GITLAB.read_text())["gate"]["script"]]
    used = set(re.findall(r"--[a-z-]+", "\n".join(lines)))
    known = run_bench("run", "--help").stdout + run_bench("gate", "--help").stdout
    assert "--no-speed" in used
    assert {option for option in used if option not in known} == set()


@pytest.mark.slow
def test_the_action_judges_and_writes_its_summary(tmp_path: Path, picture_folder: Path, run_bench) -> None:
    """The action's own script, run as GitHub does, on a tracker that is as before and on one that is not."""
    (step,) = [one for one in yaml.safe_load(ACTION.read_text())["runs"]["steps"] if one.get("id") == "gate"]
    results, baseline = tmp_path / "results", tmp_path / "base.json"
    words = ("-t", "cv2:kcf", "-d", "folder", "--data-root", picture_folder)
    assert run_bench("run", *words, "--results", results, "-q").returncode == 0
    bless = ("bless", "--baseline", baseline, "--reason", "a test", "--no-speed", "--results", results)
    assert run_bench(*bless).returncode == 0
    inputs = dict.fromkeys(("DATA_ROOT", "SEQUENCES", "AGAINST", "INTENDED", "INFORMATIONAL", "UNSURE"), "")
    environment = {
        **inputs, "PATH": "/usr/bin:/bin", "PYTHON": sys.executable, "BASELINE": str(baseline), "TRACKERS": "cv2:kcf",
        "DATASET": "folder", "DATA_ROOT": str(picture_folder), "RUNNER_TEMP": str(tmp_path), "HOME": str(tmp_path),
        "GITHUB_OUTPUT": str(tmp_path / "output"), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
    }  # fmt: skip
    for name, code, title in (("cv2:kcf", 0, "passed"), ("cv2:mil", 2, "")):
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            env={**environment, "TRACKERS": name}, cwd=REPOSITORY, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        assert f"exit-code={code}" in (tmp_path / "output").read_text()
        assert title in (tmp_path / "summary").read_text()
