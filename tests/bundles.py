"""What the tests of bundles share: a run's folder, and bundles that were changed on the way."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

ID = "20260101T000000Z-abcdef"
BOXES = "boxes/memtrack/Couple.txt"
MANIFEST = {
    "schema": 1,
    "dataset": {"name": "OTB100", "coverage": "OTB100, 1 of 100 sequences"},
    "trackers": [{"name": "memtrack"}],
    "records": [{"tracker": "memtrack", "sequence": "Couple", "start": 0, "repeat": 0, "status": "done", "key": "0"}],
}


def write_run(results: Path) -> Path:
    folder = results / "runs" / ID
    (folder / BOXES).parent.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps(MANIFEST))
    (folder / BOXES).write_text("1,2,3,4\n")
    (folder / ".manifest.json.123.part").write_text("half")
    return folder


def bundle_of(files: Mapping[str, bytes], file: Path, run: str = ID) -> Path:
    """Write a bundle that is as it should be but for what is in it: its index knows every file."""
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    index = json.dumps({"schema": 1, "run": run, "files": digests}).encode()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {"bundle.json": index, **files}.items():
            archive.writestr(name, content)
    return file


def rewrite(file: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """Return a copy of a bundle whose files somebody changed."""
    with zipfile.ZipFile(file) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    change(contents)
    changed = file.with_name("changed.zip")
    with zipfile.ZipFile(changed, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return changed
