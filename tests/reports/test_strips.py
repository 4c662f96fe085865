from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.failures import Segment
from reports.strips import FrameReader, make_strip, moments, thumbnail


def test_the_first_frame_and_what_went_wrong_are_shown() -> None:
    segments = [Segment("tracked", 0, 40), Segment("lost", 40, 160), Segment("recovered", 160, 200)]
    found = moments([(0, segments)], 200)
    assert found[0] == 0
    assert {40, 160} <= set(found)
    assert len(found) == 6


@given(st.integers(1, 400), st.lists(st.integers(1, 399), max_size=5), st.integers(0, 5))
def test_moments_are_distinct_frames_of_the_sequence(frames: int, starts: list[int], begin: int) -> None:
    begin = min(begin, frames - 1)
    segments = [Segment("lost", first, first + 5) for first in sorted(set(starts)) if begin + first < frames]
    found = moments([(begin, segments)], frames)
    assert found == sorted(set(found))
    assert all(begin <= frame < frames for frame in found)
    assert 1 <= len(found) <= 6


def decoded(picture: bytes) -> np.ndarray:
    assert (picture[:4], picture[8:12]) == (b"RIFF", b"WEBP")
    return cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]


@pytest.mark.parametrize(("size", "shown"), [((640, 480), (320, 240)), ((64, 48), (64, 48)), ((20, 20000), (1, 1280))])
def test_pictures_show_the_frame_and_fit(tmp_path: Path, size: tuple[int, int], shown: tuple[int, int]) -> None:
    cv2.imwrite(str(tmp_path / "0001.png"), np.full((size[1], size[0], 3), (20, 90, 200), np.uint8))
    reader = FrameReader([tmp_path / "0001.png"])
    strip = make_strip(reader, [0], np.array([[1.0, 1.0, 9.0, 9.0]]), np.array([True]), {})
    assert strip is not None
    (picture,) = strip.pictures
    assert (picture.width, picture.height) == size
    pixels = decoded(picture.webp)
    assert pixels.shape == (shown[1], shown[0], 3)
    np.testing.assert_allclose(pixels.reshape(-1, 3).mean(axis=0), (200, 90, 20), atol=8)


def test_a_thumbnail_has_its_own_size(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "0001.png"), np.full((48, 64, 3), (20, 90, 200), np.uint8))
    reader = FrameReader([tmp_path / "0001.png"])
    for box in ([10.0, 10.0, 8.0, 8.0], [2.0, 2.0, 40.0, 40.0]):
        picture = thumbnail(reader, 0, np.array(box))
        assert picture is not None
        assert max(decoded(picture).shape[:2]) == 44
    assert thumbnail(reader, 0, np.array([500.0, 500.0, 8.0, 8.0])) is None
