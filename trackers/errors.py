"""What every layer says when the user can mend something."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class InputError(Exception):
    """Bad input. Its text is one clear line that says what is wrong and how to mend it; the command exits with 2."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return " Did you mean 'x'?" for the known names nearest to `name`, or "" where none is near."""
    folded = {k.casefold(): k for k in known}
    near = [folded[match] for match in get_close_matches(name.casefold(), folded, n=3, cutoff=0.6)]
    return f" Did you mean {' or '.join(repr(n) for n in near)}?" if near else ""


def describe(error: BaseException) -> str:
    """Return an error's kind and the first line of what it says."""
    try:
        lines = str(error).strip().splitlines()
    except BaseException as failure:  # an error of a third party's own may fail at that too
        if isinstance(failure, KeyboardInterrupt):
            raise
        lines = []
    kind = type(error).__name__
    return f"{kind}: {lines[0][:300]}" if lines else kind
