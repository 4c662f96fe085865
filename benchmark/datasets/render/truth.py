"""What is exactly known of a scene without drawing it: boxes, what can be seen of the target, and OTB's attributes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from benchmark.datasets.render.geometry import Floats, Mask
from benchmark.datasets.render.scene import Actor, Scene

GRID = 40
"""Points a side of the grid over the target's box on which visibility is counted."""
DECIMALS = 4
"""Boxes are rounded to this many decimals, so that they are the same on every machine."""


@dataclass(frozen=True)
class Truth:
    """The ground truth of a scene's target."""

    scene: Scene

    @cached_property
    def boxes(self) -> Floats:
        """(T, 4) x, y, w, h of the whole silhouette, also where it is hidden or beyond the picture's edge."""
        return np.round(self.scene.target.boxes, DECIMALS)

    @cached_property
    def inside(self) -> Floats:
        """(T,) share of the silhouette that lies within the picture."""
        return self._shares[0]

    @cached_property
    def uncovered(self) -> Floats:
        """(T,) share of the silhouette within the picture that nothing nearer covers; 0 where none is within."""
        return self._shares[1]

    @cached_property
    def valid(self) -> Mask:
        """(T,), False where the box is wholly outside the picture: nobody could say where the target is."""
        low, high = self.boxes[:, :2], self.boxes[:, :2] + self.boxes[:, 2:]
        return np.asarray(np.all((high > 0) & (low < np.array(self.scene.size)), axis=1))

    @cached_property
    def _shares(self) -> tuple[Floats, Floats]:
        frames = len(self.scene)
        inside, uncovered = np.zeros(frames), np.zeros(frames)
        width, height = self.scene.size
        for t, box in enumerate(self.scene.target.boxes):
            steps = (np.arange(GRID) + 0.5) / GRID
            x, y = (grid.ravel() for grid in np.meshgrid(box[0] + box[2] * steps, box[1] + box[3] * steps))
            own = self.scene.target.posed.covers(t, x, y)
            within = own & (x >= 0) & (x < width) & (y >= 0) & (y < height)
            seen = within.copy()
            for actor in self.scene.before:
                if _overlap(box, actor.boxes[t]):
                    seen[seen] &= ~actor.posed.covers(t, x[seen], y[seen])
            inside[t] = within.sum() / own.sum()
            uncovered[t] = seen.sum() / max(within.sum(), 1)
        return inside, uncovered

    def nearest(self, actors: Iterable[Actor]) -> Floats:
        """Return (T,) the distance to the nearest actor's centre, in target sizes (square root of box area)."""
        own = self.boxes[:, :2] + self.boxes[:, 2:] / 2
        size = np.sqrt(self.boxes[:, 2] * self.boxes[:, 3])
        gaps = [np.linalg.norm(a.boxes[:, :2] + a.boxes[:, 2:] / 2 - own, axis=1) / size for a in actors]
        return np.asarray(np.min(gaps, axis=0)) if gaps else np.full(len(own), np.inf)

    def turned(self) -> tuple[Floats, Floats]:
        """Return the in-plane and the out-of-plane angle from the first frame, both (T,), radians."""
        rotation = self.scene.target.motion.rotation
        since = np.einsum("tij,kj->tik", rotation, rotation[0])
        in_plane = np.arctan2(since[:, 1, 0] - since[:, 0, 1], since[:, 0, 0] + since[:, 1, 1])
        out_of_plane = np.arccos(np.clip(since[:, 2, 2], -1, 1))
        return np.abs(in_plane), out_of_plane

    def attributes(self) -> tuple[str, ...]:
        """Return OTB's codes, in OTB's order, by its definitions where they are numbers (Wu et al. 2015, table 2)."""
        scene, boxes = self.scene, self.boxes
        area = boxes[:, 2] * boxes[:, 3]
        centres = boxes[:, :2] + boxes[:, 2:] / 2
        seen = self.valid[1:] & self.valid[:-1]
        steps = np.where(seen, np.linalg.norm(np.diff(centres, axis=0), axis=1), 0)
        in_plane, out_of_plane = self.turned()
        light = scene.lighting
        gain = light.gain / light.gain[0]
        stretch = scene.target.motion.stretch
        smear = steps * scene.lens.shutter[1:]
        swings = scene.target.body.deforms and np.ptp(scene.target.motion.gait) > 1
        holds = {
            "IV": gain.max() / gain.min() > 1.5
            or light.shade.max() > 0.25
            or np.ptp(light.towards, axis=0).max() > 0.7,
            "OPR": out_of_plane.max() > np.radians(30),
            "SV": (area / area[0]).max() > 2 or (area / area[0]).min() < 0.5,
            "OCC": (self.uncovered[self.inside > 0.05] < 0.9).sum() >= 2,
            "DEF": swings or (stretch / stretch[0]).max() > 1.2,
            "MB": (smear > 8).sum() >= 2,
            "FM": steps.max() > 20,
            "IPR": in_plane[out_of_plane < np.radians(60)].max() > np.radians(20),
            "OV": self.inside.min() < 0.95,
            "BC": scene.crowded,
            "LR": area.min() < 400,
        }
        return tuple(code for code, held in holds.items() if held)


def _overlap(first: Floats, second: Floats) -> bool:
    return bool(np.all(first[:2] < second[:2] + second[2:]) and np.all(second[:2] < first[:2] + first[2:]))
