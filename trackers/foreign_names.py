"""How the name of a tracker from elsewhere is read: what of it is the tracker, what its fields, what its weights.

``py:FILE.py[:Class][{field=value,...}][@weights]``, ``got10k:[FOLDER/]module:Class[{...}][@weights]``,
``pytracking:[FOLDER/]module:Class[{...}]``, ``env:PYTHON TRACKER[@weights]`` (the tracker one of these three, ``py:``
unsaid), ``trax:"COMMAND"``, ``onnx:FILE.toml``, ``cv2:kind[@weights]``. What stands in braces elsewhere than behind
``py:`` is the adapters' to read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from trackers.errors import InputError

_WEIGHTS = r"(?:@(?P<weights>.+))?"
_BRACES = r"(?:\{[^{}]*\})?"
_FILE = r".+\.py(?::\w+)?"
_MODULE = r"[^{}@]+"
_IN_FILE = r"(?P<base>(?P<kind>py:|onnx:)(?P<file>.+\.(?:py|toml))(?P<cls>:\w+)?)(?:\{(?P<delta>[^{}]*)\})?" + _WEIGHTS
_FORMS = {
    **dict.fromkeys(("py", "onnx"), _IN_FILE),
    "got10k": rf"(?P<base>got10k:{_MODULE}{_BRACES}){_WEIGHTS}",
    "pytracking": rf"(?P<base>pytracking:{_MODULE}{_BRACES}){_WEIGHTS}",
    "env": rf'(?P<base>env:(?:"[^"]+"|\S+)\s+(?:(?:got10k|pytracking):{_MODULE}|{_FILE}){_BRACES}){_WEIGHTS}',
    "trax": r'(?P<base>trax:)(?P<quote>"?)(?P<command>.*)(?P=quote)',
}
_ANY = rf"(?P<base>[^@]*){_WEIGHTS}"


@dataclass(frozen=True)
class Said:
    """A name's pieces."""

    base: str
    """What `trackers.registry.find_family` finds."""
    weights: str = ""
    """What stands behind ``@``."""
    kind: str = ""
    file: str = ""
    """Of ``py:`` and ``onnx:``, which `kind` says, with `cls` (``:Class`` or "") and `delta`, the fields in braces."""
    cls: str = ""
    delta: str = ""


def read_foreign(name: str) -> Said:
    """Return the pieces of a name with a prefix; InputError where it has not the form that goes with it."""
    prefix = name.partition(":")[0]
    match = re.fullmatch(_FORMS.get(prefix, _ANY), name, re.DOTALL) or re.fullmatch(_ANY, name, re.DOTALL)
    if match is None:
        raise InputError(f"{name!r} is not a tracker's name: what goes behind '@' is a file of weights")
    found = {key: value or "" for key, value in match.groupdict().items()}
    return Said(
        found["base"] + found.get("command", ""),
        *(found.get(key, "") for key in ("weights", "kind", "file", "cls", "delta")),
    )
