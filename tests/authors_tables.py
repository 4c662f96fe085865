"""Tables of tensors as the authors name and lay them out, made from networks of ours."""

from __future__ import annotations

import torch
from torch import Tensor

from trackers.memtrack.network import MemTrackNet
from trackers.siamfc.network import SiamFCNet
from trackers.weights.formats import dualmn
from trackers.weights.formats.memtrack import LINEAR

Table = dict[str, Tensor]
ALEXNET = (1, 2, 3, 4, 5)


def public(net: SiamFCNet) -> Table:
    """As huanglianghua/siamfc-pytorch."""
    return {name: value for name, value in net.state_dict().items() if name != "response_shift"}


def sequential(net: SiamFCNet, shift: float) -> Table:
    """As StrangerZhang/SiamFC-PyTorch: another epsilon."""
    theirs = {"corr_bias": torch.full((1,), shift)}
    for layer, place in zip(ALEXNET, (0, 4, 8, 11, 14), strict=True):
        conv = net.backbone.get_submodule(f"conv{layer}.0")
        theirs |= {f"features.{place}.weight": conv.weight.data, f"features.{place}.bias": conv.bias.data}
        if layer < 5:
            norm = net.backbone.get_submodule(f"conv{layer}.1")
            theirs |= {f"features.{place + 1}.{name}": value for name, value in norm.state_dict().items()}
            theirs[f"features.{place + 1}.running_var"] = norm.running_var + 1e-6 - 1e-5
    return theirs


def slim(net: SiamFCNet, shift: float) -> Table:
    """As bilylee/SiamFC-TensorFlow: groups apart, no bias under a norm."""
    theirs = {"detection/biases": torch.tensor([shift]), "global_step": torch.tensor(3)}
    for layer in ALEXNET:
        conv = net.backbone.get_submodule(f"conv{layer}.0")
        parts = ("",) if layer in (1, 3) else ("/b1", "/b2")
        for number, part in enumerate(parts):
            scope = f"convolutional_alexnet/conv{layer}{part}"
            rows = slice(number * len(conv.weight) // len(parts), (number + 1) * len(conv.weight) // len(parts))
            theirs[f"{scope}/weights"] = conv.weight.data[rows].permute(2, 3, 1, 0).contiguous()
            if layer == 5:
                theirs[f"{scope}/biases"] = conv.bias.data[rows]
                continue
            norm = net.backbone.get_submodule(f"conv{layer}.1")
            theirs[f"{scope}/BatchNorm/gamma"] = norm.weight.data[rows]
            theirs[f"{scope}/BatchNorm/beta"] = norm.bias.data[rows]
            theirs[f"{scope}/BatchNorm/moving_mean"] = (norm.running_mean - conv.bias.data)[rows]
            theirs[f"{scope}/BatchNorm/moving_variance"] = norm.running_var[rows]
    return theirs


def matconvnet(net: SiamFCNet, shift: float) -> Table:
    """As bertinetto/siamese-fc: deviations for variances."""
    theirs = {"adjust_f": torch.tensor([[1e-3]]), "adjust_b": torch.tensor([[shift]])}
    for layer in ALEXNET:
        conv = net.backbone.get_submodule(f"conv{layer}.0")
        theirs[f"conv{layer}f"] = conv.weight.data.permute(2, 3, 1, 0).contiguous()
        theirs[f"conv{layer}b"] = conv.bias.data[:, None]
        if layer < 5:
            norm = net.backbone.get_submodule(f"conv{layer}.1")
            theirs[f"bn{layer}m"], theirs[f"bn{layer}b"] = norm.weight.data[:, None], norm.bias.data[:, None]
            theirs[f"bn{layer}x"] = torch.stack([norm.running_mean, (norm.running_var + 1e-6).sqrt()], 1)
    return theirs


def variables(net: MemTrackNet) -> Table:
    """As tyyyang/MemTrack; of a network with a second memory, as tyyyang/MemDTC."""
    ours, two = net.state_dict(), "cancelling.key.weight" in net.state_dict()
    theirs: Table = {}

    def put(scope: str, name: str) -> None:
        weight = ours[f"{name}.weight"]
        theirs[f"{scope}/kernel"] = (weight.permute(2, 3, 1, 0) if weight.dim() == 4 else weight.T).contiguous()
        if f"{name}.bias" in ours:
            theirs[f"{scope}/bias"] = ours[f"{name}.bias"]

    def put_norm(scope: str, name: str) -> None:
        for part, leaf in (("gamma", "weight"), ("beta", "bias"), ("moving_mean", "running_mean"),
                           ("moving_variance", "running_var")):  # fmt: skip
            theirs[f"{scope}/{part}"] = ours[f"{name}.{leaf}"]

    for layer in ALEXNET:
        put(f"feature_extraction/conv{layer}", f"backbone.conv{layer}.0")
        if layer < 5:
            put_norm(f"feature_extraction/conv{layer}_bn", f"backbone.conv{layer}.1")
    put_norm("bn_response", "response_norm")
    for scope, name in LINEAR.items():
        of_two = two and scope in ("RNN/read_key", "RNN/write_strengths")
        put(f"{scope}_pos" if of_two else scope, f"controller.{name}")
    for scope, name in (("input_layer", "attention.features"), ("score", "attention.score")):
        put(f"RNN/{scope}", f"controller.{name}")
    theirs["RNN/0/kernel"] = ours["controller.lstm.kernel.weight"].T.contiguous()
    for row, gate in enumerate(("input", "transform", "forget", "output", "state")):
        theirs[f"RNN/0/{gate}/gamma"] = ours["controller.lstm.gain"][row]
        theirs[f"RNN/0/{gate}/beta"] = ours["controller.lstm.shift"][row]
    if two:
        theirs |= {"cls_logit/kernel": torch.zeros(1), "cls_logit/bias": torch.zeros(1)}
        for scope, name in (("read_key_neg", "key"), ("write_strengths_neg", "strength"), ("trans_pos", "target"),
                            ("trans_neg", "distractor"), ("adap_gates", "gate")):  # fmt: skip
            put(f"RNN/{scope}", f"cancelling.{name}")
    return theirs


def stmtrack(ours: Table) -> Table:
    """As fzh0917/STMTrack, with a layer that it never calls."""
    theirs = {"r_z_k.conv.weight": torch.zeros(1)}
    back = {here: there for there, here in dualmn.STMTRACK_PARTS.items()}
    for name, value in ours.items():
        for there, here in dualmn.STMTRACK_TOWERS.items():
            place, _, leaf = name.removeprefix(here).partition(".")
            if name.startswith(here) and place != "0":
                theirs[f"{there}{int(place) - 1}.{leaf}"] = value
                break
        else:
            here = max((start for start in back if name.startswith(start)), key=len)
            theirs[back[here] + name.removeprefix(here)] = value
    return theirs


def dimp(ours: Table) -> Table:
    """As visionml/pytracking, with a layer behind the features that DiMP takes."""
    theirs = {"feature_extractor.fc.weight": torch.zeros(1)}
    back = {here: there for there, here in dualmn.DIMP_PARTS.items()}
    of_optimiser = {f"short.optimiser.{here}": there for there, here in dualmn.DIMP_OPTIMISER.items()}
    for name, value in ours.items():
        if name in of_optimiser:
            theirs[f"classifier.filter_optimizer.{of_optimiser[name]}"] = value.reshape(1, -1, 1, 1)
        else:
            here = next(start for start in back if name.startswith(start))
            theirs[back[here] + name.removeprefix(here)] = value
    return theirs
