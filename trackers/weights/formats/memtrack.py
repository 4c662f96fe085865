"""MemTrack's TensorFlow variables under the names of ``memtrack:paper`` (docs/reproduce.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping

import torch
from torch import Tensor

TENSORFLOW_UNUSED = ("global_step", "beta1_power", "beta2_power", "learning_rate")
"""And whatever ends in ``/Adam`` or ``/Adam_1``."""
MEMDTC_UNUSED = (*TENSORFLOW_UNUSED, "cls_branch", "cls_logit")
"""Layers that are there for MemDTC's training alone."""
GATES = ("input", "transform", "forget", "output", "state")
LINEAR = {
    "c_state": "first_cell", "h_state": "first_hidden", "RNN/query_layer": "attention.query", "RNN/read_key": "key",
    "RNN/write_strengths": "strength", "RNN/control_factors": "gates", "RNN/write_decay": "decay",
    "RNN/add_vector": "residual",
}  # fmt: skip


def from_tensorflow(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Translate the authors' variables.

    The cell's own stand under the name of a time step (``RNN/0/``), which depends on the version of TensorFlow; of an
    old one the kernels are called ``weights``.
    """
    ours: dict[str, Tensor] = {}
    for layer in (1, 2, 3, 4, 5):
        source, name = f"feature_extraction/conv{layer}", f"backbone.conv{layer}"
        ours[f"{name}.0.weight"] = _kernel(tensors, source).permute(3, 2, 0, 1).contiguous()
        ours[f"{name}.0.bias"] = _bias(tensors, source)
        if layer < 5:
            ours |= _norm(tensors, f"{source}_bn", f"{name}.1")
    ours |= _norm(tensors, "bn_response", "response_norm")
    for source, name in LINEAR.items():
        ours[f"controller.{name}.weight"] = _kernel(tensors, source).t().contiguous()
        ours[f"controller.{name}.bias"] = _bias(tensors, source)
    for source, name in (("RNN/input_layer", "features"), ("RNN/score", "score")):
        ours[f"controller.attention.{name}.weight"] = _kernel(tensors, source).permute(3, 2, 0, 1).contiguous()
    cell = _cell(tensors)
    ours["controller.lstm.kernel.weight"] = _kernel(tensors, cell).t().contiguous()
    for ours_name, theirs in (("gain", "gamma"), ("shift", "beta")):
        rows = [tensors[f"{cell}/{gate}/{theirs}"] for gate in GATES]
        ours[f"controller.lstm.{ours_name}"] = torch.stack(rows)
    return ours


def from_memdtc(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Translate the variables of MemDTC, which has a second memory and calls what is the first one's ``_pos``."""
    ours = from_tensorflow(tensors)
    for source, name in (("RNN/read_key_neg", "key"), ("RNN/write_strengths_neg", "strength")):
        ours[f"cancelling.{name}.weight"] = _kernel(tensors, source).t().contiguous()
        ours[f"cancelling.{name}.bias"] = _bias(tensors, source)
    for source, name in (("RNN/trans_pos", "target"), ("RNN/trans_neg", "distractor"), ("RNN/adap_gates", "gate")):
        ours[f"cancelling.{name}.weight"] = _kernel(tensors, source).permute(3, 2, 0, 1).contiguous()
    ours["cancelling.distractor.bias"] = _bias(tensors, "RNN/trans_neg")
    return ours


def _cell(tensors: Mapping[str, Tensor]) -> str:
    """Return the scope of the LSTM cell."""
    for name in tensors:
        if match := re.fullmatch(r"(RNN/.+)/transform/gamma", name):
            return match[1]
    raise KeyError("RNN/0/transform/gamma")


def _kernel(tensors: Mapping[str, Tensor], scope: str) -> Tensor:
    return _one_of(tensors, scope, "kernel", "weights")


def _bias(tensors: Mapping[str, Tensor], scope: str) -> Tensor:
    return _one_of(tensors, scope, "bias", "biases")


def _one_of(tensors: Mapping[str, Tensor], scope: str, name: str, older: str) -> Tensor:
    names = (f"{own}/{leaf}" for own in (scope, f"{scope}_pos") for leaf in (name, older))
    return tensors[next((one for one in names if one in tensors), f"{scope}/{name}")]


def _norm(tensors: Mapping[str, Tensor], scope: str, name: str) -> dict[str, Tensor]:
    return {
        f"{name}.weight": tensors[f"{scope}/gamma"], f"{name}.bias": tensors[f"{scope}/beta"],
        f"{name}.running_mean": tensors[f"{scope}/moving_mean"],
        f"{name}.running_var": tensors[f"{scope}/moving_variance"],
        f"{name}.num_batches_tracked": torch.zeros((), dtype=torch.long),
    }  # fmt: skip
