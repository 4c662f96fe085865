"""What is said of a file of each kind with whole, missing, odd, misshapen, damaged and shortened tensors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from authors_tables import Table, dimp, matconvnet, public, sequential, slim, stmtrack, variables
from safetensors.torch import load_file

from trackers.errors import InputError
from trackers.memtrack.network import MemTrackNet
from trackers.names import resolve
from trackers.siamfc.network import SiamFCNet
from trackers.weights import fitting
from trackers.weights.catalog import find_weights
from trackers.weights.fitting import Fit, inspect_file, network


def fresh(name: str) -> torch.nn.Module:
    return network(resolve(f"{name}@random").config)


def siamfc() -> SiamFCNet:
    net = fresh("siamfc:paper")
    assert isinstance(net, SiamFCNet)
    return net


def memory(name: str) -> Table:
    net = fresh(name)
    assert isinstance(net, MemTrackNet)
    return variables(net)


KINDS: dict[str, tuple[Callable[[], Table], str, str]] = {
    "siamfc-pytorch": (lambda: public(siamfc()), "siamfc:paper", "backbone.conv2.0.weight"),
    "SiamFC-PyTorch": (lambda: sequential(siamfc(), 0.1), "siamfc:paper", "features.4.weight"),
    "SiamFC-TensorFlow": (lambda: slim(siamfc(), 0.1), "siamfc:paper", "convolutional_alexnet/conv2/b2/weights"),
    "MatConvNet": (lambda: matconvnet(siamfc(), 0.1), "siamfc:paper", "conv2f"),
    "MemTrack": (lambda: memory("memtrack:paper"), "memtrack:paper", "RNN/query_layer/kernel"),
    "MemDTC": (
        lambda: memory("memtrack-dtc:paper"),
        "memtrack-dtc{scale_damping=0.5,window_weight=0.19}:paper",
        "RNN/trans_neg/kernel",
    ),
    "STMTrack": (
        lambda: stmtrack(fresh("dualmn-long:paper").state_dict()),
        "dualmn-long:paper",
        "head.cls_score.conv.weight",
    ),
    "DiMP": (
        lambda: dimp(fresh("dualmn-short:dimp").state_dict()),
        "dualmn-short:dimp",
        "bb_regressor.fc3_rt.linear.weight",
    ),
    "ours, an authors' network": (lambda: siamfc().state_dict(), "siamfc:paper", "backbone.conv2.0.weight"),
    "ours": (lambda: load_file(find_weights("memtrack", "compact", "").path), "memtrack", "controller.key.weight"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_said_of_a_table_of_tensors(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make, tracker, name = KINDS[kind]
    tensors = dict(make())
    assert name in tensors

    def shown(table: Table) -> Fit:
        monkeypatch.setattr(fitting, "kind_of", lambda path: "any")
        monkeypatch.setattr(fitting, "read_tensors", lambda path: table)
        return inspect_file(Path("net"))

    whole = shown(tensors)
    assert whole.fits, whole
    assert whole.tracker == tracker

    lacking = shown({key: value for key, value in tensors.items() if key != name})
    assert (lacking.fits, lacking.tracker, len(lacking.missing)) == (False, tracker, 1)
    assert len(lacking.missing[0].split()) == 1, "a name, not a sentence"

    more = shown({**tensors, "something/else": torch.zeros(3)})
    assert "something/else" in (*more.over, *more.unused)
    assert more.tracker == tracker

    for odd in (tensors[name][:-1], torch.zeros(()), torch.zeros(2, 2, 2, 2, 2)):
        misshapen = shown({**tensors, name: odd})
        assert (misshapen.fits, misshapen.tracker, len(misshapen.misshapen)) == (False, tracker, 1), odd.shape

    with pytest.raises(InputError, match="not finite in"):
        shown({**tensors, name: torch.full_like(tensors[name], torch.nan)})
    for kept in (torch.float16, torch.bfloat16, torch.float64):
        assert shown({k: v.to(kept) if v.is_floating_point() else v for k, v in tensors.items()}).fits, kept


def test_what_is_no_single_number_is_named_and_a_gain_that_is_none_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitting, "kind_of", lambda path: "any")
    tensors = {**stmtrack(fresh("dualmn-long:paper").state_dict()), "head.si": torch.ones(2)}
    monkeypatch.setattr(fitting, "read_tensors", lambda path: tensors)
    assert inspect_file(Path("net")).misshapen == ("head.si",)
    gainless = {**matconvnet(siamfc(), 0.1), "adjust_f": torch.zeros(1, 1)}
    monkeypatch.setattr(fitting, "read_tensors", lambda path: gainless)
    with pytest.raises(InputError, match="adjust_f is 0"):
        inspect_file(Path("net"))


def test_what_does_not_fit_is_counted_and_one_name_of_each_kind_is_said(tmp_path: Path) -> None:
    tensors = siamfc().state_dict()
    del tensors["backbone.conv3.0.bias"], tensors["backbone.conv4.0.bias"]
    torch.save({**tensors, "more": torch.zeros(3), "backbone.conv5.0.bias": torch.zeros(3)}, tmp_path / "net.pth")
    with pytest.raises(InputError) as caught:
        resolve(f"siamfc:paper@{tmp_path / 'net.pth'}").build("cpu")
    said = "(it lacks backbone.conv3.0.bias and 1 more; it has over more; of another shape is backbone.conv5.0.bias)"
    assert said in str(caught.value)
    assert "state_dict" not in str(caught.value)
