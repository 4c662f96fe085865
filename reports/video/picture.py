"""One frame of the video that is written: the frame with boxes, who is who, and the strips with their cursor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmark.metrics.overlap import overlap
from benchmark.playback.scene import Cut, Scene, Trail
from reports.plots.style import colours
from reports.video.boxes import draw_boxes
from reports.video.lettering import Canvas, Colour, Lettering, rgb
from reports.video.strips import FAINT, GRID, GROUND, INK, Cursor, Values, column_of, lines
from reports.video.telemetry import Band, choose_views, draw_band
from trackers.boxes import tame

if TYPE_CHECKING:
    from trackers.api import Frame

NATURAL_WIDTH = 640
"""Width at which all lengths below are in pixels; they grow with it."""
SMALLEST = 0.85
"""Letters do not shrink below this part of their natural size: they would not be read."""
TALLEST = 1.25
"""Height of the frame's place in its widths, at most: upright videos get bars at both sides."""
TRUTH: Colour = (255, 255, 255)
TRUTH_NAME = "ground truth"


@dataclass(frozen=True)
class _Row:
    """A strip on the canvas: where its plot begins, and what it looks like at each moment."""

    top: int
    cursor: Cursor


class Painter:
    """Paints the frames of a scene, one after another; what does not move is drawn once."""

    def __init__(self, scene: Scene, cut: Cut, width: int, frame_size: tuple[int, int]) -> None:
        """Lay out a picture of `width` (even) pixels around frames of (width, height) `frame_size`."""
        self._scene, self._cut = scene, cut
        self._unit = max(width / NATURAL_WIDTH, SMALLEST)
        given = colours(scene.cast)
        self._colours = {trail.name: rgb(given[trail.name]) for trail in scene.trails}
        self._letters, self._bold = Lettering(self._px(12)), Lettering(self._px(12), bold=True)
        self._small = Lettering(self._px(10.5))
        self._margin, self._gutter = self._px(8), self._px(26)
        self._plot_width = width - self._gutter - self._margin
        self._frame_height = min(round(width * frame_size[1] / frame_size[0]), round(TALLEST * width))
        self._head, self._line = self._px(24), self._px(19)
        self._values = {trail.name: self._value(trail) for trail in scene.trails}
        self._still, self._rows, self._cells = self._lay_out(width)
        height, _, _ = self._still.shape
        self.size = (width, height)
        """Width and height in pixels, both even."""

    def paint(self, frame: Frame, index: int) -> Canvas:
        """Return the picture of one frame, which is only lent: the next call paints over it."""
        canvas, scene = self._still, self._scene
        width = self.size[0]
        canvas[: self._head, width // 2 :] = GROUND
        text = f"frame {index + 1} of {scene.length}"
        self._letters.write(canvas, text, width - self._margin, self._head // 2, FAINT, "right")
        place = canvas[self._head : self._head + self._frame_height]
        paint_frame(place, frame, index, scene, self._colours, self._px(2))
        for trail, x, middle in self._cells:
            canvas[middle - self._line // 2 : middle + self._line // 2, x : x + self._px(34)] = GROUND
            value = self._values[trail.name][index - self._cut.first]
            lost = trail.error and index >= trail.start + len(trail.boxes)
            text = "failed" if lost else f"{value:.2f}" if np.isfinite(value) else "–"
            self._letters.write(canvas, text, x, middle, FAINT if lost else INK)
        column = column_of(index - self._cut.first, self._cut.last - self._cut.first + 1, self._plot_width)
        for row in self._rows:
            row.cursor.paint(canvas, self._gutter, row.top, column)
        return canvas

    def _px(self, length: float) -> int:
        return max(round(length * self._unit), 1)

    def _value(self, trail: Trail) -> Values:
        """Return what the curve shows of a trail in every frame from the cut's first to its last: IoU, or score."""
        first, end, truth = self._cut.first, self._cut.last + 1, self._scene.truth
        if truth is None:
            return trail.along(trail.scores, end)[first:]
        boxes = trail.along(trail.boxes, end)[first:]
        parts = overlap(boxes, truth.boxes[first:end])
        there = np.arange(first, end) - trail.start
        parts[~truth.valid[first:end] | (there < 0) | (there >= len(trail.boxes))] = np.nan
        return parts

    def _lay_out(self, width: int) -> tuple[Canvas, list[_Row], list[tuple[Trail, int, int]]]:
        """Return the picture without what moves, the strips, and where each trail's value is written."""
        cells, legend = self._legend(width)
        chosen = choose_views(self._scene.trails)
        curve, band, label = self._px(72), self._px(32), self._px(16)
        top = self._head + self._frame_height + legend.shape[0]
        height = top + label + curve + len(chosen) * (label + band) + self._margin
        canvas = np.full((height + height % 2, width, 3), GROUND, np.uint8)
        self._title(canvas)
        canvas[top - legend.shape[0] : top] = legend
        cells = [(trail, x, y + top - legend.shape[0]) for trail, x, y in cells]
        kind = "score each tracker gives itself" if self._scene.truth is None else "IoU with the ground truth"
        curves = [(self._values[trail.name], self._colours[trail.name]) for trail in self._scene.trails]
        bands = [Band(None, kind, (), lines(self._plot_width, curve, curves, 0, 1, (0, 0.5, 1)), 0, 1)]
        first, last = self._cut.first, self._cut.last
        bands += [
            draw_band(trail, view, self._colours[trail.name], first, last, self._plot_width, band)
            for trail, view in chosen
        ]
        rows = []
        for one in bands:
            self._caption(canvas, one, top + label // 2)
            top += label
            self._scale(canvas, one, top)
            rows.append(_Row(top, Cursor(one.strip)))
            top += one.strip.shape[0]
        return canvas, rows, cells

    def _title(self, canvas: Canvas) -> None:
        room = canvas.shape[1] // 2 - self._margin
        name = self._bold.shortened(self._scene.name, room)
        x = self._bold.write(canvas, name, self._margin, self._head // 2, INK)
        source = self._letters.shortened(self._scene.source, room - x)
        self._letters.write(canvas, source, x + self._margin, self._head // 2, FAINT)

    def _legend(self, width: int) -> tuple[list[tuple[Trail, int, int]], Canvas]:
        """Return where each trail's value is written in the legend, and the legend without values."""
        swatch, value = self._px(14), self._px(40)
        entries: list[tuple[str, Colour, Trail | None]] = [
            (t.name, self._colours[t.name], t) for t in self._scene.trails
        ]
        if self._scene.truth is not None:
            entries.append((TRUTH_NAME, TRUTH, None))
        canvas = np.full((self._line * (len(entries) + 1), width, 3), GROUND, np.uint8)
        cells, x, middle = [], self._margin, self._px(4) + self._line // 2
        for name, colour, trail in entries:
            text = self._letters.shortened(name, width // 2)
            needed = swatch + self._px(5) + self._letters.width(text) + self._px(5) + (value if trail else 0)
            if x + needed > width - self._margin and x > self._margin:
                x, middle = self._margin, middle + self._line
            half = swatch // 2 - self._px(2)
            bar = canvas[middle - self._px(2) : middle + self._px(2), x : x + swatch]
            bar[:] = colour
            if trail is None:  # dashed, as it is in the frame
                bar[:, half : swatch - half] = GROUND
            end = self._letters.write(canvas, text, x + swatch + self._px(5), middle, INK)
            if trail is not None:
                cells.append((trail, end + self._px(5), middle))
            x += needed + self._px(6)
        return cells, canvas[: middle + self._line // 2 + self._px(2)]

    def _caption(self, canvas: Canvas, band: Band, middle: int) -> None:
        """Write above a strip whose it is, what it shows, and what its colours stand for."""
        x, end, space = self._gutter, canvas.shape[1] - self._margin, self._px(5)
        words = ([band.name] if band.name else []) + [(band.title, FAINT)]
        for word, colour in words:
            x = self._small.write(canvas, self._small.shortened(word, end - x), x, middle, colour) + space
        side = self._px(8)
        for word, colour in band.parts:
            x += space
            if x + side + space + self._small.width(word) > end:
                break
            canvas[middle - side // 2 : middle - side // 2 + side, x : x + side] = colour
            x = self._small.write(canvas, word, x + side + space, middle, INK)

    def _scale(self, canvas: Canvas, band: Band, top: int) -> None:
        """Write what the edges of a strip stand for."""
        canvas[top : top + band.strip.shape[0], self._gutter - 1] = GRID
        if band.low is None or band.high is None:
            return
        half = self._small.size // 2
        for value, middle in ((band.high, top + half), (band.low, top + band.strip.shape[0] - half)):
            self._small.write(canvas, f"{value:.3g}", self._gutter - self._px(4), middle, FAINT, "right")


def paint_frame(
    place: Canvas, frame: Frame, index: int, scene: Scene, colour_of: Mapping[str, Colour], thickness: int
) -> None:
    """Paint a frame with all boxes into a place, which it fills as far as its shape lets it."""
    scale = min(place.shape[1] / frame.shape[1], place.shape[0] / frame.shape[0])
    size = (max(round(frame.shape[1] * scale), 1), max(round(frame.shape[0] * scale), 1))
    corner = np.array([(place.shape[1] - size[0]) // 2, (place.shape[0] - size[1]) // 2])
    if size != (place.shape[1], place.shape[0]):
        place[:] = 0
    shrinks = size[0] < frame.shape[1]
    picture = cv2.resize(frame, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    inner = place[corner[1] : corner[1] + size[1], corner[0] : corner[0] + size[0]]
    inner[:] = picture

    def placed(box: NDArray[np.float64]) -> NDArray[np.float64]:
        scaled: NDArray[np.float64] = tame(box) * [*size, *size] / np.tile(frame.shape[1::-1], 2)
        return scaled

    shown = [(placed(box), colour_of[t.name]) for t in scene.trails if (box := t.box(index)) is not None]
    dashed = [False] * len(shown)
    truth = scene.truth
    if truth is not None and truth.valid[index]:
        shown.append((placed(truth.boxes[index]), TRUTH))
        dashed.append(True)
    draw_boxes(inner, shown, thickness, dashed)
