"""Text on pixels: smooth letters at any size, each text drawn once."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

import matplotlib
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Canvas = NDArray[np.uint8]
"""(H, W, 3) uint8 RGB, drawn upon in place."""
Colour = tuple[int, int, int]
"""RGB, 0 to 255."""

KEPT = 512
"""Texts whose pixels are kept."""


def rgb(colour: str) -> Colour:
    """Return ``#rrggbb`` as numbers."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Return a colour between two: `share` of the second."""
    a, b, c = (round(x + (y - x) * share) for x, y in zip(first, second, strict=True))
    return a, b, c


class Lettering:
    """Draws text in one size, in the sans-serif that comes with matplotlib."""

    def __init__(self, size: int, bold: bool = False) -> None:
        folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
        self.size = size
        file = folder / f"DejaVuSans{'-Bold' if bold else ''}.ttf"
        # The basic layout takes any text; the other one refuses some.
        self._font = ImageFont.truetype(str(file), size, layout_engine=ImageFont.Layout.BASIC)
        self._mask = lru_cache(maxsize=KEPT)(self._drawn)

    def width(self, text: str) -> int:
        """Return how many pixels a text is wide."""
        return round(self._font.getlength(text))

    def shortened(self, text: str, width: int) -> str:
        """Return a text that fits into `width` pixels, with an ellipsis where something is left out of its middle."""
        text = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
        if self.width(text) <= width:
            return text
        for kept in range(min(len(text), 200), 0, -1):
            short = f"{text[: (kept + 1) // 2]}…{text[len(text) - kept // 2 :]}"
            if self.width(short) <= width:
                return short
        return ""

    def write(
        self, canvas: Canvas, text: str, x: int, middle: int, colour: Colour, align: Literal["left", "right"] = "left"
    ) -> int:
        """Write a text whose line is centred on row `middle`; return the column after it."""
        if not text:
            return x
        mask = self._mask(text)
        height, width = mask.shape
        x -= width if align == "right" else 0
        y = middle - height // 2
        top, left = max(-y, 0), max(-x, 0)
        place = canvas[y + top : y + height, x + left : x + width]
        alpha = mask[top : top + place.shape[0], left : left + place.shape[1], None]
        place[:] = (place + (np.array(colour) - place.astype(np.float32)) * alpha).round().astype(np.uint8)
        end: int = x + width
        return end

    def _drawn(self, text: str) -> NDArray[np.float32]:
        """Return (H, W) how much of each pixel a text covers; all texts of a size are of the same height."""
        ascent, descent = self._font.getmetrics()
        picture = Image.new("L", (max(self.width(text), 1) + 1, ascent + descent))
        ImageDraw.Draw(picture).text((0, 0), text, fill=255, font=self._font)
        mask: NDArray[np.float32] = np.asarray(picture, np.float32) / np.float32(255)
        return mask
