"""What cannot be written is said before the work is done that it is for."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from benchmark.commands.options import write_json
from benchmark.commands.outputs import check_output
from trackers.errors import InputError


def test_what_can_be_written_is_let_be_and_nothing_is_left_there(tmp_path: Path) -> None:
    (tmp_path / "there.json").write_text("{}")
    for place in (tmp_path, tmp_path / "there.json", tmp_path / "new" / "deep", Path(os.devnull), Path("new.json")):
        check_output("--out", place)
    assert [file.name for file in tmp_path.iterdir()] == ["there.json"]


def test_a_pipe_is_written_to() -> None:
    out, into = os.pipe()
    place = Path(f"/dev/fd/{into}")
    check_output("--json", place, make=False)
    write_json({"a": 1}, place)
    os.close(into)
    with open(out) as pipe:
        assert json.load(pipe) == {"a": 1}


def test_a_file_on_the_way_and_a_folder_that_is_not_to_be_made_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"cannot write --out .*file/deep/er \(Not a directory\)"):
        check_output("--out", tmp_path / "file" / "deep" / "er")
    with pytest.raises(InputError, match=r"cannot write --json .*none/a\.json \(No such file or directory\)"):
        check_output("--json", tmp_path / "none" / "a.json", make=False)
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    with pytest.raises(InputError, match=r"cannot write --json .*link \(No such file or directory\)"):
        check_output("--json", tmp_path / "link", make=False)


@pytest.mark.parametrize("text", ["", ".", "none/scores.json"])
def test_a_run_does_not_begin_without_a_place_for_its_json(text: str, tmp_path: Path, run_bench) -> None:
    done = run_bench("-t", "cv2:kcf", "--json", text, "--results", tmp_path / "results")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "--json" in done.stderr
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("gate", "--baseline", "b.json", "--out"),
        ("gate", "--baseline", "b.json", "--history"),
        ("bless", "--reason", "x", "--baseline"),
        ("report", "--out"),
        ("compare", "latest", "--out"),
        ("board", ".", "--out"),
        ("train", "tracking", "--out"),
        ("export", "latest", "--out"),
    ],
)
def test_every_command_looks_first(words: tuple[str, ...], tmp_path: Path, run_bench) -> None:
    (tmp_path / "file").write_text(json.dumps({}))
    done = run_bench(*words, tmp_path / "file" / "under")
    assert done.returncode == 2
    assert f"cannot write {words[-1]} {tmp_path / 'file' / 'under'} (Not a directory)" in done.stderr
