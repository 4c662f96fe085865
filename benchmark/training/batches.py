"""Clips as tensors: a batch, and a store of features that a trunk which stays as it is computes only once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from benchmark.training.clips import Clip, ClipSource


@dataclass(frozen=True)
class Batch:
    """B clips of T searches. Crops, or where `seen` holds, what the trunk made of them."""

    templates: Tensor
    """(B, T + P, 3, z, z) uint8 crops, or (B, T + P, C, cells, cells) features (`benchmark.training.clips.Clip`)."""
    searches: Tensor
    """(B, T, 3, x, x) uint8 crops, or (B, T, C, h, w) features."""
    positions: Tensor
    """(B, T, 2) pixels from the search crop's middle."""
    sizes: Tensor
    """(B, T, 2) pixels of the search crop."""
    weight: Tensor
    """(B, T): 1, less where the target is nearly hidden or its box is loose."""
    visible: Tensor
    """(B, T): the share of the target that nothing covers."""
    seen: bool

    def to(self, device: torch.device) -> Batch:
        """Return the batch on a device, features as float32."""

        def moved(values: Tensor) -> Tensor:
            there = values.to(device)
            return there if there.dtype == torch.uint8 else there.float()

        return Batch(
            moved(self.templates), moved(self.searches), moved(self.positions), moved(self.sizes), moved(self.weight),
            moved(self.visible), self.seen,
        )  # fmt: skip


HIDDEN = 0.25
"""Where less than this of the target can be seen, nobody could say where it is: the map does not count."""
LOOSE = 0.5
"""Weight of maps whose boxes are not exact."""


def collate(clips: Sequence[Clip]) -> Batch:
    """Return clips as one batch of crops."""

    def crops(name: str) -> Tensor:
        return torch.from_numpy(np.stack([getattr(clip, name) for clip in clips])).permute(0, 1, 4, 2, 3)

    def table(name: str) -> Tensor:
        return torch.from_numpy(np.stack([getattr(clip, name) for clip in clips]))

    exact = torch.tensor([1.0 if clip.exact else LOOSE for clip in clips])
    visible = table("visible")
    weight = (visible >= HIDDEN).float() * exact[:, None]
    return Batch(crops("templates"), crops("searches"), table("positions"), table("sizes"), weight, visible, seen=False)


def stream(source: ClipSource, numbers: Sequence[int], batch: int, workers: int) -> Iterator[Batch]:
    """Yield batches of the clips of these numbers, in order, made by that many processes (0: by this one)."""
    context = "spawn" if workers else None
    yield from DataLoader(
        cast("Dataset[Clip]", source), batch_size=batch, sampler=numbers, num_workers=workers, collate_fn=collate,
        multiprocessing_context=context, drop_last=False,
    )  # fmt: skip


class FeatureStore:
    """Features of N clips in files of half precision, filled clip by clip; what a run has filled the next one finds."""

    def __init__(
        self, folder: Path, clips: int, frames: int, templates: tuple[int, ...], search: tuple[int, ...]
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._shapes = {
            "templates": (clips, *templates),
            "searches": (clips, frames, *search),
            "tables": (clips, frames, 6),
            "filled": (clips,),
        }
        self._files = {name: self._open(folder / f"{name}.bin", name, shape) for name, shape in self._shapes.items()}

    def _open(self, path: Path, name: str, shape: tuple[int, ...]) -> np.memmap[tuple[int, ...], np.dtype[np.generic]]:
        kind = np.dtype({"tables": np.float32, "filled": np.uint8}.get(name, np.float16))
        size = int(np.prod(shape)) * kind.itemsize
        fits = path.is_file() and path.stat().st_size == size
        if not fits:
            with path.open("wb") as file:
                _take_room(file.fileno(), size)
        return np.memmap(path, kind, "r+", shape=shape)

    def missing(self) -> list[int]:
        """Return the numbers of the clips that are not there yet."""
        return [int(i) for i in np.flatnonzero(np.asarray(self._files["filled"]) == 0)]

    def fill(self, number: int, batch: Batch) -> None:
        """Put the features of one clip, a batch of one, in its place."""
        table = torch.cat([batch.positions, batch.sizes, batch.weight[..., None], batch.visible[..., None]], dim=2)
        for name, values in (("templates", batch.templates), ("searches", batch.searches), ("tables", table)):
            self._files[name][number] = values[0].cpu().float().numpy()
        self._files["filled"][number] = 1

    def batch(self, numbers: Sequence[int]) -> Batch:
        """Return the features of the named clips."""

        def take(name: str) -> Tensor:
            return torch.from_numpy(np.stack([np.asarray(self._files[name][i]) for i in numbers]))

        table = take("tables")
        places, sizes, weight, visible = table[..., :2], table[..., 2:4], table[..., 4], table[..., 5]
        return Batch(take("templates"), take("searches"), places, sizes, weight, visible, seen=True)


def _take_room(number: int, size: int) -> None:
    """Give an empty file its size on the disk: one too full says so now, and kills nobody who writes later."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(number, 0, size)
    else:
        os.truncate(number, size)


def fill(
    store: FeatureStore,
    source: ClipSource,
    see: Callable[[Batch], Batch],
    workers: int,
    on_clip: Callable[[int], None] = lambda left: None,
) -> None:
    """Compute what the store lacks; `see` turns crops into features, `on_clip` hears how many are left."""
    missing = store.missing()
    for done, (number, batch) in enumerate(zip(missing, stream(source, missing, 1, workers)), 1):
        store.fill(number, see(batch))
        on_clip(len(missing) - done)
