"""SiamFC as the common PyTorch ports run it: the loop that ours is compared with.

Every crop pads the whole frame and is resized on the CPU; the network is eager, contiguous, batch norm as trained; the
response is enlarged, windowed and read in NumPy. Written anew from the description in docs/siamfc.md.
"""

from __future__ import annotations

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from trackers.api import Frame
from trackers.nets.alexnet import AlexNet

STEP, PENALTY, DAMPING, WINDOW, UP = 1.0375, 0.9745, 0.59, 0.176, 16


class PlainSiamFC:
    """One target; boxes 0-based x, y, w, h."""

    def __init__(self, backbone: AlexNet, device: str) -> None:
        self.backbone = backbone.eval().to(device)
        self.device = device
        side = 17 * UP
        self.window = np.outer(np.hanning(side), np.hanning(side))
        self.window /= self.window.sum()

    @torch.no_grad()
    def init(self, image: Frame, box: NDArray[np.float64]) -> None:
        """See the target for the first time."""
        self.centre = box[:2] + (box[2:] - 1) / 2
        self.size = box[2:].copy()
        padding = self.size.sum() / 2
        self.z_side = float(np.sqrt(np.prod(self.size + padding)))
        self.x_side = self.z_side * 255 / 127
        self.colour = image.mean((0, 1))
        self.kernel = self.backbone(self._tensor([self._crop(image, self.z_side, 127)]))

    @torch.no_grad()
    def update(self, image: Frame) -> NDArray[np.float64]:
        """Return the (4,) box in the next image."""
        factors = STEP ** np.array([-1.0, 0.0, 1.0])
        crops = [self._crop(image, self.x_side * factor, 255) for factor in factors]
        response = F.conv2d(self.backbone(self._tensor(crops)), self.kernel)[:, 0] * 1e-3
        maps = [cv2.resize(one, None, fx=UP, fy=UP, interpolation=cv2.INTER_CUBIC) for one in response.cpu().numpy()]
        maps[0] *= PENALTY
        maps[2] *= PENALTY
        scale = int(np.argmax([one.max() for one in maps]))
        chosen = maps[scale] - maps[scale].min()
        chosen = (1 - WINDOW) * chosen / (chosen.sum() + 1e-16) + WINDOW * self.window
        row, column = np.unravel_index(chosen.argmax(), chosen.shape)
        shift = (np.array([column, row]) - (17 * UP - 1) / 2) * 8 / UP
        self.centre = self.centre + shift * self.x_side * factors[scale] / 255
        grow = 1 - DAMPING + DAMPING * factors[scale]
        self.size, self.z_side, self.x_side = self.size * grow, self.z_side * grow, self.x_side * grow
        return np.concatenate([self.centre - (self.size - 1) / 2, self.size])

    def _crop(self, image: Frame, side: float, size: int) -> Frame:
        whole = round(side)
        corner = np.round(self.centre - (whole - 1) / 2).astype(int)
        over = max(0, *(-corner), *(corner + whole - image.shape[1::-1]))
        if over > 0:
            colour = self.colour.tolist()
            image = np.asarray(cv2.copyMakeBorder(image, over, over, over, over, cv2.BORDER_CONSTANT, value=colour))
            corner = corner + over
        cut = image[corner[1] : corner[1] + whole, corner[0] : corner[0] + whole]
        return np.asarray(cv2.resize(cut, (size, size), interpolation=cv2.INTER_LINEAR))

    def _tensor(self, crops: list[Frame]) -> torch.Tensor:
        return torch.from_numpy(np.stack(crops)).to(self.device).permute(0, 3, 1, 2).float().contiguous()
