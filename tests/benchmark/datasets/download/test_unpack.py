from __future__ import annotations

import shutil
import stat
import zipfile
from pathlib import Path

import pytest

from benchmark.datasets.download.unpack import unpack
from trackers.errors import InputError


def make(file: Path, members: dict[str, bytes], mode: int = 0) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = mode << 16
            archive.writestr(info, content)
    return file


def test_all_comes_out_but_what_systems_put_in(tmp_path: Path) -> None:
    members = {"Deer/img/1.jpg": b"1", "Deer/gt.txt": b"2", "__MACOSX/Deer/._gt.txt": b"x", "Deer/.DS_Store": b"x"}
    unpack(make(tmp_path / "a.zip", members), tmp_path / "out")
    found = {str(p.relative_to(tmp_path / "out")): p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file()}
    assert found == {"Deer/img/1.jpg": b"1", "Deer/gt.txt": b"2"}


def test_stopped_by_hand_nothing_is_left_half_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = make(tmp_path / "a.zip", {f"Deer/{k}.txt": b"x" for k in range(9)})
    made = zipfile.ZipFile.open

    def stop(self: zipfile.ZipFile, member: zipfile.ZipInfo, *more: str) -> object:
        if member.filename.endswith("5.txt"):
            raise KeyboardInterrupt
        return made(self, member, *more)

    with monkeypatch.context() as patch:
        patch.setattr(zipfile.ZipFile, "open", stop)
        with pytest.raises(KeyboardInterrupt):
            unpack(file, tmp_path / "out")
    assert not list((tmp_path / "out").iterdir())
    unpack(file, tmp_path / "out")
    assert len(list((tmp_path / "out" / "Deer").iterdir())) == 9


def test_what_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "out" / "Deer").mkdir(parents=True)
    (tmp_path / "out" / "Deer" / "mine.txt").write_text("mine")
    unpack(make(tmp_path / "a.zip", {"Deer/mine.txt": b"theirs", "Deer/new.txt": b"new"}), tmp_path / "out")
    assert (tmp_path / "out" / "Deer" / "mine.txt").read_text() == "mine"
    assert (tmp_path / "out" / "Deer" / "new.txt").read_text() == "new"


@pytest.mark.parametrize("there", ["file", "folder"])
def test_what_is_in_the_way_is_named(tmp_path: Path, there: str) -> None:
    (tmp_path / "out").mkdir()
    if there == "file":
        (tmp_path / "out" / "Deer").write_text("mine")
    else:
        (tmp_path / "out" / "Deer" / "new.txt").mkdir(parents=True)
    with pytest.raises(InputError, match=r"Deer.* is in the way of what is unpacked: move it aside"):
        unpack(make(tmp_path / "a.zip", {"Deer/new.txt": b"new"}), tmp_path / "out")


@pytest.mark.parametrize("name", ["../evil.txt", "a/../../evil.txt", "/etc/evil.txt", "..\\evil.txt", "C:evil.txt"])
def test_no_name_leaves_the_folder(tmp_path: Path, name: str) -> None:
    make(tmp_path / "a.zip", {"good.txt": b"x", name: b"evil"})
    with pytest.raises(InputError, match="would leave the folder"):
        unpack(tmp_path / "a.zip", tmp_path / "in" / "out")
    assert not list(tmp_path.rglob("*evil*"))
    assert not list(tmp_path.rglob("good.txt"))


def test_links_are_refused(tmp_path: Path) -> None:
    make(tmp_path / "a.zip", {"link": b"/etc/passwd"}, stat.S_IFLNK | 0o777)
    with pytest.raises(InputError, match="'link' is a link, and no file"):
        unpack(tmp_path / "a.zip", tmp_path / "out")


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    make(tmp_path / "a.zip", {"zeros": bytes(50_000_000)})
    with pytest.raises(InputError, match="refused: it would grow to 50,000,000 bytes"):
        unpack(tmp_path / "a.zip", tmp_path / "out")


@pytest.mark.parametrize("damage", ["cut", "flipped", "no zip"])
def test_a_damaged_zip_leaves_nothing_behind(tmp_path: Path, damage: str) -> None:
    file = make(tmp_path / "a.zip", {f"Deer/{k}.txt": bytes([k]) * 500 for k in range(50)})
    data = bytearray(file.read_bytes())
    if damage == "flipped":
        data[2000] ^= 0xFF
    file.write_bytes({"cut": data[: len(data) // 2], "flipped": data, "no zip": b"<html>"}[damage])
    with pytest.raises(InputError, match=r"cannot be unpacked .*: remove it, and the same command fetches it again"):
        unpack(file, tmp_path / "out")
    assert not list((tmp_path / "out").rglob("*"))


def test_the_disk_is_looked_at_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path / "a.zip", {"x": b"1"})
    monkeypatch.setattr(shutil, "disk_usage", lambda place: shutil._ntuple_diskusage(10**12, 10**12, 10**6))
    with pytest.raises(InputError, match="make room"):
        unpack(tmp_path / "a.zip", tmp_path / "out")
