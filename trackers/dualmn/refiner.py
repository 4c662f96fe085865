"""DiMP's box: a network says how much a box overlaps the target, and the box climbs (IoU-Net, ATOM, arXiv 1811.07628).

Boxes here are left, top, width, height in pixels of the crop; cell i of a map of stride s lies at pixel s i.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trackers.dualmn.initial_filter import bin_weights


@dataclass(frozen=True)
class Climb:
    """How boxes are bettered."""

    steps: int
    length: float
    relative: bool
    """Climb in centres over the first size and logarithms of sizes (SuperDiMP); else in pixels times sizes."""


def _block(channels_in: int, channels: int, kernel: int = 3, padding: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels_in, channels, kernel, padding=padding), nn.BatchNorm2d(channels), nn.ReLU(inplace=True)
    )


class _Dense(nn.Module):
    def __init__(self, channels_in: int, channels: int) -> None:
        super().__init__()
        self.linear = nn.Linear(channels_in, channels)
        self.bn = nn.BatchNorm1d(channels)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.bn(self.linear(x.flatten(1))))


class Refiner(nn.Module):
    """The overlap of boxes with the target, from features at strides 8 and 16. Names are ATOM's."""

    def __init__(self) -> None:
        super().__init__()
        self.conv3_1r, self.conv3_1t, self.conv3_2t = _block(512, 128), _block(512, 256), _block(256, 256)
        self.fc3_1r = _block(128, 256, padding=0)
        self.conv4_1r, self.conv4_1t, self.conv4_2t = _block(1024, 256), _block(1024, 256), _block(256, 256)
        self.fc34_3r, self.fc34_4r = _block(512, 256, 1, 0), _block(512, 256, 1, 0)
        self.fc3_rt, self.fc4_rt = _Dense(256 * 5 * 5, 256), _Dense(256 * 3 * 3, 256)
        self.iou_predictor = nn.Linear(512, 1)

    def modulation(self, middle: Tensor, last: Tensor, boxes: Tensor) -> tuple[Tensor, Tensor]:
        """Return what targets of boxes (N, 4) are like, twice (N, 256), from features (N, 512 and 1024, h, w)."""
        fine = pooled(self.conv3_1r(middle), boxes[:, None], 3, 8)[:, 0]
        coarse = pooled(self.conv4_1r(last), boxes[:, None], 1, 16)[:, 0]
        both = torch.cat([self.fc3_1r(fine), coarse], 1)
        return self.fc34_3r(both)[:, :, 0, 0], self.fc34_4r(both)[:, :, 0, 0]

    def features(self, middle: Tensor, last: Tensor) -> tuple[Tensor, Tensor]:
        """Return the maps (N, 256, h, w) that `overlap` reads."""
        return self.conv3_2t(self.conv3_1t(middle)), self.conv4_2t(self.conv4_1t(last))

    def overlap(self, modulation: tuple[Tensor, Tensor], features: tuple[Tensor, Tensor], boxes: Tensor) -> Tensor:
        """Return (N, P), the overlap said of boxes (N, P, 4)."""
        seen = []
        for like, maps, dense, bins, stride in zip(
            modulation, features, (self.fc3_rt, self.fc4_rt), (5, 3), (8, 16), strict=True
        ):
            read = pooled(maps * like[:, :, None, None], boxes, bins, stride)
            seen.append(dense(read.flatten(0, 1)))
        overlap: Tensor = self.iou_predictor(torch.cat(seen, 1))
        return overlap.reshape(boxes.shape[:2])

    def climbed(
        self, modulation: tuple[Tensor, Tensor], features: tuple[Tensor, Tensor], boxes: Tensor, how: Climb
    ) -> tuple[Tensor, Tensor]:
        """Return boxes (N, P, 4) bettered by their overlap's gradient, and that overlap (N, P) before the last step."""
        with torch.inference_mode(mode=False), torch.enable_grad():
            # what inference mode has made takes part in no gradient; copies do
            modulation = (modulation[0].clone(), modulation[1].clone())
            features = (features[0].clone(), features[1].clone())
            place = first = boxes.clone()
            if how.relative:
                place = torch.cat([(first[..., :2] + first[..., 2:] / 2) / first[:, :1, 2:], first[..., 2:].log()], -1)
            overlap = place.new_zeros(place.shape[:2])
            for _ in range(how.steps):
                place = place.detach().requires_grad_()
                overlap = self.overlap(modulation, features, _rectangles(place, first) if how.relative else place)
                (slope,) = torch.autograd.grad(overlap.sum(), place)
                place = place + how.length * slope * (1.0 if how.relative else place[..., 2:].repeat(1, 1, 2))
            place = place.detach()
            return (_rectangles(place, first) if how.relative else place), overlap.detach()


def _rectangles(place: Tensor, first: Tensor) -> Tensor:
    size = place[..., 2:].exp()
    return torch.cat([place[..., :2] * first[:, :1, 2:] - size / 2, size], -1)


def pooled(maps: Tensor, boxes: Tensor, bins: int, stride: int) -> Tensor:
    """Return (N, P, C, bins, bins), the means of maps (N, C, h, w) over the bins of boxes (N, P, 4)."""
    low, high = boxes[..., :2] / stride, (boxes[..., :2] + boxes[..., 2:]) / stride

    def weights(axis: int, cells: int) -> Tensor:
        middle = (cells - 1) / 2
        ends = (low[..., axis].flatten() - middle, high[..., axis].flatten() - middle)
        return bin_weights(*ends, bins, cells).reshape(*boxes.shape[:2], bins, cells)

    return torch.einsum("npyh,nchw,npxw->npcyx", weights(1, maps.shape[2]), maps, weights(0, maps.shape[3]))
