"""Small videos made on the spot."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import cv2
import numpy as np
import pytest

WriteVideo = Callable[..., Path]


@pytest.fixture
def write_video(tmp_path: Path) -> WriteVideo:
    """A writer of one sequence's folder: images of 64x48 pixels by number, and a box file (11,11,20,16 by default)."""

    def write(
        folder: str,
        numbers: Iterable[int] = range(1, 6),
        *,
        rows: list[str] | None = None,
        boxes: str = "groundtruth_rect.txt",
        inner: str = "img",
        suffix: str = ".jpg",
        digits: int = 4,
        size: tuple[int, int] = (64, 48),
    ) -> Path:
        place = tmp_path / folder
        (place / inner).mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(0).integers(0, 255, (size[1], size[0], 3), np.uint8)
        data = cv2.imencode(suffix.lower(), pixels)[1].tobytes()
        listed = list(numbers)
        for number in listed:
            (place / inner / f"{number:0{digits}d}{suffix}").write_bytes(data)
        lines = ["11,11,20,16"] * len(listed) if rows is None else rows
        (place / boxes).write_text("\n".join(lines) + "\n")
        return place

    return write
