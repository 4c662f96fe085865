"""The most that may be asked for: above what anybody means, below what takes all memory or fits no file."""

from __future__ import annotations

__all__ = ["MANY", "MOST_JITTER", "MOST_REPEATS", "SECONDS"]

MANY = 10**9
"""Frames or steps."""
SECONDS = 1e9
"""Thirty years."""
MOST_REPEATS = 1000
MOST_JITTER = 100
"""Pixels."""
