"""What is known of rendered sequences beyond their boxes: what makes each one hard, and in which frames."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.lookup import open_dataset
from benchmark.datasets.selection import Selection

__all__ = ["causes_of", "hidden_frames"]

HIDDEN = 0.1
"""Share of the target that can be seen up to which it counts as hidden."""


def causes_of(selection: Selection) -> Mapping[str, str]:
    """Return the cause of each sequence of rendered data; nothing of others."""
    if not selection.rendered:
        return {}
    from benchmark.datasets.render.dataset import RenderedDataset

    dataset = open_dataset(selection.dataset)
    assert isinstance(dataset, RenderedDataset)
    return {video.name: dataset.cause(video.name) for video in selection.sequences}


def hidden_frames(selection: Selection, name: str) -> NDArray[np.bool_] | None:
    """Return in which frames (N,) of a rendered sequence the target is hidden; None where that is not known."""
    if not selection.rendered:
        return None
    from benchmark.datasets.render.dataset import RenderedDataset

    dataset = open_dataset(selection.dataset)
    assert isinstance(dataset, RenderedDataset)
    return dataset.visibility(name) <= HIDDEN
