from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from pretend_device import DOWNLOAD, NAME, SCALAR, SHAPE, UPLOAD, Pretend
from torch import nn


def test_what_is_made_there_stays_there(pretend) -> None:
    there = torch.arange(6.0, device=NAME).reshape(2, 3)
    assert isinstance(there @ there.T, Pretend)
    assert there.device == torch.device(NAME)
    assert not pretend


COSTS: dict[str, tuple[Callable[[torch.Tensor], object], str]] = {
    "to": (lambda there: torch.ones(2).to(NAME), UPLOAD),
    "a list": (lambda there: torch.tensor([1.0], device=NAME), UPLOAD),
    "a list like": (lambda there: there.new_tensor([1.0, 2.0]), UPLOAD),
    "copy_": (lambda there: there[0].copy_(torch.ones(3)), UPLOAD),
    "a list of places": (lambda there: there[[0, 1]], UPLOAD),
    "cpu": (lambda there: there.cpu(), DOWNLOAD),
    "item": (lambda there: there[0, 0].item(), SCALAR),
    "bool": (lambda there: bool(there[0, 0]), SCALAR),
    "int": (lambda there: int(there[0, 0]), SCALAR),
    "tolist": (lambda there: there.tolist(), SCALAR),
    "nonzero": (lambda there: there.nonzero(), SHAPE),
    "a mask": (lambda there: there[there > 1], SHAPE),
    "a mask of rows": (lambda there: there.clone().index_put_((there[:, 0] > 1,), there[0]), SHAPE),
    "where alone": (lambda there: torch.where(there > 1), SHAPE),
    "unique": (lambda there: there.unique(), SHAPE),
    "masked_select": (lambda there: there.masked_select(there > 1), SHAPE),
}


@pytest.mark.parametrize("cost", COSTS)
def test_whatever_an_accelerator_waits_for_is_counted(pretend, cost: str) -> None:
    call, kind = COSTS[cost]
    there = torch.arange(6.0).reshape(2, 3).to(NAME)
    for inference in (False, True):
        pretend.clear()
        with torch.inference_mode(inference):
            call(there)
        assert pretend == {kind: 1}


def test_two_devices_do_not_meet_but_a_number_goes_along(pretend) -> None:
    there = torch.ones(3, device=NAME)
    with pytest.raises(RuntimeError, match="two devices"):
        there + torch.ones(3)
    assert ((there + torch.tensor(1.0)).cpu() == 2).all()


def test_a_network_moves_there_and_says_what_it_says_here(pretend) -> None:
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())
    image = torch.rand(1, 3, 8, 8)
    with torch.inference_mode():
        here = net(image)
        np.testing.assert_array_equal(net.to(NAME)(image.to(NAME)).cpu(), here)
