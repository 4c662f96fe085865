"""What the TOML file of an ``onnx:`` tracker says, read strictly (docs/onnx.md has every key)."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from types import UnionType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from trackers.errors import InputError, did_you_mean

Colour = tuple[float, float, float]
LARGEST = 2**20
"""Bytes of a description; no number in one is larger either."""
WIDEST = 4096
"""Pixels of a crop's side at the most, and of all else that is counted."""
T = TypeVar("T")


@dataclass(frozen=True)
class Input:
    """How a crop's pixels reach the networks: (value - mean) / std of values from 0 to 255, (1, 3, size, size)."""

    colours: Literal["RGB", "BGR"] = "RGB"
    mean: Colour = (0.0, 0.0, 0.0)
    std: Colour = (1.0, 1.0, 1.0)
    beyond: Literal["mean", "black"] = "mean"
    """What lies beyond the frame's border: the frame's mean colour, or black."""


@dataclass(frozen=True)
class Template:
    """What is cut from the first frame, once."""

    size: int
    """Side of the crop in pixels."""
    network: str = ""
    """File that the crop goes through; none where the head takes the crop itself."""
    context: float = 0.5
    """The crop's side in the frame is sqrt((w+p)(h+p)), p = context (w+h)."""
    factor: float = 0.0
    """Where it is not 0, the side is factor sqrt(wh) instead."""


@dataclass(frozen=True)
class Search:
    """What is cut from every other frame."""

    size: int
    network: str = ""
    factor: float = 0.0
    """Where it is not 0, the side is factor sqrt(wh); else the crop has the template's scale."""


@dataclass(frozen=True)
class Head:
    """The network that takes both and says where the target is."""

    network: str
    template: str = ""
    """Name of the input for the template (or what its network made of it); by default the first."""
    search: str = ""
    """The same for the search crop; by default the second."""


@dataclass(frozen=True)
class Points:
    """Distances from each cell of a grid to the box's left, top, right and bottom (NanoTrack)."""

    scores: str
    """Output (1, 2, n, n), softmax over both, or (1, 1, n, n), sigmoid."""
    boxes: str
    """Output (1, 4, n, n) in pixels of the search crop."""
    stride: int
    window: float
    """Weight of the cosine window."""
    penalty: float
    """k in exp(-k (r s - 1)), for changes of shape r and of size s."""
    rate: float
    """How much of the new size is taken, times penalty and score."""
    smallest: float = 10.0
    """Pixels below which width and height do not fall."""
    like: Literal["authors", "opencv"] = "authors"
    """Whose arithmetic: ``opencv`` is cv2.TrackerNano's, slips included (docs/onnx.md)."""


@dataclass(frozen=True)
class Anchors:
    """Offsets from anchor boxes (SiamRPN): dx, dy in anchor sizes, dw, dh as logarithms."""

    scores: str
    """Output (1, 2A, n, n), background first, or (1, A, n, n)."""
    boxes: str
    """Output (1, 4A, n, n)."""
    stride: int
    ratios: tuple[float, ...]
    """Height over width."""
    scales: tuple[float, ...]
    window: float
    penalty: float
    rate: float
    smallest: float = 10.0


@dataclass(frozen=True)
class Centre:
    """Maps of the centre's score, of the box's size and of the offset within a cell (OSTrack, VitTrack)."""

    scores: str
    """Output (1, 1, n, n)."""
    sizes: str
    """Output (1, 2, n, n), parts of the crop's side."""
    offsets: str
    """Output (1, 2, n, n), parts of a cell."""
    window: float = 1.0
    """Scores are multiplied by (1 - window) + window x a cosine window."""
    threshold: float = 0.0
    """Below this score the last box stays."""
    smallest: float = 10.0


@dataclass(frozen=True)
class Filter:
    """A correlation filter in closed form on a network's features, learnt from every frame (DCFNet)."""

    features: str
    """Output (1, C, n, n)."""
    padding: float = 2.0
    """The crop is (1 + padding) times the box, resized to a square."""
    regularisation: float = 1e-4
    sigma: float = 0.1
    """Width of the wished-for peak, parts of the target's side."""
    rate: float = 0.01
    """How much of each frame's filter is taken."""
    scales: int = 3
    scale_step: float = 1.0275
    scale_penalty: float = 0.9925
    smallest: float = 0.2
    """Bounds of the size, parts of the first one."""
    largest: float = 5.0


Decode = Points | Anchors | Centre | Filter
KINDS: Mapping[str, type] = {"points": Points, "anchors": Anchors, "centre": Centre, "filter": Filter}


@dataclass(frozen=True)
class Description:
    """One tracker."""

    search: Search
    decode: Decode
    template: Template | None = None
    head: Head | None = None
    input: Input = Input()
    remembers: str = "the first frame's template, for good"
    paper: str = ""
    trained_on: tuple[str, ...] = ()
    """Names of datasets: scores on these are marked."""
    tuned_on: tuple[str, ...] = ()

    def networks(self) -> dict[str, str]:
        """Return the networks' files by the table that names them."""
        tables = {"template": self.template, "search": self.search, "head": self.head}
        return {name: table.network for name, table in tables.items() if table is not None and table.network}


def read_description(file: Path) -> Description:
    """Return what a TOML file says; InputError, one line, where it is damaged, incomplete or contradicts itself."""
    try:
        with file.open("rb") as opened:
            content = tomllib.loads(opened.read(LARGEST).decode("utf-8"))
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{file} is no TOML: {error}") from error
    try:
        found = _read(content, Description, "")
    except ValueError as error:
        raise InputError(f"{file}: {error}") from error
    if reason := _contradiction(found):
        raise InputError(f"{file}: {reason}")
    return found


def _contradiction(one: Description) -> str:
    """Return what cannot be, in words; "" where all can."""
    decode = one.decode
    if 0 in one.input.std:
        return "input.std must be above 0"
    if isinstance(decode, Anchors) and not all(min(sizes, default=0) > 0 for sizes in (decode.ratios, decode.scales)):
        return "decode.ratios and decode.scales must be lists of numbers above 0"
    if not isinstance(decode, Filter) and decode.window > 1:
        return f"decode.window must be within 0 to 1, not {decode.window:g}"
    if isinstance(one.decode, Filter):
        if not one.search.network:
            return "decode.kind 'filter' needs search.network, which makes the features"
        if one.template is not None or one.head is not None:
            return "decode.kind 'filter' has neither [template] nor [head]"
        return ""
    missing = "[template]" if one.template is None else "[head]" if one.head is None else ""
    return f"decode.kind {_kind(one.decode)!r} needs {missing}" if missing else ""


def _kind(decode: Decode) -> str:
    return next(name for name, cls in KINDS.items() if isinstance(decode, cls))


def _read(table: Any, cls: type[T], where: str) -> T:
    """Return a dataclass of a table, each key of the type that it is annotated with."""
    if not isinstance(table, dict):
        raise ValueError(f"{where} must be a table, not {table!r}")
    hints = get_type_hints(cls)
    dot = f"{where}." if where else ""
    for key in table:
        if key not in hints and not (cls in KINDS.values() and key == "kind"):
            raise ValueError(f"no key {dot}{key}.{did_you_mean(key, hints)} There are: {', '.join(hints)}")
    for one in fields(cls):  # type: ignore[arg-type]
        if one.default is MISSING and one.name not in table:
            raise ValueError(f"{dot}{one.name} is missing")
    return cls(**{key: _value(value, hints[key], f"{dot}{key}") for key, value in table.items() if key in hints})


def _value(value: Any, wanted: Any, where: str) -> Any:
    if wanted == Decode:
        kind = value.get("kind") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in KINDS:
            raise ValueError(f"{where}.kind must be one of {', '.join(KINDS)}, not {kind!r}")
        return _read(value, KINDS[kind], where)
    origin, inner = get_origin(wanted), get_args(wanted)
    if origin is UnionType:  # one of these or None
        return _value(value, inner[0], where)
    if origin is Literal:
        if value not in inner:
            raise ValueError(f"{where} must be one of {', '.join(inner)}, not {_shown(value)}")
        return value
    if origin is tuple:
        if not isinstance(value, list) or (Ellipsis not in inner and len(value) != len(inner)):
            many = "a list" if Ellipsis in inner else f"a list of {len(inner)}"
            raise ValueError(f"{where} must be {many}, not {_shown(value)}")
        return tuple(_value(one, inner[0], f"{where}[{index}]") for index, one in enumerate(value))
    if wanted in (int, float, str):
        return _plain(value, wanted, where)
    return _read(value, wanted, where)


def _shown(value: Any) -> str:
    long = isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**63
    return f"one of {value.bit_length()} bits" if long else repr(value)[:60]


def _plain(value: Any, wanted: type, where: str) -> Any:
    fits = isinstance(value, (int, float) if wanted is float else wanted) and not isinstance(value, bool)
    if not fits:
        names = {int: "a whole number", float: "a number", str: "a text"}
        raise ValueError(f"{where} must be {names[wanted]}, not {_shown(value)}")
    if wanted is int and value < 1:
        raise ValueError(f"{where} must be 1 or more, not {_shown(value)}")
    if wanted is float and not 0 <= value < math.inf:
        raise ValueError(f"{where} must be a number from 0 on, not {_shown(value)}")
    if wanted is not str and value > (most := WIDEST if wanted is int else LARGEST):
        raise ValueError(f"{where} must be {most} or less, not {_shown(value)}")
    return wanted(value)
