"""Tiny faithful trees of published benchmarks' layouts, made on the spot: folders, names, files, and one image."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np

SIZE = (96, 64)
"""Width and height of every image."""


STAY = """
from trackers.api import register

@register("stay", remembers="where it was")
class Stay:
    def init(self, image, box):
        self.box = box
    def update(self, image):
        return self.box
"""
"""A tracker's file: it stays where it was shown its target."""


def boxes(frames: int, origin: int = 1, seed: int = 0) -> np.ndarray:
    """Return (frames, 4) whole boxes that move within the image, in a file's convention."""
    rng = np.random.default_rng(seed)
    corner = 20 + np.cumsum(rng.integers(-1, 2, (frames, 2)), axis=0).clip(-15, 15) + origin
    return np.concatenate([corner, rng.integers(18, 23, (frames, 2))], axis=1).astype(float)


def text(rows: Iterable[Sequence[float]], delimiter: str = ",") -> str:
    """Return rows as their files have them: whole numbers without a point, NaN as it is."""
    return "".join(delimiter.join("NaN" if np.isnan(v) else f"{v:.10g}" for v in row) + "\n" for row in rows)


def images(folder: Path, numbers: Iterable[int], digits: int = 8) -> None:
    """Write images of those numbers: links to one file."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = list(numbers)
    first = folder / f"{numbers[0]:0{digits}d}.jpg"
    pixels = np.random.default_rng(1).integers(0, 255, (SIZE[1], SIZE[0], 3), np.uint8)
    first.write_bytes(cv2.imencode(".jpg", pixels)[1].tobytes())
    for number in numbers[1:]:
        os.link(first, folder / f"{number:0{digits}d}.jpg")


def write(file: Path, content: str) -> Path:
    """Write a text, with the folders above it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)
    return file


def uav(root: Path, name: str, folder: str, numbers: range, rows: np.ndarray, version: str = "UAV123") -> None:
    """One target of UAV123 or UAV20L; four entries in the root, without which got10k does not take it."""
    write(root / "anno" / version / f"{name}.txt", text(rows))
    images(root / "data_seq" / "UAV123" / folder, numbers, 6)
    for entry in ("README.txt", "configSeqs.m"):
        write(root / entry, "")


def vatic(rows: np.ndarray) -> str:
    """Return x, y, w, h as NfS's rows: corners among other columns."""
    lines = [
        f'0 {x:.10g} {y:.10g} {x + w:.10g} {y + h:.10g} {index} 0 0 {index % 2} "car"\n'
        for index, (x, y, w, h) in enumerate(rows)
    ]
    return "".join(lines)


def nfs(root: Path, name: str, rows: np.ndarray, rate: int, frames: int, *, inside: bool = False) -> None:
    """One sequence of NfS as distributed: rows at 240 frames a second, images at `rate`."""
    folder = root / name / str(rate)
    images(folder / name, range(1, frames + 1), 5)
    write((folder / name if inside else folder) / f"{name}.txt", vatic(rows))


def tcolor128(root: Path, name: str, numbers: range, rows: np.ndarray) -> None:
    """One sequence of TColor128."""
    images(root / name / "img", numbers, 4)
    write(root / name / f"{name}_gt.txt", text(rows))
    write(root / name / f"{name}_frames.txt", f"{numbers[0]},{numbers[-1]}\n")


def dtb70(root: Path, name: str, rows: np.ndarray) -> None:
    """One sequence of DTB70."""
    images(root / name / "img", range(1, len(rows) + 1), 5)
    write(root / name / "groundtruth_rect.txt", text(rows))


def lasot(
    root: Path, name: str, rows: np.ndarray, *, hidden: Iterable[int] = (), out: Iterable[int] = (), more: int = 0,
    flat: bool = False,
) -> Path:  # fmt: skip
    """One sequence of LaSOT, with `more` images than rows."""
    folder = root / name if flat else root / name.rpartition("-")[0] / name
    images(folder / "img", range(1, len(rows) + more + 1))
    write(folder / "groundtruth.txt", text(rows))
    for file, flagged in (("full_occlusion", set(hidden)), ("out_of_view", set(out))):
        write(folder / f"{file}.txt", ",".join(str(int(i in flagged)) for i in range(len(rows))) + "\n")
    write(folder / "nlp.txt", "a thing that moves\n")
    return folder


def got10k(root: Path, split: str, name: str, rows: np.ndarray, *, cover: Sequence[int] = (), frames: int = 0) -> Path:
    """One sequence of GOT-10k: without labels, and of one row, in test."""
    folder = root / split / name
    images(folder, range(1, (frames or len(rows)) + 1))
    write(folder / "groundtruth.txt", "".join(",".join(f"{v:.4f}" for v in row) + "\n" for row in rows))
    listed = root / split / "list.txt"
    write(listed, (listed.read_text() if listed.is_file() else "") + f"{name}\n")
    if split == "val":
        seen = list(cover) or [8] * len(rows)
        write(folder / "cover.label", "".join(f"{one}\n" for one in seen))
        write(folder / "absence.label", "".join(f"{int(one == 0)}\n" for one in seen))
        write(folder / "cut_by_image.label", "0\n" * len(rows))
        lines = ["[METAINFO]", "url: https://example.org", "anno_fps: 10Hz", "object_class: goat",
                 "motion_class: running", "major_class: mammal", f"resolution: {SIZE}"]  # fmt: skip
        write(folder / "meta_info.ini", "\n".join(lines) + "\n")
    return folder


def trackingnet(root: Path, name: str, frames: int, box: Sequence[float]) -> None:
    """One sequence of TrackingNet's test set: images from 0 on, not padded, and one box."""
    images(root / "TEST" / "frames" / name, range(frames), 0)
    write(root / "TEST" / "anno" / f"{name}.txt", text([box]))


def vot(root: Path, name: str, lines: Sequence[str], *, color: bool = True, tags: Sequence[str] = ()) -> Path:
    """One sequence of VOT with its regions as they stand in the file; `tags` are true of its second frame."""
    folder = root / name
    images(folder / "color" if color else folder, range(1, len(lines) + 1))
    write(folder / "groundtruth.txt", "".join(f"{line}\n" for line in lines))
    for tag in ("occlusion.tag", "camera_motion.tag"):
        flags = [int(tag.partition(".")[0] in tags and i == 1) for i in range(len(lines))]
        write(folder / tag, "".join(f"{flag}\n" for flag in flags))
    listed = root / "list.txt"
    write(listed, (listed.read_text() if listed.is_file() else "") + f"{name}\n")
    return folder
