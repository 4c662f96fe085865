"""Whose names a table of tensors has, and the same tensors under ours.

Only names and shapes are looked at: what recognises a layout is what no other network has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from trackers.errors import InputError
from trackers.weights.formats import dualmn, memtrack, siamfc

COUNTER = "num_batches_tracked"
"""Of a batch norm; no network answers by it."""


class Asked(Mapping[str, Tensor]):
    """A table that knows which of its tensors were asked for."""

    def __init__(self, table: Mapping[str, Tensor]) -> None:
        self.table = table
        self.names: set[str] = set()
        self.last = ""

    def __getitem__(self, name: str) -> Tensor:
        value = self.table[name]
        self.names.add(name)
        self.last = name
        return value

    def __contains__(self, name: object) -> bool:
        return name in self.table

    def __iter__(self) -> Iterator[str]:
        return iter(self.table)

    def __len__(self) -> int:
        return len(self.table)


@dataclass(frozen=True)
class Layout:
    """One authors' way to name and lay out a network's tensors."""

    title: str
    """Whose files these are."""
    tracker: str
    """The name of ours that takes them."""
    sign: tuple[str, ...]
    """Names that such a table has; what ends in a dot or slash is how one begins."""
    translate: Callable[[Mapping[str, Tensor]], dict[str, Tensor]]
    """From their names to ours; KeyError where one is missing."""
    unused: tuple[str, ...] = ()
    """How the names begin of what ours has no use for."""

    def fits(self, names: Iterable[str]) -> bool:
        """Tell whether a table with these names is of this layout."""
        known = set(names)
        return all(
            any(name.startswith(sign) for name in known) if sign[-1] in "./" else sign in known for sign in self.sign
        )


LAYOUTS = (
    Layout(
        "SiamFC, huanglianghua/siamfc-pytorch", "siamfc:paper",
        ("backbone.conv1.0.weight", "backbone.conv5.0.weight"), siamfc.from_pytorch,
    ),
    Layout(
        "SiamFC, StrangerZhang/SiamFC-PyTorch", "siamfc:paper",
        ("features.0.weight", "features.14.weight"), siamfc.from_sequential, siamfc.SEQUENTIAL_UNUSED,
    ),
    Layout(
        "SiamFC, bilylee/SiamFC-TensorFlow", "siamfc:paper",
        ("convolutional_alexnet/conv1/weights",), siamfc.from_tensorflow, siamfc.TENSORFLOW_UNUSED,
    ),
    Layout(
        "SiamFC, bertinetto/siamese-fc (MatConvNet)", "siamfc:paper",
        ("conv1f", "conv5f", "adjust_f"), siamfc.from_matconvnet,
    ),
    Layout(
        "MemDTC, tyyyang/MemDTC", "memtrack-dtc{scale_damping=0.5,window_weight=0.19}:paper",
        ("feature_extraction/conv1/kernel", "c_state/kernel", "RNN/read_key_neg/"), memtrack.from_memdtc,
        memtrack.MEMDTC_UNUSED,
    ),
    Layout(
        "MemTrack, tyyyang/MemTrack", "memtrack:paper",
        ("feature_extraction/conv1/kernel", "c_state/kernel", "RNN/"), memtrack.from_tensorflow,
        memtrack.TENSORFLOW_UNUSED,
    ),
    Layout(
        "STMTrack, fzh0917/STMTrack", "dualmn-long:paper",
        ("basemodel_m.", "basemodel_q.", "neck_m.adjustor.weight"), dualmn.from_stmtrack, dualmn.STMTRACK_UNUSED,
    ),
    Layout(
        "DiMP-50 or SuperDiMP, visionml/pytracking", "dualmn-short:dimp",
        ("feature_extractor.conv1.weight", "classifier.filter_optimizer.log_step_length", "bb_regressor."),
        dualmn.from_dimp, dualmn.DIMP_UNUSED,
    ),
)  # fmt: skip


def find_layout(tensors: Mapping[str, Tensor]) -> Layout | None:
    """Return the layout of a table of tensors; None where they have our names, or nobody's that is known."""
    found = next((layout for layout in LAYOUTS if layout.fits(tensors)), None)
    if found is LAYOUTS[0] and not siamfc.is_public(tensors):
        return None
    return found


def translated(tensors: Mapping[str, Tensor], source: Path) -> dict[str, Tensor]:
    """Return the tensors of a file under our names, sound ones (`sound`).

    InputError where a layout is recognised and lacks a tensor.
    """
    return sound(renamed(tensors, source), source)


def renamed(tensors: Mapping[str, Tensor], source: Path) -> dict[str, Tensor]:
    """Return the tensors of a file under our names: as they are where no other's layout is recognised.

    InputError where a layout is recognised and lacks a tensor.
    """
    layout = find_layout(tensors)
    if layout is None:
        return dict(tensors)
    asked = tensors if isinstance(tensors, Asked) else Asked(tensors)
    try:
        return layout.translate(asked)
    except KeyError as error:
        raise InputError(
            f"{source} looks like {layout.title}, but lacks {error.args[0]!r} (it holds {len(tensors)} tensors)"
        ) from error
    except ValueError as error:
        raise InputError(f"{source} looks like {layout.title}, but its tensors are others: {error}") from error
    except (RuntimeError, IndexError) as error:
        shape = tuple(asked.table[asked.last].shape)
        raise InputError(
            f"{source} looks like {layout.title}, but {asked.last!r} of shape {shape} does not fit its network"
        ) from error


def sound(tensors: dict[str, Tensor], source: Path) -> dict[str, Tensor]:
    """Return the same tensors; InputError where one holds what no network has: a tracker would stand still with it."""
    for name, value in tensors.items():
        if why := _unsound(name, value):
            raise InputError(f"{source} holds {why}")
    return tensors


def _unsound(name: str, value: Tensor) -> str:
    """Return what is wrong with the numbers of one tensor; "" where nothing is."""
    if name.endswith(COUNTER):
        return ""
    if not value.is_floating_point():
        kind = str(value.dtype).removeprefix("torch.")
        return f"{kind} in {name!r}, where a network has fractions: save it as float32"
    if not bool(torch.isfinite(value).all()):
        why = "more than half precision can hold" if value.dtype == torch.float16 else "damage, or a failed training"
        return f"numbers that are not finite in {name!r}: {why}"
    if name.endswith(".running_var") and bool((value <= -siamfc.EPS).any()):
        return f"variances below zero in {name!r}: damage, or a failed training"
    return ""
