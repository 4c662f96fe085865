from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest


def blob(seed: int, size: tuple[int, int] = (96, 80)) -> tuple[np.ndarray, np.ndarray]:
    """Return an RGB picture with a textured ellipse in the middle, and the ellipse's mask."""
    rng = np.random.default_rng(seed)
    width, height = size
    picture = cv2.GaussianBlur(rng.integers(0, 255, (height, width, 3), np.uint8), (0, 0), 3)
    mask = np.zeros((height, width), np.uint8)
    cv2.ellipse(mask, (width // 2, height // 2), (width // 6, height // 5), 0, 0, 360, (255,), -1)
    texture = cv2.resize(rng.integers(0, 255, (8, 8, 3), np.uint8), size, interpolation=cv2.INTER_NEAREST)
    return np.where(mask[..., None] > 0, texture, picture).astype(np.uint8), mask


def png(pixels: np.ndarray) -> bytes:
    return cv2.imencode(".png", pixels[..., ::-1] if pixels.ndim == 3 else pixels)[1].tobytes()


def box_of(mask: np.ndarray) -> list[float]:
    return [float(value) for value in cv2.boundingRect(mask)]


def write_crops(folder: Path, stills: int = 10, videos: int = 3, frames: int = 4) -> Path:
    """Write a small crops folder: masked stills, and videos without masks."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    with tarfile.open(folder / "crops.tar", "w") as tar:

        def add(name: str, data: bytes) -> str:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
            return name

        for number in range(stills):
            picture, mask = blob(number)
            rows.append({
                "file": add(f"still/{number}.png", png(picture)), "mask": add(f"still/{number}_m.png", png(mask)),
                "shard": "crops.tar", "set": "still", "video": None, "frame": None, "box": box_of(mask),
                "pseudo": number == 0,
            })  # fmt: skip
        for video in range(videos):
            for frame in range(frames):
                picture, mask = blob(100 + video)
                rows.append({
                    "file": add(f"video/{video}/{frame}.png", png(np.roll(picture, frame, 1))), "mask": None,
                    "shard": "crops.tar", "set": "video", "video": f"v{video}", "frame": frames - frame,
                    "box": box_of(np.roll(mask, frame, 1)),
                })  # fmt: skip
    (folder / "index.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


@pytest.fixture
def make_crops() -> Callable[..., Path]:
    return write_crops


@pytest.fixture(scope="session")
def crops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_crops(tmp_path_factory.mktemp("crops"))
