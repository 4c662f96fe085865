"""Proof that the scores are right: stored boxes whose scores are known from elsewhere, scored again."""

from benchmark.verification.golden import verify_golden
from benchmark.verification.row import Row
from benchmark.verification.shipped import verify_shipped

__all__ = ["Row", "verify_golden", "verify_shipped"]
