"""DTB70 from the user's own copy, whole or in part."""

from __future__ import annotations

from collections.abc import Iterator

from benchmark.datasets.catalogue import Target
from benchmark.datasets.published import Place, PublishedDataset


class DTB70Dataset(PublishedDataset):
    """A sequence is a folder with ``img/`` and ``groundtruth_rect.txt``, 1-based; ``0,0,0,0`` without a target."""

    known_by_names = True

    def places(self, target: Target) -> Iterator[Place]:
        """Yield the target's folder."""
        for folder in self.named_folders(target):
            yield Place(folder / "img", folder / target.annotation)
