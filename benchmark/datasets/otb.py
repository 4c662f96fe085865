"""OTB-2013, OTB-50 and OTB-100 from the user's own copy, whole or in part."""

from __future__ import annotations

from collections.abc import Iterator

from benchmark.datasets.catalogue import ANNOTATION, Target
from benchmark.datasets.published import Place, PublishedDataset


class OTBDataset(PublishedDataset):
    """A sequence is a folder with ``img/`` and a box file; two targets of one video share its folder.

    The catalogue says which images are annotated (215 of Diving's 231; 300-770 of David). Boxes are 1-based; a row with
    any of x, y, w, h <= 0 is invalid, as in the benchmark's MATLAB toolkit, and that is decided on the file's own
    values, before they become 0-based.
    """

    every_box_lies_inside = True
    known_by_names = True

    def places(self, target: Target) -> Iterator[Place]:
        """Yield the target's folders that are there, each with the names its box file may have in it.

        Some copies give two targets of one video a folder each, where the file has the usual name.
        """
        own = {name.casefold() for name in (target.name, *target.aliases)}
        for folder in self.named_folders(target):
            yield Place(folder / "img", folder / target.annotation)
            if folder.name.casefold() in own and target.annotation != ANNOTATION:
                yield Place(folder / "img", folder / ANNOTATION)
