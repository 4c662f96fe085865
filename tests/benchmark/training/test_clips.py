from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from benchmark.training import clips
from benchmark.training.clips import ClipSource, Cut
from benchmark.training.layers import Layer, View, paint
from benchmark.training.readers import READERS
from benchmark.training.scripting import Chances, occluder, pulse
from benchmark.training.sources import CANVAS, Portrait

T = 5


def flat(colour: int, half: int = 20) -> Portrait:
    """Return a portrait of one colour whose mask is a square."""
    mask = np.zeros((CANVAS, CANVAS), np.uint8)
    mask[CANVAS // 2 - half : CANVAS // 2 + half, CANVAS // 2 - half : CANVAS // 2 + half] = 255
    return Portrait(np.full((CANVAS, CANVAS, 3), colour, np.uint8), mask, (2.0 * half, 2.0 * half))


def layer(portrait: Portrait, **changes: object) -> Layer:
    still: dict[str, object] = {
        "centre": np.zeros((T, 2)), "scale": np.ones(T), "angle": np.zeros(T), "stretch": np.ones(T),
        "gain": np.ones((T, 3)),
    }  # fmt: skip
    return Layer((portrait,), **{**still, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(("angle", "scale", "stretch"), [(0.0, 1.0, 1.0), (0.6, 1.3, 1.0), (0.3, 0.8, 1.4)])
def test_a_layers_box_is_where_its_pixels_are(angle: float, scale: float, stretch: float) -> None:
    body = layer(
        flat(200), centre=np.tile([7.0, -5.0], (T, 1)), angle=np.full(T, angle), scale=np.full(T, scale),
        stretch=np.full(T, stretch),
    )  # fmt: skip
    ground = layer(flat(0), cut_out=False)
    pixels = paint((ground, body), 1, 0, View(np.zeros(2), 256.0, 256)).pixels[..., 0] > 100
    rows, columns = np.flatnonzero(pixels.any(1)), np.flatnonzero(pixels.any(0))
    found = np.array([columns[0], rows[0], columns[-1] + 1 - columns[0], rows[-1] + 1 - rows[0]]) - [128, 128, 0, 0]
    np.testing.assert_allclose(body.box(0), found, atol=1.5)


def test_a_view_shows_the_world_at_its_scale() -> None:
    scene = (layer(flat(0), cut_out=False), layer(flat(200)))
    large, small = (paint(scene, 1, 0, View(np.zeros(2), side, 128)).pixels[..., 0] for side in (128.0, 256.0))
    assert (large > 100).sum() == pytest.approx(4 * (small > 100).sum(), rel=0.05)


def test_what_comes_in_front_hides_the_target() -> None:
    scene = (layer(flat(0), cut_out=False), layer(flat(200)), layer(flat(90), centre=np.tile([20.0, 0.0], (T, 1))))
    assert paint(scene, 1, 0, View(np.zeros(2), 256.0, 256)).visible == pytest.approx(0.5, abs=0.02)
    assert paint(scene[:2], 1, 0, View(np.zeros(2), 256.0, 256)).visible == 1


def test_an_occluder_comes_goes_and_covers() -> None:
    target = layer(flat(200))
    for seed in range(5):
        passing = occluder(np.random.default_rng(seed), target, flat(90))
        assert passing.shown is not None
        assert 0 < passing.shown.sum() < T
        assert not passing.shown[0]


def test_a_pulse_begins_at_nothing() -> None:
    shapes = [pulse(np.random.default_rng(seed), 17, 3) for seed in range(20)]
    assert all(shape[0] == 0 and shape.max() == 1 for shape in shapes)
    assert 0 < sum(shape[-1] == 0 for shape in shapes) < 20


def source(crops: Path, **changes: object) -> ClipSource:
    usual: dict[str, object] = {"frames": 3, "seed": 5, "cut": Cut(), "chances": Chances()}
    return ClipSource(READERS["crops"](crops), {}, **{**usual, **changes})  # type: ignore[arg-type]


def test_the_same_number_gives_the_same_clip(crops: Path) -> None:
    first, again, other = source(crops)[4], source(crops)[4], source(crops)[5]
    np.testing.assert_array_equal(first.searches, again.searches)
    np.testing.assert_array_equal(first.positions, again.positions)
    assert not np.array_equal(first.searches, other.searches)


@pytest.mark.parametrize("pasted", [0.0, 1.0])
def test_clips_have_the_shapes_and_ranges_they_promise(crops: Path, pasted: float) -> None:
    clip = source(crops, pasted=pasted)[1]
    assert (clip.templates.shape, clip.searches.shape) == ((3, 128, 128, 3), (3, 256, 256, 3))
    assert clip.searches.dtype == np.uint8
    assert np.abs(clip.positions).max() <= Cut().shift
    assert ((clip.sizes > 10) & (clip.sizes < 256)).all()
    assert ((clip.visible >= 0) & (clip.visible <= 1)).all()


def alike(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def test_the_target_is_where_the_clip_says(crops: Path) -> None:
    calm = Chances(appearance=0, occlusion=0, distractor=0, border=0, grey=0, blur=0, pose=0)
    for number in range(4):
        clip = source(crops, pasted=1.0, chances=calm, cut=Cut(scale=0.0, template_shift=0.0, template_scale=0.0))[
            number
        ]
        inner = clip.templates[0, 52:76, 52:76].astype(float)
        for search, (x, y) in zip(clip.searches, clip.positions):
            left, top = round(128 + x - 12), round(128 + y - 12)
            right = search[top : top + 24, left : left + 24].astype(float)
            wrong = np.roll(search, 60, 1)[top : top + 24, left : left + 24].astype(float)
            assert alike(right, inner) > max(0.5, alike(wrong, inner))


def test_a_set_of_weight_0_is_never_drawn(crops: Path) -> None:
    only = source(crops, pasted=0.0)
    assert only[0].searches.shape == (3, 256, 256, 3)
    none = ClipSource(READERS["crops"](crops), {"video": 0.0}, frames=2, seed=0, cut=Cut(), chances=Chances())
    assert set(none._all.tracks) == {"still"}


@pytest.mark.parametrize("masked", [True, False])
def test_a_target_in_its_own_picture_is_hidden_too(masked: bool) -> None:
    body = flat(200)
    own = layer(body if masked else Portrait(body.pixels, None, body.size), cut_out=False)
    beside = layer(flat(90), centre=np.tile([20.0, 0.0], (T, 1)))
    view = View(np.zeros(2), 256.0, 256)
    assert paint((own, beside), 0, 0, view).visible == pytest.approx(0.5, abs=0.02)
    assert paint((own,), 0, 0, view).visible == 1


def test_an_occluder_stays_for_the_share_that_is_asked_for() -> None:
    target = layer(flat(200), centre=np.zeros((20, 2)), scale=np.ones(20))
    stays = [
        int(occluder(np.random.default_rng(seed), target, flat(90), (0.3, 0.5)).shown.sum())  # type: ignore[union-attr]
        for seed in range(30)
    ]
    assert 6 <= min(stays) <= max(stays) <= 10


def test_moving_clips_take_a_videos_own_frames_in_the_order_of_time(
    make_crops: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracks = READERS["crops"](make_crops(tmp_path, stills=4, videos=1, frames=40))
    videos = ClipSource(tracks, {}, frames=3, seed=1, cut=Cut(), chances=Chances(), moving=1.0)
    (film,) = (track for track in tracks if len(track.shots) > 1)
    place = {id(shot): index for index, shot in enumerate(film.shots)}
    shown: list[int] = []
    monkeypatch.setattr(clips, "_portrait", lambda shot: shown.append(place.get(id(shot), -1)) or flat(0))
    even = 0
    for seed in range(40):
        shown.clear()
        videos._through(np.random.default_rng(seed), film, 4)
        assert shown == sorted(set(shown))
        assert len(shown) == 4
        even += len(set(np.diff(shown))) == 1
    assert 15 < even < 38  # two thirds have a stride, the others are drawn over the whole video
    assert {track.name for track in (videos._script(np.random.default_rng(seed))[0] for seed in range(5))} == {"v0"}
    assert not any(name == "still" for name in videos._videos.tracks)


def test_without_videos_that_are_long_enough_nothing_moves(crops: Path) -> None:
    still = source(crops, frames=4, moving=1.0)  # its videos have four frames, and five are needed
    assert still._moving == 0
    assert still[0].searches.shape[0] == 4


def test_a_crop_shows_so_many_sides_of_the_target(crops: Path) -> None:
    cut = Cut(template_size=0, search_size=90, area=5.0, shift=0.0, scale=0.0)
    source = ClipSource(READERS["crops"](crops), {}, frames=3, seed=0, cut=cut, chances=Chances())
    clip = source[0]
    assert clip.templates.shape == (3, 0, 0, 3)
    assert clip.searches.shape == (3, 90, 90, 3)
    np.testing.assert_allclose(np.sqrt(clip.sizes.prod(1)), 18, rtol=1e-5)
