from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from benchmark.commands.verify import verify
from benchmark.profiles import Profile, load_profile, profile_names
from benchmark.verification import shipped


def test_it_proves_itself_with_what_ships(tmp_path: Path) -> None:
    result = CliRunner().invoke(verify, ["--json", str(tmp_path / "rows.json")])
    assert result.exit_code == 0, result.output
    assert "all 57 as expected" in result.output
    rows = json.loads((tmp_path / "rows.json").read_text())
    assert len(rows) == 57
    assert all(row["ok"] for row in rows)


def test_json_alone_on_standard_output() -> None:
    result = CliRunner().invoke(verify, ["--json", "-"])
    assert result.exit_code == 0
    assert {row["profile"] for row in json.loads(result.stdout)} == set(profile_names())


def test_a_miss_is_shown_and_exits_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    def inclusive(name: str, dataset: str) -> Profile:
        profile = load_profile(name, dataset)
        return replace(profile, success_strict=profile.success_strict and (name != "otb" or dataset != ""))

    monkeypatch.setattr(shipped, "load_profile", inclusive)
    result = CliRunner().invoke(verify, [])
    assert result.exit_code == 1
    assert "4 of 57 MISS" in result.output


def test_golden_table(golden: Any, tmp_path: Path) -> None:
    for name in ("otb100", "dialects", "README.md"):
        (tmp_path / name).symlink_to(golden.folder / name)
    result = CliRunner().invoke(verify, ["--golden", str(tmp_path)])
    assert result.exit_code == 0, result.output
    line = next(line for line in result.output.splitlines() if "SiamFC-3s" in line)
    assert ".582 / .771-.773" in line
    assert ".5821 / .7705" in line
    assert "ok" in line
    assert "all 11 as expected" in result.output
