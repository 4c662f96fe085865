"""Writes the package of a new tracker: installable, announced by name, tested against the contract."""

from __future__ import annotations

import keyword
import re
import sys
from contextlib import suppress
from importlib.machinery import PathFinder
from importlib.metadata import PackageNotFoundError, distribution
from importlib.resources import files
from pathlib import Path
from string import Template

from benchmark.interop.placing import new_content
from trackers.code.private import OWN
from trackers.errors import InputError
from trackers.names import known_names
from trackers.registry import why_taken


class _Text(Template):
    """A text with ``%%{name}`` in it: workflows have ``${{ }}`` of their own."""

    delimiter = "%%"


LAYOUT = {
    "pyproject.toml": "pyproject.toml",
    "README.md": "readme.md",
    ".gitignore": "gitignore",
    ".github/workflows/gate.yml": "gate.yml",
    "tests/test_contract.py": "test_contract.py",
    "%%{module}/__init__.py": "package.py",
    "%%{module}/tracker.py": "%%{kind}.py",
}
"""Files of the package, and the template of each."""
USED = ("Any", "Boxes", "Frame", "Sequence", "State", "Step", "Tracker")
"""Classes that the templates have or import."""


def _is_taken(name: str, module: str) -> bool:
    """Return whether a distribution or a package of that name would stand in another's place."""
    with suppress(PackageNotFoundError):
        return bool(distribution(name))
    found = PathFinder.find_spec(module)
    return module in (*sys.stdlib_module_names, *OWN, "tests") or (found is not None and found.origin is not None)


def write_tracker(name: str, parent: Path, lanes: bool) -> list[Path]:
    """Write the folder `name` below `parent` and return its files; InputError where the name or the folder is taken."""
    module = name.replace("-", "_").casefold()
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*(-[A-Za-z0-9_]+)*(?<!_)", name):
        raise InputError(f"a tracker's name is letters, digits, inner '_' and '-': not {name!r}")
    if keyword.iskeyword(module) or _is_taken(name, module):
        raise InputError(f"{name!r} would be a package {module!r}, which is another's name: choose another")
    cls = "".join(part[:1].upper() + part[1:] for part in re.split(r"[-_]", name))
    if keyword.iskeyword(cls) or cls in USED:
        raise InputError(f"{name!r} would be a class {cls!r}, which is another's name: choose another")
    if why_taken(name) or name.casefold() in {known.casefold() for known in known_names()}:
        raise InputError(f"{name!r} means something already where trackers are named: choose another name")
    folder = parent / name
    if folder.exists():
        raise InputError(f"{folder} is there already: choose another name, or another place with --out")
    words = {
        "name": name,
        "module": module,
        "cls": cls,
        "kind": "lanes" if lanes else "one_target",
    }
    written = []
    with new_content(folder, "--out") as content:
        for place, template in LAYOUT.items():
            name = _Text(place).substitute(words)
            text = (files("benchmark.scaffold") / f"{_Text(template).substitute(words)}.template").read_text("utf-8")
            (content / name).parent.mkdir(parents=True, exist_ok=True)
            (content / name).write_text(_Text(text).substitute(words), "utf-8")
            written.append(folder / name)
    return written
