"""What a file of weights is: whose, for which tracker, and what it lacks or has over against that tracker's network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from trackers.errors import InputError
from trackers.names import resolve
from trackers.weights.formats.layouts import COUNTER, LAYOUTS, Asked, find_layout, renamed, sound
from trackers.weights.formats.reading import SAFETENSORS, kind_of, read_tensors

OURS = (
    "siamfc", "siamfc:paper", "memtrack", "memtrack:paper", "memtrack-dtc:paper", "dualmn", "dualmn:paper",
    "dualmn-long:paper", "dualmn-short:dimp",
)  # fmt: skip
"""Trackers whose own names a table may have; the first of those that fit best is meant."""
TRUNK = "backbone.trunk."
"""May be left out of a file: the ImageNet trunk is taken underneath."""


@dataclass(frozen=True)
class Fit:
    """What is known of one file of weights."""

    path: Path
    kind: str
    """Of file."""
    source: str
    """Whose names its tensors have; "" where they are nobody's that is known."""
    tracker: str
    """The tracker that takes it; "" likewise."""
    tensors: int
    values: int
    origin: str = ""
    """Whose network it is: the layout's, or of what a file of ours was converted from; "" where nobody says."""
    unused: tuple[str, ...] = ()
    """Tensors that the tracker has no use for, by the file's names."""
    missing: tuple[str, ...] = ()
    """What the tracker's network has and the file lacks, by our names (or the file's, where translation ends there)."""
    over: tuple[str, ...] = ()
    """What is left over, by our names."""
    misshapen: tuple[str, ...] = ()
    """Names of ours whose shape is another."""
    ours: Mapping[str, Tensor] = field(default_factory=dict)
    """The tensors under our names."""

    @property
    def fits(self) -> bool:
        """Whether the tracker takes it as it is."""
        return bool(self.tracker) and not (self.missing or self.over or self.misshapen)


def inspect_file(path: Path) -> Fit:
    """Return what is known of a file; InputError where it cannot be read or holds more than tensors."""
    table = read_tensors(path)
    layout = find_layout(table)
    values = sum(value.numel() for value in table.values())
    kind = kind_of(path)
    if layout is None:
        tracker = _owner(table)
        origin = _converted_from(path) if kind == SAFETENSORS else ""
        known = Fit(path, kind, "Engram" if tracker else "", tracker, len(table), values, origin)
        return _compared(replace(known, ours=sound(table, path))) if tracker else known
    known = Fit(path, kind, layout.title, layout.tracker, len(table), values, layout.title)
    read = Asked(table)
    try:
        ours = renamed(read, path)
    except InputError as error:
        if isinstance(error.__cause__, KeyError):
            return replace(known, missing=(str(error.__cause__.args[0]),))
        if isinstance(error.__cause__, ValueError):
            raise
        return replace(known, misshapen=(read.last,))
    sound(ours, path)
    unused = tuple(name for name in table if name not in read.names or name.startswith(layout.unused))
    return _compared(replace(known, ours=ours, unused=unused))


def _converted_from(path: Path) -> str:
    """Return whose network a file of ours says that it was converted from; "" where it says nothing that is known."""
    from safetensors import safe_open

    with safe_open(path, "pt") as content:
        said = (content.metadata() or {}).get("source", "")
    return said if said in {layout.title for layout in LAYOUTS} else ""


def _compared(fit: Fit) -> Fit:
    """Return the same with what the tracker's network lacks, and what it has not."""
    wanted, ours = _shapes(fit.tracker), fit.ours
    left_out = () if any(name.startswith(TRUNK) for name in ours) else (TRUNK,)
    return replace(
        fit,
        missing=tuple(
            name for name in wanted if name not in ours and not name.endswith(COUNTER) and not name.startswith(left_out)
        ),
        over=tuple(name for name in ours if name not in wanted),
        misshapen=tuple(name for name in ours if name in wanted and tuple(ours[name].shape) != wanted[name]),
    )


def _owner(table: Mapping[str, Tensor]) -> str:
    """Return the tracker whose network shares most names and shapes with a table; "" where none shares half of it."""
    best, most = "", 0.5
    for tracker in OURS:
        wanted = _shapes(tracker)
        shared = sum(tuple(value.shape) == wanted.get(name) for name, value in table.items())
        trunk = 0 if any(name.startswith(TRUNK) for name in table) else _count(wanted, TRUNK)
        share = shared / max(len(table), len(wanted) - trunk)
        if share > most:
            best, most = tracker, share
    return best


def _count(names: Iterable[str], start: str) -> int:
    return sum(name.startswith(start) for name in names)


def _shapes(tracker: str) -> dict[str, tuple[int, ...]]:
    """Return the shapes of a tracker's network by name."""
    config = resolve(f"{tracker}@random").config
    with torch.device("meta"):  # without the numbers
        net = network(config)
    return {name: tuple(value.shape) for name, value in net.state_dict().items()}


def network(config: object) -> nn.Module:
    """Return the fresh network of a config, as it is before anything is loaded or folded."""
    from trackers.dualmn.config import DualMNConfig
    from trackers.dualmn.network import DualMNNet
    from trackers.memtrack.config import MemTrackConfig
    from trackers.memtrack.network import MemTrackNet
    from trackers.siamfc.config import SiamFCConfig
    from trackers.siamfc.network import SiamFCNet

    with torch.random.fork_rng(devices=[]):
        if isinstance(config, SiamFCConfig):
            return SiamFCNet(config)
        if isinstance(config, MemTrackConfig):
            return MemTrackNet(config)
        assert isinstance(config, DualMNConfig)
        return DualMNNet(config)
