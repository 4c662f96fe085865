"""DualMN's network: one trunk, four light encoders, two branches; all differentiable over clips.

The four encoders (memory and query of each branch) are the paper's figure; that they share a trunk in the compact
preset is ours (docs/dualmn.md).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trackers.dualmn.config import DualMNConfig
from trackers.dualmn.dimp_network import DimpNet
from trackers.dualmn.filters import apply_filter
from trackers.dualmn.head import AnchorFreeHead, HeadMaps
from trackers.dualmn.initial_filter import FilterInitialiser
from trackers.dualmn.online import LabelShapes, Learnt, OnlineOptimiser, Samples
from trackers.dualmn.read import affinity, read, votes
from trackers.nets.inception import Inception
from trackers.nets.label_maps import centreness_maps, label_maps, whole_label_maps
from trackers.nets.lanes import see_lanes
from trackers.nets.lite_features import LITE0_TAPS, LiteFeatures
from trackers.nets.pointwise import Pointwise

LITE0_POWER = sum(weight**2 for weight in LITE0_TAPS.values())
"""Squared length of a cell's Lite0 features."""
LABEL_BINS = 100


class Neck(nn.Module):
    """One encoder's own convolution: trunk channels to C.

    With a 1x1 kernel and as many channels as the trunk it starts as `gain` times the identity, and leaves what ImageNet
    taught the trunk as it is; with fewer, as an orthogonal projection; with a 3x3 kernel, as STMTrack's, at random.
    """

    def __init__(self, channels_in: int, channels: int, kernel: int, gain: float) -> None:
        super().__init__()
        self.conv = (
            Pointwise(channels_in, channels)
            if kernel == 1
            else nn.Conv2d(channels_in, channels, kernel, padding=kernel // 2)
        )
        with torch.no_grad():
            assert self.conv.bias is not None
            self.conv.bias.zero_()
            if kernel > 1:
                nn.init.normal_(self.conv.weight, std=0.01)
            elif channels == channels_in:
                self.conv.weight[:, :, 0, 0] = gain * torch.eye(channels)
            else:
                generator = torch.Generator().manual_seed(0)
                nn.init.orthogonal_(self.conv.weight, gain, generator)

    def forward(self, features: Tensor) -> Tensor:
        """Return the (..., C, h, w) encoding of features (..., C', h, w)."""
        flat: Tensor = self.conv(features.reshape(-1, *features.shape[-3:]))
        return flat.reshape(*features.shape[:-3], *flat.shape[1:])


@dataclass(frozen=True)
class Remembered:
    """What the memory encoder makes of a crop around the target."""

    features: Tensor
    """(N, C, m, m)."""
    ballots: Tensor
    """(N, m, m) how much each cell's vote for the target's centre counts, in [0, 1]."""


class LongNet(nn.Module):
    """The long-term branch: memory encoder with label map, query encoder, affinity read, box head."""

    def __init__(self, config: DualMNConfig, channels_in: int, stride: int, labelled_trunk: bool) -> None:
        super().__init__()
        channels = config.channels
        # <q, m> / sqrt(C) of equal cells is then `sharpness`.
        gain = math.sqrt(config.sharpness * math.sqrt(channels) / LITE0_POWER)
        self.query = Neck(channels_in, channels, config.neck_kernel, gain)
        self.memory = Neck(channels_in, channels, config.neck_kernel, gain)
        self.label_map: nn.Conv2d | None = None
        if not labelled_trunk:
            self.label_map = nn.Conv2d(1, channels, 3, padding=1, bias=False)
            nn.init.zeros_(self.label_map.weight)
        self.sees_votes = config.head_sees_votes
        self.box_by_first = config.box_by_first
        self.stride = stride
        seen = 2 * channels + self.sees_votes
        self.head = AnchorFreeHead(seen, config.tower_channels, config.tower_depth, stride, config.separable)

    def remember(self, features: Tensor, centres: Tensor, sizes: Tensor) -> Remembered:
        """Return the memory of trunk features (N, C', m, m) with targets at centres (N, 2) of sizes (N, 2) in pixels.

        Centres count from the middle of the crop. A cell's vote counts by how much of it the box covers, and by its
        centre-ness: what is near the sides of a box is often not the target.
        """
        cells = features.shape[-1]
        label = label_maps(centres, sizes, cells, float(self.stride))
        ballots = label * centreness_maps(centres, sizes, cells, float(self.stride))
        memory: Tensor = self.memory(features)
        return Remembered(memory if self.label_map is None else memory + self.label_map(label[:, None]), ballots)

    def forward(self, query: Tensor, memory: Tensor, ballots: Tensor, valid: Tensor) -> HeadMaps:
        """Return the head's maps for encoded queries (B, C, h, w).

        Args:
            query: What is searched.
            memory: (B, R, C, m, m) the frames read, the first frame first.
            ballots: (B, R, m, m), see `trackers.dualmn.read.votes`.
            valid: (B, R), which frames count.
        """
        shares = affinity(query, memory, valid)
        return self.decode(query, shares, memory, ballots, Remembered(memory[:, 0], ballots[:, 0]))

    def decode(self, query: Tensor, shares: Tensor, memory: Tensor, ballots: Tensor, first: Remembered) -> HeadMaps:
        """Return the head's maps for an affinity that is there already.

        Where the target is, all frames read say; how large it is, in the compact preset, the first one alone: the
        box of a later frame was measured, and its error would be measured into the next.
        """
        seen = self._seen(query, shares, memory, ballots)
        of_box: Tensor | None = None
        if self.box_by_first:
            memory, ballots = first.features[:, None], first.ballots[:, None]
            valid = torch.ones(len(query), 1, dtype=torch.bool, device=query.device)
            of_box = self._seen(query, affinity(query, memory, valid), memory, ballots)
        maps: HeadMaps = self.head(seen, of_box)
        return maps

    def _seen(self, query: Tensor, shares: Tensor, memory: Tensor, ballots: Tensor) -> Tensor:
        """Return what the head looks at, (B, 2 C, h, w) or one channel more."""
        cells = query.shape[-2]
        seen = [read(shares, memory, cells), query]
        if self.sees_votes:
            seen.append(_on_cells(votes(shares, ballots, cells), cells)[:, None])
        return torch.cat(seen, 1)


class ShortNet(nn.Module):
    """The short-term branch: two encoders, the filter's start, the optimiser, box head."""

    def __init__(self, config: DualMNConfig, channels_in: int, stride: int) -> None:
        super().__init__()
        channels = config.channels
        self.query = Neck(channels_in, channels, config.neck_kernel, 1.0)
        self.memory = Neck(channels_in, channels, config.neck_kernel, 1.0)
        self.filter_size = config.filter_size
        self.initial = FilterInitialiser(channels, config.filter_size)
        # Side of a square target in cells; the mask's radius is DiMP's 1.1 half sides.
        target = config.search_size / stride / (config.search_area * (1 + 2 * config.context))
        spacing = config.search_size / stride / LABEL_BINS
        shapes = LabelShapes(LABEL_BINS, spacing, config.label_sigma, target_radius=1.1 * target / 2)
        self.optimiser = OnlineOptimiser(shapes, config.regulariser, config.step)
        self.head = AnchorFreeHead(channels + 1, config.tower_channels, config.tower_depth, stride, config.separable)

    def encode(self, features: Tensor, memory: bool) -> Tensor:
        """Return trunk features (..., C', h, w) as the memory's or the query's encoder sees them, of a fixed power.

        DiMP's normalisation: every map has the root mean square 1 / (k sqrt(C)), so that the features under a filter
        of k x k cells have length 1.
        """
        encoded: Tensor = (self.memory if memory else self.query)(features)
        power = (encoded**2).mean((-3, -2, -1), keepdim=True)
        size = self.filter_size * math.sqrt(encoded.shape[-3])
        return encoded / ((power + 1e-12).sqrt() * size)

    def learn(self, samples: Samples, boxes: Tensor, steps: int) -> Learnt:
        """Return the filter learnt on a clip from its start, with every iterate; boxes (B, N, 4) as in `initial`."""
        learnt: Learnt = self.optimiser(self.initial(samples.features, boxes), [samples], steps, keep_path=True)
        return learnt

    def score(self, query: Tensor, filters: Tensor) -> Tensor:
        """Return the (B, h, w) scores of encoded queries (B, C, h, w) under filters (B, C, k, k).

        An even filter's h + 1 cells a side, which lie between the query's, become h by the mean of each four.
        """
        return _on_cells(self.raw_score(query, filters), query.shape[-1])

    def raw_score(self, query: Tensor, filters: Tensor) -> Tensor:
        """Return the filter's own map, (B, h + 1, w + 1) where the filter is even."""
        return apply_filter(query[:, None], filters)[:, 0]

    def target(self, features: Tensor, centres: Tensor, sizes: Tensor) -> Tensor:
        """Return (B, C), what targets at centres (B, 2) of sizes (B, 2) in cells are like in memory features.

        The mean over the cells of features (B, C, h, w), by how much of each the box covers.
        """
        inside = label_maps(centres, sizes, features.shape[-1], 1.0)[:, None]
        return (features * inside).sum((2, 3)) / inside.sum((2, 3)).clamp_min(1e-6)

    def boxes(self, query: Tensor, scores: Tensor, target: Tensor) -> HeadMaps:
        """Return the head's maps for encoded queries (B, C, h, w) and the filter's scores (B, h, w) on them.

        The queries' channels are weighted by the first frame's target (B, C), as IoU-Net's are in DiMP: the filter says
        where the target is, but not how far it reaches.
        """
        unit = self.filter_size * math.sqrt(query.shape[1])
        like = query * (target[:, :, None, None] * unit**2)
        maps: HeadMaps = self.head(torch.cat([like, scores[:, None]], 1))
        return maps


def _touched(centres: Tensor, sizes: Tensor, pixels: int) -> Tensor:
    return label_maps(centres, sizes, pixels, 1.0) > 0


def _on_cells(maps: Tensor, cells: int) -> Tensor:
    """Return maps (B, n, n), or (B, n + 1, n + 1) that lie on the cells' corners, on the n cells themselves."""
    return maps if maps.shape[-1] == cells else F.avg_pool2d(maps[:, None], 2, 1)[:, 0]


class DualMNNet(nn.Module):
    """The trunk and the branches that a configuration asks for."""

    def __init__(self, config: DualMNConfig) -> None:
        super().__init__()
        self.backbone: LiteFeatures | Inception | nn.Identity = nn.Identity()
        self.stride, channels = DimpNet.stride, 0
        if config.branches != "short" or config.short_trunk == "shared":
            self.backbone = LiteFeatures() if config.trunk == "lite0" else Inception()
            self.stride, channels = self.backbone.stride, self.backbone.channels
        self.memory_backbone: Inception | None = None
        self.long: LongNet | None = None
        self.short: ShortNet | DimpNet | None = None
        self.whole_labels = config.whole_labels
        if config.branches in ("both", "long"):
            if config.trunk == "inception":
                self.memory_backbone = Inception(labelled=True)
            self.long = LongNet(config, channels, self.stride, labelled_trunk=self.memory_backbone is not None)
        if config.branches in ("both", "short"):
            own = config.short_trunk == "resnet50"
            self.short = DimpNet(config) if own else ShortNet(config, channels, self.stride)

    def features(self, crops: Tensor) -> Tensor:
        """Return the trunk's (B, S, C', h, w) features of crops (B, S, 3, H, W) in 0..255."""
        return see_lanes(self.backbone, crops.float())

    def remember(self, crops: Tensor, centres: Tensor, sizes: Tensor) -> Remembered:
        """Return the long memory of crops (N, 3, H, W) with the targets' centres (N, 2) and sizes (N, 2) in pixels.

        Centres count from the middle of the crop.
        """
        assert self.long is not None
        if self.memory_backbone is None:
            features = self.features(crops[:, None])[:, 0]
        else:
            inside = (whole_label_maps if self.whole_labels else _touched)(centres, sizes, crops.shape[-1])
            features = self.memory_backbone(crops.float(), inside[:, None].to(sizes.dtype))
        return self.long.remember(features, centres, sizes)
