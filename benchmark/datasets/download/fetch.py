"""One file over the web: resumed where it broke off, and held against its length and checksum.

What has come so far lies in ``NAME.part``; beside it, ``NAME.part.tag`` has the mark by which the server knows that the
file is still the same one, so that two versions are never joined.
"""

from __future__ import annotations

import hashlib
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable
from http.client import HTTPException, HTTPResponse, InvalidURL
from pathlib import Path
from string import hexdigits
from typing import IO

from benchmark.datasets.download.sources import SCHEMES
from trackers.errors import InputError

ATTEMPTS = 5
"""How often a file is asked for that comes in pieces."""
CHUNK = 1 << 18
RESERVE = 256 << 20
"""Bytes of the disk that are left free."""
SECONDS = 60.0
"""That a server may be silent."""
HASHES = {32: "md5", 40: "sha1", 64: "sha256"}
"""By the number of a checksum's hex digits."""
OnBytes = Callable[[int, int], None]
"""Called with (bytes so far, bytes in all, 0 where not known)."""


def fetch(
    address: str, file: Path, *, checksum: str = "", limit: int = 1 << 40, on_bytes: OnBytes | None = None
) -> None:
    """Have `file` hold what an address has; raise InputError, one line, where it cannot be had whole.

    A file that is there is taken as it is where its checksum is right, or none is known. `limit` is the most bytes that
    are taken.
    """
    if checksum and not (len(checksum) in HASHES and set(checksum) <= set(hexdigits)):
        raise InputError(f"{address}: {checksum[:80]!r} is no checksum of 32, 40 or 64 hex digits")
    if file.is_file() and (not checksum or _digest(file, checksum) == checksum.lower()):
        return
    part = file.with_name(f"{file.name}.part")
    file.parent.mkdir(parents=True, exist_ok=True)
    why = ""
    for _ in range(ATTEMPTS):
        before = _size(part)
        try:
            if _ask(address, part, limit, on_bytes):
                break
            why = "the connection broke off"
        except (ValueError, InvalidURL) as error:  # of where it leads to
            raise InputError(f"{address}: leads to what is no address of the web ({error})") from error
        except (urllib.error.HTTPError, urllib.error.URLError, HTTPException, TimeoutError, ConnectionError) as error:
            why = _words(error)
            if isinstance(error, urllib.error.HTTPError) and error.code < 500:
                raise InputError(f"{address}: {why}") from error
        if _size(part) <= before and "broke off" not in why:
            raise InputError(f"{address}: {why}; the same command goes on from there")
    else:
        raise InputError(f"{address}: {why}, {ATTEMPTS} times; the same command goes on from there")
    if checksum and (found := _digest(part, checksum)) != checksum.lower():
        _drop(part)
        raise InputError(f"{address}: its checksum is {found}, not {checksum}: it was changed, or damaged on the way")
    part.replace(file)
    _tag(part).unlink(missing_ok=True)


def _ask(address: str, part: Path, limit: int, on_bytes: OnBytes | None) -> bool:
    """Take what an address gives beyond what is there; return whether that is all of it."""
    have = _size(part)
    request = urllib.request.Request(address, headers={"User-Agent": "engram-bench", "Accept-Encoding": "identity"})
    if have:
        request.add_header("Range", f"bytes={have}-")
        if tag := _read(_tag(part)):
            request.add_header("If-Range", tag)
    try:
        response = _opener().open(request, timeout=SECONDS)
    except urllib.error.HTTPError as error:
        if error.code == 416 and have:  # nothing beyond what is there, or another file
            _drop(part)
            return _ask(address, part, limit, on_bytes)
        raise
    with response:
        if response.headers.get_content_type() == "text/html":
            raise InputError(f"{address}: answers with a page, and not with a file: it is to be fetched by hand")
        begin = have if response.status == 206 and _begin(response) == have else 0
        told = response.headers.get("Content-Length") or ""
        total = begin + int(told) if told.isdecimal() else 0
        if max(total, begin) > limit:
            raise InputError(f"{address}: says that it has {total:,} bytes, beyond the {limit:,} that are taken")
        _room(part, total - begin)
        if not begin:
            _drop(part)  # before another version's mark is written: killed in between, the two would be joined
        _tag(part).write_text(response.headers.get("ETag") or response.headers.get("Last-Modified") or "")
        with part.open("ab" if begin else "wb") as out:
            size = _copy(response, out, begin, total, limit, address, on_bytes)
    return size == total if total else size > 0


def _copy(
    response: IO[bytes], out: IO[bytes], size: int, total: int, limit: int, address: str, on_bytes: OnBytes | None
) -> int:
    """Write what comes, and return the bytes that are there in all."""
    while chunk := response.read(CHUNK):
        size += len(chunk)
        if size > (total or limit):
            raise InputError(f"{address}: sends more than the {total or limit:,} bytes that it said")
        try:
            out.write(chunk)
        except OSError as error:
            raise InputError(f"cannot write {out.name} ({error.strerror}): make room; what has come is kept") from error
        if on_bytes is not None:
            on_bytes(size, total)
    return size


def _room(part: Path, needed: int) -> None:
    free = shutil.disk_usage(part.parent).free
    if needed + RESERVE > free:
        raise InputError(
            f"{part.parent}: {needed / 1e9:.1f} GB more are to come, and {free / 1e9:.1f} GB are free: make room, or"
            " name another --data-root"
        )


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a server to another address of the web, and never from a secured one to one that is not."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: object, newurl: str
    ) -> urllib.request.Request | None:
        if not newurl.startswith(SCHEMES) or (req.full_url.startswith("https:") and newurl.startswith("http:")):
            raise InputError(f"{req.full_url}: leads to {newurl[:100]!r}, which is not followed")
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def _opener() -> urllib.request.OpenerDirector:
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(), urllib.request.HTTPHandler(), urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(), urllib.request.HTTPErrorProcessor(), _Redirects(),
    ):  # fmt: skip
        opener.add_handler(handler)
    return opener


def _begin(response: HTTPResponse) -> int:
    """Return the first byte that an answer in part has; -1 where it does not say."""
    said = (response.headers.get("Content-Range") or "").removeprefix("bytes ").partition("-")[0]
    return int(said) if said.isdecimal() else -1


def _words(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        circle = error.code < 400 and "infinite loop" in str(error.reason)
        return "leads round in a circle" if circle else f"the server says {error.code} {error.reason}"
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    return f"no connection ({reason})" if isinstance(error, urllib.error.URLError) else "the connection broke off"


def _digest(file: Path, like: str) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, HASHES[len(like)]).hexdigest()


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0


def _tag(part: Path) -> Path:
    return part.with_name(f"{part.name}.tag")


def _read(file: Path) -> str:
    """Return what a server called a file's state; "" of none, and of what is no header's value."""
    text = file.read_bytes().decode("latin-1") if file.is_file() else ""
    return text if text.isascii() and text.isprintable() else ""


def _drop(part: Path) -> None:
    part.unlink(missing_ok=True)
    _tag(part).unlink(missing_ok=True)
