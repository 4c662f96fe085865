"""A template and a search crop through their networks into a head."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackers.adapters.onnx.crops import Vector, square
from trackers.adapters.onnx.description import Description, Template
from trackers.adapters.onnx.networks import Array, Network
from trackers.api import Frame

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Target:
    """One target as it was last seen."""

    centre: Vector
    size: Vector
    template: Array
    """What the head takes for it."""


class Pair:
    """The networks of a description that has a template, and what they take."""

    def __init__(self, description: Description, networks: dict[str, Network]) -> None:
        """Check the names of inputs and outputs; InputError where the networks have none such."""
        assert description.template is not None
        assert description.head is not None
        self.given, self.template, self.searched = description.input, description.template, description.search
        self._networks, self._head = networks, networks["head"]
        two = (*self._head.inputs, "", "")
        self._inputs = description.head.template or two[0], description.head.search or two[1]
        self._head.check("input", *self._inputs)

    def start(self, frame: Frame, box: Numbers) -> Target:
        """Return the target that a box (4,) in the first frame shows."""
        size = np.maximum(box[2:], 1.0)
        centre = box[:2] + box[2:] / 2
        crop = self.cut(frame, centre, side_of(self.template, size), self.template.size)
        return Target(centre, size, self._through("template", crop))

    def respond(self, target: Target, crop: Array) -> dict[str, Array]:
        """Return the head's outputs for a search crop."""
        return self._head(dict(zip(self._inputs, (target.template, self._through("search", crop)), strict=True)))

    def cut(self, frame: Frame, centre: Vector, side: float, size: int) -> Array:
        """Return a crop as the networks take it."""
        return square(frame, centre, side, size, self.given)

    def sides(self, size: Vector) -> tuple[float, float]:
        """Return the search crop's side in the frame, and the crop's pixels for one of the frame."""
        if self.searched.factor:
            side = self.searched.factor * float(np.sqrt(size.prod()))
        else:
            side = side_of(self.template, size) * self.searched.size / self.template.size
        return side, self.searched.size / side

    def _through(self, table: str, crop: Array) -> Array:
        network = self._networks.get(table)
        return crop if network is None else network.first(crop)


def side_of(template: Template, size: Vector) -> float:
    """Return the side in the frame of the template's crop around a target of a size."""
    if template.factor:
        return template.factor * float(np.sqrt(size.prod()))
    return float(np.sqrt((size + template.context * size.sum()).prod()))
