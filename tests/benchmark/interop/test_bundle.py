from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from bundles import rewrite, write_run

from benchmark.interop.bundle import is_bundle, pack, unpack
from trackers.errors import InputError


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_run(tmp_path)


def test_a_run_travels_as_one_file(run: Path, tmp_path: Path) -> None:
    file = tmp_path / "out" / "run.zip"
    seal = pack(run, file)
    assert is_bundle(file)
    assert pack(run, tmp_path / "again.zip") == seal
    assert (tmp_path / "again.zip").read_bytes() == file.read_bytes()
    there = unpack(file, tmp_path / "elsewhere", seal=seal)
    assert there == tmp_path / "elsewhere" / run.name
    assert (there / "boxes" / "memtrack" / "Couple.txt").read_text() == "1,2,3,4\n"
    assert not list(there.rglob("*.part"))
    assert unpack(file, tmp_path / "elsewhere") == there  # the same run again is no conflict
    (there / "manifest.json").write_text("{}")
    with pytest.raises(InputError, match="another run called 20260101T000000Z-abcdef"):
        unpack(file, tmp_path / "elsewhere")


def edit_boxes(contents: dict[str, bytes]) -> None:
    contents["boxes/memtrack/Couple.txt"] = b"9,2,3,4\n"


def remove_boxes(contents: dict[str, bytes]) -> None:
    del contents["boxes/memtrack/Couple.txt"]


def add_file(contents: dict[str, bytes]) -> None:
    contents["scores.json"] = b"{}"


def remove_index(contents: dict[str, bytes]) -> None:
    del contents["bundle.json"]


def leave_folder(contents: dict[str, bytes]) -> None:
    index = json.loads(contents["bundle.json"])
    index["files"]["../evil"] = index["files"].pop("manifest.json")
    contents["../evil"] = contents.pop("manifest.json")
    contents["bundle.json"] = json.dumps(index).encode()


def name_a_path(contents: dict[str, bytes]) -> None:
    contents["bundle.json"] = contents["bundle.json"].replace(b"20260101T000000Z-abcdef", b"../up")


def unknown_schema(contents: dict[str, bytes]) -> None:
    contents["bundle.json"] = contents["bundle.json"].replace(b'"schema": 1', b'"schema": 7')


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (edit_boxes, r"refused: 'boxes/memtrack/Couple\.txt' was changed"),
        (remove_boxes, r"refused: 'boxes/memtrack/Couple\.txt' was removed"),
        (add_file, r"refused: 'scores\.json' was added"),
        (remove_index, r"not a bundle"),
        (leave_folder, r"refused: '\.\./evil' leaves the run's folder"),
        (name_a_path, r"refused: '\.\./up' is no run's id"),
        (unknown_schema, r"bundle schema '7' is not known"),
    ],
)
def test_a_changed_bundle_is_refused(
    run: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], None], message: str
) -> None:
    pack(run, tmp_path / "run.zip")
    with pytest.raises(InputError, match=message):
        unpack(rewrite(tmp_path / "run.zip", change), tmp_path / "there")
    assert not (tmp_path / "there").exists()


def test_the_seal_finds_a_bundle_that_was_made_anew(run: Path, tmp_path: Path) -> None:
    seal = pack(run, tmp_path / "run.zip")
    (run / "boxes" / "memtrack" / "Couple.txt").write_text("9,9,9,9\n")
    pack(run, tmp_path / "run.zip")
    with pytest.raises(InputError, match="its seal is not"):
        unpack(tmp_path / "run.zip", tmp_path / "there", seal=seal)


def test_damaged_bytes_and_other_folders(run: Path, tmp_path: Path) -> None:
    file = tmp_path / "run.zip"
    pack(run, file)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)
    with pytest.raises(InputError):
        unpack(file, tmp_path / "there")
    file.write_bytes(bytes(content[: len(content) // 2]))
    with pytest.raises(InputError, match="damaged, or not a bundle"):
        unpack(file, tmp_path / "there")
    with pytest.raises(InputError, match="not a run's folder"):
        pack(tmp_path / "runs", tmp_path / "x.zip")
