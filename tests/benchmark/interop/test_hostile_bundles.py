"""Bundles that were made to do harm, or were damaged: one line, and nothing is left behind."""

from __future__ import annotations

import json
import random
import tempfile
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest
from bundles import BOXES, ID, MANIFEST, bundle_of, write_run
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmark.interop import archive
from benchmark.interop.bundle import pack, unpack
from trackers.errors import InputError

GOOD = {"manifest.json": json.dumps(MANIFEST).encode()}


def refused(file: Path, folder: Path) -> str:
    """Return the one line that refuses a bundle; nothing may be left."""
    with pytest.raises(InputError) as caught:
        unpack(file, folder / "runs")
    assert not folder.exists()
    line = str(caught.value)
    assert line.isprintable(), line
    assert len(line) < 500
    return line


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("../evil",), "leaves the run's folder"),
        (("boxes/../../evil",), "leaves the run's folder"),
        (("./a",), "leaves the run's folder"),
        ((".",), "leaves the run's folder"),
        (("/etc/evil",), "leaves the run's folder"),
        (("boxes\\evil",), "leaves the run's folder"),
        (("C:/evil",), "leaves the run's folder"),
        (("boxes//a",), "no name of a file on every system"),
        (("boxes/",), "is no plain file"),
        (("boxes/.hidden",), "no name of a file on every system"),
        (("boxes/a\x1b[31m",), "no name of a file on every system"),
        (("boxes/a ",), "no name of a file on every system"),
        (("boxes/what?",), "no name of a file on every system"),
        (("boxes/" + "n" * 300,), "is too long"),
        (("a/" * 9 + "a",), "is too long"),
        (("a", "a/b"), "is a file and a folder"),
        (("A", "a/b/c"), "is a file and a folder"),
        (("boxes/a", "boxes/A"), "are one file on some systems"),
        (("boxes/\u00e5", "boxes/a\u030a"), "are one file on some systems"),
    ],
)
def test_names_that_do_not_stay_what_they_say(tmp_path: Path, names: tuple[str, ...], said: str) -> None:
    file = bundle_of({**GOOD, **dict.fromkeys(names, b"x")}, tmp_path / "b.zip")
    assert said in refused(file, tmp_path / "there")


@pytest.mark.parametrize("run", ["", ".", "..", "../up", "a/b", "a\x1b[2J", "n" * 300, ".hidden", "C:x"])
def test_ids_that_are_none(tmp_path: Path, run: str) -> None:
    assert "is no run's id" in refused(bundle_of(GOOD, tmp_path / "b.zip", run), tmp_path / "there")


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        (None, "it holds no run: manifest.json is missing"),
        ("{}", "no manifest of a run"),
        ("[]", "no manifest of a run"),
        ("null", "no manifest of a run"),
        ("", "no manifest of a run"),
        ("{", "no manifest of a run"),
        ("\udcff", "no manifest of a run"),
        ("[" * 100_000, "no manifest of a run"),
        (json.dumps(MANIFEST | {"seed": float("nan")}), "no manifest of a run"),
        (json.dumps(MANIFEST).replace('"start": 0', '"start": 1e999'), "no manifest of a run"),
        (json.dumps(MANIFEST | {"schema": 0}), "schema 0 is not known; no Engram made it"),
        (json.dumps(MANIFEST | {"schema": 99}), "schema 99 is not known; a newer Engram made it: update yours"),
        (json.dumps(MANIFEST | {"schema": True}), "no manifest of a run"),
        (json.dumps(MANIFEST | {"schema": "1"}), "no manifest of a run"),
        (json.dumps(MANIFEST | {"dataset": []}), "no manifest of a run"),
        (json.dumps(MANIFEST | {"dataset": {"name": "OTB100"}}), "no manifest of a run"),
        (json.dumps(MANIFEST | {"trackers": [3]}), "no manifest of a run"),
        (json.dumps(MANIFEST | {"records": [{}]}), "no manifest of a run"),
        (json.dumps(MANIFEST | {"records": [MANIFEST["records"][0] | {"start": "0"}]}), "no manifest of a run"),  # type: ignore[index]
    ],
)
def test_bundles_without_a_sound_manifest(tmp_path: Path, manifest: str | None, said: str) -> None:
    files = {} if manifest is None else {"manifest.json": manifest.encode("utf-8", "surrogateescape")}
    assert said in refused(bundle_of({**files, BOXES: b"1,2,3,4\n"}, tmp_path / "b.zip"), tmp_path / "there")


@pytest.mark.parametrize(
    "index",
    ["{}", "[]", "null", "", "[" * 100_000, '{"schema": NaN}', '{"schema": 1, "run": 3, "files": {}}',
     '{"schema": 1, "run": "x", "files": [1]}', '{"schema": 1, "run": "x", "files": {"manifest.json": 3}}'],
)  # fmt: skip
def test_bundles_without_a_sound_index(tmp_path: Path, index: str) -> None:
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as made:
        made.writestr("bundle.json", index)
    assert "bundle.json is missing or damaged" in refused(tmp_path / "b.zip", tmp_path / "there")


def test_what_an_index_says_of_surrogates_is_not_in_the_bundle(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as made:
        made.writestr("bundle.json", json.dumps({"schema": 1, "run": ID, "files": {"\ud800\x1b": "0"}}))
    assert r"'\ud800\x1b' was removed from the bundle" in refused(tmp_path / "b.zip", tmp_path / "there")


def test_a_bomb_is_refused_before_it_grows(tmp_path: Path) -> None:
    file = bundle_of({**GOOD, "bomb": bytes(80 << 20)}, tmp_path / "b.zip")
    tracemalloc.start()
    line = refused(file, tmp_path / "there")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "bytes, more than 100 times" in line
    assert peak < 4 << 20


def test_more_files_than_a_bundle_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "FILES", 20)
    file = bundle_of({**GOOD, **{f"f{k}": b"" for k in range(20)}}, tmp_path / "b.zip")
    assert "it holds 22 files; a bundle has at most 20" in refused(file, tmp_path / "there")
    monkeypatch.setattr(archive, "DIRECTORY", 500)
    assert "its list of files has more than" in refused(file, tmp_path / "there")


def member(**fields: Any) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo("manifest.json")
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def change(file: Path, where: bytes, offset: int, value: bytes) -> None:
    """Overwrite what lies `offset` bytes after the last time that `where` stands in a file."""
    content = bytearray(file.read_bytes())
    at = content.rindex(where) + offset
    content[at : at + len(value)] = value
    file.write_bytes(content)


CENTRAL = b"PK\1\2"  # of the last member here: 8 flags, 20 packed size, 24 size, 42 where it begins, 46 its name


@pytest.mark.parametrize(
    ("offset", "value", "said"),
    [
        (8, b"\1\0", "'manifest.json' is encrypted"),
        (10, b"\x0e\0", "is packed in an unusual way"),
        (24, b"\xff\xff\xff\x7f", "more than 512 MiB"),
        (24, b"\xff\xff\xff\xff", "more than 512 MiB"),  # or in a zip64 field that is not there
        (24, b"\xff\0\0\0", "damaged"),
        (24, b"\1\0\0\0", "damaged"),
        (42, b"\xff\xff\xff\x7f", "damaged"),
        (46, b"mani\0est", "has a NUL in its name"),
        (16, b"\0\0\0\0", "damaged"),  # CRC
    ],
)
def test_members_that_lie_about_themselves(tmp_path: Path, offset: int, value: bytes, said: str) -> None:
    file = bundle_of(GOOD, tmp_path / "b.zip")
    change(file, CENTRAL, offset, value)
    assert said in refused(file, tmp_path / "there")


def test_names_that_are_not_utf8(tmp_path: Path) -> None:
    file = bundle_of({**GOOD, "b\u00e5d": b""}, tmp_path / "b.zip")
    file.write_bytes(file.read_bytes().replace("b\u00e5d".encode(), b"b\xff\xfed"))
    assert "damaged" in refused(file, tmp_path / "there")


def test_links_doubles_and_other_ways_of_packing(tmp_path: Path) -> None:
    file = tmp_path / "b.zip"
    for kind in (0o120777, 0o020666, 0o040755):  # a symbolic link, a device, a folder
        with zipfile.ZipFile(file, "w") as made:
            made.writestr(member(external_attr=kind << 16), b"/etc/passwd")
        assert "is no plain file" in refused(file, tmp_path / "there")
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as made:
        made.writestr("manifest.json", b"{}")
    assert "is packed in an unusual way" in refused(file, tmp_path / "there")
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("manifest.json", b"{}")
        with pytest.warns(UserWarning, match="Duplicate"):
            made.writestr("manifest.json", b"[]")
    assert "a name stands twice in it" in refused(file, tmp_path / "there")


def test_ends_that_are_missing_or_another_kinds(tmp_path: Path) -> None:
    file = tmp_path / "b.zip"
    sound = bundle_of(GOOD, file).read_bytes()
    for content in (
        b"",
        b"PK",
        b"PK\5\6" + bytes(18),
        sound[:-1],
        sound[:-30],
        sound[: len(sound) // 2],
        sound + b"\0",
    ):
        file.write_bytes(content)
        assert "damaged" in refused(file, tmp_path / "there")
    locator = b"PK\6\7" + bytes(16)
    file.write_bytes(sound[:-22] + locator + sound[-22:])
    assert "a zip64" in refused(file, tmp_path / "there")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("sound")
    pack(write_run(folder), folder / "run.zip")
    return (folder / "run.zip").read_bytes()


def spoilt(content: bytes, seed: int) -> bytes:
    """Return bytes with a few of them changed, cut out or doubled."""
    rng, changed = random.Random(seed), bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 8))):
        at = rng.randrange(len(changed))
        match rng.randrange(4):
            case 0:
                changed[at] ^= 1 << rng.randrange(8)
            case 1:
                changed[at] = rng.choice((0, 0x7F, 0x80, 0xFF))
            case 2:
                del changed[at : at + rng.randrange(1, 40)]
            case _:
                changed[at:at] = changed[at : at + rng.randrange(1, 40)]
        if not changed:
            break
    return bytes(changed)


def check_spoilt(content: bytes, seed: int) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        file, there = Path(temporary, "b.zip"), Path(temporary, "there")
        file.write_bytes(spoilt(content, seed))
        try:
            run = unpack(file, there)
        except InputError:
            assert not there.exists()
        else:  # what was hit means nothing, as a time
            assert (run / BOXES).read_text() == "1,2,3,4\n"


@settings(deadline=None, max_examples=100)
@given(seed=st.integers(0, 1 << 32))
def test_a_spoilt_bundle_is_the_run_or_refused(sound: bytes, seed: int) -> None:
    check_spoilt(sound, seed)


@pytest.mark.slow
def test_thousands_of_spoilt_bundles(sound: bytes) -> None:
    for seed in range(20_000):
        check_spoilt(sound, seed)


def test_the_limits_hold_for_what_is_exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = write_run(tmp_path)
    out = tmp_path / "out" / "run.zip"
    (run / "what?.txt").write_text("")
    with pytest.raises(InputError, match=r"no bundle can hold it: 'what\?\.txt' is no name"):
        pack(run, out)
    (run / "what?.txt").unlink()
    monkeypatch.setattr(archive, "FILES", 2)
    with pytest.raises(InputError, match="no bundle can hold it: it holds 3 files"):
        pack(run, out)
    assert not out.parent.exists()
