"""What every layer says when the user can mend something."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches


class InputError(Exception):
    """Bad input. Its text is one clear line that says what is wrong and how to mend it; the command exits with 2."""


_NO_GPU = "its code asks for a GPU, and torch sees none here"
ADVICE = {
    "Weights only load failed": "if you trust that file, set TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD=1",
    "Torch not compiled with CUDA": _NO_GPU,
    "Found no NVIDIA driver": _NO_GPU,
    "No CUDA GPUs are available": _NO_GPU,
    "deserialize object on a CUDA device": _NO_GPU,
    r"^ModuleNotFoundError: No module named '\w+'$": "install it here, give the folder that it is in (--tracker-path), "
    "or run the tracker in its own environment (env:)",
}
"""What third-party code is often stopped by, as a pattern of its own words, and what to do about it."""


LONGEST = 100
"""Characters of what an error says that stand before advice."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return " Did you mean 'x'?" for the known names nearest to `name`, or "" where none is near."""
    folded = {k.casefold(): k for k in known}
    near = [folded[match] for match in get_close_matches(name.casefold(), folded, n=3, cutoff=0.6)]
    return f" Did you mean {' or '.join(repr(n) for n in near)}?" if near else ""


def describe(error: BaseException, whole: bool = False) -> str:
    """Return in a line an error's kind and what it says first, or the `whole` of it, with what to do where we know."""
    try:
        lines = str(error).strip().splitlines()
    except BaseException as failure:  # an error of a third party's own may fail at that too
        if isinstance(failure, KeyboardInterrupt):
            raise
        lines = []
    kind, line = type(error).__name__, " ".join(" ".join(lines).split()) if whole else first_line(lines)
    return advised(f"{kind}: {line[:300]}" if line else kind)


def first_line(lines: Sequence[str]) -> str:
    """Return the first of the lines of an error, with the next where it ends in a colon, as torch's often do."""
    first, *rest = [line.strip() for line in lines if line.strip()] or [""]
    return f"{first} {rest[0]}" if first.endswith(":") and rest else first


def advised(line: str) -> str:
    """Return what an error says in a line, with what to do about it where we know."""
    advice = next((what for said, what in ADVICE.items() if re.search(said, line)), "")
    return f"{line[:LONGEST].rstrip()}{'...' * (len(line) > LONGEST)}; {advice}" if advice else line
