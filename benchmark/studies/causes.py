"""What is known of rendered sequences beyond their boxes: what makes each one hard, and when its target is hidden."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from benchmark.datasets.lookup import open_dataset
from benchmark.datasets.selection import Selection

__all__ = ["causes_of", "hidden_frames", "plots_of"]

HIDING = ("occlusion", "out-of-view")
"""Causes that hide the target."""
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


def plots_of(selection: Selection) -> Mapping[str, str]:
    """Return the plot that each sequence of rendered data is a take of; nothing of others."""
    if not selection.rendered:
        return {}
    from benchmark.datasets.render.dataset import RenderedDataset

    dataset = open_dataset(selection.dataset)
    assert isinstance(dataset, RenderedDataset)
    plots = dataset.plots()
    return {video.name: plots[video.name] for video in selection.sequences}


def hidden_frames(selection: Selection, causes: Mapping[str, str]) -> Mapping[str, NDArray[np.bool_]]:
    """Return in which frames (N,) of each rendered sequence the target is hidden; nothing of others.

    What is not among the causes that hide a target is taken to show it: counting what can be seen takes its time.
    """
    if not causes:
        return {}
    from benchmark.datasets.render.dataset import RenderedDataset

    dataset = open_dataset(selection.dataset)
    assert isinstance(dataset, RenderedDataset)
    return {
        video.name: dataset.visibility(video.name)[: len(video)] <= HIDDEN
        if causes[video.name] in HIDING
        else np.zeros(len(video), bool)
        for video in selection.sequences
    }
