"""What sizes and steers a DualMN tracker. Defaults are the compact preset; the papers' numbers are `PAPER`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trackers.nets.size_rules import SizeRules


@dataclass(frozen=True)
class DualMNConfig(SizeRules):
    """One DualMN tracker; where each number comes from is in docs/dualmn.md."""

    branches: str = "both"
    """``both``, ``short`` or ``long``: one implementation, three trackers."""

    # Crops and features
    trunk: str = "lite0"
    """``lite0`` (EfficientNet-Lite0, blocks 7 and 10) or ``inception`` (Inception-v3 to Mixed_6e)."""
    search_size: int = 256
    """Side of the search crop in pixels."""
    search_area: float = 2.0
    """Side of the search crop in context sides."""
    whole_crops: bool = False
    """Cut the long branch's crops on whole pixels, and read places in them as STMTrack does."""
    memory_size: int = 128
    """Side in pixels of the long memory's and of the ruler's crop, which shows the target as large as a search crop."""
    context: float = 0.5
    """The context side is sqrt((w+p)(h+p)), p = context (w+h): sqrt(wh) for 0."""
    channels: int = 192
    """Of the features behind the necks."""
    neck_kernel: int = 1
    """Cells of the necks' convolution: 1, the identity at the start where the shapes allow, or 3."""

    # Long branch
    slots: int = 32
    """Frames the long memory can hold."""
    segments: int = 4
    """N: the frames read are the first, the middle ones of N segments of the past, and the newest if it is sure."""
    newest_score: float = 0.6
    """Confidence from which on the newest frame is read too."""
    store_score: float = 0.5
    """Confidence from which on a frame is stored."""
    keep_all: bool = False
    """Keep every frame that is stored, up to `slots` of them, as a list that grows; else `slots` places."""
    newest_twice: bool = False
    """Read the newest frame a second time where it is also the middle of a segment."""
    newest_by_rank: bool = False
    """Go for the newest frame by its score with penalty and window, by which its cell was chosen; else without."""
    whole_labels: bool = False
    """Label map of whole pixels, sides cut off to whole ones and both ends in; else every pixel that is touched."""
    whole_boxes: bool = False
    """Count a head's box a crop pixel larger: x1 - x0 + 1."""
    sharpness: float = 20.0
    """Logit of the affinity between equal cells, before anything is trained."""
    half_sure_votes: float = 0.12
    """Share of the target's cells found in their place at which the long branch is half sure, without a head."""
    long_head: bool = False
    """Whether the long branch's box comes from its head; off until it is trained."""
    size_corrected: bool = True
    """Multiply a head's sizes by what the first frame's true box is over what the head says of it."""
    head_sees_votes: bool = True
    """Whether the long branch's head also sees the votes for the target's centre."""
    box_by_first: bool = True
    """Whether that head's box tower reads the first frame alone, whose box is true."""
    tower_depth: int = 3
    tower_channels: int = 192
    separable: bool = True
    """Towers of depthwise and pointwise convolutions."""

    # Short branch
    short_trunk: str = "shared"
    """``shared`` (the long branch's search trunk and crop) or ``resnet50``: DiMP's own network, crop and box."""
    short_size: int = 288
    """Side of DiMP's own crop in pixels."""
    short_area: float = 5.0
    """Side of that crop in geometric means of the target's sides."""
    short_inside: bool = False
    """Whether that crop is moved and shrunk into the frame, as SuperDiMP does."""
    climb_steps: int = 5
    """Steps in which DiMP's boxes are bettered by their overlap with the target."""
    climb_length: float = 1.0
    climb_relative: bool = False
    """Whether they climb in relative coordinates, as SuperDiMP's do."""
    filter_size: int = 5
    """Cells of the online filter's side."""
    augmentations: int = 9
    """Samples of the first frame: the first so many of the list in augment.py."""
    samples: int = 16
    """K: how many of the latest frames are learnt from."""
    weighting: str = "decay"
    """``decay``: later samples weigh more, the lightest is replaced (DiMP); ``latest``: the latest weigh the same."""
    sample_rate: float = 0.05
    """Learning rate of ``decay``."""
    hard_rate: float = 0.1
    """The same for a frame with a distractor."""
    first_mass: float = 0.25
    """Share of the weight that the first frame's samples keep."""
    label_sigma: float = 1.0
    """Of the initial Gaussian label in cells: an eighth of a square target."""
    regulariser: float = 0.01
    step: float = 1.0
    """Factor on the exact step length."""
    start_steps: int = 15
    update_steps: int = 2
    update_every: int = 8
    """Frames between updates of the filter."""
    early_frames: int = 8
    """So many first frames are each followed by an update."""
    hard_steps: int = 1
    """Steps taken at once where a distractor shows."""
    restart_steps: int = 5
    """Steps after the filter has begun afresh, because the long branch was right."""
    short_head: bool = False
    """Whether the short branch's box comes from its head; off until it is trained."""

    # Both memories
    gated: bool = True
    """Whether doubtful frames are kept out of both memories."""
    keep_first: bool = True
    """Whether the first frame is kept for good."""

    # Where the target is
    window_weight: float = 0.3
    """Weight of the cosine window on the long branch's map."""
    short_window: float = 0.0
    """Weight of the cosine window on the short branch's map."""
    upsampling: int = 4
    """Bicubic enlargement of the branches' maps."""
    not_found: float = 0.25
    """Peak of the short branch's map below which the target is not there."""
    distractor: float = 0.8
    """Second peak, as a share of the first, from which on the two cannot be told apart."""
    hard_negative: float = 0.5
    """Second peak, as a share of the first, from which on it is learnt as a hard negative."""

    # What box it has
    ruled: bool = True
    """Whether the ruler also measures what a head has measured; where no head has, it always does."""
    scale_step: float = 1.0375
    """Between crops of the ruler."""
    scale_penalty: float = 0.985
    """Multiplies what the ruler reads of every crop but the one of the last size."""
    scale_damping: float = 0.5
    """Share of the chosen crop's scale that the size takes over."""
    ruler_window: float = 0.3
    """Weight of the cosine window on the ruler's map."""
    ruler_upsampling: int = 8
    """Bicubic enlargement of that map."""
    size_penalty: float = 0.08
    """Of changed size and shape, with a head."""
    size_rate: float = 0.55
    """Share of the head's size taken over, times its score."""
    scale_limits: tuple[float, float] | None = (0.2, 5.0)
    """Multiples of the first size; None: no limits, and the centre may leave the frame."""
    authors_limits: bool = False
    """Keep sides between 10 px and the frame's, and the centre in it, instead of by `scale_limits`."""

    # Who is right
    decision: str = "rules"
    """``rules`` (agree, disagree, lost, hysteresis), ``soft`` (fused maps), ``max`` (the larger confidence), or
    ``oracle`` (the larger overlap with the ground truth, which it is shown: a bound, not a tracker)."""
    agree_overlap: float = 0.5
    """IoU of the branches' boxes from which on they agree."""
    long_lost: float = 0.3
    short_lost: float = 0.25
    """Confidences under which, both at once, the target counts as lost."""
    look_aside: int = 2
    """Frames lost in a row after which every other search looks aside of the last place; 0: none does. For `rules`."""
    aside_step: float = 0.5
    """How far aside, in sides of the search crop."""
    long_aside: float = 0.35
    short_aside: float = 0.3
    """Confidences from which on, both at once and in agreement, a target seen aside is the lost one."""
    lost_alone: bool = True
    """Whether a branch alone may say so too, and the box stays."""
    restart_score: float = 0.5
    """Confidence of the long branch's box above which the short one's filter begins afresh from it."""
    rounded: bool = True
    """Decide in whole eighths of a crop pixel, so that boxes are the same at every lane count."""
    soft_weight: float = 0.5
    """Weight of the short branch's map in ``soft``."""
    patience: int = 20
    """Frames of disagreement in a row after which the long branch is preferred."""

    authors_boxes: bool = False
    """Take boxes for 0-based whose first pixel is 1, as STMTrack does with OTB's: all is seen a pixel further on."""

    @property
    def looks_aside(self) -> bool:
        """Whether a lost target is also looked for away from its last place: where two branches see one crop."""
        one_crop = self.short_trunk == "shared" and not self.whole_crops
        return self.look_aside > 0 and one_crop and (self.branches, self.decision) == ("both", "rules")

    @property
    def oracle(self) -> bool:
        """Whether it is shown the ground truth."""
        return self.branches == "both" and self.decision == "oracle"


_DIMP: Mapping[str, Any] = {
    "short_trunk": "resnet50",
    "filter_size": 4,
    "augmentations": 15,
    "samples": 35,
    "sample_rate": 0.01,
    "hard_rate": 0.02,
    "label_sigma": 0.9,
    "regulariser": 0.1,
    "step": 0.9,
    "start_steps": 10,
    "update_every": 20,
    "early_frames": 0,
}
"""The short branch with DiMP-50's sizes and constants (docs/dualmn.md)."""

PAPER: Mapping[str, Any] = {
    **_DIMP,
    "trunk": "inception",
    "search_size": 289,
    "search_area": 4.0,
    "memory_size": 289,
    "context": 0.0,
    "channels": 512,
    "neck_kernel": 3,
    "long_head": True,
    "head_sees_votes": False,
    "box_by_first": False,
    "tower_depth": 7,
    "tower_channels": 256,
    "separable": False,
    "ruled": False,
    "pyramid": "crops",
    "window_weight": 0.20534968836733386,
    "size_penalty": 0.07592315864890313,
    "size_rate": 0.5501132208837838,
    "whole_crops": True,
    "whole_labels": True,
    "whole_boxes": True,
    "size_corrected": False,
    "rounded": False,
    "authors_limits": True,
    "lost_alone": False,
    "look_aside": 0,
    "store_score": 0.0,
    "keep_all": True,
    "slots": 1000,
    "newest_twice": True,
    "newest_by_rank": True,
}
"""The long branch is STMTrack's, the short one DiMP-50's: what the paper's README and figure point to."""

DIMP: Mapping[str, Any] = {**PAPER, "authors_limits": False, "scale_limits": None}
"""The same with the short branch's own limits of a box: for ``dualmn-short``."""

SUPERDIMP: Mapping[str, Any] = {
    **DIMP,
    "short_size": 352,
    "short_area": 6.0,
    "short_inside": True,
    "label_sigma": 0.917,
    "climb_steps": 10,
    "climb_length": 2.5e-3,
    "climb_relative": True,
}
"""SuperDiMP's crop and steps; its network is DiMP-50's."""

VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "short": {"branches": "short"},
    "long": {"branches": "long"},
    "n1": {"segments": 1},
    "n2": {"segments": 2},
    "n4": {"segments": 4},
    "n8": {"segments": 8},
    "k1": {"samples": 1},
    "k2": {"samples": 2},
    "k4": {"samples": 4},
    "k8": {"samples": 8},
    "k16": {"samples": 16},
    "latest": {"weighting": "latest"},
    "ungated": {"gated": False},
    "nofirst": {"keep_first": False},
    "crops": {"pyramid": "crops"},
    "soft": {"decision": "soft"},
    "max": {"decision": "max"},
    "oracle": {"decision": "oracle"},
}
"""They chain: ``dualmn-short-k4`` is the short branch alone with the latest four frames."""
