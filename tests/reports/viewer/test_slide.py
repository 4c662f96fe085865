"""Pictures for a slide."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from viewing import Served

from benchmark.playback.scene import Cut
from reports.plots.style import colours
from reports.viewer.footage import Reel
from reports.viewer.look import Look
from reports.viewer.slide import MOST, clip, strip_frames, strip_picture
from trackers.errors import InputError


@pytest.fixture(scope="module")
def look(made_run: Path) -> Look:
    return Look([made_run], None)


def has(picture: np.ndarray, colour: str) -> bool:
    """Tell whether a colour is found in a picture."""
    wanted = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)])
    return bool((np.abs(picture.astype(int) - wanted).sum(axis=2) < 12).any())


def test_a_strip_shows_the_chosen_trackers_and_no_other(look: Look) -> None:
    scene, reel, size = look.scene("second", "", ["memtrack", "siamfc"])
    frames = strip_frames(scene, None)
    assert frames[0] == 0
    assert len(frames) == 6
    data = strip_picture(scene, reel, frames, size)
    picture = np.asarray(Image.open(BytesIO(data)).convert("RGB"))
    assert picture.shape[1] == 6 * 492 + 12
    given = colours(look.trackers)
    assert [has(picture, given[name]) for name in ("memtrack", "siamfc", "dualmn-long")] == [True, True, False]


def test_a_marked_part_is_spread_over(look: Look) -> None:
    scene, _, _ = look.scene("second", "", ["siamfc"])
    assert strip_frames(scene, Cut(10, 60)) == [10, 20, 30, 40, 50, 60]
    assert strip_frames(scene, Cut(7, 9)) == [7, 8, 9]
    assert strip_frames(scene, Cut(7, 7)) == [7]


def test_frames_that_are_missing_are_grey(look: Look) -> None:
    scene, _, _ = look.scene("second", "", ["siamfc"])
    reel = Reel((), "gone")
    picture = np.asarray(Image.open(BytesIO(strip_picture(scene, reel, [0], (320, 240)))).convert("RGB"))
    assert has(picture, colours(look.trackers)["siamfc"])
    assert tuple(picture[20, 20]) == (128, 128, 128)


def test_a_clip_has_the_frames_of_its_part(look: Look, tmp_path: Path) -> None:
    scene, reel, size = look.scene("second", "", ["siamfc", "memtrack"])
    with clip(scene, reel, Cut(3, 8), size, ".gif", 200) as file, Image.open(file) as picture:
        assert (picture.n_frames, picture.width) == (6, 200)
    assert not file.exists()


def test_what_no_slide_would_show_is_refused(look: Look) -> None:
    scene, reel, size = look.scene("second", "", ["siamfc"])
    for ending, frames, most in ((".mp4", MOST + 1, "1500"), (".gif", 401, "400")):
        with (
            pytest.raises(InputError, match=f"{frames} frames are more than the {most} .* with i and o"),
            clip(scene, reel, Cut(0, frames - 1), size, ending, 200),
        ):
            pass
    with (
        pytest.raises(InputError, match=r"no ffmpeg is found.*or mark at most 400 frames"),
        clip(scene, reel, Cut(0, 400), size, ".webm", 200),
    ):
        pass
    with pytest.raises(InputError, match="choose a tracker"):
        look.scene("second", "", ["nobody"])


def test_all_are_sent_as_files(viewer: Served, made_run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = {"run": made_run.name, "sequence": "second", "tracker": ["siamfc", "memtrack"]}
    strip = viewer.ask("strip", **words)
    assert strip.headers["content-disposition"] == 'attachment; filename="second.png"'
    assert cv2.imdecode(np.frombuffer(strip.body, np.uint8), cv2.IMREAD_COLOR) is not None
    gif = viewer.ask("clip", **words, **{"from": 0, "to": 2, "kind": "gif", "width": 5})
    assert gif.headers["content-type"] == "image/gif"
    with Image.open(BytesIO(gif.body)) as picture:
        assert (picture.n_frames, picture.width) == (3, 160)
    monkeypatch.setattr("benchmark.playback.files.find_ffmpeg", lambda: None)
    video = viewer.ask("clip", **words, **{"from": 0, "to": 2, "kind": "video", "width": 160})
    assert video.headers["content-type"] == "video/webm"
    assert video.headers["content-disposition"] == 'attachment; filename="second.webm"'
    assert video.body.startswith(b"\x1aE\xdf\xa3")
