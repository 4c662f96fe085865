"""Networks of MatConvNet (``2016-08-17.net.mat``): a structure ``net`` whose ``params`` are names and values."""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trackers.errors import InputError
from trackers.weights.formats.matlab import Structures, read_variable


def read_matconvnet(path: Path) -> dict[str, NDArray[np.generic]]:
    """Return the parameters of a network by name, shaped as MATLAB has them.

    InputError where the file is damaged, of MATLAB 7.3 (HDF5), or holds no network.
    """
    try:
        net = read_variable(path.read_bytes(), "net").value()
        params = net.column("params")[0].value() if isinstance(net, Structures) else None
        if not isinstance(params, Structures):
            raise ValueError("its 'net' has no structure 'params'")
        names = [name.value() for name in params.column("name")]
        values = [value.value() for value in params.column("value")]
    except NotImplementedError as error:
        raise InputError(f"{path} is of MATLAB 7.3: save it in MATLAB with save(..., '-v7')") from error
    except (ValueError, LookupError, StopIteration, zlib.error, OSError, MemoryError) as error:
        why = str(error) if isinstance(error, ValueError) else "it is damaged"
        raise InputError(f"{path} is not a readable MatConvNet network: {why}") from error
    named = zip(names, values, strict=True)
    read = {name: value for name, value in named if isinstance(name, str) and isinstance(value, np.ndarray)}
    if not read or len(read) < len(names):
        raise InputError(f"{path} is not a MatConvNet network: its params are no arrays of numbers")
    return read
