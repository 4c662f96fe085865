"""What one check of the contract says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["fine", "put right", "broken", "cannot tell"]
Says = tuple[Verdict, str]
"""What a check says: the verdict and its line."""


@dataclass(frozen=True)
class Finding:
    """One check's line."""

    check: str
    verdict: Verdict
    """`put right`: a run guards against it, so that it does no harm here; elsewhere it may."""
    line: str
    """What was seen; where that is not fine, what to change."""


def failing(findings: Iterable[Finding], strict: bool = False) -> list[Finding]:
    """Return what breaks the contract; with `strict`, also what a run would put right."""
    accepted = ("fine",) if strict else ("fine", "put right")
    return [one for one in findings if one.verdict not in accepted]
