"""PyTorch checkpoints of others: tensors are read, everything else stays a name without any of its code.

A checkpoint is a pickle, which can run code. torch's ``weights_only`` reader runs none, but refuses a file that holds
objects of classes it does not know. Of the few that the authors' files are known to hold, stand-ins that do nothing
are handed to it; the classes themselves are never imported. A file that holds anything else is refused by its name.
"""

from __future__ import annotations

import pickletools
import zipfile
from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import IO, Any

import torch
from torch import Tensor

from trackers.errors import InputError
from trackers.printable import printable

STOOD_IN = ("ltr.", "dlframework.", "pytracking.")
"""How the names of classes begin that PyTracking's training leaves in its checkpoints (settings, statistics)."""
TABLES = ("state_dict", "model_state_dict", "model", "net")
"""Where checkpoints keep the network's tensors."""
LEGACY_PICKLES = 5
"""Pickles that a file of torch before 1.6 begins with: magic number, version, system, content, keys."""


class Inert:
    """Stands for an object that is not a tensor: takes what it is given and does nothing."""

    def __init__(self, *arguments: Any) -> None:
        """Take what the class itself would have been made from."""

    def __setstate__(self, state: object) -> None:
        """Keep nothing of what the object was."""


def read_pytorch(path: Path) -> dict[str, Tensor]:
    """Return the tensors of a checkpoint by name, on the host.

    They may be nested under one of `TABLES`, and named with ``module.`` before.

    Raises:
        InputError: the file is damaged, or holds anything but tensors and what is stood in for.
    """
    try:
        names = _globals(path)
    except (ValueError, OSError, KeyError, IndexError, zipfile.BadZipFile) as error:
        raise InputError(f"{path} is not a readable checkpoint (corrupt or truncated): {_line(error)}") from error
    known = [name for name in names if name.startswith(STOOD_IN)]
    stand_ins = [(type(name.rpartition(".")[2], (Inert,), {}), name) for name in known]
    try:
        with torch.serialization.safe_globals(stand_ins):  # type: ignore[arg-type]
            content = torch.load(path, map_location="cpu", weights_only=True)
    except UnpicklingError as error:
        foreign = [name for name in names if not name.startswith((*STOOD_IN, "torch.", "collections."))]
        held = f" ({printable(', '.join(foreign[:3]))})" if foreign else ""
        raise InputError(
            f"{path} is corrupt, or holds more than tensors{held}, which is not loaded because it could run code; "
            "save its state_dict alone"
        ) from error
    except Exception as error:  # the reader raises many kinds for damaged bytes
        raise InputError(f"{path} is not a readable checkpoint (corrupt or truncated): {_line(error)}") from error
    for key in TABLES:
        if isinstance(content, Mapping) and isinstance(content.get(key), Mapping):
            content = content[key]
    if not isinstance(content, Mapping) or not all(isinstance(value, Tensor) for value in content.values()):
        raise InputError(f"{path} holds no table of tensors; save a module's state_dict")
    return {str(name).removeprefix("module."): value for name, value in content.items()}


def _line(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text if len(text) <= 300 else f"{text[:300]}..."


def _globals(path: Path) -> list[str]:
    """Return the names of all that a checkpoint's pickles refer to, without running them."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            name = next((name for name in archive.namelist() if name.rpartition("/")[2] == "data.pkl"), None)
            if name is None:
                raise ValueError("an archive without a checkpoint")
            with archive.open(name) as content:
                return _named(content, 1)
    with path.open("rb") as content:
        return _named(content, LEGACY_PICKLES)


def _named(content: IO[bytes], pickles: int) -> list[str]:
    names: dict[str, None] = {}
    for _ in range(pickles):
        texts: list[str] = []
        for opcode, argument, _ in pickletools.genops(content):
            if opcode.name == "GLOBAL":
                names[str(argument).replace(" ", ".", 1)] = None
            elif opcode.name == "STACK_GLOBAL":
                names[".".join(texts[-2:])] = None
            elif isinstance(argument, str):
                texts.append(argument)
    return list(names)
