"""SiamFC's fully convolutional AlexNet (docs/siamfc.md): no padding, stride 8, 256 channels out."""

from __future__ import annotations

from torch import Tensor, nn


def _layer(
    channels_in: int,
    channels_out: int,
    kernel: int,
    stride: int,
    groups: int,
    momentum: float,
    eps: float,
    pool: bool,
) -> nn.Sequential:
    layers: list[nn.Module] = [
        nn.Conv2d(channels_in, channels_out, kernel, stride, groups=groups),
        nn.BatchNorm2d(channels_out, eps=eps, momentum=momentum),
        nn.ReLU(inplace=True),
    ]
    return nn.Sequential(*layers, *([nn.MaxPool2d(3, 2)] if pool else []))


class AlexNet(nn.Module):
    """127 px -> (256, 6, 6), 255 px -> (256, 22, 22). Module names match the public PyTorch checkpoints.

    Args:
        groups: Groups of conv2, conv4 and conv5: 2 in SiamFC, 1 in MemTrack.
        momentum, eps: Batch norm's, in PyTorch's convention.
    """

    stride = 8
    channels = 256

    def __init__(self, groups: int = 2, momentum: float = 0.05, eps: float = 1e-6) -> None:
        super().__init__()
        self.conv1 = _layer(3, 96, 11, 2, 1, momentum, eps, pool=True)
        self.conv2 = _layer(96, 256, 5, 1, groups, momentum, eps, pool=True)
        self.conv3 = _layer(256, 384, 3, 1, 1, momentum, eps, pool=False)
        self.conv4 = _layer(384, 384, 3, 1, groups, momentum, eps, pool=False)
        self.conv5 = nn.Sequential(nn.Conv2d(384, 256, 3, groups=groups))

    def forward(self, image: Tensor) -> Tensor:
        """Return the (N, 256, h, w) features of image (N, 3, H, W)."""
        x: Tensor = self.conv5(self.conv4(self.conv3(self.conv2(self.conv1(image)))))
        return x
