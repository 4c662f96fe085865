"""What the gate says: one verdict a tracker and measure, and the exit code that follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from benchmark.plurals import counted

Status = Literal["pass", "fail", "unsure"]
FAIL, UNSURE = 1, 3
"""Exit codes: something is worse; nothing is known to be worse, but something could not be told."""
SCHEMA = 1


@dataclass(frozen=True)
class Verdict:
    """One tracker by one measure."""

    tracker: str
    measure: str
    """``accuracy``, ``median``, ``p95``, ``start-up`` or ``memory``."""
    status: Status
    basis: str
    """By which rule it was judged, and why by that one."""
    says: str
    """What was found, in a sentence."""
    old: float | None = None
    """Of the baseline: success AUC, ms, s or MB."""
    new: float | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    """The numbers behind it."""


@dataclass(frozen=True)
class GateResult:
    """Everything the gate found in one run."""

    run: str
    baseline: str
    """The file's name."""
    blessed: str
    """When the baseline was blessed, and at which commit."""
    date: str
    commit: str
    coverage: str
    profile: str
    machine: str
    """Identity of this machine."""
    verdicts: tuple[Verdict, ...]
    remarks: tuple[str, ...] = ()

    @property
    def status(self) -> Status:
        """The worst of the verdicts."""
        found = {verdict.status for verdict in self.verdicts}
        return "fail" if "fail" in found else "unsure" if "unsure" in found else "pass"

    @property
    def exit_code(self) -> int:
        """0, 1 or 3."""
        return {"pass": 0, "fail": FAIL, "unsure": UNSURE}[self.status]

    @property
    def headline(self) -> str:
        """One line for people."""
        count = len(self.verdicts)
        many = counted(count, "verdict")
        for status, words in (("fail", "worse than the baseline"), ("unsure", "could not be told")):
            found = sum(verdict.status == status for verdict in self.verdicts)
            if found:
                return f"{found} of {many}: {words}"
        return f"nothing is worse than the baseline ({many})"

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        return {"schema": SCHEMA, "status": self.status, "exit_code": self.exit_code, **asdict(self)}
