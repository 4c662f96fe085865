from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest
from web_server import Page, serving

from benchmark.datasets.download.fetch import fetch
from trackers.errors import InputError

CONTENT = bytes(range(256)) * 4000


def test_a_file_comes_whole_and_is_not_asked_for_twice(tmp_path: Path) -> None:
    page = Page(CONTENT)
    seen: list[tuple[int, int]] = []
    with serving({"/a.zip": page}) as at:
        for _ in range(2):
            fetch(f"{at}/a.zip", tmp_path / "a.zip", on_bytes=lambda size, total: seen.append((size, total)))
    assert (tmp_path / "a.zip").read_bytes() == CONTENT
    assert page.asked == [""]
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert [file.name for file in tmp_path.iterdir()] == ["a.zip"]


def test_it_goes_on_where_the_connection_broke_off(tmp_path: Path) -> None:
    page = Page(CONTENT, breaks=[300_000, 200_000])
    with serving({"/a.zip": page}) as at:
        fetch(f"{at}/a.zip", tmp_path / "a.zip", checksum=hashlib.md5(CONTENT).hexdigest())
    assert (tmp_path / "a.zip").read_bytes() == CONTENT
    assert page.asked == ["", "bytes=300000-", "bytes=500000-"]


def test_what_has_come_is_kept_for_the_next_call(tmp_path: Path) -> None:
    page = Page(CONTENT, breaks=[100_000] * 5)
    with serving({"/a.zip": page}) as at:
        with pytest.raises(InputError, match="broke off, 5 times; the same command goes on from there"):
            fetch(f"{at}/a.zip", tmp_path / "a.zip")
        assert not (tmp_path / "a.zip").exists()
        fetch(f"{at}/a.zip", tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == CONTENT
    assert page.asked[-1] == "bytes=500000-"


def test_stopped_by_hand_it_goes_on_from_there(tmp_path: Path) -> None:
    page = Page(CONTENT)

    def stop(size: int, total: int) -> None:
        if size > 300_000:
            raise KeyboardInterrupt

    with serving({"/a.zip": page}) as at:
        with pytest.raises(KeyboardInterrupt):
            fetch(f"{at}/a.zip", tmp_path / "a.zip", on_bytes=stop)
        fetch(f"{at}/a.zip", tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == CONTENT
    assert page.asked == ["", "bytes=524288-"]
    assert [file.name for file in tmp_path.iterdir()] == ["a.zip"]


def test_two_versions_are_never_joined(tmp_path: Path) -> None:
    page = Page(CONTENT, breaks=[100_000] * 5)
    with serving({"/a.zip": page}) as at:
        with pytest.raises(InputError):
            fetch(f"{at}/a.zip", tmp_path / "a.zip")
        page.content, page.tag = CONTENT[::-1], '"two"'
        fetch(f"{at}/a.zip", tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == CONTENT[::-1]


def test_killed_between_two_versions_they_are_not_joined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new one's mark is written, and not a byte of it."""
    page = Page(CONTENT, breaks=[100_000] * 5)
    made = Path.write_text

    def stop(self: Path, text: str) -> None:
        made(self, text)
        raise KeyboardInterrupt

    with serving({"/a.zip": page}) as at:
        with pytest.raises(InputError):
            fetch(f"{at}/a.zip", tmp_path / "a.zip")
        page.content, page.tag = CONTENT[::-1], '"two"'
        with monkeypatch.context() as patch:
            patch.setattr(Path, "write_text", stop)
            with pytest.raises(KeyboardInterrupt):
                fetch(f"{at}/a.zip", tmp_path / "a.zip")
        fetch(f"{at}/a.zip", tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == CONTENT[::-1]


def test_a_damaged_note_of_what_a_server_had_begins_anew(tmp_path: Path) -> None:
    page = Page(CONTENT, breaks=[100_000] * 5)
    with serving({"/a.zip": page}) as at:
        with pytest.raises(InputError):
            fetch(f"{at}/a.zip", tmp_path / "a.zip")
        (note,) = tmp_path.glob("*.tag")
        note.write_bytes(b"\xff\r\nX: 1")
        fetch(f"{at}/a.zip", tmp_path / "a.zip", checksum=hashlib.md5(CONTENT).hexdigest())
    assert (tmp_path / "a.zip").read_bytes() == CONTENT


def test_a_server_that_knows_no_ranges_begins_anew(tmp_path: Path) -> None:
    with serving({"/a.zip": Page(CONTENT, breaks=[100_000], ranges=False)}) as at:
        fetch(f"{at}/a.zip", tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == CONTENT


def test_a_server_that_says_no_length_is_taken_at_its_end(tmp_path: Path) -> None:
    with serving({"/a.zip": Page(CONTENT, length=-1)}) as at:
        fetch(f"{at}/a.zip", tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (Page(CONTENT, length=len(CONTENT) + 10), "broke off|416|the same command goes on"),
        (Page(b"<html>", kind="text/html"), "answers with a page, and not with a file"),
        (Page(status=404, content=b"x"), "the server says 404"),
        (Page(leads_to="file:///etc/passwd"), "Redirection to url 'file:///etc/passwd' is not allowed"),
        (Page(leads_to="ftp://127.0.0.1/a"), "which is not followed"),
        (Page(leads_to="http://[::1"), "leads to what is no address of the web"),
        (Page(leads_to="http://127.0.0.1:x/a"), "leads to what is no address of the web"),
        (Page(b""), "broke off"),
    ],
)
def test_what_is_no_file_is_refused(tmp_path: Path, page: Page, said: str) -> None:
    with serving({"/a.zip": page}) as at, pytest.raises(InputError, match=said):
        fetch(f"{at}/a.zip", tmp_path / "a.zip")
    assert not (tmp_path / "a.zip").exists()


def test_a_length_that_is_too_short_cuts_nothing_off_unseen(tmp_path: Path) -> None:
    """The client stops where the server said; a checksum finds it."""
    page = Page(CONTENT, length=1000)
    with serving({"/a.zip": page}) as at, pytest.raises(InputError, match="its checksum is"):
        fetch(f"{at}/a.zip", tmp_path / "a.zip", checksum=hashlib.sha256(CONTENT).hexdigest())
    assert not list(tmp_path.iterdir())


def test_redirects_within_the_web_are_followed(tmp_path: Path) -> None:
    pages = {"/b.zip": Page(CONTENT)}
    with serving(pages) as at:
        pages["/a.zip"] = Page(leads_to=f"{at}/b.zip")
        fetch(f"{at}/a.zip", tmp_path / "a.zip")
        assert (tmp_path / "a.zip").read_bytes() == CONTENT
        pages["/round.zip"] = Page(leads_to=f"{at}/round.zip")
        with pytest.raises(InputError, match=r"round\.zip: leads round in a circle$"):
            fetch(f"{at}/round.zip", tmp_path / "round.zip")


def test_the_disk_is_looked_at_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda place: shutil._ntuple_diskusage(10**12, 10**12, 10**6))
    with serving({"/a.zip": Page(CONTENT)}) as at, pytest.raises(InputError, match=r"0\.0 GB are free: make room"):
        fetch(f"{at}/a.zip", tmp_path / "a.zip")


def test_a_disk_that_is_full_meanwhile_keeps_what_has_come(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    page = Page(CONTENT)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with serving({"/a.zip": page}) as at:
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
        try:
            with pytest.raises(InputError, match=r"cannot write .*a\.zip\.part .*: make room; what has come is kept"):
                fetch(f"{at}/a.zip", tmp_path / "a.zip")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        fetch(f"{at}/a.zip", tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == CONTENT
    assert page.asked == ["", "bytes=300000-"]


@pytest.mark.parametrize("checksum", ["zz", "g" * 32, "0" * 33])
def test_what_is_no_checksum_is_said_before_anything_is_asked_for(tmp_path: Path, checksum: str) -> None:
    page = Page(CONTENT)
    with serving({"/a.zip": page}) as at, pytest.raises(InputError, match="is no checksum of 32, 40 or 64 hex digits"):
        fetch(f"{at}/a.zip", tmp_path / "a.zip", checksum=checksum)
    assert not page.asked


def test_nobody_there(tmp_path: Path) -> None:
    with serving({}) as at:
        pass
    with pytest.raises(InputError, match=r"no connection .*the same command goes on from there"):
        fetch(f"{at}/a.zip", tmp_path / "a.zip")


def test_more_than_is_taken_is_refused(tmp_path: Path) -> None:
    with serving({"/a": Page(CONTENT)}) as at, pytest.raises(InputError, match="beyond the 1,000 that are taken"):
        fetch(f"{at}/a", tmp_path / "a", limit=1000)
    with serving({"/a": Page(CONTENT, length=-1)}) as at, pytest.raises(InputError, match="more than the 1,000 bytes"):
        fetch(f"{at}/a", tmp_path / "b", limit=1000)
