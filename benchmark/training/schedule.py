"""How fast which parameters learn."""

from __future__ import annotations

import math
from typing import Any

from torch import nn

from benchmark.training.recipe import Recipe


def parameter_groups(named: list[tuple[str, nn.Parameter]], extra: nn.Module, recipe: Recipe) -> list[dict[str, Any]]:
    """Return the parameters that change in groups that share a factor on the rate."""
    groups: dict[float, list[nn.Parameter]] = {}
    for name, parameter in named:
        if parameter.requires_grad:
            groups.setdefault(recipe.schedule.factor(name), []).append(parameter)
    groups.setdefault(1.0, []).extend(extra.parameters())
    return [
        {"params": parameters, "factor": factor, "lr": recipe.schedule.rate}
        for factor, parameters in groups.items()
        if parameters
    ]


def pace(step: int, steps: int) -> float:
    """Return the share of the highest learning rate at a step: a linear warm-up, then a cosine to a hundredth."""
    warm = max(steps // 20, 1)
    if step < warm:
        return (step + 1) / warm
    along = (step - warm) / max(steps - warm, 1)
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * along))
