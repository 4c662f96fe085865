"""What lies in the folders that people hand over, without what their systems put there unasked.

Whoever lists a folder of data does it here: names that begin with a dot (``._boxes.txt``, ``.DS_Store``,
``.ipynb_checkpoints``) and ``__MACOSX`` are never data, nor is what lies below them.
"""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from pathlib import Path

_PUT_THERE = frozenset({"__macosx", "thumbs.db", "desktop.ini"})


def hidden(name: str) -> bool:
    """Return whether a file or folder of that name is never data."""
    return name.startswith(".") or name.casefold() in _PUT_THERE


def entries(folder: Path) -> list[Path]:
    """Return what a folder holds, by name. Raises OSError where it cannot be listed."""
    return sorted(path for path in folder.iterdir() if not hidden(path.name))


def folders(folder: Path) -> list[Path]:
    """Return the folders in a folder, by name."""
    return [path for path in entries(folder) if path.is_dir()]


def folders_if_any(folder: Path) -> list[Path]:
    """Return the folders in a folder, by name; none where it is not there, or may not be listed."""
    try:
        return folders(folder)
    except OSError:
        return []


def files_in(folder: Path, suffixes: tuple[str, ...]) -> list[str]:
    """Return the names of a folder's files that end so, in any letter case; in no order."""
    return ending_so(all_files_in(folder), suffixes)


def all_files_in(folder: Path) -> list[str]:
    """Return the names of a folder's files, those that are never data among them; in no order."""
    with os.scandir(folder) as found:  # which knows what is a file without a call for each
        there = list(found)
    try:
        return [one.name for one in there if one.is_file()]
    except OSError:  # of a link that leads round in a circle
        return [one.name for one in there if os.path.isfile(one)]


def ending_so(names: list[str], suffixes: tuple[str, ...]) -> list[str]:
    """Return those of the names that end so, in any letter case, and may be data."""
    folded = zip(names, map(str.casefold, names), strict=True)
    return [name for name, plain in folded if plain.endswith(suffixes) and plain[0] != "." and plain not in _PUT_THERE]


def matching(folder: Path, pattern: str) -> list[Path]:
    """Return what ``folder.glob(pattern)`` finds, by name, as far as it is data; ``*/a.txt`` means folders' files."""
    head, _, rest = pattern.partition("/")
    found: list[Path] = []
    try:
        there = entries(folder)
    except OSError:  # no folder, or one that may not be read
        return found
    for path in there:
        if fnmatchcase(path.name, head):
            found += matching(path, rest) if rest else [path]
    return found


def below(folder: Path, suffix: str) -> list[Path]:
    """Return the files in a folder and all folders below it whose names end so, by their paths; links are not followed.

    A folder that is not there holds none.
    """
    found: list[Path] = []
    for place, inner, names in os.walk(folder):
        inner[:] = [name for name in inner if not hidden(name)]
        found += [Path(place) / name for name in names if name.endswith(suffix) and not hidden(name)]
    return sorted(found)
