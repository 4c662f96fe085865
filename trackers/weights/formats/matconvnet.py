"""Networks of MatConvNet (``2016-08-17.net.mat``): a structure ``net`` whose ``params`` are names and values."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trackers.errors import InputError


def read_matconvnet(path: Path) -> dict[str, NDArray[np.generic]]:
    """Return the parameters of a network by name, shaped as MATLAB has them.

    InputError where the file is damaged, of MATLAB 7.3 (HDF5), or holds no network.
    """
    from scipy.io import loadmat

    try:
        content = loadmat(path, variable_names=["net"], struct_as_record=True)
        parameters = content["net"]["params"][0][0].ravel()
        table = {str(one["name"].ravel()[0]): np.asarray(one["value"]) for one in parameters}
    except NotImplementedError as error:
        raise InputError(f"{path} is of MATLAB 7.3: save it in MATLAB with save(..., '-v7')") from error
    except Exception as error:  # the reader raises many kinds for damaged bytes
        raise InputError(f"{path} is not a readable MatConvNet network: {type(error).__name__}") from error
    if not table or not all(value.dtype.kind in "fiu" for value in table.values()):
        raise InputError(f"{path} is not a MatConvNet network: its params are no arrays of numbers")
    return table
