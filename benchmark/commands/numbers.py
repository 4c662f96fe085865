"""Numbers that options take: finite and bounded, so that nothing is computed that no file of a run can hold."""

from __future__ import annotations

import math
from typing import Any

import click

__all__ = ["SEEDS", "Number"]

SEEDS = click.IntRange(-(2**63), 2**63 - 1)


class Number(click.FloatRange):
    """A number within bounds. Those of click let NaN pass, as no comparison holds of it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number; `click.BadParameter` where it is none."""
        found = float(super().convert(value, param, ctx))
        if math.isnan(found):
            self.fail(f"{value!r} is no number.", param, ctx)
        return found
