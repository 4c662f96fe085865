"""``onnx:FILE.toml`` by name: the tracker that a description and its networks make, and what its key covers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from trackers.adapters.onnx.centre import CentreMap
from trackers.adapters.onnx.correlation import CorrelationFilter
from trackers.adapters.onnx.description import Anchors, Centre, Description, Filter, Points, read_description
from trackers.adapters.onnx.like_opencv import LikeOpenCV
from trackers.adapters.onnx.networks import Network, external_data
from trackers.adapters.onnx.pair import Numbers
from trackers.adapters.onnx.siamese import Siamese
from trackers.api import Boxes, Frame, Step, Tracker
from trackers.code.files import digest_bytes
from trackers.code.reach import Walk
from trackers.errors import InputError, describe
from trackers.registry import Family
from trackers.weights.catalog import Weights


class Follower(Protocol):
    """One way to find a target again; a target is a frozen value."""

    def start(self, frame: Frame, box: Numbers) -> Any:
        """Return the target that a box (4,) in the first frame shows."""

    def step(self, frame: Frame, target: Any) -> tuple[Numbers, float, Any]:
        """Return the box (4,), its score, and the target as it is now seen."""


FOLLOWERS: Mapping[type, type[Any]] = {
    Points: Siamese, Anchors: Siamese, Centre: CentreMap, Filter: CorrelationFilter,
}  # fmt: skip


def family(place: str) -> Family:
    """Return the family of a description; InputError where it, or a network that it names, is not there or damaged."""
    path = Path(place)
    if path.suffix != ".toml" or not path.is_file():
        raise InputError(f"onnx:{place}: no TOML file {path}; docs/onnx.md has what one says")
    path = path.resolve()
    description = read_description(path)
    networks = {name: path.parent / file for name, file in description.networks().items()}
    for table, network in networks.items():
        if not network.is_file():
            raise InputError(f"{path}: {table}.network: no file {network}")
    walk = Walk()
    walk.module("tracker.toml", path)
    for name in ("onnxruntime", "trackers.nets"):
        walk.name(name)
    digests = []
    for table, network in networks.items():
        digests.append(f"{table} {digest_bytes(network)}")
        walk.module(f"{table}.onnx", network)
        for place in external_data(network):
            walk.file(f"{table}.onnx: {place}", network.parent / place)

    class OnnxTracker(DescribedTracker):
        """The tracker of this file."""

        def __init__(self, config: None, weights: Weights, device: str) -> None:
            tables = {"template": description.template, "search": description.search}
            sizes = {name: table.size for name, table in tables.items() if table is not None}
            loaded = {name: Network(file, device, sizes.get(name, 0)) for name, file in networks.items()}
            super().__init__(description, loaded)
            self._try(path)

    weights = Weights(
        path.stem, None, sha256("\n".join(digests).encode()).hexdigest(), trained_on=description.trained_on,
        tuned_on=description.tuned_on, note="the networks that its TOML file names",
    )  # fmt: skip
    return Family(
        f"onnx:{path.name}", OnnxTracker, description.remembers, paper=description.paper,
        plug_in=path.name, reach=walk.finish(), weights=weights,
    )  # fmt: skip


class DescribedTracker(Tracker[list[Any]]):
    """Networks of one target at a time; the state is a list of one target a lane, and lanes bring no speed."""

    max_lanes = 1

    def __init__(self, description: Description, networks: dict[str, Network]) -> None:
        """Take a description and the networks of its tables."""
        like = getattr(description.decode, "like", "authors")
        make = LikeOpenCV if like == "opencv" else FOLLOWERS[type(description.decode)]
        self._follower: Follower = make(description, networks)
        self._parameters = sum({one.file: one.parameters for one in networks.values()}.values())

    def _try(self, path: Path) -> None:
        """Raise InputError where networks and description do not fit: what a first frame shows needs no sequence."""
        frame = (np.arange(64 * 64 * 3) % 251).astype(np.uint8).reshape(64, 64, 3)
        try:
            self._follower.step(frame, self._follower.start(frame, np.array([16.0, 16.0, 32.0, 32.0])))
        except Exception as error:
            raise InputError(f"{path}: its networks do not fit what it says of them: {describe(error)}") from error

    def start(self, frames: Sequence[Frame], boxes: Boxes, seeds: Sequence[int]) -> list[Any]:
        """Show every lane its target."""
        return [self._follower.start(frame, box) for frame, box in zip(frames, boxes, strict=True)]

    def step(self, state: list[Any], frames: Sequence[Frame]) -> tuple[Step, list[Any]]:
        """Follow every lane's target."""
        found = [self._follower.step(frame, target) for frame, target in zip(frames, state, strict=True)]
        boxes, scores = (np.array([one[index] for one in found], np.float64) for index in (0, 1))
        return Step(boxes.reshape(-1, 4), scores), [one[2] for one in found]

    def parameters(self) -> int:
        """Return the number of parameters of all networks, a file counted once."""
        return self._parameters
