"""Clips: a target in T + 1 frames, cut as a tracker cuts it, with what a network is to find."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmark.shapes import Count, Least1, NotNegative, Positive
from benchmark.training.layers import Floats, Layer, View, paint
from benchmark.training.scripting import Chances, backdrop, beside, gains, moving, occluder, pulse, smooth
from benchmark.training.sources import Pixels, Portrait, Shot, Track, portrait

WHOLE = 1 / 3
"""Share of a video's clips that are drawn over all of it, in order, as MemTrack's authors do."""
STRIDES = 12
"""The others take every n-th frame, n at most this."""
SEEN_PORTRAITS = 256
"""Portraits kept decoded."""


@dataclass(frozen=True)
class Clip:
    """T searches, and before each the template of the frame before it. Everything float32 but the pixels.

    Attributes:
        templates: (T + P, z, z, 3) uint8 RGB, at frames 0 to T-1; the first is centred exactly. z may be 0. Behind them
            the first once more, at the P other sizes of its cut.
        searches: (T, x, x, 3) uint8 RGB, at frames 1 to T.
        positions: (T, 2) the target's centre in the search crop, pixels from the crop's middle.
        sizes: (T, 2) the target's width and height in the search crop, pixels.
        visible: (T,) share of the target that nothing covers in the search crop.
        exact: whether positions and sizes are to be trusted to the pixel.
    """

    templates: Pixels
    searches: Pixels
    positions: NDArray[np.float32]
    sizes: NDArray[np.float32]
    visible: NDArray[np.float32]
    exact: bool


@dataclass(frozen=True)
class Cut:
    """How crops are cut: sizes in pixels, and how far they are off."""

    template_size: Count = 128
    """0: no templates are cut; then `area` says how much a search crop shows."""
    search_size: Least1 = 256
    area: NotNegative = 0.0
    """Side of the search crop in square roots of the target's width times height; 0: it shows targets as large as the
    template does."""
    shift: NotNegative = 44.0
    """The target lies within this many pixels of the search crop's middle, a side."""
    scale: NotNegative = 0.06
    """Spread of the logarithm of the search crop's side."""
    template_shift: NotNegative = 2.5
    """Standard deviation of later templates' centres, pixels."""
    template_scale: NotNegative = 0.03
    sizes: tuple[Positive, ...] = ()
    """The first template is cut so as to show the target this many times as large, too."""


@lru_cache(SEEN_PORTRAITS)
def _portrait(shot: Shot) -> Portrait:
    return portrait(shot)


class ClipSource:
    """Clips by number: the same number gives the same clip, in any process.

    Args:
        tracks: What targets and pictures are drawn from.
        weights: How often a source is drawn, by its name; one that is not named has 1, all equal among their tracks.
        frames: T, searches a clip.
        seed: With the number, all that chance has a say in.
        pasted: Share of clips whose target is cut out and put before another picture; the rest show the target in
            its own picture, moving through a video or, of a still, jittered.
        moving: Share of clips, before all others, that show frames of a real video.
    """

    def __init__(
        self,
        tracks: tuple[Track, ...],
        weights: Mapping[str, float],
        *,
        frames: int,
        seed: int,
        cut: Cut,
        chances: Chances,
        pasted: float = 0.6,
        moving: float = 0.0,
        length: int = 2**31,
    ) -> None:
        self._all = _Pool(tracks, weights)
        self._masked = _Pool(tuple(track for track in tracks if track.masked), weights)
        self._videos = _Pool(tuple(track for track in tracks if len(track.shots) > frames), weights)
        self._frames, self._seed, self._length = frames, seed, length
        self._moving = moving if self._videos.tracks else 0.0
        self._cut, self._chances, self._pasted = cut, chances, pasted

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: int) -> Clip:
        rng = np.random.default_rng([self._seed, index])
        track, layers, target = self._script(rng)
        return self._shoot(rng, layers, target, track.exact)

    def _script(self, rng: np.random.Generator) -> tuple[Track, tuple[Layer, ...], int]:
        frames, chances = self._frames + 1, self._chances
        real = self._moving > 0 and rng.random() < self._moving
        pasted = not real and bool(self._masked.tracks) and rng.random() < self._pasted
        track = (self._videos if real else self._masked if pasted else self._all).draw(rng)
        portraits = self._through(rng, track, frames)
        layers: list[Layer] = []
        target = moving(rng, portraits, frames, chances)
        if pasted:
            layers.append(backdrop(rng, self._any(self._all, rng), frames))
            if rng.random() < chances.appearance:
                target = replace(target, other=self._any(self._all, rng), blend=pulse(rng, frames, 3))
        else:
            gentle = moving(rng, portraits, frames, replace(chances, pose=0.25 if len(portraits) > 1 else 0.6))
            target = replace(gentle, centre=np.zeros((frames, 2)), cut_out=False)
        extras = self._extras(rng, target, portraits)
        if pasted:
            layers += [layer for layer, behind in extras if behind]
        place = len(layers)
        layers.append(target)
        layers += [layer for layer, behind in extras if not (behind and pasted)]
        return track, tuple(layers), place

    def _extras(self, rng: np.random.Generator, target: Layer, own: tuple[Portrait, ...]) -> list[tuple[Layer, bool]]:
        """Return distractors and occluders, each with whether it goes behind a cut-out target."""
        extras: list[tuple[Layer, bool]] = []
        if not self._masked.tracks:
            return extras
        if rng.random() < self._chances.distractor:
            for _ in range(int(rng.integers(1, 4))):
                twin = own[0].mask is not None and rng.random() < 0.5
                likeness = own[0] if twin else self._any(self._masked, rng)
                extras.append((beside(rng, target, likeness, twin, self._any(self._all, rng)), rng.random() < 0.7))
        if rng.random() < self._chances.occlusion:
            extras.append((occluder(rng, target, self._any(self._masked, rng), self._chances.hidden), False))
        return extras

    def _through(self, rng: np.random.Generator, track: Track, frames: int) -> tuple[Portrait, ...]:
        """Return one portrait of a still, or one a frame in the order of time."""
        if len(track.shots) == 1:
            return (_portrait(track.shots[0]),)
        few = len(track.shots) < frames
        if few or rng.random() < WHOLE:
            chosen = np.sort(rng.choice(len(track.shots), frames, replace=few))
        else:
            stride = int(rng.integers(1, min(STRIDES, (len(track.shots) - 1) // (frames - 1)) + 1))
            chosen = int(rng.integers(len(track.shots) - stride * (frames - 1))) + stride * np.arange(frames)
        return tuple(_portrait(track.shots[i]) for i in chosen)

    def _any(self, pool: _Pool, rng: np.random.Generator) -> Portrait:
        shots = pool.draw(rng).shots
        return _portrait(shots[int(rng.integers(len(shots)))])

    def _shoot(self, rng: np.random.Generator, layers: tuple[Layer, ...], target: int, exact: bool) -> Clip:
        cut, count = self._cut, self._frames
        boxes = np.stack([layers[target].box(t) for t in range(count + 1)])
        size = boxes[:, 2:]
        centre = boxes[:, :2] + size / 2
        padded = size + size.sum(1, keepdims=True) / 2
        side = np.sqrt(padded.prod(1))
        look = _Look.draw(rng, count + 1, self._chances, centre[0], float(side[0]))
        sides = np.sqrt(size.prod(1)) * cut.area if cut.area else side * cut.search_size / cut.template_size
        templates, searches, found = [], [], []
        for t in range(count):
            if cut.template_size:
                off, grown = (np.zeros(2), 0.0) if t == 0 else (rng.normal(0, 1, 2), float(rng.normal(0, 1)))
                pixel = side[t] / cut.template_size
                square = float(side[t] * np.exp(cut.template_scale * grown))
                view = View(centre[t] + cut.template_shift * pixel * off, square, cut.template_size)
                templates.append(look.develop(rng, paint(layers, target, t, view).pixels, view, t))

            square = float(sides[t + 1] * np.exp(rng.normal(0, cut.scale)))
            pixel = square / cut.search_size
            away = rng.uniform(-cut.shift, cut.shift, 2)
            view = View(centre[t + 1] - away * pixel, square, cut.search_size)
            painting = paint(layers, target, t + 1, view)
            searches.append(look.develop(rng, painting.pixels, view, t + 1))
            found.append([*away, *(size[t + 1] / pixel), painting.visible])
        for larger in cut.sizes:
            view = View(centre[0], float(side[0]) / larger, cut.template_size)
            templates.append(look.develop(rng, paint(layers, target, 0, view).pixels, view, 0))
        table = np.array(found, np.float32)
        cropped = np.stack(templates) if templates else np.empty((count, 0, 0, 3), np.uint8)
        return Clip(cropped, np.stack(searches), table[:, :2], table[:, 2:4], table[:, 4], exact)


@dataclass(frozen=True)
class _Look:
    """Light, lens and the picture's edge through a clip."""

    gain: Floats
    gamma: Floats
    grey: bool
    blur: Floats
    """(T,) standard deviation in pixels, 0 where sharp."""
    noise: float
    edges: Floats | None
    """left, top, right, bottom of the picture in the world; None: beyond all views."""

    @classmethod
    def draw(cls, rng: np.random.Generator, frames: int, chances: Chances, centre: Floats, side: float) -> _Look:
        edges = None
        if rng.random() < chances.border:
            edges = np.concatenate([centre - side * rng.uniform(0.5, 2.5, 2), centre + side * rng.uniform(0.5, 2.5, 2)])
        return cls(
            gain=gains(rng, frames, 0.06),
            gamma=np.exp(rng.normal(0, 0.15) + smooth(rng, frames, 0.15)),
            grey=bool(rng.random() < chances.grey),
            blur=np.where(rng.random(frames) < chances.blur, rng.uniform(0.5, 2.2, frames), 0.0),
            noise=float(rng.uniform(0, 6)),
            edges=edges,
        )

    def develop(self, rng: np.random.Generator, pixels: NDArray[np.float32], view: View, t: int) -> Pixels:
        if self.blur[t] > 0:
            pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), float(self.blur[t])), np.float32)
        light = np.clip(pixels * self.gain[t].astype(np.float32) / 255, 0, 1) ** np.float32(self.gamma[t]) * 255
        light += np.float32(self.noise) * rng.standard_normal(light.shape, np.float32)
        if self.grey:
            light = np.repeat(light @ np.array([[0.299], [0.587], [0.114]], np.float32), 3, axis=2)
        if self.edges is not None:
            self._end(light, view)
        return np.asarray(np.clip(light, 0, 255), np.uint8)

    def _end(self, light: NDArray[np.float32], view: View) -> None:
        """Fill with the mean colour what lies beyond the picture's edge."""
        assert self.edges is not None
        corner = np.tile(view.centre - view.side / 2, 2)
        left, top, right, bottom = (
            np.clip((self.edges - corner) * view.size / view.side, 0, view.size).round().astype(int)
        )
        if left >= right or top >= bottom:
            return
        colour = light[top:bottom, left:right].mean((0, 1))
        inside = light[top:bottom, left:right].copy()
        light[:] = colour
        light[top:bottom, left:right] = inside


class _Pool:
    """Tracks, drawn by the weight of their source."""

    def __init__(self, tracks: tuple[Track, ...], weights: Mapping[str, float]) -> None:
        self.tracks: dict[str, list[Track]] = {}
        for track in tracks:
            if weights.get(track.source, 1.0) > 0:
                self.tracks.setdefault(track.source, []).append(track)
        share = np.array([weights.get(source, 1.0) for source in self.tracks])
        self._names = list(self.tracks)
        self._share = share / share.sum() if len(share) else share

    def draw(self, rng: np.random.Generator) -> Track:
        """Draw a source by its weight, then one of its tracks."""
        tracks = self.tracks[self._names[int(rng.choice(len(self._names), p=self._share))]]
        return tracks[int(rng.integers(len(tracks)))]
