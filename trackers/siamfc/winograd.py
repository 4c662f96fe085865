"""3x3 convolutions in a quarter of the multiplications (Winograd; Lavin and Gray, arXiv 1509.09308), for a CPU.

A tile of 4x4 outputs is made of 6x6 inputs. Turned into another basis, inputs and kernel are multiplied element by
element: 36 products for 144, of all tiles and channels at once 36 matrix products. Rounding is that of a convolution.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from trackers.nets.alexnet import AlexNet

INPUT = (
    (4, 0, -5, 0, 1, 0), (0, -4, -4, 1, 1, 0), (0, 4, -4, -1, 1, 0),
    (0, -2, -1, 2, 1, 0), (0, 2, -1, -2, 1, 0), (0, 4, 0, -5, 0, 1),
)  # fmt: skip
KERNEL = (
    (1 / 4, 0, 0), (-1 / 6, -1 / 6, -1 / 6), (-1 / 6, 1 / 6, -1 / 6),
    (1 / 24, 1 / 12, 1 / 6), (1 / 24, -1 / 12, 1 / 6), (0, 0, 1),
)  # fmt: skip
OUTPUT = ((1, 1, 1, 1, 1, 0), (0, 1, -1, 2, -2, 0), (0, 1, 1, 4, 4, 0), (0, 1, -1, 8, -8, 1))
"""The three changes of basis along one axis, for the points 0, 1, -1, 2, -2 and infinity: F(4, 3) of the paper."""


class Winograd(nn.Module):
    """What a convolution of 3x3 cells without padding and steps gives, to the rounding. For inference alone.

    What lies between is kept from call to call, of maps of the last shape: to ask the system for such memory anew costs
    as much as the sums.
    """

    spread: Tensor
    gathered: Tensor
    kernel: Tensor
    bias: Tensor

    def __init__(self, conv: nn.Conv2d) -> None:
        super().__init__()
        self.groups = conv.groups
        turn = torch.tensor(KERNEL, dtype=torch.float64)
        turned = torch.einsum("ai,ocij,bj->abco", turn, conv.weight.detach().double(), turn)
        parts = turned.reshape(36, turned.shape[2], self.groups, -1).transpose(1, 2)
        self.register_buffer("kernel", parts.flatten(0, 1).float().contiguous())
        for name, one in (("spread", INPUT), ("gathered", OUTPUT)):
            line = torch.tensor(one, dtype=torch.float64)
            self.register_buffer(name, torch.kron(line, line).float())
        assert conv.bias is not None
        self.register_buffer("bias", conv.bias.detach().clone())
        self.shape: torch.Size | None = None
        self.rooms: tuple[Tensor, ...] = ()

    def forward(self, x: Tensor) -> Tensor:
        """Return the (N, O, H - 2, W - 2) answer to maps (N, C, H, W), in channels-last memory."""
        count, channels, height, width = x.shape
        down, across = -(-(height - 2) // 4), -(-(width - 2) // 4)
        padded, cut, turned, products, answers = self._rooms(x, down, across)
        padded[:, :height, :width] = x.permute(0, 2, 3, 1)
        image, row, column, _ = padded.stride()
        part = channels // self.groups
        tiles = padded.as_strided(
            (6, 6, self.groups, count, down, across, part), (row, column, part, image, 4 * row, 4 * column, 1)
        )
        cut.view(tiles.shape).copy_(tiles)
        torch.mm(self.spread, cut, out=turned)
        cells = count * down * across
        torch.bmm(turned.view(36 * self.groups, cells, part), self.kernel, out=products)
        torch.mm(self.gathered, products.view(36, -1), out=answers)
        out = x.new_empty(count, down, 4, across, 4, self.groups, products.shape[-1])
        found = answers.view(4, 4, self.groups, count, down, across, -1).permute(3, 4, 0, 5, 1, 2, 6)
        torch.add(found, self.bias.view(self.groups, -1), out=out)
        whole = out.view(count, 4 * down, 4 * across, -1)
        return whole[:, : height - 2, : width - 2].permute(0, 3, 1, 2)

    def _rooms(self, x: Tensor, down: int, across: int) -> tuple[Tensor, ...]:
        """Return memory for x with zeros behind it, cut into tiles, turned, multiplied and turned back."""
        if x.shape != self.shape:
            cells, outputs = x.shape[0] * down * across, self.kernel.shape[2]
            self.rooms = (
                x.new_zeros(x.shape[0], 4 * down + 2, 4 * across + 2, x.shape[1]),
                x.new_empty(36, cells * x.shape[1]),
                x.new_empty(36, cells * x.shape[1]),
                x.new_empty(36 * self.groups, cells, outputs),
                x.new_empty(16, self.groups * cells * outputs),
            )
            self.shape = x.shape
        return self.rooms


def quicken(backbone: AlexNet) -> None:
    """Put `Winograd` in the place of a trunk's two largest convolutions of 3x3 cells; the third gains nothing."""
    for sequence in (backbone.conv3, backbone.conv4):
        conv = sequence[0]
        assert isinstance(conv, nn.Conv2d)
        sequence[0] = Winograd(conv)
