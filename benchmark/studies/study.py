"""A study: a question, the trackers that can answer it, and what is to be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import Literal

__all__ = ["Comparison", "Contrast", "Expected", "Factor", "Study"]

Expected = Literal["better", "worse", "alike"]


@dataclass(frozen=True)
class Comparison:
    """Is `other` better than `base`? Both are labels of the study."""

    other: str
    base: str
    expects: Expected | None = None
    """What the paper says of `other`; None where it says nothing."""
    source: str = ""
    """Where it says so."""
    same_time: bool = False
    """Whether both were sized to take the same time: the answer says how near they come."""


@dataclass(frozen=True)
class Factor:
    """One thing that is varied in every combination with the other factors."""

    name: str
    levels: Mapping[str, str]
    """By the level's name the delta that makes it; the first is what effects are held against."""


@dataclass(frozen=True)
class Contrast:
    """A sum of scores with weights: a main effect, or an interaction of two factors."""

    title: str
    weights: Mapping[str, float]
    """By label; they sum to 0."""

    @property
    def most(self) -> float:
        """How far from 0 such a sum of scores in [0, 1] can be."""
        return sum(map(abs, self.weights.values())) / 2


@dataclass(frozen=True)
class Study:
    """One declared ablation."""

    name: str
    question: str
    base: str
    """Label of the tracker that the others are variants of."""
    trackers: Mapping[str, str]
    """Full tracker name by label, the base first."""
    comparisons: tuple[Comparison, ...]
    datasets: tuple[str, ...]
    factors: tuple[Factor, ...] = ()
    about: str = ""
    """What the study cannot show, and what is to be known of its variants."""
    protocol: str = "ope"
    profile: str | None = None
    """How boxes are scored; None: by each dataset's own rules."""
    relevant: float = 0.01
    """The smallest difference of success AUC that counts."""
    repeats: int = 3
    jitter: float = 0.5
    """Pixels by which each repeat's first box is shifted and resized at the most."""
    telemetry: bool = True
    learnt: tuple[str, ...] = ()
    """Labels of variants that change what is learnt: they need weights of their own to be compared fairly."""
    digest: str = field(default="", repr=False)
    """sha256 of the file."""
    file: str = ""
    places: Mapping[str, str] = field(default_factory=dict, repr=False)
    """By label the key of the file that declares it; ``--trackers`` where the command has put another base."""

    @property
    def contrasts(self) -> tuple[Contrast, ...]:
        """The main effects of the factors, and the interactions of every two of them."""
        effects = [self._effect((factor,)) for factor in self.factors]
        if len(self.factors) > 1:
            effects += [self._effect(pair) for pair in combinations(self.factors, 2)]
        return tuple(contrast for one in effects for contrast in one)

    def _effect(self, factors: tuple[Factor, ...]) -> list[Contrast]:
        """Return the effect of each level of one factor, or of each two levels of two, against the first ones."""
        found = []
        for levels in product(*(list(factor.levels)[1:] for factor in factors)):
            weights = {}
            for cell in grid(self.factors):
                weight = 1.0
                for factor, level in zip(factors, levels, strict=True):
                    own = cell[factor.name]
                    weight *= 1 if own == level else -1 if own == next(iter(factor.levels)) else 0
                others = [factor for factor in self.factors if factor not in factors]
                for factor in others:
                    weight /= len(factor.levels)
                if weight:
                    weights[cell_label(cell)] = weight
            named = [f"{factor.name} {level}" for factor, level in zip(factors, levels, strict=True)]
            against = f" against {next(iter(factors[0].levels))}" if len(factors) == 1 else ""
            found.append(Contrast(" × ".join(named) + against, weights))
        return found


def grid(factors: tuple[Factor, ...]) -> list[dict[str, str]]:
    """Return every combination of levels, as the level by the factor's name; the first has all first levels."""
    return [
        dict(zip((factor.name for factor in factors), levels, strict=True))
        for levels in product(*(factor.levels for factor in factors))
    ]


def cell_label(cell: Mapping[str, str]) -> str:
    """Return the label of a combination of levels."""
    return ", ".join(f"{name} {level}" for name, level in cell.items())
