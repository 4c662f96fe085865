"""STMTrack's and DiMP's networks under the names of DualMN's branches (docs/reproduce.md)."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

STMTRACK_UNUSED = ("r_z_k.", "c_z_k.", "r_x.", "c_x.")
"""Layers that STMTrack's network builds and never calls."""
STMTRACK_PARTS = {
    "basemodel_m.proj_fg_bg_label_map.": "memory_backbone.label_map.",
    "basemodel_m.": "memory_backbone.",
    "basemodel_q.": "backbone.",
    "neck_m.adjustor.": "long.memory.conv.",
    "neck_q.adjustor.": "long.query.conv.",
    "head.cls_ctr.conv1.": "long.head.class_tower.0.",
    "head.reg.conv1.": "long.head.box_tower.0.",
    "head.cls_score.conv.": "long.head.classes.0.",
    "head.cls_score.bn.": "long.head.classes.1.",
    "head.ctr_score.conv.": "long.head.centreness.0.",
    "head.ctr_score.bn.": "long.head.centreness.1.",
    "head.reg_offsets.conv.": "long.head.offsets.0.",
    "head.reg_offsets.bn.": "long.head.offsets.1.",
    "head.si": "long.head.scale",
    "head.bi": "long.head.shift",
}
"""How names begin there and here; the first that fits holds."""
STMTRACK_TOWERS = {
    "head.cls_ctr.conv_layers.": "long.head.class_tower.",
    "head.reg.conv_layers.": "long.head.box_tower.",
}
STMTRACK_SINGLE = ("head.si", "head.bi")
"""Single numbers, whatever shape they are kept in."""
DIMP_UNUSED = ("feature_extractor.layer4.", "feature_extractor.fc.")
"""What of ResNet-50 lies behind the features that DiMP takes."""
DIMP_PARTS = {
    "feature_extractor.": "short.backbone.",
    "classifier.feature_extractor.0.": "short.neck.",
    "classifier.filter_initializer.filter_conv.": "short.initial.conv.",
    "bb_regressor.": "short.refiner.",
}
DIMP_OPTIMISER = {
    "log_step_length": "log_step", "filter_reg": "regulariser", "label_map_predictor.weight": "shapes.label",
    "target_mask_predictor.0.weight": "shapes.mask", "spatial_weight_predictor.weight": "shapes.weight",
}  # fmt: skip


def from_stmtrack(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Translate the names of STMTrack's state dictionary."""
    ours: dict[str, Tensor] = {}
    for name, value in tensors.items():
        if name.startswith(STMTRACK_UNUSED):
            continue
        if name in STMTRACK_SINGLE:
            value = value.reshape(())
        for start, here in STMTRACK_TOWERS.items():
            if name.startswith(start):
                place, _, leaf = name.removeprefix(start).partition(".")
                ours[f"{here}{int(place) + 1}.{leaf}"] = value  # a ReLU stands between their first two lists
                break
        else:
            ours[_renamed(name, STMTRACK_PARTS)] = value
    counters = [name for name in ours if name.endswith(".running_mean")]
    for name in counters:  # which synchronised norms may leave out
        ours.setdefault(name.replace("running_mean", "num_batches_tracked"), torch.zeros((), dtype=torch.long))
    return ours


def from_dimp(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Translate the names of DiMP's state dictionary."""
    optimiser = "classifier.filter_optimizer."
    ours = {
        _renamed(name, DIMP_PARTS): value
        for name, value in tensors.items()
        if not name.startswith((*DIMP_UNUSED, optimiser))
    }
    for theirs, here in DIMP_OPTIMISER.items():
        value = tensors[optimiser + theirs].flatten()
        ours[f"short.optimiser.{here}"] = value if here.startswith("shapes.") else value.reshape(())
    return ours


def _renamed(name: str, parts: Mapping[str, str]) -> str:
    for start, here in parts.items():
        if name.startswith(start):
            return here + name.removeprefix(start)
    return name
