"""UAV123 and UAV20L from the user's own copy, whole or in part."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from benchmark.datasets.catalogue import Target
from benchmark.datasets.published import Place, PublishedDataset, by_name, inside


class UAVDataset(PublishedDataset):
    """Ground truth in ``anno/<set>/``, images of both sets in ``data_seq/UAV123/<folder>/``.

    Several targets of UAV123 are segments of one video: the catalogue has their images, and row 1 belongs to the first
    of them. Boxes are 1-based; a row of NaN says that no target is seen.
    """

    prefix = "uav_"

    def places(self, target: Target) -> Iterator[Place]:
        """Yield the folder of the target's video, with the target's own box file."""
        if (images := self._videos.get(target.folder.casefold())) is None:
            return
        trees = [inside(base, "anno") for base in self.bases]
        own = [own for tree in trees if (own := inside(tree, self.name)).is_dir()]
        if not own and not any(tree.is_dir() for tree in trees):  # else it is the other set that is here
            own = [base / "anno" / self.name for base in self.bases if images.is_relative_to(inside(base, "data_seq"))]
        for place in own:
            yield Place(images, place / f"{target.name}.txt")

    @cached_property
    def _videos(self) -> dict[str, Path]:
        trees = [inside(base, "data_seq") for base in self.bases]
        return by_name([inside(tree, name) for tree in trees for name in ("UAV123", "UAV20L")] + trees)
