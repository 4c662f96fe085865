from __future__ import annotations

import pytest
import torch
from torch import nn

from trackers.nets.pointwise import SMALL, Pointwise


@pytest.mark.parametrize("batch", [1, 2])
@pytest.mark.parametrize("side", [4, 40])
@pytest.mark.parametrize("bias", [True, False])
def test_it_is_a_convolution_of_one_cell(batch: int, side: int, bias: bool) -> None:
    torch.manual_seed(0)
    ours = Pointwise(24, 40, bias=bias)
    plain = nn.Conv2d(24, 40, 1, bias=bias)
    plain.load_state_dict(ours.state_dict())
    x = torch.randn(batch, 24, side, side)
    assert (x.numel() > SMALL) == (side == 40)
    torch.testing.assert_close(ours(x), plain(x), rtol=1e-4, atol=1e-4)


def test_at_one_thread_it_goes_to_onednn() -> None:
    if not torch.backends.mkldnn.is_available():
        pytest.skip("this torch is built without oneDNN")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.profiler.profile() as profile:
            Pointwise(24, 40)(torch.randn(3, 24, 40, 40))
    finally:
        torch.set_num_threads(threads)
    assert any("mkldnn_convolution" in event.key for event in profile.key_averages())
