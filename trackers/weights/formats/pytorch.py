"""PyTorch checkpoints of others: tensors are read, everything else stays a name without any of its code.

A checkpoint is a pickle, which can run code. torch's ``weights_only`` reader runs none, but refuses a file that holds
objects of classes it does not know. Of the few that the authors' files are known to hold, stand-ins that do nothing
are handed to it; the classes themselves are never imported. A file that holds anything else is refused by its name.
"""

from __future__ import annotations

import pickletools
import re
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
"""Where checkpoints keep the network's tensors, some within one another."""
WRAPPER = re.compile(r"^(?:module\.)+")
"""What parallel training puts before names."""
ARCHIVE = b"PK\x03\x04"
"""How a zip archive begins."""
LEGACY_PICKLES = 5
"""Pickles that a file of torch before 1.6 begins with: magic number, version, system, content, keys."""
PROTOCOL = 2
"""The pickles that torch writes unless told otherwise, and all that its ``weights_only`` reader reads."""


class Inert:
    """Stands for an object that is not a tensor: takes what it is given and does nothing."""

    def __init__(self, *arguments: Any) -> None:
        """Take what the class itself would have been made from."""

    def __setstate__(self, state: object) -> None:
        """Keep nothing of what the object was."""


def read_pytorch(path: Path) -> dict[str, Tensor]:
    """Return the tensors of a checkpoint by name, on the host.

    They may be nested under one of `TABLES`, and named with ``module.`` before. Of a zip archive, as torch has written
    since 1.6, the checksums are compared; older files have none.

    Raises:
        InputError: the file is damaged, or holds anything but tensors and what is stood in for.
    """
    try:
        names = _globals(path)
    except InputError:
        raise
    except Exception as error:  # damaged bytes can ask for anything, for all memory too
        raise _unreadable(path, error) from error
    stand_ins = [(Inert, name) for name in names if name.startswith(STOOD_IN)]
    try:
        with torch.serialization.safe_globals(stand_ins):  # type: ignore[arg-type]
            content = torch.load(path, map_location="cpu", weights_only=True)
    except UnpicklingError as error:
        foreign = re.findall(r"GLOBAL ([\w.]+)", str(error)) or [
            name for name in names if not name.startswith((*STOOD_IN, "torch.", "collections."))
        ]
        held = f" ({printable(foreign[0])})" if foreign else ""
        raise InputError(
            f"{path} is corrupt, or holds more than tensors{held}, which is not loaded because it could run code; "
            "save its state_dict alone"
        ) from error
    except Exception as error:  # the reader raises many kinds for damaged bytes
        raise _unreadable(path, error) from error
    return {WRAPPER.sub("", str(name)): value for name, value in _table(content, path).items()}


def _table(content: object, path: Path) -> Mapping[object, Tensor]:
    """Return the table of tensors that a checkpoint's content is or holds; InputError where there is none."""
    for _ in TABLES:  # as deep as can be meant: a table could hold itself
        if isinstance(content, Mapping):
            content = next((content[key] for key in TABLES if isinstance(content.get(key), Mapping)), content)
    if not isinstance(content, Mapping):
        raise InputError(f"{path} holds no table of tensors; save a module's state_dict")
    for name, value in content.items():
        if not isinstance(value, Tensor):
            beside = any(isinstance(other, Tensor) for other in content.values())
            why = f": beside its tensors stands {printable(repr(name))}" if beside else ""
            raise InputError(f"{path} holds no table of tensors{why}; save a module's state_dict")
        if value.layout != torch.strided or value.is_quantized or value.is_complex() or value.device.type != "cpu":
            raise InputError(f"{path}: {printable(repr(name))} is no plain array of numbers")
        if value.numel() * value.element_size() > value.untyped_storage().nbytes():
            raise InputError(f"{path}: {printable(repr(name))} says that it is larger than what the file holds of it")
    return content


def _unreadable(path: Path, error: Exception) -> InputError:
    return InputError(f"{path} is not a readable checkpoint (corrupt or truncated): {_line(error)}")


def _line(error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 300 else f"{text[:300]}..."


def _globals(path: Path) -> list[str]:
    """Return the names of all that a checkpoint's pickles refer to, without running them."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            known = {name.rpartition("/")[2]: name for name in archive.namelist()}
            if "constants.pkl" in known:
                raise ValueError("it is a TorchScript program; save the module's state_dict")
            if (name := known.get("data.pkl")) is None:
                held = [printable(one) for one in archive.namelist()[:3]]
                raise InputError(
                    f"{path} is a zip archive of other files ({', '.join(held) or 'none'}): "
                    "unpack it, and name the file of weights in it"
                )
            _compare_checksums(archive)
            with archive.open(name) as content:
                return _named(content, 1)
    with path.open("rb") as content:
        if content.read(len(ARCHIVE)) == ARCHIVE:
            raise ValueError("an archive whose end is missing")
        content.seek(0)
        return _named(content, LEGACY_PICKLES)


def _compare_checksums(archive: zipfile.ZipFile) -> None:
    """Read an archive through, as torch compares no checksum; BadZipFile where one is another."""
    for record in archive.infolist():
        if not record.CRC:  # torch can be told to write none
            record.CRC = None  # type: ignore[assignment]  # by which zipfile knows that there is none
        with archive.open(record) as content:
            while content.read(1 << 20):
                pass


def _named(content: IO[bytes], pickles: int) -> list[str]:
    names: dict[str, None] = {}
    for _ in range(pickles):
        texts: list[str] = []
        for opcode, argument, _ in pickletools.genops(content):
            if opcode.name == "PROTO" and (argument or 0) > PROTOCOL:
                raise ValueError(f"of pickle protocol {argument}; save it with torch.save(..., pickle_protocol=2)")
            if opcode.name == "GLOBAL":
                names[str(argument).replace(" ", ".", 1)] = None
            elif opcode.name == "STACK_GLOBAL":
                names[".".join(texts[-2:])] = None
            elif isinstance(argument, str):
                texts.append(argument)
    return list(names)
